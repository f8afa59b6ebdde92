#pragma once

// The formulas of change: how fast amounts grow, what a change or a gap is made of, and when a gap
// would close. Pure and thread-safe; sums run in the order given, so equal input gives equal bits.
// A value that a formula does not give is nullopt, never zero and never NaN.

#include <optional>
#include <span>
#include <vector>

#include "services/strategy/measures/measures.h"

namespace steelyard::strategy {

// --- Growth ---

// Compound annual growth rate: (last/first)^(1/years) - 1. Unit 1 per year, in [-1, inf).
// Undefined when first <= 0, last < 0 or years <= 0. Says nothing about the years between.
Value CompoundGrowth(double first, double last, double years);

// Amounts of consecutive years, nullopt where one is not known.
using YearlyAmounts = std::span<const Value>;

// From one year with an amount to the next one with an amount: ln(later/earlier).
struct LogDifference {
  double change = 0;
  int years = 1;  // between the two; more than 1 where amounts between them are not known
};
// All of them, in the order of the years. A year of nothing has no logarithm and is passed over as
// one that is not known. Empty for fewer than two years with an amount. Undefined when an amount
// is negative or not finite.
std::optional<std::vector<LogDifference>> LogDifferences(YearlyAmounts amounts);

// Mean difference of the logarithms a year: sum(d_j) / sum(k_j), d_j a difference over k_j years.
// Unit 1 per year, any sign. Undefined without a difference. Generalised least squares where growth
// is independent from year to year, so that a difference over k years has the mean k mu and the
// variance k sigma^2. Source: Aitken, On Least Squares and Linear Combination of Observations,
// 1936.
Value Drift(std::span<const LogDifference> differences);
// Standard deviation of the difference of the logarithms a year:
// sqrt(sum((d_j - k_j mu)^2 / k_j) / (m - 1)), mu the drift, m the number of differences; for
// differences of one year each the sample standard deviation. Unit 1 per square root of a year,
// in [0, inf). Undefined for fewer than two differences. Source: as Drift's.
Value Volatility(std::span<const LogDifference> differences);
// The rate that a drift is: e^mu - 1, the geometric mean of the yearly factors less 1. Unit 1 per
// year, in [-1, inf). Undefined when not finite.
Value MeanGrowth(double drift);
// Slope of the least-squares line through ln x by year: unlike the compound growth rate it rests
// on all years. Unit 1 per year, any sign; e^slope - 1 is the growth rate. Years of nothing are
// passed over as in LogDifferences. Undefined for fewer than two years with an amount, or when an
// amount is negative or not finite.
Value LogTrend(YearlyAmounts amounts);

// --- What a change is made of ---

// A unit's change in three parts that add up to it. Same unit as the amounts, any sign.
struct ShiftShareParts {
  double national = 0;  // x_k0 G: what it would be if it had grown as the whole reference did
  double mix = 0;       // x_k0 (G_k - G): what its unit's growth in the reference adds to that
  double regional = 0;  // x_k0 (g_k - G_k): what the region's own growth adds, the competitive part
};
// Shift-share analysis: the change of a region's amounts between two times, unit by unit (layers,
// sectors), against a reference that holds the region; G is the growth rate of the reference's
// total, G_k of its unit k, g_k of the region's. Where the region had nothing at first, g_k has no
// value, and all that the unit has gained is the regional part. Undefined when the four differ in
// the number of units, an amount is negative or not finite, the reference has nothing at first, or
// it has nothing of a unit of which the region has something then. Source: Dunn, A Statistical and
// Analytical Technique for Regional Analysis, 1960.
std::optional<std::vector<ShiftShareParts>> ShiftShareByUnit(Amounts first, Amounts last,
                                                             Amounts reference_first,
                                                             Amounts reference_last);
// The sums over the units: they add up to the change of the region's total.
std::optional<ShiftShareParts> ShiftShare(Amounts first, Amounts last, Amounts reference_first,
                                          Amounts reference_last);

// The ratio of two products, factor by factor.
struct LogContributionsOfFactors {
  std::vector<double> log_points;  // ln(leader_i / follower_i); they add up to `log_ratio`
  double log_ratio = 0;            // ln of the ratio of the products
  // log_points over log_ratio: they sum to 1. Empty when the ratio is 1 up to rounding (less than
  // 1e-12 of the sum of the factors' |log points|), where shares of nothing would say nothing.
  std::vector<double> shares;
};
// Unit 1, any sign: a factor whose share is negative works against the gap. Undefined when
// there is no factor, they differ in number, one is not above zero and finite, or their quotient is
// neither. Source: the logarithmic mean Divisia index for identities such as Kaya's: Ang,
// Decomposition Analysis for Policymaking in Energy, Energy Policy 32, 2004.
std::optional<LogContributionsOfFactors> LogContributions(Amounts leader, Amounts follower);

// --- When a gap would close ---

enum class CatchUpOutcome {
  kUndefined,  // a ratio is not above zero, a growth rate is not above -1, or one is not finite
  kNever,      // above the target, and the follower does not grow faster
  kReached,
};
struct YearsToTarget {
  CatchUpOutcome outcome = CatchUpOutcome::kUndefined;
  Value years;  // only when reached; 0 when it is already
};
// Years until the ratio leader/follower falls from `ratio` to `target` when both keep their growth
// rates: ln(ratio/target) / ln((1 + follower_growth) / (1 + leader_growth)). In [0, inf). Follows
// from compound growth.
YearsToTarget CatchUpTime(double ratio, double target, double leader_growth,
                          double follower_growth);
// The growth rate with which the follower is at the target ratio after these years:
// (1 + leader_growth) (ratio/target)^(1/years) - 1. Unit 1 per year, in (-1, inf); below the
// leader's where the ratio is below the target. Undefined when a ratio or the years are not above
// zero, the leader's growth is not above -1, or one is not finite.
Value RequiredGrowth(double ratio, double target, double leader_growth, double years);

}  // namespace steelyard::strategy
