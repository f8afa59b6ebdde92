#include "services/strategy/measures/composite.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace steelyard::strategy {
namespace {

// The values that are known, in the order of the regions.
std::vector<double> Known(const Column& values) {
  std::vector<double> known;
  for (const Value& value : values) {
    if (value && std::isfinite(*value)) known.push_back(*value);
  }
  return known;
}

double Mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

// Over n.
double Deviation(const std::vector<double>& values, double mean) {
  double sum = 0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return std::sqrt(sum / static_cast<double>(values.size()));
}

double ShareBehind(const std::vector<double>& known, double value, bool lower_is_better) {
  // Counted in halves, so that equal shares are equal bits. The region itself is not an other one:
  // it was counted as level with itself.
  int halves = -1;
  for (const double other : known) {
    if (other == value) {
      halves += 1;
    } else if ((other < value) != lower_is_better) {
      halves += 2;
    }
  }
  return static_cast<double>(halves) / (2 * static_cast<double>(known.size() - 1));
}

// Rounding makes equal sums differ; their spread would be noise.
bool Varies(const std::vector<double>& values) {
  const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
  return CompareScores(*least, *greatest) != 0;
}

// Why these values cannot be scaled at all; empty when they can.
std::string Unscalable(const std::vector<double>& known, const CompositeIndicator& indicator,
                       Scaling scaling) {
  if (known.empty()) return "no region has a value";
  // Between fixed ends a value has its place whatever the others are.
  if (scaling == Scaling::kMinMax && indicator.goalposts) return "";
  if (known.size() == 1) return "only one region has a value";
  const auto [least, greatest] = std::minmax_element(known.begin(), known.end());
  if (*least == *greatest) return "all regions have the same value";
  if (scaling == Scaling::kDistanceToLeader) {
    // The quotient would turn the order round, or have no denominator.
    if (indicator.lower_is_better && *least <= 0) {
      return "a value is not above zero, so that there is no distance to the leader";
    }
    if (!indicator.lower_is_better && *greatest <= 0) {
      return "the best value is not above zero, so that there is no distance to the leader";
    }
  }
  return "";
}

// Scales one value; everything that is the same for all values is worked out once.
class Scaler {
 public:
  Scaler(const std::vector<double>& known, const CompositeIndicator& indicator, Scaling scaling)
      : known_(known), lower_is_better_(indicator.lower_is_better), scaling_(scaling) {
    const auto [least, greatest] = std::minmax_element(known.begin(), known.end());
    best_ = lower_is_better_ ? *least : *greatest;
    ends_ = indicator.goalposts.value_or(Goalposts{*least, *greatest});
    mean_ = Mean(known);
    deviation_ = Deviation(known, mean_);
  }

  double operator()(double value) const {
    switch (scaling_) {
      case Scaling::kMinMax: {
        const double place = (value - ends_.lower) / (ends_.upper - ends_.lower);
        // Not std::clamp, which would pass on what is not a number.
        if (!std::isfinite(place)) return place;
        return std::clamp(lower_is_better_ ? 1 - place : place, 0.0, 1.0);
      }
      case Scaling::kZScore:
        return (lower_is_better_ ? mean_ - value : value - mean_) / deviation_;
      case Scaling::kRank:
        return ShareBehind(known_, value, lower_is_better_);
      case Scaling::kDistanceToLeader:
        break;
    }
    return lower_is_better_ ? best_ / value : value / best_;
  }

 private:
  const std::vector<double>& known_;
  const bool lower_is_better_;
  const Scaling scaling_;
  double best_ = 0;
  Goalposts ends_;
  double mean_ = 0;
  double deviation_ = 0;
};

// ln y of the geometric mean.
Column Logarithms(const Column& values, Scaling scaling) {
  const std::vector<double> known = Known(values);
  const auto [least, greatest] = std::minmax_element(known.begin(), known.end());
  // Goalposts are there to stay where they are; other scales have no ends of their own.
  const bool fixed = scaling == Scaling::kMinMax;
  const double lower = fixed ? 0 : *least;
  const double range = fixed ? 1 : *greatest - *least;
  Column logs(values.size());
  for (size_t r = 0; r < values.size(); ++r) {
    if (values[r]) logs[r] = std::log(1 + 99 * ((*values[r] - lower) / range));
  }
  return logs;
}

bool AllFinite(const Column& values) {
  return std::all_of(values.begin(), values.end(),
                     [](const Value& value) { return !value || std::isfinite(*value); });
}

ScaledColumn Excluded(size_t regions, std::string reason) {
  return {Column(regions), Column(regions), std::move(reason)};
}

// The weighted mean over the columns that a region has.
Value WeightedMean(const ScaledTable& table, std::span<const double> weights, size_t region,
                   Column ScaledColumn::*part) {
  double sum = 0;
  double weight = 0;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    const Value& value = (table.columns[i].*part)[region];
    if (!value) continue;
    sum += weights[i] * *value;
    weight += weights[i];
  }
  if (!(weight > 0)) return std::nullopt;
  return sum / weight;
}

// By how much weight each of the regions is ahead of each later one; row by row.
std::vector<double> Leads(const ScaledTable& table, std::span<const double> weights,
                          const std::vector<size_t>& regions) {
  const size_t n = regions.size();
  std::vector<double> leads(n * n);
  for (size_t i = 0; i < table.columns.size(); ++i) {
    const Column& values = table.columns[i].values;
    for (size_t a = 0; a < n; ++a) {
      const Value& left = values[regions[a]];
      if (!left) continue;
      for (size_t b = a + 1; b < n; ++b) {
        const Value& right = values[regions[b]];
        if (!right) continue;
        // Without a branch that nobody can predict: this is the innermost loop of all draws.
        const int ahead = static_cast<int>(*left > *right) - static_cast<int>(*left < *right);
        leads[a * n + b] += weights[i] * ahead;
      }
    }
  }
  return leads;
}

