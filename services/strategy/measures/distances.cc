#include "services/strategy/measures/distances.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace steelyard::strategy {
namespace {

// The shares of both sides, when they are over the same units.
struct SharePair {
  std::vector<double> left;
  std::vector<double> right;
};

std::optional<SharePair> Pair(Amounts left, Amounts right) {
  if (left.size() != right.size()) return std::nullopt;
  auto s = Shares(left);
  auto t = Shares(right);
  if (!s || !t) return std::nullopt;
  return SharePair{std::move(*s), std::move(*t)};
}

// The sum of a term over the units of both sides.
template <typename Term>
Value SumOver(Amounts left, Amounts right, const Term& term) {
  const auto shares = Pair(left, right);
  if (!shares) return std::nullopt;
  double sum = 0;
  for (size_t k = 0; k < shares->left.size(); ++k) sum += term(shares->left[k], shares->right[k]);
  return sum;
}

// A measure whose sum may stray from its range by rounding.
Value Within(double lower, double upper, Value value) {
  if (!value) return std::nullopt;
  return std::clamp(*value, lower, upper);
}

Value Root(Value value) {
  if (!value) return std::nullopt;
  return std::sqrt(*value);
}

double Square(double number) { return number * number; }

// s lb(s/m), continued to 0 at 0.
double Divergence(double share, double mean) {
  return share > 0 ? share * std::log2(share / mean) : 0;
}

bool IsAmount(double amount) { return amount >= 0 && std::isfinite(amount); }

// A part's share in its whole; nullopt when it is more than the whole.
Value ShareOf(double part, double whole) {
  if (!IsAmount(part) || part > whole) return std::nullopt;
  return Ratio(part, whole);
}

}  // namespace

Value Krugman(Amounts left, Amounts right) {
  return Within(0, 2, SumOver(left, right, [](double s, double t) { return std::abs(s - t); }));
}

Value KrugmanAgainstOthers(Amounts amounts, std::span<const std::vector<double>> others) {
  if (others.empty()) return std::nullopt;
  std::vector<double> mean(amounts.size(), 0.0);
  for (const std::vector<double>& other : others) {
    const auto shares = Shares(other);
    if (!shares || shares->size() != mean.size()) return std::nullopt;
    for (size_t k = 0; k < mean.size(); ++k) {
      mean[k] += (*shares)[k] / static_cast<double>(others.size());
    }
  }
  return Krugman(amounts, mean);
}

Value TotalVariation(Amounts left, Amounts right) {
  const Value krugman = Krugman(left, right);
  if (!krugman) return std::nullopt;
  return *krugman / 2;
}

Value FingerKreinin(Amounts left, Amounts right) {
  return Within(0, 1, SumOver(left, right, [](double s, double t) { return std::min(s, t); }));
}

Value JensenShannon(Amounts left, Amounts right) {
  return Within(0, 1, SumOver(left, right, [](double s, double t) {
                  const double mean = (s + t) / 2;
                  return (Divergence(s, mean) + Divergence(t, mean)) / 2;
                }));
}

Value JensenShannonDistance(Amounts left, Amounts right) {
  return Root(JensenShannon(left, right));
}

Value Hellinger(Amounts left, Amounts right) {
  // Half the sum of (sqrt s - sqrt t)^2 is the same as 1 less the sum of sqrt(s t), and is exact
  // where both sides are nearly alike.
  return Root(Within(0, 1, SumOver(left, right, [](double s, double t) {
                       return Square(std::sqrt(s) - std::sqrt(t)) / 2;
                     })));
}

Value Cosine(Amounts left, Amounts right) {
  const Value product = SumOver(left, right, [](double s, double t) { return s * t; });
  const Value s_squares = SumOver(left, right, [](double s, double) { return s * s; });
  const Value t_squares = SumOver(left, right, [](double, double t) { return t * t; });
  if (!product || !s_squares || !t_squares) return std::nullopt;
  return Within(0, 1, Ratio(*product, std::sqrt(*s_squares) * std::sqrt(*t_squares)));
}

Value CohenH(double p, double q) {
  if (!(p >= 0 && p <= 1) || !(q >= 0 && q <= 1)) return std::nullopt;
  return 2 * std::asin(std::sqrt(p)) - 2 * std::asin(std::sqrt(q));
}

Value LocationQuotient(double part, double whole, double reference_part, double reference_whole) {
  for (const double amount : {part, whole, reference_part, reference_whole}) {
    if (!IsAmount(amount)) return std::nullopt;
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

Value LogLocationQuotient(double location_quotient) {
  if (!(location_quotient > 0) || !std::isfinite(location_quotient)) return std::nullopt;
  return std::log(location_quotient);
}

Value AdditiveLocationQuotient(double part, double whole, double reference_part,
                               double reference_whole) {
  const Value share = ShareOf(part, whole);
  const Value reference = ShareOf(reference_part, reference_whole);
  if (!share || !reference) return std::nullopt;
  return *share - *reference;
}

Value Hachman(Amounts region, Amounts reference) {
  const auto shares = Pair(region, reference);
  if (!shares) return std::nullopt;
  double sum = 0;
  for (size_t k = 0; k < shares->left.size(); ++k) {
    const double share = shares->left[k];
    if (share == 0) continue;  // nothing of it: it adds nothing, whatever the reference has
    const Value quotient = Ratio(share, shares->right[k]);
    if (!quotient) return std::nullopt;
    sum += *quotient * share;
  }
  return Within(0, 1, Ratio(1, sum));
}

Value LocationalGini(Amounts part, Amounts reference) {
  const auto shares = Pair(part, reference);
  if (!shares) return std::nullopt;
  std::vector<double> quotients;
  for (size_t k = 0; k < shares->left.size(); ++k) {
    const Value quotient = Ratio(shares->left[k], shares->right[k]);
    if (!quotient) return std::nullopt;
    quotients.push_back(*quotient);
  }
  return Gini(quotients);
}

}  // namespace steelyard::strategy
