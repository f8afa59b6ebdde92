#include "services/strategy/measures/intervals.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "services/strategy/measures/distances.h"

namespace steelyard::strategy {
namespace {

// Below this share of the whole a rest is a difference of nearly equal numbers: its index would be
// an artefact of their last digits.
constexpr double kLeastRest = 1e-6;
// How far the index of a rest may be outside [0, 1] for rounding alone.
constexpr double kHhiTolerance = 1e-6;

bool IsSum(const CompanySum& sum) {
  return std::isfinite(sum.total) && sum.total >= 0 && sum.hhi >= 0 && sum.hhi <= 1 &&
         sum.companies >= 0;
}

bool Suffices(const CompanySum& sum) {
  return IsSum(sum) && sum.total > 0 && sum.hhi > 0 && sum.hhi <= kLargestHhi &&
         sum.companies >= kFewestCompanies;
}

// The sum of the squared amounts.
double Squares(const CompanySum& sum) { return sum.hhi * sum.total * sum.total; }

// Distances from the logarithm of an estimate to its bounds, both positive.
struct Distances {
  double down = 0;
  double up = 0;
};

Distances LogDistances(const CompanySum& sum, double z) {
  const double symmetric = z * std::sqrt(sum.hhi);
  return {symmetric, symmetric + (1 + z * z) * sum.hhi};
}

// A sum that has no company in common with the others, and by how much the logarithm of what is
// estimated grows with its own.
struct Term {
  CompanySum sum;
  double weight = 1;
};

// Bounds of an estimate whose logarithm is, near enough, linear in those of the terms' sums.
// Squared distances add up like variances; where a weight is negative, the upper bound of the sum
// makes the lower bound of the estimate.
std::optional<Bounds> LogBounds(double estimate, std::span<const Term> terms, double level) {
  if (!(level > 0 && level < 1)) return std::nullopt;
  const double z = NormalQuantile((1 + level) / 2).value_or(0);
  double down = 0;
  double up = 0;
  for (const Term& term : terms) {
    if (!Suffices(term.sum)) return std::nullopt;
    Distances distances = LogDistances(term.sum, z);
    if (term.weight < 0) std::swap(distances.down, distances.up);
    down += std::pow(term.weight * distances.down, 2);
    up += std::pow(term.weight * distances.up, 2);
  }
  const Bounds bounds = {estimate * std::exp(-std::sqrt(down)), estimate * std::exp(std::sqrt(up))};
  if (!(bounds.lower > 0) || !std::isfinite(bounds.upper)) return std::nullopt;
  return bounds;
}

// Coefficients from the constant upwards, by Horner's rule.
template <size_t Size>
double Polynomial(const std::array<double, Size>& coefficients, double x) {
  double value = 0;
  for (size_t i = Size; i-- > 0;) value = value * x + coefficients[i];
  return value;
}

}  // namespace

std::optional<CompanySum> Join(std::span<const CompanySum> sums) {
  if (sums.empty()) return std::nullopt;
  CompanySum joined;
  double squares = 0;
  for (const CompanySum& sum : sums) {
    if (!IsSum(sum)) return std::nullopt;
    joined.total += sum.total;
    joined.companies += sum.companies;
    squares += Squares(sum);
  }
  if (joined.total > 0) joined.hhi = std::min(1.0, squares / joined.total / joined.total);
  if (!IsSum(joined)) return std::nullopt;
  return joined;
}

std::optional<CompanySum> Without(const CompanySum& whole, const CompanySum& part) {
  if (!IsSum(whole) || !IsSum(part)) return std::nullopt;
  CompanySum rest;
  rest.total = whole.total - part.total;
  rest.companies = whole.companies - part.companies;
  if (!(rest.total > kLeastRest * whole.total) || rest.companies < 1) return std::nullopt;
  rest.hhi = (Squares(whole) - Squares(part)) / rest.total / rest.total;
  if (!(rest.hhi >= -kHhiTolerance && rest.hhi <= 1 + kHhiTolerance)) return std::nullopt;
  rest.hhi = std::clamp(rest.hhi, 1 / static_cast<double>(rest.companies), 1.0);
  return rest;
}

std::optional<Bounds> TotalInterval(const CompanySum& sum, double level) {
  return LogBounds(sum.total, std::array{Term{sum, 1}}, level);
}

std::optional<Bounds> RatioInterval(const CompanySum& numerator, const CompanySum& denominator,
                                    double level) {
  const Value ratio = Ratio(numerator.total, denominator.total);
  if (!ratio) return std::nullopt;
  return LogBounds(*ratio, std::array{Term{numerator, 1}, Term{denominator, -1}}, level);
}

std::optional<Bounds> WholeToPartInterval(const CompanySum& whole, const CompanySum& part,
                                          double level) {
  const auto rest = Without(whole, part);
  if (!rest) return std::nullopt;
  const auto odds = RatioInterval(*rest, part, level);
  if (!odds) return std::nullopt;
  return Bounds{1 + odds->lower, 1 + odds->upper};
}

std::optional<Bounds> ShareInterval(const CompanySum& part, const CompanySum& whole, double level) {
  const auto inverse = WholeToPartInterval(whole, part, level);
  if (!inverse) return std::nullopt;
  return Bounds{1 / inverse->upper, 1 / inverse->lower};
}

std::optional<Bounds> LocationQuotientInterval(const CompanySum& part, const CompanySum& region,
                                               const CompanySum& reference_part,
                                               const CompanySum& reference, double level) {
  const Value quotient =
      LocationQuotient(part.total, region.total, reference_part.total, reference.total);
  const auto rest_of_region = Without(region, part);
  const auto rest_of_part = Without(reference_part, part);
  const auto elsewhere = Without(reference, region);
  if (!quotient || !rest_of_region || !rest_of_part || !elsewhere) return std::nullopt;
  const auto rest = Without(*elsewhere, *rest_of_part);
  if (!rest) return std::nullopt;
  // ln Q = ln a - ln(a + b) - ln(a + c) + ln(a + b + c + d); weights are its derivatives by ln a,
  // ln b, ln c and ln d. They sum to zero: the unit of money does not matter.
  const auto share = [](const CompanySum& of, const CompanySum& in) { return of.total / in.total; };
  const std::array terms = {
      Term{part, 1 - share(part, region) - share(part, reference_part) + share(part, reference)},
      Term{*rest_of_region, share(*rest_of_region, reference) - share(*rest_of_region, region)},
      Term{*rest_of_part, share(*rest_of_part, reference) - share(*rest_of_part, reference_part)},
      Term{*rest, share(*rest, reference)}};
  return LogBounds(*quotient, terms, level);
}

void SetInterval(const std::optional<Bounds>& bounds, double level, std::string_view method,
                 Figure& figure) {
  if (!bounds || figure.status() != common::v1::VALUE_STATUS_OK) return;
  common::v1::Interval& interval = *figure.mutable_interval();
  interval.set_lower(bounds->lower);
  interval.set_upper(bounds->upper);
  interval.set_level(level);
  interval.set_method(std::string(method));
}

double NormalProbability(double z) { return std::erfc(-z / std::numbers::sqrt2) / 2; }

std::optional<double> NormalQuantile(double probability) {
  if (!(probability >= 0 && probability <= 1)) return std::nullopt;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (probability == 0) return -kInfinity;
  if (probability == 1) return kInfinity;
  // Rational approximations: of the middle, of the shoulders, of the tails.
  constexpr std::array kMiddleAbove = {3.3871328727963666080e0,  1.3314166789178437745e+2,
                                       1.9715909503065514427e+3, 1.3731693765509461125e+4,
                                       4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                       3.3430575583588128105e+4, 2.5090809287301226727e+3};
  constexpr std::array kMiddleBelow = {1.0,
                                       4.2313330701600911252e+1,
                                       6.8718700749205790830e+2,
                                       5.3941960214247511077e+3,
                                       2.1213794301586595867e+4,
                                       3.9307895800092710610e+4,
                                       2.8729085735721942674e+4,
                                       5.2264952788528545610e+3};
  constexpr std::array kShoulderAbove = {1.42343711074968357734e0,  4.63033784615654529590e0,
                                         5.76949722146069140550e0,  3.64784832476320460504e0,
                                         1.27045825245236838258e0,  2.41780725177450611770e-1,
                                         2.27238449892691845833e-2, 7.74545014278341407640e-4};
  constexpr std::array kShoulderBelow = {1.0,
                                         2.05319162663775882187e0,
                                         1.67638483018380384940e0,
                                         6.89767334985100004550e-1,
                                         1.48103976427480074590e-1,
                                         1.51986665636164571966e-2,
                                         5.47593808499534494600e-4,
                                         1.05075007164441684324e-9};
  constexpr std::array kTailAbove = {6.65790464350110377720e0,  5.46378491116411436990e0,
                                     1.78482653991729133580e0,  2.96560571828504891230e-1,
                                     2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                     2.71155556874348757815e-5, 2.01033439929228813265e-7};
  constexpr std::array kTailBelow = {1.0,
                                     5.99832206555887937690e-1,
                                     1.36929880922735805310e-1,
                                     1.48753612908506148525e-2,
                                     7.86869131145613259100e-4,
                                     1.84631831751005468180e-5,
                                     1.42151175831644588870e-7,
                                     2.04426310338993978564e-15};
  const double centred = probability - 0.5;
  if (std::abs(centred) <= 0.425) {
    const double x = 0.180625 - centred * centred;
    return centred * Polynomial(kMiddleAbove, x) / Polynomial(kMiddleBelow, x);
  }
  const double root = std::sqrt(-std::log(std::min(probability, 1 - probability)));
  const double size =
      root <= 5 ? Polynomial(kShoulderAbove, root - 1.6) / Polynomial(kShoulderBelow, root - 1.6)
                : Polynomial(kTailAbove, root - 5) / Polynomial(kTailBelow, root - 5);
  return std::copysign(size, centred);
}

}  // namespace steelyard::strategy
