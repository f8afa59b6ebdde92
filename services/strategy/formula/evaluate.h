#pragma once

// Evaluates a formula from what was looked up. Pure but for the questions that it adds.

#include <string_view>

#include "absl/status/statusor.h"
#include "services/strategy/formula/ast.h"
#include "services/strategy/formula/figures_of.h"
#include "services/strategy/formula/quantity.h"
#include "steelyard/strategy/v1/formula.pb.h"

namespace steelyard::strategy::formula {

// How far `~=` lets two numbers be apart, relative to the right one.
inline constexpr double kNear = 0.1;

// What a checked formula comes to. `step`, unless null, is filled with how it came about. Every
// part is evaluated even where another one decides already, so that all questions are found; while
// some are new the outcome means nothing. INVALID_FORMULA when units do not fit.
absl::StatusOr<Outcome> Evaluate(std::string_view expression, const Node& node, Lookup& lookup,
                                 v1::FormulaStep* step);

}  // namespace steelyard::strategy::formula
