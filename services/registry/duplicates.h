#pragma once

// The review queue: companies that look like one and about which nothing was decided.

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/registry/store.h"

namespace steelyard::registry {

// What two companies have in common, strongest first. Numbers are those of the contract.
enum class DuplicateReasonKind {
  kDomain = 1,          // of a website or an identifier
  kNameAndCountry = 2,  // the folded form of a name, no ticker, and the country, which both have
  kName = 3,            // such a form, and the country of one or both is not known
};

struct DuplicateReason {
  DuplicateReasonKind kind = DuplicateReasonKind::kDomain;
  std::string value;  // the domain, or the folded name

  auto operator<=>(const DuplicateReason&) const = default;
};

// Why two companies look like one: by kind, then value; empty when they do not.
std::vector<DuplicateReason> ReasonsOf(const Company& one, const Company& another);

struct Duplicate {
  Company company;  // its id comes first
  Company other;
  std::vector<DuplicateReason> reasons;  // not empty
};

// Most pairs that are looked at.
inline constexpr int kMostDuplicates = 2000;

// The pairs at a revision that are not decided to be different, nor were split; those with the
// strongest reason first, then those with more reasons, then by ids. Errors are the store's.
absl::StatusOr<std::vector<Duplicate>> FindDuplicates(const Context& context, const Store& store,
                                                      int64_t revision);

}  // namespace steelyard::registry
