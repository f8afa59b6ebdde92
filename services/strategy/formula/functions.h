#pragma once

// Which names formulas may use, and what each takes. docs/formulas.md lists them for people.

#include <optional>
#include <span>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/strategy/formula/ast.h"
#include "steelyard/funding/v1/funding.pb.h"

namespace steelyard::strategy::formula {

// A figure of the rounds that funding holds. Every other name is a published statistic's variable.
struct RoundsFigure {
  std::string_view name;
  funding::v1::Measure measure;
  // Whether values of several layers or sectors add up.
  bool additive;
};

// All of them, by name.
std::span<const RoundsFigure> RoundsFigures();
// nullptr for a published statistic.
const RoundsFigure* FindRoundsFigure(std::string_view name);

// Functions that ask for figures by themselves instead of taking values.
enum class Query { kShare, kLocationQuotient, kHhi, kConcentrationRatio, kRank, kGrowth };
// Which one a call is; nullopt for functions of values.
std::optional<Query> QueryOf(const Node& node);

// The codes that a value of layer= gathers: four for "INFRASTRUCTURE", one for "MODEL", two for
// "APPLIED"; none for any other word, which is a code itself.
std::span<const std::string_view> CodesOf(std::string_view value);

// What a formula is.
enum class Type { kNumber, kCondition };

// Checks names, arguments and options of everything in the tree, and whether numbers and conditions
// stand where they can. INVALID_FORMULA names the byte and what is allowed. Units are checked when
// values are known.
absl::StatusOr<Type> Check(std::string_view expression, const Node& node);

}  // namespace steelyard::strategy::formula