std::vector<Value> Copeland(const ScaledTable& table, std::span<const double> weights) {
  std::vector<size_t> regions;
  for (size_t r = 0; r < table.enough.size(); ++r) {
    if (table.enough[r]) regions.push_back(r);
  }
  const size_t n = regions.size();
  const std::vector<double> leads = Leads(table, weights, regions);
  std::vector<int> won(n);
  for (size_t a = 0; a < n; ++a) {
    for (size_t b = a + 1; b < n; ++b) {
      const int outcome = CompareScores(leads[a * n + b], 0);
      won[a] += outcome;
      won[b] -= outcome;
    }
  }
  std::vector<Value> scores(table.enough.size());
  const double others = std::max(1.0, static_cast<double>(n) - 1);
  for (size_t a = 0; a < n; ++a) scores[regions[a]] = static_cast<double>(won[a]) / others;
  return scores;
}

}  // namespace

ScaledColumn Scale(const CompositeIndicator& indicator, const Column& values, Scaling scaling) {
  const std::vector<double> known = Known(values);
  if (std::string reason = Unscalable(known, indicator, scaling); !reason.empty()) {
    return Excluded(values.size(), std::move(reason));
  }
  const Scaler scaler(known, indicator, scaling);
  ScaledColumn column = {Column(values.size()), {}, ""};
  for (size_t r = 0; r < values.size(); ++r) {
    if (values[r] && std::isfinite(*values[r])) column.values[r] = scaler(*values[r]);
  }
  if (AllFinite(column.values)) column.logs = Logarithms(column.values, scaling);
  if (column.logs.empty() || !AllFinite(column.logs)) {
    return Excluded(values.size(), "its values are too close together or too far apart to scale");
  }
  return column;
}

ScaledTable ScaleAll(std::span<const CompositeIndicator> indicators, const Columns& columns,
                     Scaling scaling, double least_share) {
  ScaledTable table;
  const size_t regions = columns.empty() ? 0 : columns.front().size();
  table.present.resize(regions);
  for (size_t i = 0; i < columns.size(); ++i) {
    table.columns.push_back(Scale(indicators[i], columns[i], scaling));
    const ScaledColumn& column = table.columns.back();
    if (!column.excluded.empty()) continue;
    ++table.included;
    for (size_t r = 0; r < regions; ++r) table.present[r] += column.values[r] ? 1 : 0;
  }
  // A share such as 0.65 of 20 is 13 and not a little more.
  const double least = least_share * table.included - 1e-9;
  for (const int present : table.present) {
    table.enough.push_back(present > 0 && static_cast<double>(present) >= least);
  }
  return table;
}

std::vector<Value> Scores(const ScaledTable& table, std::span<const double> weights,
                          Weighing weighing) {
  if (weighing == Weighing::kOutranking) return Copeland(table, weights);
  const bool geometric = weighing == Weighing::kGeometric;
  std::vector<Value> scores(table.enough.size());
  for (size_t r = 0; r < scores.size(); ++r) {
    if (!table.enough[r]) continue;
    scores[r] =
        WeightedMean(table, weights, r, geometric ? &ScaledColumn::logs : &ScaledColumn::values);
    if (geometric && scores[r]) scores[r] = std::exp(*scores[r]);
  }
  return scores;
}

double RoundScore(double score) { return std::nearbyint(score * 1e12); }

int CompareScores(double a, double b) {
  // Rounded each for itself: a tolerance between the two would not be transitive.
  const double left = RoundScore(a);
  const double right = RoundScore(b);
  return static_cast<int>(left > right) - static_cast<int>(left < right);
}

std::vector<int> RankScores(std::span<const Value> scores) {
  std::vector<std::pair<double, size_t>> order;
  for (size_t r = 0; r < scores.size(); ++r) {
    if (scores[r]) order.emplace_back(-RoundScore(*scores[r]), r);
  }
  std::sort(order.begin(), order.end());
  std::vector<int> ranks(scores.size());
  for (size_t place = 0; place < order.size(); ++place) {
    ranks[order[place].second] = static_cast<int>(place) + 1;
  }
  return ranks;
}

Value SquaredCorrelation(std::span<const Value> left, std::span<const Value> right) {
  std::vector<double> x;
  std::vector<double> y;
  for (size_t r = 0; r < std::min(left.size(), right.size()); ++r) {
    if (!left[r] || !right[r]) continue;
    x.push_back(*left[r]);
    y.push_back(*right[r]);
  }
  if (x.size() < 3 || !Varies(x) || !Varies(y)) return std::nullopt;
  const double x_mean = Mean(x);
  const double y_mean = Mean(y);
  double both = 0;
  for (size_t k = 0; k < x.size(); ++k) both += (x[k] - x_mean) * (y[k] - y_mean);
  const double spread = Deviation(x, x_mean) * Deviation(y, y_mean);
  const Value correlation = Ratio(both / static_cast<double>(x.size()), spread);
  if (!correlation) return std::nullopt;
  return std::min(1.0, *correlation * *correlation);
}

}  // namespace steelyard::strategy
