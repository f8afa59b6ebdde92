#pragma once

// Nodes of an explanation about rounds. Pure functions: what a round adds, from what sources say of
// it, and in which way its amount came into the currency and the prices of the answer.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/common/money/money.h"
#include "services/funding/aggregate.h"
#include "services/funding/assertion.h"
#include "services/funding/source_policy.h"
#include "steelyard/funding/v1/explain.pb.h"

namespace steelyard::funding {

v1::ExplanationNode MakeNode(std::string id, v1::ExplanationKind kind, std::string title);
// "1234.50 EUR".
std::string TextOf(const Money& money);
// "1 round", "2 rounds".
std::string Counted(int64_t number, std::string_view one, std::string_view many);
// Sets the node's money; leaves it unset when the amount does not fit.
void SetAmount(Int128 minor_units, const std::string& currency, v1::ExplanationNode& node);
// Gives the node the value of a figure; none when it has none.
void SetFigureValue(const common::v1::Figure& figure, v1::ExplanationNode& node);

// FIGURE_NOT_FOUND naming the first of those that there are.
absl::Status FigureNotFound(const std::string& figure, const std::vector<std::string>& there);
// Ids that such an error names at most.
inline constexpr size_t kMostFiguresNamed = 10;

// What the rounds of one explanation have in common.
struct RoundContext {
  const AggregateQuery& query;
  const Selection& selection;
  const RateTable& rates;
  const SourcePolicy& policy;
  const SourceTable& sources;
  common::v1::DateBasis date_basis = common::v1::DATE_BASIS_ANNOUNCED;
  bool estimate = false;   // whether amounts that are not known are estimated
  bool investors = false;  // whether investors decide where a round counts
};

// A round of a group with all that it follows from. `assertions` are those of the round and of the
// reports that are the same.
v1::ExplanationNode RoundNode(const RoundContext& context, const GroupMember& member,
                              const std::vector<Assertion>& assertions);

}  // namespace steelyard::funding
