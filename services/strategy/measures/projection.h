#pragma once

// How yearly totals may go on: geometric growth with drift and volatility, along random paths. Over
// plain numbers; nothing here knows where the totals come from.
//
// The model of one region, X its total of a year and Z standard normal, independent from year to
// year and from region to region:
//   ln X_{t+1} = ln X_t + drift + volatility Z_{t+1}
// This is the discrete form of geometric Brownian motion (Samuelson 1965). Independence between
// regions is an assumption: regions that boom together have ratios that spread less than these.
//
// Every draw is a function of seed, region, path and year (random/philox.h), so that the same plan
// gives the same bits on any number of threads, and a region that is added behind the others
// changes none of theirs. Pure and thread-safe.

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace steelyard::strategy {

// The generator's name and version in answers.
inline constexpr std::string_view kGenerator = "philox4x32-10/1";
// The quantiles of every fan.
inline constexpr std::array<double, 5> kFanProbabilities = {0.05, 0.25, 0.5, 0.75, 0.95};
// Fewest differences of logarithms that a volatility is taken from.
inline constexpr int kFewestDifferences = 5;

// Asked now and then from any thread; true ends the work.
using Stop = std::function<bool()>;

// --- Growth from history ---

// Growth of one region a year, in logarithms.
struct Growth {
  double drift = 0;                  // mean
  std::optional<double> volatility;  // standard deviation; nullopt for a single difference
  int points = 0;                    // differences that both rest on
};

// Drift and volatility (dynamics.h) of yearly totals, given by year in any one unit. Years that are
// not there, and totals that are not above zero, are not known; a difference over k years counts as
// k years of growth. nullopt for fewer than two known totals.
std::optional<Growth> EstimateGrowth(const std::map<int, double>& totals);

// --- Quantiles and probabilities ---

// Where a quantile of type 7 lies among n values in ascending order (from 0), n > 0, and how far
// from there to the next one.
struct QuantilePosition {
  size_t index = 0;
  double fraction = 0;  // in [0, 1)
};
QuantilePosition PositionOf(size_t n, double probability);

// Quantiles of type 7 (Hyndman and Fan 1996): at h = (n - 1) p, between the order statistics around
// h in proportion. In the order of `probabilities`, which ascend within [0, 1]. Of logarithms, with
// interpolation between the values themselves; infinity where a value is beyond a double. Reorders
// `logs`, which must not be empty and holds no NaN.
std::vector<double> QuantilesOfLogs(std::span<double> logs, std::span<const double> probabilities);

// Bounds of a probability.
struct Proportion {
  double share = 0;
  double lower = 0;
  double upper = 0;
};
// Share of `hits` in `trials` with Wilson's score interval (Wilson 1927) at 0.95, within [0, 1].
// Undefined unless 0 <= hits <= trials and trials > 0.
std::optional<Proportion> WilsonInterval(int64_t hits, int64_t trials);

// --- Paths ---

// The standard normal draw of a region, by its place, on a path in a calendar year.
double DrawOf(uint64_t seed, size_t region, int path, int year);

// What levers do to one region in one year.
struct YearEffect {
  double log_step = 0;  // added to the growth of the logarithm; what follows grows from there
  double factor = 1;    // the total is so many times the path's; > 0, does not compound
  double fund = 0;      // and this is added, in the unit of totals; >= 0, does not compound
};

struct RegionPlan {
  int start_year = 0;
  double start_total = 0;  // > 0
  double drift = 0;
  double volatility = 0;              // >= 0
  std::map<int, YearEffect> effects;  // by year after start_year; none: no lever works
};

// Two regions by their place in the plan. Reached in a year when the ratio is the target or less;
// of rounding, a part in 10^12 is let pass.
struct GoalPlan {
  size_t numerator = 0;
  size_t denominator = 0;
  double ratio = 1;  // > 0
  int by_year = 0;
};

struct ProjectionPlan {
  std::vector<RegionPlan> regions;  // at least one
  std::vector<GoalPlan> goals;
  int first_year = 0;  // the first that goals are looked at in
  int last_year = 0;   // after every start_year
  int paths = 0;       // > 0
  uint64_t seed = 0;
};

// The quantiles at kFanProbabilities in one year; infinity where beyond a double.
struct Fan {
  int year = 0;
  std::array<double, kFanProbabilities.size()> quantiles{};
};

struct ProjectionOutcome {
  // By region, from its start_year (where all quantiles are the total) to last_year.
  std::vector<std::vector<Fan>> totals;
  // The first region over each other one, from the later of the two start years.
  std::vector<std::vector<Fan>> ratios;
  // By goal, paths that reached it in a year from first_year to its own.
  std::vector<int64_t> reached;
};

// Draws the paths, year by year, so that memory is 16 bytes for each path of each region and
// another 8 for each thread's path, however many years there are. `done` is told on the calling
// thread how much is done, in paths' worth, at most every 5 %; false ends the work. threads as for
// ParallelFor. nullopt when `stop` or `done` ended it.
std::optional<ProjectionOutcome> Project(const ProjectionPlan& plan, int threads, const Stop& stop,
                                         const std::function<bool(int paths_done)>& done);

}  // namespace steelyard::strategy
