#include "services/strategy/measures/first_passage.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "services/strategy/parallel.h"

namespace steelyard::strategy {
namespace {

// What rounding may add to a logarithm that should be level with the target's.
constexpr double kRounding = 1e-12;
// Paths of one task: a path may have a hundred years of two draws each.
constexpr int kPathsPerTask = 64;

// The first year in which the ratio is level with the target or below it; years + 1 if none is.
int FirstPassage(const CatchUpPlan& plan, int path) {
  const double target = std::log(plan.target_ratio) + kRounding;
  double ratio = std::log(plan.start_ratio);
  if (ratio <= target) return 0;
  for (int t = 1; t <= plan.years; ++t) {
    ratio += plan.leader_drift - plan.follower_drift;
    const int year = plan.start_year + t;
    if (plan.leader_volatility > 0) {
      ratio += plan.leader_volatility * DrawOf(plan.seed, 0, path, year);
    }
    if (plan.follower_volatility > 0) {
      ratio -= plan.follower_volatility * DrawOf(plan.seed, 1, path, year);
    }
    if (ratio <= target) return t;
  }
  return plan.years + 1;
}

}  // namespace

std::optional<std::vector<int>> CatchUpTimes(const CatchUpPlan& plan, int threads,
                                             const Stop& stop) {
  std::vector<int> times(static_cast<size_t>(plan.paths));
  const int64_t tasks = (plan.paths + kPathsPerTask - 1) / kPathsPerTask;
  const bool complete = ParallelFor(tasks, threads, stop, [&](int64_t task) {
    const int begin = static_cast<int>(task) * kPathsPerTask;
    const int end = std::min(plan.paths, begin + kPathsPerTask);
    for (int path = begin; path < end; ++path) {
      times[static_cast<size_t>(path)] = FirstPassage(plan, path);
    }
  });
  if (!complete) return std::nullopt;
  std::sort(times.begin(), times.end());
  return times;
}

std::optional<double> TimeQuantile(std::span<const int> sorted, double probability, int years) {
  const QuantilePosition at = PositionOf(sorted.size(), probability);
  const int below = sorted[at.index];
  if (below > years) return std::nullopt;
  if (at.fraction == 0) return below;
  const int above = sorted[at.index + 1];
  if (above > years) return std::nullopt;
  return (1 - at.fraction) * below + at.fraction * above;
}

int64_t CaughtUpWithin(std::span<const int> sorted, int years) {
  return std::upper_bound(sorted.begin(), sorted.end(), years) - sorted.begin();
}

}  // namespace steelyard::strategy
