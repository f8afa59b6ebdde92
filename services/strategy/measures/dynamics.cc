#include "services/strategy/measures/dynamics.h"

#include <cmath>
#include <cstddef>

namespace steelyard::strategy {
namespace {

// A ratio is 1, up to rounding, when its logarithm is this part of what it was added up from.
constexpr double kRounding = 1e-12;

bool IsAmount(double amount) { return amount >= 0 && std::isfinite(amount); }
bool IsPositive(double number) { return number > 0 && std::isfinite(number); }
bool IsGrowth(double rate) { return rate > -1 && std::isfinite(rate); }

Value Finite(double number) {
  if (!std::isfinite(number)) return std::nullopt;
  return number;
}

// The logarithm of an amount, at the number of its year.
struct LogPoint {
  int year = 0;
  double logarithm = 0;
};

std::optional<std::vector<LogPoint>> LogPoints(YearlyAmounts amounts) {
  std::vector<LogPoint> points;
  int year = 0;
  for (const Value& amount : amounts) {
    if (amount && !IsAmount(*amount)) return std::nullopt;
    if (amount && *amount > 0) points.push_back({year, std::log(*amount)});
    ++year;
  }
  return points;
}

}  // namespace

Value CompoundGrowth(double first, double last, double years) {
  if (!(first > 0) || !(last >= 0) || !(years > 0)) return std::nullopt;
  const Value factor = Ratio(last, first);
  if (!factor) return std::nullopt;
  return Finite(std::pow(*factor, 1 / years) - 1);
}

std::optional<std::vector<LogDifference>> LogDifferences(YearlyAmounts amounts) {
  const auto points = LogPoints(amounts);
  if (!points) return std::nullopt;
  std::vector<LogDifference> differences;
  for (size_t i = 1; i < points->size(); ++i) {
    const LogPoint& earlier = (*points)[i - 1];
    const LogPoint& later = (*points)[i];
    differences.push_back({later.logarithm - earlier.logarithm, later.year - earlier.year});
  }
  return differences;
}

Value Drift(std::span<const LogDifference> differences) {
  double change = 0;
  double years = 0;
  for (const LogDifference& difference : differences) {
    change += difference.change;
    years += difference.years;
  }
  return Ratio(change, years);
}

Value Volatility(std::span<const LogDifference> differences) {
  const Value drift = Drift(differences);
  if (!drift || differences.size() < 2) return std::nullopt;
  double squares = 0;
  for (const LogDifference& difference : differences) {
    const double deviation = difference.change - difference.years * *drift;
    squares += deviation * deviation / difference.years;
  }
  return Finite(std::sqrt(squares / static_cast<double>(differences.size() - 1)));
}

Value MeanGrowth(double drift) { return Finite(std::expm1(drift)); }

Value LogTrend(YearlyAmounts amounts) {
  const auto points = LogPoints(amounts);
  if (!points || points->empty()) return std::nullopt;
  double mean_year = 0;
  double mean_logarithm = 0;
  for (const LogPoint& point : *points) {
    mean_year += point.year;
    mean_logarithm += point.logarithm;
  }
  mean_year /= static_cast<double>(points->size());
  mean_logarithm /= static_cast<double>(points->size());
  double covariance = 0;
  double variance = 0;
  for (const LogPoint& point : *points) {
    covariance += (point.year - mean_year) * (point.logarithm - mean_logarithm);
    variance += (point.year - mean_year) * (point.year - mean_year);
  }
  return Ratio(covariance, variance);
}

std::optional<std::vector<ShiftShareParts>> ShiftShareByUnit(Amounts first, Amounts last,
                                                             Amounts reference_first,
                                                             Amounts reference_last) {
  const size_t units = first.size();
  double whole_first = 0;
  double whole_last = 0;
  for (const Amounts amounts : {first, last, reference_first, reference_last}) {
    if (amounts.size() != units) return std::nullopt;
    for (const double amount : amounts) {
      if (!IsAmount(amount)) return std::nullopt;
    }
  }
  for (const double amount : reference_first) whole_first += amount;
  for (const double amount : reference_last) whole_last += amount;
  const Value whole_factor = Ratio(whole_last, whole_first);
  if (!whole_factor) return std::nullopt;

  std::vector<ShiftShareParts> parts(units);
  for (size_t k = 0; k < units; ++k) {
    // Nothing to grow from: all of it is the region's own.
    parts[k].regional = last[k];
    if (first[k] == 0) continue;
    const Value factor = Ratio(reference_last[k], reference_first[k]);
    if (!factor) return std::nullopt;
    parts[k].national = first[k] * (*whole_factor - 1);
    parts[k].mix = first[k] * (*factor - *whole_factor);
    parts[k].regional = last[k] - first[k] * *factor;
    if (!std::isfinite(parts[k].national + parts[k].mix + parts[k].regional)) return std::nullopt;
  }
  return parts;
}

std::optional<ShiftShareParts> ShiftShare(Amounts first, Amounts last, Amounts reference_first,
                                          Amounts reference_last) {
  const auto units = ShiftShareByUnit(first, last, reference_first, reference_last);
  if (!units) return std::nullopt;
  ShiftShareParts sum;
  for (const ShiftShareParts& unit : *units) {
    sum.national += unit.national;
    sum.mix += unit.mix;
    sum.regional += unit.regional;
  }
  return sum;
}

std::optional<LogContributionsOfFactors> LogContributions(Amounts leader, Amounts follower) {
  if (leader.empty() || leader.size() != follower.size()) return std::nullopt;
  LogContributionsOfFactors out;
  double distance = 0;
  for (size_t i = 0; i < leader.size(); ++i) {
    const Value log_points = LogRatio(leader[i], follower[i]);
    if (!log_points) return std::nullopt;
    out.log_points.push_back(*log_points);
    out.log_ratio += *log_points;
    distance += std::abs(*log_points);
  }
  if (std::abs(out.log_ratio) <= kRounding * distance) return out;
  for (const double log_points : out.log_points) out.shares.push_back(log_points / out.log_ratio);
  return out;
}

YearsToTarget CatchUpTime(double ratio, double target, double leader_growth,
                          double follower_growth) {
  if (!IsPositive(ratio) || !IsPositive(target)) return {};
  if (!IsGrowth(leader_growth) || !IsGrowth(follower_growth)) return {};
  if (ratio <= target) return {CatchUpOutcome::kReached, 0};
  const Value years = Ratio(std::log(ratio) - std::log(target),
                            std::log1p(follower_growth) - std::log1p(leader_growth));
  if (!years || *years < 0) return {CatchUpOutcome::kNever, std::nullopt};
  return {CatchUpOutcome::kReached, years};
}

Value RequiredGrowth(double ratio, double target, double leader_growth, double years) {
  if (!IsPositive(ratio) || !IsPositive(target) || !IsPositive(years)) return std::nullopt;
  if (!IsGrowth(leader_growth)) return std::nullopt;
  const double yearly = (std::log(ratio) - std::log(target)) / years;
  return Finite(std::expm1(std::log1p(leader_growth) + yearly));
}

}  // namespace steelyard::strategy
