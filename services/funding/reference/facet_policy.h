#pragma once

// Source policies: which facet's value stands where several have one. Versioned and deterministic
// to the last tie; docs/methods.md defines them for people. Pure functions.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/common/time/date.h"
#include "services/funding/reference/exact_value.h"
#include "services/funding/reference/statistics.h"

namespace steelyard::funding {

enum class FacetPolicy { kListedOrder, kPriority, kFreshest, kMedian, kMostComplete };

// Id and version, such as "priority/1".
std::string_view IdOf(FacetPolicy policy);
// nullopt for an id that is none of them.
std::optional<FacetPolicy> FacetPolicyOf(std::string_view id);
// INVALID_FIELD for an id that is none of them; says which there are. Rounds have the same ones.
absl::Status UnknownPolicy(std::string_view id);

// A policy with what the question adds to it.
struct FacetRule {
  FacetPolicy policy = FacetPolicy::kListedOrder;
  std::vector<std::string> priority;  // bare ids of sources, for kPriority

  bool operator==(const FacetRule&) const = default;
};

// What a policy looks at. No two of one choice have both facet and region in common.
struct FacetCandidate {
  SeriesFacet facet;
  std::string region;                                 // as published
  std::optional<PartialDate> vintage = std::nullopt;  // of the value
  int64_t covered = 0;  // places of the whole question that the facet has values for
  Int128 exact = 0;     // the value, times 10^kValueDecimals
};
// The default order: by FacetLess, then region.
bool CandidateLess(const FacetCandidate& a, const FacetCandidate& b);

struct FacetChoice {
  std::string rule;             // "freshest/1: latest vintage"
  std::vector<size_t> winners;  // one place; of kMedian the middle one or two by value
};
// Chooses among candidates, at least one, in any order: their order changes nothing.
FacetChoice ChooseFacet(const FacetRule& rule, std::span<const FacetCandidate> candidates);

}  // namespace steelyard::funding
