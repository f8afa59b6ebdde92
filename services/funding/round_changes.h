#pragma once

// What a writer brings about rounds, in the terms of assertions and links.

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/funding/assertion.h"
#include "services/funding/source_policy.h"
#include "services/funding/store.h"

namespace steelyard::funding {

// Each key once.
struct RoundChanges {
  std::vector<Assertion> assertions = {};  // take the place of what was said under their keys
  std::vector<Assertion> amendments = {};  // take over fields into what is said under their keys
  std::vector<RoundLink> links = {};
  // Reports that say of themselves that they are part of none.
  std::vector<std::string> unlinked = {};
  SourceTable sources = {};
};

// What the sources that rounds list say.
std::vector<Assertion> AssertionsOf(const std::vector<Round>& rounds);
RoundChanges ChangesOf(const RoundStore::Upsertion& upsertion);

// Puts the links, and ends the reported inclusions of what is unlinked; decisions outrank both.
// INVALID_FIELD when one would lead from its round back to it.
absl::Status PutLinks(const RoundChanges& changes, LinkTable& links);
absl::Status LinkCycleError(std::string_view round);

// The ids, of those given, that a change of these rounds changes: under their own name or the one
// that they go by.
std::vector<std::string> ChangedOf(const std::vector<Round>& rounds,
                                   const std::set<std::string>& changed, const LinkTable& links);

}  // namespace steelyard::funding
