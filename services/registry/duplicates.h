#pragma once

// The review queue: companies that look like one and about which nothing was decided.

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/registry/match/index.h"
#include "services/registry/store.h"

namespace steelyard::registry {

// What two companies have in common, strongest first. Numbers are those of the contract.
enum class DuplicateReasonKind {
  kDomain = 1,          // of a website or an identifier
  kNameAndCountry = 2,  // the folded form of a name, no ticker, and the country, which both have
  kName = 3,            // such a form, and the country of one or both is not known
  kSimilarName = 4,     // names that are not equal, by the method of matching
};

struct DuplicateReason {
  DuplicateReasonKind kind = DuplicateReasonKind::kDomain;
  std::string value;  // the domain, the folded name, or of similar names the other's
  double score = 0;   // of similar names

  auto operator<=>(const DuplicateReason&) const = default;
};

// What two companies have in common exactly: by kind, then value; empty when nothing.
std::vector<DuplicateReason> ReasonsOf(const Company& one, const Company& another);

struct Duplicate {
  Company company;  // its id comes first
  Company other;
  std::vector<DuplicateReason> reasons;  // not empty
};

// Most pairs that are looked at because they share something exactly, and because of their names.
inline constexpr int kMostDuplicates = 2000;

// The pairs at a revision that are not decided to be different, nor were split; those with the
// strongest reason first, then those with more reasons, then with the higher score, then by ids.
// With a company, not empty, the pairs with it or with what it was merged into; COMPANY_NOT_FOUND.
// Other errors are the store's.
absl::StatusOr<std::vector<Duplicate>> FindDuplicates(const Context& context, const Store& store,
                                                      const match::Index& names, int64_t revision,
                                                      const std::string& company);

}  // namespace steelyard::registry
