#include "services/strategy/measures/projection.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "services/common/random/philox.h"
#include "services/strategy/measures/dynamics.h"
#include "services/strategy/parallel.h"

namespace steelyard::strategy {
namespace {

// Two-sided 0.95 of the standard normal distribution.
constexpr double kNormal95 = 1.959963984540054;
// What rounding may add to a logarithm that should be level with a target's.
constexpr double kRounding = 1e-12;
// Paths that one task advances: long enough to be worth a task, short enough to be stopped.
constexpr int kPathsPerTask = 2048;
// Reports over a whole projection.
constexpr int kMostReports = 20;

// ln(exp(a) + exp(b)), for any a and b without overflow.
double LogOfSum(double a, double b) {
  const double larger = std::max(a, b);
  return larger + std::log1p(std::exp(std::min(a, b) - larger));
}

// The paths of one task.
struct Range {
  int begin = 0;
  int end = 0;
};

Range RangeOf(int64_t task, int paths) {
  const int begin = static_cast<int>(task) * kPathsPerTask;
  return {begin, std::min(paths, begin + kPathsPerTask)};
}

// All paths, one year after the other.
class Paths {
 public:
  explicit Paths(const ProjectionPlan& plan)
      : plan_(plan),
        levels_(plan.regions.size()),
        totals_(plan.regions.size()),
        reached_(plan.goals.size()) {
    const auto paths = static_cast<size_t>(plan.paths);
    for (size_t r = 0; r < plan.regions.size(); ++r) {
      levels_[r].assign(paths, std::log(plan.regions[r].start_total));
      totals_[r] = levels_[r];
    }
    for (std::vector<char>& reached : reached_) reached.assign(paths, 0);
    outcome_.totals.resize(plan.regions.size());
    outcome_.ratios.resize(plan.regions.size() - 1);
  }

  // Each returns false when stopped.
  bool Advance(int year, int threads, const Stop& stop);
  bool Measure(int year, int threads, const Stop& stop);

  ProjectionOutcome TakeOutcome() {
    for (const std::vector<char>& reached : reached_) {
      outcome_.reached.push_back(std::count(reached.begin(), reached.end(), 1));
    }
    return std::move(outcome_);
  }

 private:
  void AdvanceRegion(size_t r, int year, Range paths);
  void LookAtGoals(int year, Range paths);
  Fan FanOf(int year, size_t numerator, std::optional<size_t> denominator) const;

