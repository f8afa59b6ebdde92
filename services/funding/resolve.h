#pragma once

// Rounds from what sources say of them. Pure functions: the same assertions, whatever their order,
// give the same round.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "services/funding/assertion.h"
#include "services/funding/redirects.h"
#include "services/funding/source_policy.h"
#include "steelyard/funding/v1/round.pb.h"

namespace steelyard::funding {

// The round of this id from the assertions of all reports of it. The company is the one that the id
// asserted stands for. What nobody says is empty; the stage is then UNKNOWN, and the kind the one
// that the stage stands for. Links are not known here: included_in and aliases are empty. nullopt
// when nobody says anything any more, or nobody says which company it is or when it was announced.
std::optional<Round> Resolve(std::string_view id, std::span<const Assertion> assertions,
                             const SourcePolicy& policy, const SourceTable& sources,
                             const Redirects& redirects);

// The rounds that go by these names, in their order, from what is said under the names and those
// linked to them; complete with included_in and aliases. Those that resolve to nothing are left
// out.
std::vector<Round> ResolveRoots(
    const std::vector<std::string>& roots,
    const std::unordered_map<std::string, std::vector<Assertion>>& by_report,
    const LinkTable& links, const SourcePolicy& policy, const SourceTable& sources,
    const Redirects& redirects);

// How each field that anybody gives was resolved, in the order of AssertedFields().
std::vector<v1::FieldResolution> ExplainResolution(const std::vector<Assertion>& assertions,
                                                   const SourcePolicy& policy,
                                                   const SourceTable& sources);

}  // namespace steelyard::funding
