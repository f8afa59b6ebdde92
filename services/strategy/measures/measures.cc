#include "services/strategy/measures/measures.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace steelyard::strategy {
namespace {

// The sum, when the amounts can be divided by it.
Value Whole(Amounts amounts) {
  double sum = 0;
  for (const double amount : amounts) {
    if (!(amount >= 0) || std::isinf(amount)) return std::nullopt;
    sum += amount;
  }
  if (sum <= 0 || std::isinf(sum)) return std::nullopt;
  return sum;
}

Value Finite(double number) {
  if (!std::isfinite(number)) return std::nullopt;
  return number;
}

// s ln s, continued to 0 at 0.
double Entropic(double share) { return share > 0 ? share * std::log(share) : 0; }

std::vector<double> Sorted(Amounts amounts) {
  std::vector<double> sorted(amounts.begin(), amounts.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

}  // namespace

std::optional<std::vector<double>> Shares(Amounts amounts) {
  const Value whole = Whole(amounts);
  if (!whole) return std::nullopt;
  std::vector<double> shares(amounts.begin(), amounts.end());
  for (double& share : shares) share /= *whole;
  return shares;
}

Value Herfindahl(Amounts amounts) {
  const auto shares = Shares(amounts);
  if (!shares) return std::nullopt;
  double sum = 0;
  for (const double share : *shares) sum += share * share;
  return sum;
}

Value HerfindahlNormalised(Amounts amounts) {
  const Value index = Herfindahl(amounts);
  if (!index || amounts.size() < 2) return std::nullopt;
  const double least = 1 / static_cast<double>(amounts.size());
  return (*index - least) / (1 - least);
}

Value EquivalentNumber(Amounts amounts) {
  const Value index = Herfindahl(amounts);
  if (!index) return std::nullopt;
  return 1 / *index;
}

Value ConcentrationRatio(Amounts amounts, int k) {
  const Value whole = Whole(amounts);
  if (!whole || k < 1) return std::nullopt;
  if (static_cast<size_t>(k) >= amounts.size()) return 1;
  const std::vector<double> sorted = Sorted(amounts);
  double sum = 0;
  for (size_t i = 0; i < static_cast<size_t>(k); ++i) sum += sorted[sorted.size() - 1 - i];
  return std::min(1.0, sum / *whole);
}

Value Rosenbluth(Amounts amounts) {
  const Value whole = Whole(amounts);
  if (!whole) return std::nullopt;
  const std::vector<double> sorted = Sorted(amounts);
  double ranked = 0;
  for (size_t i = 0; i < sorted.size(); ++i) {
    ranked += static_cast<double>(i + 1) * sorted[sorted.size() - 1 - i] / *whole;
  }
  return 1 / (2 * ranked - 1);
}

Value Gini(Amounts amounts) {
  const Value whole = Whole(amounts);
  if (!whole) return std::nullopt;
  const std::vector<double> sorted = Sorted(amounts);
  const auto n = static_cast<double>(sorted.size());
  double ranked = 0;
  for (size_t i = 0; i < sorted.size(); ++i) {
    ranked += (2 * static_cast<double>(i + 1) - n - 1) * sorted[i];
  }
  return ranked / (n * *whole);
}

Value GiniStandardised(Amounts amounts) {
  const Value gini = Gini(amounts);
  if (!gini || amounts.size() < 2) return std::nullopt;
  const auto n = static_cast<double>(amounts.size());
  return *gini * n / (n - 1);
}

Value TheilT(Amounts amounts) {
  const Value whole = Whole(amounts);
  if (!whole) return std::nullopt;
  const double mean = *whole / static_cast<double>(amounts.size());
  double sum = 0;
  for (const double amount : amounts) sum += Entropic(amount / mean);
  return sum / static_cast<double>(amounts.size());
}

Value TheilL(Amounts amounts) {
  const Value whole = Whole(amounts);
  if (!whole) return std::nullopt;
  const double mean = *whole / static_cast<double>(amounts.size());
  double sum = 0;
  for (const double amount : amounts) {
    if (amount == 0) return std::nullopt;
    sum += std::log(mean / amount);
  }
  return sum / static_cast<double>(amounts.size());
}

std::optional<TheilParts> DecomposeTheilT(std::span<const std::vector<double>> groups) {
  std::vector<double> all;
  for (const std::vector<double>& group : groups) {
    if (group.empty()) return std::nullopt;
    all.insert(all.end(), group.begin(), group.end());
  }
  const Value whole = Whole(all);
  if (!whole) return std::nullopt;
  TheilParts parts;
  for (const std::vector<double>& group : groups) {
    const Value sum = Whole(group);
    if (!sum) continue;  // nothing in it: both parts are 0
    const double share = *sum / *whole;
    const double units = static_cast<double>(group.size()) / static_cast<double>(all.size());
    parts.within += share * TheilT(group).value_or(0);
    parts.between += share * std::log(share / units);
  }
  return parts;
}

Value GeneralisedEntropy(Amounts amounts, double order) {
  if (order == 0) return TheilL(amounts);
  if (order == 1) return TheilT(amounts);
  const Value whole = Whole(amounts);
  if (!whole || !std::isfinite(order)) return std::nullopt;
  const auto n = static_cast<double>(amounts.size());
  double sum = 0;
  for (const double amount : amounts) {
    if (amount == 0 && order < 0) return std::nullopt;
    const double relative = amount / (*whole / n);
    // r^a - 1 and r^a - r have the same sum, as the mean of r is 1. Each is taken where it does not
    // cancel: near 0 and near 1, where the divisor vanishes too.
    if (order < 0.5) {
      sum += std::expm1(order * std::log(relative));
    } else if (relative > 0) {
      sum += relative * std::expm1((order - 1) * std::log(relative));
    }
  }
  const Value entropy = Finite(sum / n / (order * (order - 1)));
  if (!entropy) return std::nullopt;
  return std::max(0.0, *entropy);
}

Value Atkinson(Amounts amounts, double aversion) {
  const Value whole = Whole(amounts);
  if (!whole || !(aversion > 0) || !std::isfinite(aversion)) return std::nullopt;
  const auto [least, greatest] = std::minmax_element(amounts.begin(), amounts.end());
  if (*least == 0 && aversion >= 1) return 1;
  // Relative to the amount that the power lets count most, no power overflows.
  const double unit = aversion < 1 ? *greatest : *least;
  const double power = 1 - aversion;
  const auto n = static_cast<double>(amounts.size());
  double sum = 0;
  for (const double amount : amounts) {
    const double logarithm = std::log(amount / unit);
    sum += power == 0 ? logarithm : std::expm1(power * logarithm);
  }
  const double logarithm = power == 0 ? sum / n : std::log1p(sum / n) / power;
  return std::clamp(1 - unit * std::exp(logarithm) / (*whole / n), 0.0, 1.0);
}

Value Entropy(Amounts amounts) {
  const auto shares = Shares(amounts);
  if (!shares) return std::nullopt;
  double sum = 0;
  for (const double share : *shares) sum -= Entropic(share);
  return std::max(0.0, sum);  // no minus zero for a single unit
}

Value EffectiveNumber(Amounts amounts) {
  const Value entropy = Entropy(amounts);
  if (!entropy) return std::nullopt;
  return std::exp(*entropy);
}

Value Ratio(double numerator, double denominator) {
  if (!std::isfinite(numerator) || !std::isfinite(denominator) || denominator == 0) {
    return std::nullopt;
  }
  const double ratio = numerator / denominator;
  if (!std::isfinite(ratio)) return std::nullopt;
  return ratio;
}

Value LogRatio(double numerator, double denominator) {
  if (!(numerator > 0)) return std::nullopt;
  const Value ratio = Ratio(numerator, denominator);
  if (!ratio || *ratio <= 0) return std::nullopt;
  return std::log(*ratio);
}

Value Converted(double amount, double rate) {
  if (!(rate > 0)) return std::nullopt;
  return Finite(amount * rate);
}

Value Deflated(double amount, double index, double base_index) {
  if (!(index > 0) || !(base_index > 0)) return std::nullopt;
  const Value factor = Ratio(base_index, index);
  if (!factor) return std::nullopt;
  return Finite(amount * *factor);
}

Value AtPurchasingPower(double amount, double factor) {
  if (!(factor > 0)) return std::nullopt;
  return Ratio(amount, factor);
}

}  // namespace steelyard::strategy