  const ProjectionPlan& plan_;
  // By region and path: the logarithm that grows, and that of the total with what levers add.
  std::vector<std::vector<double>> levels_;
  std::vector<std::vector<double>> totals_;
  // By goal and path: 1 once reached.
  std::vector<std::vector<char>> reached_;
  ProjectionOutcome outcome_;
};

void Paths::AdvanceRegion(size_t r, int year, Range paths) {
  const RegionPlan& region = plan_.regions[r];
  const auto found = region.effects.find(year);
  const YearEffect effect = found == region.effects.end() ? YearEffect{} : found->second;
  const double step = region.drift + effect.log_step;
  const double log_factor = std::log(effect.factor);
  const double log_fund = std::log(effect.fund);  // minus infinity: none, and not looked at
  for (int path = paths.begin; path < paths.end; ++path) {
    const auto i = static_cast<size_t>(path);
    double& level = levels_[r][i];
    level += step;
    if (region.volatility > 0) level += region.volatility * DrawOf(plan_.seed, r, path, year);
    double total = level + log_factor;
    if (effect.fund > 0) total = LogOfSum(total, log_fund);
    totals_[r][i] = total;
  }
}

void Paths::LookAtGoals(int year, Range paths) {
  for (size_t g = 0; g < plan_.goals.size(); ++g) {
    const GoalPlan& goal = plan_.goals[g];
    if (year < plan_.first_year || year > goal.by_year) continue;
    const double target = std::log(goal.ratio) + kRounding;
    for (int path = paths.begin; path < paths.end; ++path) {
      const auto i = static_cast<size_t>(path);
      if (totals_[goal.numerator][i] - totals_[goal.denominator][i] <= target) reached_[g][i] = 1;
    }
  }
}

bool Paths::Advance(int year, int threads, const Stop& stop) {
  const int64_t tasks = (plan_.paths + kPathsPerTask - 1) / kPathsPerTask;
  return ParallelFor(tasks, threads, stop, [&](int64_t task) {
    const Range range = RangeOf(task, plan_.paths);
    for (size_t r = 0; r < plan_.regions.size(); ++r) {
      if (year > plan_.regions[r].start_year) AdvanceRegion(r, year, range);
    }
    LookAtGoals(year, range);
  });
}

// Of a region's totals, or of their ratio to another's.
Fan Paths::FanOf(int year, size_t numerator, std::optional<size_t> denominator) const {
  Fan fan;
  fan.year = year;
  const RegionPlan& above = plan_.regions[numerator];
  const RegionPlan& below = plan_.regions[denominator.value_or(numerator)];
  if (year == above.start_year && year == below.start_year) {
    // Known to the bit, which a logarithm is not.
    fan.quantiles.fill(denominator ? above.start_total / below.start_total : above.start_total);
    return fan;
  }
  std::vector<double> logs = totals_[numerator];
  if (denominator) {
    for (size_t i = 0; i < logs.size(); ++i) logs[i] -= totals_[*denominator][i];
  }
  const std::vector<double> quantiles = QuantilesOfLogs(logs, kFanProbabilities);
  std::copy(quantiles.begin(), quantiles.end(), fan.quantiles.begin());
  return fan;
}

bool Paths::Measure(int year, int threads, const Stop& stop) {
  const size_t regions = plan_.regions.size();
  const auto started = [&](size_t r) { return year >= plan_.regions[r].start_year; };
  // Each task has a place of its own before it starts.
  struct Task {
    size_t region;
    std::optional<size_t> denominator;
    Fan* out;
  };
  std::vector<Task> tasks;
  for (size_t r = 0; r < regions; ++r) {
    if (started(r)) tasks.push_back({r, std::nullopt, &outcome_.totals[r].emplace_back()});
    if (r > 0 && started(0) && started(r)) {
      tasks.push_back({0, r, &outcome_.ratios[r - 1].emplace_back()});
    }
  }
  return ParallelFor(static_cast<int64_t>(tasks.size()), threads, stop, [&](int64_t i) {
    const Task& task = tasks[static_cast<size_t>(i)];
    *task.out = FanOf(year, task.region, task.denominator);
  });
}

}  // namespace

std::optional<Growth> EstimateGrowth(const std::map<int, double>& totals) {
  if (totals.empty()) return std::nullopt;
  const int first = totals.begin()->first;
  std::vector<Value> years(static_cast<size_t>(totals.rbegin()->first - first + 1));
  for (const auto& [year, total] : totals) {
    if (total > 0) years[static_cast<size_t>(year - first)] = total;
  }
  const auto differences = LogDifferences(years);
  if (!differences) return std::nullopt;
  const Value drift = Drift(*differences);
  if (!drift) return std::nullopt;
  return Growth{*drift, Volatility(*differences), static_cast<int>(differences->size())};
}

QuantilePosition PositionOf(size_t n, double probability) {
  const double h = static_cast<double>(n - 1) * probability;
  const double below = std::floor(h);
  return {static_cast<size_t>(below), h - below};
}

std::vector<double> QuantilesOfLogs(std::span<double> logs, std::span<const double> probabilities) {
  std::vector<double> quantiles;
  quantiles.reserve(probabilities.size());
  auto from = logs.begin();  // all before it is in its place
  for (const double probability : probabilities) {
    const QuantilePosition at = PositionOf(logs.size(), probability);
    const auto nth = logs.begin() + static_cast<std::ptrdiff_t>(at.index);
    std::nth_element(from, nth, logs.end());
    from = nth;
    double value = std::exp(*nth);
    if (at.fraction > 0) {
      const double next = std::exp(*std::min_element(nth + 1, logs.end()));
      // Of equal ones, the value to the bit.
      if (next > value) value = (1 - at.fraction) * value + at.fraction * next;
    }
    quantiles.push_back(value);
  }
  return quantiles;
}

std::optional<Proportion> WilsonInterval(int64_t hits, int64_t trials) {
  if (trials <= 0 || hits < 0 || hits > trials) return std::nullopt;
  const auto n = static_cast<double>(trials);
  const double p = static_cast<double>(hits) / n;
  constexpr double kSquare = kNormal95 * kNormal95;
  const double centre = (p + kSquare / (2 * n)) / (1 + kSquare / n);
  const double half =
      kNormal95 / (1 + kSquare / n) * std::sqrt(p * (1 - p) / n + kSquare / (4 * n * n));
  // At the ends the bound is the share itself, which rounding misses.
  return Proportion{p, hits == 0 ? 0 : centre - half, hits == trials ? 1 : centre + half};
}

double DrawOf(uint64_t seed, size_t region, int path, int year) {
  // One draw has a sequence of its own, so that it does not matter what was drawn before it.
  return random::Sequence({static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)},
                          static_cast<uint32_t>(region), static_cast<uint32_t>(path),
                          static_cast<uint32_t>(year))
      .Normal();
}

std::optional<ProjectionOutcome> Project(const ProjectionPlan& plan, int threads, const Stop& stop,
                                         const std::function<bool(int paths_done)>& done) {
  int first = plan.last_year;
  for (const RegionPlan& region : plan.regions) first = std::min(first, region.start_year);
  Paths paths(plan);
  const int years = plan.last_year - first + 1;
  int reports = 0;
  for (int year = first; year <= plan.last_year; ++year) {
    if (!paths.Advance(year, threads, stop) || !paths.Measure(year, threads, stop)) {
      return std::nullopt;
    }
    const int64_t passed = year - first + 1;
    const int due = static_cast<int>(passed * kMostReports / years);
    if (due == reports) continue;
    reports = due;
    if (!done(static_cast<int>(passed * plan.paths / years))) return std::nullopt;
  }
  return paths.TakeOutcome();
}

}  // namespace steelyard::strategy
