#include "services/strategy/formula/sweep.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "services/common/text/strings.h"
#include "services/strategy/formula/axes.h"
#include "services/strategy/measures/figures.h"
#include "services/strategy/measures/measure_catalog.h"

namespace steelyard::strategy {
namespace {

using Readings = google::protobuf::RepeatedPtrField<v1::Reading>;

constexpr double kRounding = 1e-12;
constexpr size_t kCurrencyLength = 3;

std::optional<double> NumberOf(const Figure& figure) {
  if (figure.status() != common::v1::VALUE_STATUS_OK) return std::nullopt;
  if (figure.has_money()) {
    return static_cast<double>(figure.money().units()) + figure.money().nanos() * 1e-9;
  }
  if (figure.value_case() == Figure::kCount) return static_cast<double>(figure.count());
  return figure.number();
}

// What a reading counts as; nullopt for one without.
std::optional<double> ScoreOf(const v1::Reading& reading, bool condition) {
  if (!condition) return NumberOf(reading.figure());
  if (reading.truth() == v1::TRUTH_TRUE) return 1;
  if (reading.truth() == v1::TRUTH_FALSE) return 0;
  return std::nullopt;
}

struct Scored {
  const v1::Reading* reading;
  double score;
};

double MeanOf(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double VarianceOf(const std::vector<double>& values, double mean) {
  double sum = 0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return sum / static_cast<double>(values.size());
}

// Axis and, for regions, the word.
using AxisKey = std::pair<v1::Axis, std::string>;

std::vector<AxisKey> AxesOf(const std::vector<Scored>& scored) {
  std::vector<AxisKey> axes;
  for (const Scored& one : scored) {
    for (const v1::AxisChoice& choice : one.reading->choices()) {
      AxisKey key = {choice.axis(), formula::WordOf(choice)};
      if (std::find(axes.begin(), axes.end(), key) == axes.end()) axes.push_back(std::move(key));
    }
  }
  return axes;
}

std::string ChoiceOn(const v1::Reading& reading, const AxisKey& axis) {
  for (const v1::AxisChoice& choice : reading.choices()) {
    if (choice.axis() == axis.first && formula::WordOf(choice) == axis.second) {
      return choice.choice();
    }
  }
  return "";
}

class Effects {
 public:
  Effects(std::vector<Scored> scored, bool logarithms, std::string unit)
      : scored_(std::move(scored)), logarithms_(logarithms), unit_(std::move(unit)) {
    for (const Scored& one : scored_) all_.push_back(one.score);
    mean_ = MeanOf(all_);
    variance_ = VarianceOf(all_, mean_);
  }

  // By more than rounding.
  bool vary() const {
    const auto [least, greatest] = std::minmax_element(all_.begin(), all_.end());
    return *greatest - *least > kRounding * std::max(1.0, std::abs(mean_));
  }

  v1::AxisEffect Of(const AxisKey& axis) const {
    std::map<std::string, std::vector<double>> by_choice;
    for (const Scored& one : scored_) {
      by_choice[ChoiceOn(*one.reading, axis)].push_back(one.score);
    }
    v1::AxisEffect effect;
    effect.set_axis(axis.first);
    effect.set_word(axis.second);
    double between = 0;
    for (const auto& [choice, scores] : by_choice) {
      const double mean = MeanOf(scores);
      between += (mean - mean_) * (mean - mean_) * static_cast<double>(scores.size());
      v1::ChoiceMean& out = *effect.add_means();
      out.set_choice(choice);
      out.set_readings(static_cast<int>(scores.size()));
      *out.mutable_mean() = MakeNumber(
          {StrCat("mean/", choice), kMean, unit_}, logarithms_ ? std::exp(mean) : mean, "",
          CoverageOf(static_cast<int64_t>(scores.size()), static_cast<int64_t>(scores.size())));
    }
    between /= static_cast<double>(scored_.size());
    *effect.mutable_main_effect() = MakeNumber(
        {StrCat("main_effect/", v1::Axis_Name(axis.first), axis.second.empty() ? "" : "/",
                axis.second),
         kMainEffect, "1"},
        std::min(1.0, between / variance_), "",
        CoverageOf(static_cast<int64_t>(scored_.size()), static_cast<int64_t>(scored_.size())));
    return effect;
  }

 private:
  std::vector<Scored> scored_;
  bool logarithms_;
  std::string unit_;
  std::vector<double> all_;
  double mean_ = 0;
  double variance_ = 0;
};

// The units of the readings with a value, in the prices that they are in.
std::set<std::string> UnitsOf(const Readings& readings) {
  std::set<std::string> units;
  for (const v1::Reading& reading : readings) {
    if (!NumberOf(reading.figure())) continue;
    const std::string& unit = reading.figure().unit();
    const std::string& prices = reading.facet().price_basis();
    // Of a sum as it was published; what was computed says it in its unit.
    const bool constant = unit.size() == kCurrencyLength && !prices.empty() && prices != "nominal";
    units.insert(constant ? StrCat(unit, "@", prices) : unit);
  }
  return units;
}

}  // namespace

Extremes FindExtremes(const Readings& readings) {
  Extremes out;
  std::optional<double> lowest;
  std::optional<double> highest;
  for (const v1::Reading& reading : readings) {
    const std::optional<double> value = NumberOf(reading.figure());
    if (!value) continue;
    if (!lowest || *value < *lowest) {
      lowest = value;
      out.lowest = &reading;
    }
    if (!highest || *value > *highest) {
      highest = value;
      out.highest = &reading;
    }
  }
  return out;
}

void SummariseSweep(bool condition, v1::SweepDefinitionsResponse& response) {
  const std::set<std::string> units = UnitsOf(response.readings());
  if (!condition && units.size() > 1) {
    const std::string reason = StrCat("readings are in different units: ", StrJoin(units, ", "));
    *response.mutable_lowest() = MakeUndefined({"lowest", "", ""}, reason);
    *response.mutable_highest() = MakeUndefined({"highest", "", ""}, reason);
    return;
  }
  const Extremes extremes = FindExtremes(response.readings());
  if (extremes.lowest != nullptr) {
    *response.mutable_lowest() = extremes.lowest->figure();
    *response.mutable_highest() = extremes.highest->figure();
  }
  std::vector<Scored> scored;
  for (const v1::Reading& reading : response.readings()) {
    if (const auto score = ScoreOf(reading, condition)) scored.push_back({&reading, *score});
  }
  if (scored.size() < 2) return;
  const bool logarithms =
      !condition &&
      std::all_of(scored.begin(), scored.end(), [](const Scored& one) { return one.score > 0; });
  if (logarithms) {
    for (Scored& one : scored) one.score = std::log(one.score);
  }
  const std::string unit = condition ? "1" : scored.front().reading->figure().unit();
  const std::vector<AxisKey> axes = AxesOf(scored);
  const Effects effects(std::move(scored), logarithms, unit);
  if (!effects.vary()) return;
  for (const AxisKey& axis : axes) {
    v1::AxisEffect effect = effects.Of(axis);
    if (effect.means_size() > 1) *response.add_effects() = std::move(effect);
  }
  std::stable_sort(response.mutable_effects()->begin(), response.mutable_effects()->end(),
                   [](const v1::AxisEffect& a, const v1::AxisEffect& b) {
                     return a.main_effect().number() > b.main_effect().number();
                   });
}

}  // namespace steelyard::strategy
