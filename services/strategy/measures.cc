#include "services/strategy/measures.h"

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

Value Entropy(Amounts amounts) {
  const auto shares = Shares(amounts);
  if (!shares) return std::nullopt;
  double sum = 0;
  for (const double share : *shares) sum -= Entropic(share);
  return std::max(0.0, sum);  // no minus zero for a single unit
}

Value LocationQuotient(double part, double whole, double reference_part, double reference_whole) {
  for (const double amount : {part, whole, reference_part, reference_whole}) {
    if (!(amount >= 0)) return std::nullopt;
  }
  const Value share = Ratio(part, whole);
  const Value reference = Ratio(reference_part, reference_whole);
  if (!share || !reference) return std::nullopt;
  return Ratio(*share, *reference);
}

Value SymmetricAdvantage(double location_quotient) {
  if (!(location_quotient >= 0)) return std::nullopt;
  return Ratio(location_quotient - 1, location_quotient + 1);
}

Value Krugman(Amounts left, Amounts right) {
  const auto s = Shares(left);
  const auto t = Shares(right);
  if (!s || !t || s->size() != t->size()) return std::nullopt;
  double sum = 0;
  for (size_t k = 0; k < s->size(); ++k) sum += std::abs((*s)[k] - (*t)[k]);
  return sum;
}

Value FingerKreinin(Amounts left, Amounts right) {
  const auto s = Shares(left);
  const auto t = Shares(right);
  if (!s || !t || s->size() != t->size()) return std::nullopt;
  double sum = 0;
  for (size_t k = 0; k < s->size(); ++k) sum += std::min((*s)[k], (*t)[k]);
  return std::min(1.0, sum);
}

Value Ratio(double numerator, double denominator) {
  if (!std::isfinite(numerator) || !std::isfinite(denominator) || denominator == 0) {
    return std::nullopt;
  }
  const double ratio = numerator / denominator;
  if (!std::isfinite(ratio)) return std::nullopt;
  return ratio;
}

Value CompoundGrowth(double first, double last, double years) {
  if (!(first > 0) || !(last >= 0) || !(years > 0)) return std::nullopt;
  const Value factor = Ratio(last, first);
  if (!factor) return std::nullopt;
  return std::pow(*factor, 1 / years) - 1;
}

}  // namespace steelyard::strategy
