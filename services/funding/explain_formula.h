#pragma once

// The operands of each measure, from the rounds of its group. Pure functions.

#include <vector>

#include "services/funding/aggregate.h"
#include "steelyard/funding/v1/explain.pb.h"

namespace steelyard::funding {

// Companies named in one explanation, most important first.
inline constexpr int64_t kMostCompaniesNamed = 100;
// Mega-rounds named in one explanation, largest first.
inline constexpr int64_t kMostMegaRoundsNamed = 100;

// The group's members in the order of the contract: amounts, the largest first; then what could not
// be converted, then what is not disclosed; ties by id. The selection names its rounds.
std::vector<const GroupMember*> MembersInOrder(const Selection& selection, const Group& group);

// What goes into the measure: how many rounds count, and the numbers that its formula takes.
// `members` are the group's, in order.
std::vector<v1::ExplanationNode> OperandsOf(v1::Measure measure, const AggregateQuery& query,
                                            const Selection& selection, const Group& group,
                                            const std::vector<const GroupMember*>& members);

}  // namespace steelyard::funding
