#pragma once

// The formula that gives a figure of a comparison or profile, by its id. Pure.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "steelyard/common/v1/definition.pb.h"

namespace steelyard::strategy {

// An id in its parts: measure/region/period or measure/left:right/period, and a slice behind them.
struct FigureId {
  std::string measure;
  std::string region;
  std::string period;  // "2025", "2015..2025"
  std::string slice;   // "layer=CHIPS"; empty for the whole
};
// nullopt when it has another form.
std::optional<FigureId> SplitFigureId(std::string_view figure);

// What gives a figure.
struct FigureFormula {
  std::string expression;
  // Whether regions are those of headquarters under every definition: flows of capital.
  bool by_headquarters = false;
};

// The formula of a figure's id in the language of EvaluateFormula: "world_share/EUROPE/2015..2025"
// is "funding[EUROPE, 2015..2025] / funding[WORLD, 2015..2025]". `filter` restricts the rounds of
// each part; `definition` says what the regions of ids mean. NOT_FOUND (FIGURE_NOT_FOUND) for an id
// that no figure has, or whose figure no formula gives, with the measures that have one.
absl::StatusOr<FigureFormula> FormulaOf(std::string_view figure, std::string_view filter,
                                        const common::v1::Definition& definition);

// The measures that ids may begin with, sorted; net_inflow_ratio, which no formula gives by its id
// alone, is among them (explain_question.h).
std::vector<std::string_view> ExplainedMeasures();

}  // namespace steelyard::strategy
