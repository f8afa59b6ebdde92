#pragma once

// What writing records and decisions does to what a store keeps. Pure functions and values.

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "services/registry/company.h"
#include "services/registry/identity.h"
#include "services/registry/record.h"

namespace steelyard::registry {

// What is written at once.
struct Change {
  std::span<const Company> records;  // normalised
  std::span<const Decision> decisions;
  std::span<const std::string> others = {};  // ids that are to be joined anew besides
};

// What a store keeps under ids. A company whose only record is what readers see of it has no record
// apart.
struct Stored {
  std::vector<Company> records;  // also those that are not apart; read by id and first source
  std::set<std::string> apart;   // keys of those that are
};

struct Plan {
  std::vector<Company> records;    // to keep apart; their `id` is their key (KeyOf)
  std::vector<std::string> ended;  // keys of those that are not kept apart any more
  std::vector<Company> companies;  // as readers see them from now on
  std::vector<std::string> gone;   // ids that were companies and are part of others now
  int64_t changed = 0;             // records that are new or different
};

// The ids of which a plan needs all that is stored.
std::vector<std::string> NeededIds(const Redirects& after, const Change& change);

// `before`: every decision that stood; `stored`: of the needed ids; `kinds`: of the sources
// of all these records, from now on. A source's word that was retracted is not taken in again: the
// source then says nothing, unless nobody else does. What the write does not touch is not in the
// plan.
Plan MakePlan(const std::vector<Decision>& before, const Change& change, const Stored& stored,
              const SourceKinds& kinds);

}  // namespace steelyard::registry
