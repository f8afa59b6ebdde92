#include "services/strategy/measures/composite.h"
#include "services/strategy/measures/measure_catalog.h"
#include "services/strategy/measures/measure_rows.h"
#include "services/strategy/measures/weight_swap.h"

namespace steelyard::strategy {
namespace {

constexpr std::string_view kHandbook =
    "OECD and JRC, Handbook on Constructing Composite Indicators, 2008";
constexpr std::string_view kUncertainty =
    "Saisana, Saltelli and Tarantola, Uncertainty and Sensitivity Analysis Techniques as Tools for "
    "the Quality Assessment of Composite Indicators, 2005";

Column ColumnOf(const std::vector<double>& numbers) { return {numbers.begin(), numbers.end()}; }

// Weights first, then indicators by region, normalised by their least and greatest value.
ScaledTable TableOf(const ExampleInputs& inputs) {
  std::vector<CompositeIndicator> indicators;
  Columns columns;
  for (size_t i = 0; i < inputs[0].size(); ++i) {
    indicators.push_back({.weight = inputs[0][i]});
    columns.push_back(ColumnOf(inputs[i + 1]));
  }
  return ScaleAll(indicators, columns, Scaling::kMinMax, 1);
}

Value ScoreOfFirst(const ExampleInputs& inputs) {
  return Scores(TableOf(inputs), inputs[0], Weighing::kArithmetic)[0];
}

Value SwapOfFirstTwo(const ExampleInputs& inputs) {
  return SmallestSwap(TableOf(inputs), inputs[0], 0, 1).distance;
}

Value NormalisedFirst(const ExampleInputs& inputs) {
  return Scale({}, ColumnOf(inputs[0]), Scaling::kMinMax).values[0];
}

Value Importance(const ExampleInputs& inputs) {
  return SquaredCorrelation(ColumnOf(inputs[0]), ColumnOf(inputs[1]));
}

}  // namespace

std::vector<MeasureRow> CompositeRows() {
  return {
      {kComposite,
       "Composite indicator",
       "sum(w_i z_i) / sum(w_i) over the indicators that the region has, z_i the normalised "
       "values; "
       "or their weighted geometric mean rescaled to [1, 100]; or Copeland's wins less losses over "
       "the number of other regions",
       "1",
       "(-inf, inf)",
       "INSUFFICIENT_COVERAGE for a region with too few of the indicators; an indicator in which "
       "all "
       "regions are equal takes no part",
       kHandbook,
       {{{0.6, 0.4}, {3, 4, 1}, {10, 20, 60}}, &ScoreOfFirst}},
      {kEffectiveImportance,
       "Effective importance of an indicator",
       "squared Pearson correlation of the indicator with the composite over the ranked regions",
       "1",
       "[0, 1]",
       "UNDEFINED for fewer than three regions, or when either does not vary",
       "Paruolo, Saisana and Saltelli, Ratings and Rankings: Voodoo or Science?, 2013",
       {{{1, 2, 3, 5}, {0.1, 0.5, 0.4, 0.9}}, &Importance}},
      {kMainEffect, "Main effect of a choice of definition",
       "variance of the means by choice / variance of all readings, of logarithms where all are "
       "positive: the first-order index of Sobol over all combinations",
       "1", "[0, 1]", "UNDEFINED when all readings are equal",
       "Sobol, Sensitivity Estimates for Nonlinear Mathematical Models, 1993"},
      {kMargin,
       "Margin of a condition",
       "left side / right side of the comparison",
       "1",
       "(-inf, inf)",
       "above 1 when the left is larger; UNDEFINED when either is not known or the "
       "right is zero",
       "Arithmetic",
       {{{12.3, 10}}, &OfNumbers<Ratio>}},
      {kNormalised,
       "Normalised indicator",
       "min-max (x - lower) / (upper - lower); z-score (x - mean) / standard deviation; rank share "
       "of other regions that are behind; or x / best; turned round where less is better",
       "1",
       "(-inf, inf)",
       "UNDEFINED when the figure has no value, or the indicator takes no part",
       kHandbook,
       {{{3, 4, 1}}, &NormalisedFirst}},
      {kPairwiseProbability, "Pairwise probability",
       "draws in which the first region is ahead, level ones half / draws in which both are ranked",
       "1", "[0, 1]", "UNDEFINED when no draw ranks both", kUncertainty},
      {kSwapDistance,
       "Distance to a change of places",
       "|w . d| / |D|, w the weights, d the differences of the two regions' normalised values, D_i "
       "= "
       "d_i - mean(d): the smallest change of the weights, their sum kept, at which both are level",
       "1",
       "[0, inf)",
       "0 when they are level; UNDEFINED when no weights in [0, 1] do that along it",
       "Orthogonal projection; Wolters and Mareschal, Novel Types of Sensitivity Analysis for "
       "Additive MCDM Methods, 1995",
       {{{0.6, 0.4}, {3, 4, 1}, {30, 20, 60}}, &SwapOfFirstTwo}},
  };
}

}  // namespace steelyard::strategy
