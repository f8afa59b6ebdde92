#pragma once

// The formula that gives a figure of a comparison or profile, by its id. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace steelyard::strategy {

// The formula of a figure's id in the language of EvaluateFormula: "world_share/EUROPE/2015..2025"
// is "funding[EUROPE, 2015..2025] / funding[WORLD, 2015..2025]". `filter` restricts the rounds of
// each part. NOT_FOUND (FIGURE_NOT_FOUND) for an id that no figure has, or whose figure no formula
// gives, with the measures that have one.
absl::StatusOr<std::string> FormulaOf(std::string_view figure, std::string_view filter);

// The measures that ids may begin with, sorted.
std::vector<std::string_view> ExplainedMeasures();

}  // namespace steelyard::strategy
