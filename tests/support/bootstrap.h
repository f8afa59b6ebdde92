#pragma once

// How far a statistic of companies could be from what the same market would give again, where no
// formula tells: the companies are drawn anew from themselves, with all of their rounds at once
// (rounds of one company depend on each other, companies on each other do not), and the statistic
// is taken of each draw. B. Efron, "Bootstrap Methods: Another Look at the Jackknife", Annals of
// Statistics 7, 1979. Answers carry the closed form of intervals.h; this is what it is measured
// against.
//
// A sample of heavy-tailed amounts rarely has those that decide the tail. So these intervals hold
// less often than they say for sums, where intervals.h does better, and far less often for indices
// of concentration and inequality, which describe the companies that there were.
// docs/uncertainty.md has the numbers.
//
// Draw i is a function of the seed and i (random/philox.h): the same input gives the same bytes on
// any number of threads.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "services/strategy/measures/intervals.h"
#include "services/strategy/measures/measures.h"

namespace steelyard::strategy {

// Ids of the methods, for `Interval.method`.
inline constexpr std::string_view kPercentileMethod = "bootstrap_percentile/1";
inline constexpr std::string_view kBcaMethod = "bootstrap_bca/1";

inline constexpr int kFewestDraws = 1000;
inline constexpr int kMostDraws = 100'000;

enum class Resampling {
  // As many companies as there are. For what does not depend on their number: shares, indices of
  // concentration and inequality, means.
  kSameSize,
  // Each company a number of times that is Poisson distributed with mean 1, so that the number of
  // companies is by chance too. For totals and what is made of them; the model of intervals.h.
  kPoisson,
};

struct BootstrapOptions {
  // In [kFewestDraws, kMostDraws].
  int draws = 2000;
  // Probability that an interval should cover, in (0, 1).
  double level = kIntervalLevel;
  uint64_t seed = 0;
  Resampling resampling = Resampling::kSameSize;
  // As in ParallelFor.
  int threads = 0;
  std::function<bool()> stop;
};

struct BootstrapResult {
  // The statistic of the sample itself; nullopt when it has none there, and then nothing else is
  // given.
  Value estimate;
  // Of the draws. Two draws at least have a value, else nullopt.
  Value standard_error;
  // The (1 - level)/2 and (1 + level)/2 quantiles of the draws, interpolated at (draws + 1) p, the
  // extreme draws beyond them (Davison and Hinkley, "Bootstrap Methods and their Application",
  // 1997, section 2.4). nullopt for a sample of fewer than kFewestCompanies, or when more than one
  // draw in a hundred has no value.
  std::optional<Bounds> percentile;
  // Bias-corrected and accelerated: the quantiles at NormalProbability(z0 + (z0 + z) / (1 - a (z0 +
  // z))). Efron, "Better Bootstrap Confidence Intervals", JASA 82, 1987. nullopt where `percentile`
  // is, when all draws are on one side of the estimate, or when the statistic has no value without
  // some company.
  std::optional<Bounds> bca;
  // z0: the normal quantile of the share of draws below the estimate, those equal to it half.
  Value bias_correction;
  // a: sum(u^3) / (6 sum(u^2)^1.5), u the empirical influence of each company by the jackknife.
  // nullopt when no company moves the statistic, or it has no value without one.
  Value acceleration;
  // Draws of which the statistic has no value; the others make the quantiles.
  int undefined_draws = 0;
};

// Companies of a draw by their place in the sample, for each of several samples; one that was drawn
// twice stands there twice.
using Picks = std::span<const std::vector<uint32_t>>;

// Of any statistic of one or several independent samples with these sizes, each drawn from itself;
// pairs of one company stay together if `statistic` looks both up by the same place. `statistic` is
// called from several threads and must be pure; nullopt where it has no value.
// INVALID_ARGUMENT names each option that is out of range and each empty sample ("sizes[0]");
// CANCELLED (reason CANCELLED) when `stop` said so. Costs draws + sum(sizes) evaluations.
absl::StatusOr<BootstrapResult> BootstrapPicks(std::span<const size_t> sizes,
                                               const std::function<Value(Picks)>& statistic,
                                               const BootstrapOptions& options);

// Of a statistic of one region's company amounts, such as those of measures.h.
absl::StatusOr<BootstrapResult> Bootstrap(Amounts companies,
                                          const std::function<Value(Amounts)>& statistic,
                                          const BootstrapOptions& options);

// Of a statistic of two regions that have no company in common, such as the ratio of their totals.
absl::StatusOr<BootstrapResult> BootstrapPair(
    Amounts left, Amounts right, const std::function<Value(Amounts, Amounts)>& statistic,
    const BootstrapOptions& options);

}  // namespace steelyard::strategy
