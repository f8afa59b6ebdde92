#pragma once

// How long it takes until one region has caught up with another, over random paths: the first
// passage of their ratio through a target. Over plain numbers, by the model of projection.h. Pure
// and thread-safe.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "services/strategy/measures/projection.h"

namespace steelyard::strategy {

// How far paths are followed.
inline constexpr int kMostYearsToCatchUp = 100;

// The start and the growth of the two sides of a ratio leader/follower.
struct CatchUpPlan {
  double start_ratio = 0;   // > 0
  double target_ratio = 0;  // > 0
  double leader_drift = 0;
  double leader_volatility = 0;
  double follower_drift = 0;
  double follower_volatility = 0;
  int start_year = 0;
  int years = kMostYearsToCatchUp;  // how far paths are followed
  int paths = 0;                    // > 0
  uint64_t seed = 0;
};

// Of each path the first year, counted from the start, in which the ratio is the target or less:
// the first passage time, sorted. 0 for all when it starts there; years + 1 stands for later or
// never. nullopt when `stop` ended it.
std::optional<std::vector<int>> CatchUpTimes(const CatchUpPlan& plan, int threads,
                                             const Stop& stop);
// Type 7 quantile of such times, in years; nullopt when it rests on a path that takes more than
// `years`. `sorted` is not empty, probability in [0, 1].
std::optional<double> TimeQuantile(std::span<const int> sorted, double probability, int years);
// How many of them are at most `years`.
int64_t CaughtUpWithin(std::span<const int> sorted, int years);

}  // namespace steelyard::strategy
