#pragma once

// Indexes of a few companies, made by hand.

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/common/ledger/ledger.h"
#include "services/registry/match/index.h"

namespace steelyard::registry::match {

inline Company Named(std::string id, std::string name, std::vector<CompanyName> others = {}) {
  Company company{.id = std::move(id), .display_name = std::move(name)};
  company.names = std::move(others);
  Normalize(company);
  return company;
}

inline NamedState Since(int64_t from, Company company, int64_t to = ledger::kOpenRevision) {
  return {.company = std::move(company), .from = from, .to = to};
}

// An index with as many states in a block.
inline Index IndexOf(const std::vector<NamedState>& states, size_t in_a_block = 1000) {
  Index::Blocks blocks;
  for (size_t i = 0; i < states.size(); i += in_a_block) {
    const auto first = states.begin() + static_cast<int64_t>(i);
    const auto last =
        states.begin() + static_cast<int64_t>(std::min(i + in_a_block, states.size()));
    blocks.push_back(Block::Build(std::vector<NamedState>(first, last)));
  }
  return Index(std::move(blocks));
}

inline std::vector<std::string> CompaniesOf(const std::vector<Found>& found) {
  std::vector<std::string> companies;
  for (const Found& one : found) companies.emplace_back(one.company());
  return companies;
}

}  // namespace steelyard::registry::match
