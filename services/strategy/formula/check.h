#pragma once

// Whether everything in a formula stands where it can.

#include <string_view>

#include "absl/status/statusor.h"
#include "services/strategy/formula/ast.h"

namespace steelyard::strategy::formula {

// The years that all calls of ratio_of_sums(...) add up, of each of their figures.
inline constexpr int kMostSummedYears = 400;

// What a formula is.
enum class Type { kNumber, kCondition };

// Checks names, arguments and options of everything in the tree, and whether numbers and conditions
// stand where they can. INVALID_FORMULA names the byte and what is allowed. Units are checked when
// values are known.
absl::StatusOr<Type> Check(std::string_view expression, const Node& node);

}  // namespace steelyard::strategy::formula
