#pragma once

// Which companies there are and who bears which identifier, in memory for all of a register.

#include <cstdint>
#include <string_view>
#include <vector>

#include "services/registry/id_table.h"

namespace steelyard::registry {

// Some 30 bytes and the letters of its id for a company, and as much for an identifier. Not
// thread-safe, but for reads beside each other.
class KnownCompanies {
 public:
  // By id, in the order in which they were added, from 0. An identifier is an IdentifierKeyOf.
  uint32_t AddCompany(std::string_view id) { return companies_.Add(id); }
  const IdTable& companies() const { return companies_; }
  const IdTable& identifiers() const { return identifiers_; }

  // The identifier is that of the company from now on. Gives its number, as above.
  uint32_t Give(std::string_view identifier, uint32_t company) {
    const uint32_t number = identifiers_.Add(identifier);
    if (number == bearers_.size()) bearers_.push_back(company);
    bearers_[number] = company;
    return number;
  }
  // The company that bears an identifier; IdTable::kNone when none does.
  uint32_t BearerOf(std::string_view identifier) const {
    const uint32_t number = identifiers_.Find(identifier);
    return number == IdTable::kNone ? IdTable::kNone : bearers_[number];
  }
  // Of an identifier's number.
  uint32_t BearerAt(uint32_t identifier) const { return bearers_[identifier]; }

 private:
  IdTable companies_;
  IdTable identifiers_;
  std::vector<uint32_t> bearers_;  // by identifier
};

}  // namespace steelyard::registry
