#include "services/strategy/measures/figures.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

namespace steelyard::strategy {
namespace {

constexpr int64_t kNanos = 1'000'000'000;

void SetName(const FigureName& name, Figure& figure) {
  figure.set_id(name.id);
  figure.set_formula(std::string(name.formula));
  figure.set_unit(name.unit);
}

Int128 NanosOf(const google::type::Money& money) {
  return static_cast<Int128>(money.units()) * kNanos + money.nanos();
}

void SetShare(Coverage& coverage) {
  coverage.clear_share();
  if (coverage.units_expected() == 0) return;
  coverage.set_share(static_cast<double>(coverage.units_present()) /
                     static_cast<double>(coverage.units_expected()));
}

// A value with certain bounds; both are the value itself when none are given.
struct Bounded {
  double lower = 0;
  double upper = 0;
  double level = 1;
};

std::optional<Bounded> BoundsOf(const Figure& figure) {
  const std::optional<Int128> nanos = strategy::NanosOf(figure);
  if (!nanos) return std::nullopt;
  const double value = static_cast<double>(*nanos) / static_cast<double>(kNanos);
  if (!figure.has_interval()) return Bounded{.lower = value, .upper = value, .level = 1};
  const common::v1::Interval& interval = figure.interval();
  return Bounded{.lower = interval.lower(), .upper = interval.upper(), .level = interval.level()};
}

}  // namespace

Figure MakeNumber(const FigureName& name, Value value, std::string_view reason,
                  const Coverage& coverage) {
  Figure figure;
  if (value) {
    SetName(name, figure);
    figure.set_status(common::v1::VALUE_STATUS_OK);
    figure.set_number(*value);
  } else {
    figure = MakeUndefined(name, reason);
  }
  *figure.mutable_coverage() = coverage;
  return figure;
}

Figure MakeGiven(std::string id, std::string unit, const Value& value) {
  Figure figure = MakeNumber({std::move(id), "", std::move(unit)}, value, "", Coverage());
  figure.clear_coverage();
  return figure;
}

Figure MakeUndefined(const FigureName& name, std::string_view reason,
                     common::v1::ValueStatus status) {
  Figure figure;
  SetName(name, figure);
  figure.set_status(status);
  figure.set_reason(std::string(reason));
  return figure;
}

Figure Adopt(const FigureName& name, const Figure* figure, std::string_view reason) {
  if (figure == nullptr) {
    Figure missing = MakeUndefined(name, reason);
    missing.mutable_coverage();
    return missing;
  }
  Figure adopted = *figure;
  SetName(name, adopted);
  return adopted;
}

std::optional<Int128> NanosOf(const Figure& figure) {
  if (figure.status() != common::v1::VALUE_STATUS_OK) return std::nullopt;
  switch (figure.value_case()) {
    case Figure::kMoney:
      return NanosOf(figure.money());
    case Figure::kCount:
      return static_cast<Int128>(figure.count()) * kNanos;
    case Figure::kNumber:
      if (!(std::abs(figure.number()) < 1e27)) return std::nullopt;
      return static_cast<Int128>(std::nearbyint(figure.number() * static_cast<double>(kNanos)));
    case Figure::VALUE_NOT_SET:
      break;
  }
  return std::nullopt;
}

std::optional<Int128> NanosOf(const Figure* figure) {
  if (figure == nullptr) return std::nullopt;
  return NanosOf(*figure);
}

google::type::Money MakeMoney(Int128 nanos, std::string_view currency) {
  google::type::Money money;
  money.set_currency_code(std::string(currency));
  money.set_units(static_cast<int64_t>(nanos / kNanos));
  money.set_nanos(static_cast<int32_t>(nanos % kNanos));
  return money;
}

google::type::Money Subtract(const google::type::Money& left, const google::type::Money& right) {
  return MakeMoney(NanosOf(left) - NanosOf(right), left.currency_code());
}

Value Divide(std::optional<Int128> numerator, std::optional<Int128> denominator) {
  if (!numerator || !denominator) return std::nullopt;
  return Ratio(static_cast<double>(*numerator), static_cast<double>(*denominator));
}

void SetQuotientBounds(const Figure& numerator, const Figure& denominator, Figure& quotient) {
  if (!numerator.has_interval() && !denominator.has_interval()) return;
  const std::optional<Bounded> above = BoundsOf(numerator);
  const std::optional<Bounded> below = BoundsOf(denominator);
  if (!above || !below) return;
  const double infinity = std::numeric_limits<double>::infinity();
  const double lowest = std::max(0.0, above->lower);
  const double lower = std::isinf(below->upper) ? 0 : lowest / below->upper;
  const double upper = below->lower > 0 ? above->upper / below->lower : infinity;
  if (lower <= 0 && std::isinf(upper)) return;
  common::v1::Interval& interval = *quotient.mutable_interval();
  interval.set_lower(lower);
  interval.set_upper(upper);
  interval.set_level(std::max(0.0, above->level + below->level - 1));
  interval.set_method("quotient_of_bounds/1");
}

void SetLowerBound(double lower, Figure& figure) {
  common::v1::Interval& interval = *figure.mutable_interval();
  interval.set_lower(lower);
  interval.set_upper(std::numeric_limits<double>::infinity());
  interval.set_level(1);
  interval.set_method("partial_sum/1");
}

Coverage CoverageOf(int64_t expected, int64_t present) {
  Coverage coverage;
  coverage.set_units_expected(expected);
  coverage.set_units_present(present);
  SetShare(coverage);
  return coverage;
}

Coverage Add(const Coverage& left, const Coverage& right) {
  Coverage sum;
  sum.set_units_expected(left.units_expected() + right.units_expected());
  sum.set_units_present(left.units_present() + right.units_present());
  sum.set_undisclosed(left.undisclosed() + right.undisclosed());
  sum.set_unconverted(left.unconverted() + right.unconverted());
  std::set<std::string> missing(left.missing().begin(), left.missing().end());
  missing.insert(right.missing().begin(), right.missing().end());
  for (const std::string& code : missing) sum.add_missing(code);
  SetShare(sum);
  return sum;
}

}  // namespace steelyard::strategy
