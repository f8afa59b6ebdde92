#include <cmath>
#include <cstdint>
#include <utility>

#include "services/strategy/measures/dynamics.h"
#include "services/strategy/measures/measure_catalog.h"
#include "services/strategy/measures/measure_rows.h"
#include "services/strategy/measures/projection.h"

namespace steelyard::strategy {
namespace {

constexpr std::string_view kDunn =
    "Dunn, A Statistical and Analytical Technique for Regional Analysis, 1960";
constexpr std::string_view kShiftShareEdges =
    "a slice of which the region had nothing at first is regional as a whole; the three parts add "
    "up to the change; UNDEFINED when the reference has nothing at first, or nothing of a slice of "
    "which the region has something";
constexpr std::string_view kDivisia =
    "Ang, Decomposition Analysis for Policymaking in Energy, Energy Policy 32, 2004";
constexpr std::string_view kFollows = "Follows from compound growth";

// Of Farhauer and Kroell, Standorttheorien, 2013: a region and its nation, before and after.
ExampleInputs RegionAndNation() {
  return {{90, 20, 10, 60}, {100, 40, 10, 55}, {400, 150, 150, 400}, {440, 210, 135, 480}};
}

// The factors of two regions: persons, GDP per person, capital per GDP.
ExampleInputs Factors() { return {{340, 85.8, 0.0066}, {450, 43.2, 0.0008}}; }

template <double ShiftShareParts::*kPart>
Value PartOfChange(const ExampleInputs& inputs) {
  const auto parts = ShiftShare(inputs[0], inputs[1], inputs[2], inputs[3]);
  if (!parts) return std::nullopt;
  return *parts.*kPart;
}

Value LogPointsOfFirst(const ExampleInputs& inputs) {
  const auto contributions = LogContributions(inputs[0], inputs[1]);
  if (!contributions) return std::nullopt;
  return contributions->log_points[0];
}

Value ShareOfFirst(const ExampleInputs& inputs) {
  const auto contributions = LogContributions(inputs[0], inputs[1]);
  if (!contributions || contributions->shares.empty()) return std::nullopt;
  return contributions->shares[0];
}

std::vector<Value> Years(const ExampleInputs& inputs) {
  return {inputs[0].begin(), inputs[0].end()};
}

Value DriftOfYears(const ExampleInputs& inputs) {
  const auto differences = LogDifferences(Years(inputs));
  if (!differences) return std::nullopt;
  return Drift(*differences);
}

Value VolatilityOfYears(const ExampleInputs& inputs) {
  const auto differences = LogDifferences(Years(inputs));
  if (!differences) return std::nullopt;
  return Volatility(*differences);
}

Value MeanGrowthOfYears(const ExampleInputs& inputs) {
  const Value drift = DriftOfYears(inputs);
  if (!drift) return std::nullopt;
  return MeanGrowth(*drift);
}

Value TrendOfYears(const ExampleInputs& inputs) { return LogTrend(Years(inputs)); }

Value YearsToCatchUp(double ratio, double target, double leader, double follower) {
  return CatchUpTime(ratio, target, leader, follower).years;
}

Value QuantileOfValues(const ExampleInputs& inputs) {
  std::vector<double> logs;
  for (const double value : inputs[0]) logs.push_back(std::log(value));
  return QuantilesOfLogs(logs, inputs[1])[0];
}

Value ShareOfPaths(double hits, double paths) {
  const auto proportion = WilsonInterval(static_cast<int64_t>(hits), static_cast<int64_t>(paths));
  if (!proportion) return std::nullopt;
  return proportion->share;
}

std::vector<MeasureRow> GrowthRows() {
  const ExampleInputs totals = {{100, 140, 120, 180}};
  return {
      {kCagr,
       "Compound annual growth rate",
       "(V_T / V_0)^(1 / T) - 1, V_0 and V_T the totals of the first and the last year, T years "
       "apart",
       "1/a",
       "[-1, inf)",
       "UNDEFINED when either year's total is not known, the first is zero, or both are the same "
       "year; says nothing about the years between",
       "Standard finance; no single origin",
       {{{100, 121, 2}}, &OfNumbers<CompoundGrowth>}},
      {kDrift,
       "Drift",
       "sum(d_j) / sum(k_j), d_j = ln(later/earlier) over k_j years",
       "1/a",
       "(-inf, inf)",
       "years without an amount are passed over, so that differences span more years; UNDEFINED "
       "for fewer than two years with an amount above zero",
       "Generalised least squares: Aitken, On Least Squares and Linear Combination of "
       "Observations, 1936",
       {totals, &DriftOfYears}},
      {kLogTrend,
       "Log-linear trend",
       "slope of the least-squares line through ln V_y by year y",
       "1/a",
       "(-inf, inf)",
       "rests on all years, where the compound growth rate rests on two; e^slope - 1 is the rate; "
       "UNDEFINED for fewer than two years with an amount above zero",
       "Least squares: Legendre 1805; Gauss 1809",
       {totals, &TrendOfYears}},
      {kMeanGrowth,
       "Mean growth rate",
       "e^mu - 1, mu the drift",
       "1/a",
       "[-1, inf)",
       "UNDEFINED for fewer than two years with an amount above zero",
       "Geometric mean of the yearly factors",
       {totals, &MeanGrowthOfYears}},
      {kVolatility,
       "Volatility",
       "sqrt(sum((d_j - k_j mu)^2 / k_j) / (m - 1)), mu the drift, m the number of differences d_j "
       "over k_j years",
       "1",
       "[0, inf)",
       "UNDEFINED for fewer than three years with an amount above zero",
       "Generalised least squares, as the drift's",
       {totals, &VolatilityOfYears}},
  };
}

std::vector<MeasureRow> DecompositionRows() {
  return {
      {kGapShare,
       "Share of a factor in a gap",
       "ln(f_i^A / f_i^B) / ln(A / B), A and B the products of the factors f_i",
       "1",
       "(-inf, inf)",
       "the factors' shares sum to 1; below 0 for a factor in which B is ahead; UNDEFINED when A = "
       "B",
       kDivisia,
       {Factors(), &ShareOfFirst}},
      {kLogContribution,
       "Contribution of a factor to a gap",
       "ln(f_i^A / f_i^B), in log points, f_i the factors of the products A and B",
       "1",
       "(-inf, inf)",
       "the factors' contributions add up to ln(A / B); UNDEFINED for a factor that is not known "
       "or "
       "not above zero",
       kDivisia,
       {Factors(), &LogPointsOfFirst}},
      {kShiftShareMix,
       "Shift-share: industrial mix",
       "sum(x_k0 (G_k - G)), G the growth of the reference's total, G_k of its slice k",
       "currency",
       "(-inf, inf)",
       kShiftShareEdges,
       kDunn,
       {RegionAndNation(), &PartOfChange<&ShiftShareParts::mix>}},
      {kShiftShareNational,
       "Shift-share: national growth",
       "sum(x_k0 G), G the growth of the reference's total",
       "currency",
       "(-inf, inf)",
       kShiftShareEdges,
       kDunn,
       {RegionAndNation(), &PartOfChange<&ShiftShareParts::national>}},
      {kShiftShareRegional,
       "Shift-share: regional (competitive) part",
       "sum(x_k0 (g_k - G_k)), g_k the region's growth of the slice, G_k the reference's",
       "currency",
       "(-inf, inf)",
       kShiftShareEdges,
       kDunn,
       {RegionAndNation(), &PartOfChange<&ShiftShareParts::regional>}},
  };
}

std::vector<MeasureRow> CatchUpRows() {
  return {
      {kCatchUpTime,
       "Catch-up time",
       "ln(R / rho) / ln((1 + g_f) / (1 + g_l)), R the ratio leader/follower, rho the target, g_f "
       "and g_l the growth rates of follower and leader",
       "a",
       "[0, inf)",
       "0 when R <= rho; UNDEFINED with the reason \"never\" when the follower does not grow "
       "faster",
       kFollows,
       {{{12.278, 1, 0.1, 0.25}}, &OfNumbers<YearsToCatchUp>}},
      {kCatchUpTimeQuantile, "Quantile of the catch-up time",
       "quantile over random paths of the first year in which leader/follower <= rho", "a",
       "[0, 100]", "UNDEFINED with the reason \"never\" for a quantile beyond 100 years",
       "Monte Carlo; quantiles of type 7: Hyndman and Fan, Sample Quantiles in Statistical "
       "Packages, 1996"},
      {kProbability,
       "Probability over random paths",
       "paths that reach the target / paths",
       "1",
       "[0, 1]",
       "its interval is Wilson's at 0.95 for the number of paths",
       "Wilson, Probable Inference, the Law of Succession, and Statistical Inference, 1927",
       {{{3, 4}}, &OfNumbers<ShareOfPaths>}},
      {kQuantile,
       "Quantile of a projection",
       "at h = (n - 1) p of the sorted values of n paths, in proportion between the two around h",
       "that of the value",
       "(-inf, inf)",
       "of one value where the year is history",
       "Type 7: Hyndman and Fan, Sample Quantiles in Statistical Packages, 1996",
       {{{1, 2, 4, 8}, {0.5}}, &QuantileOfValues}},
      {kRequiredGrowth,
       "Required growth",
       "(1 + g_l) (R / rho)^(1/T) - 1, R the ratio leader/follower, rho the target, g_l the "
       "leader's growth rate, T years from now",
       "1/a",
       "(-1, inf)",
       "below the leader's growth when R < rho; UNDEFINED when R or the leader's growth is not "
       "known",
       kFollows,
       {{{12.278, 1, 0.1, 10}}, &OfNumbers<RequiredGrowth>}},
  };
}

}  // namespace

std::vector<MeasureRow> DynamicsRows() {
  std::vector<MeasureRow> all = GrowthRows();
  for (auto* const rows : {&DecompositionRows, &CatchUpRows}) {
    for (MeasureRow& row : rows()) all.push_back(std::move(row));
  }
  return all;
}

}  // namespace steelyard::strategy
