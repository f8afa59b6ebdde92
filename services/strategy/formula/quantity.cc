#include "services/strategy/formula/quantity.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "services/common/text/strings.h"
#include "services/strategy/measures/figures.h"

namespace steelyard::strategy::formula {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kPercent = 100;
constexpr double kNanos = 1e9;
constexpr int kMostPower = 8;
constexpr std::string_view kMethod = "interval_arithmetic/1";

// The hull of candidates around a value; nullopt when the value is not finite or a bound not a
// number.
std::optional<Quantity> Hull(double value, std::initializer_list<double> candidates, Unit unit,
                             double level) {
  if (!std::isfinite(value)) return std::nullopt;
  Quantity out = {value, value, value, std::move(unit), level};
  for (const double candidate : candidates) {
    if (std::isnan(candidate)) return std::nullopt;
    out.low = std::min(out.low, candidate);
    out.high = std::max(out.high, candidate);
  }
  return out;
}

// With the value that exact ones give; bounds that were the value stay so.
std::optional<Quantity> WithValue(std::optional<Quantity> quantity, double value) {
  if (!quantity) return quantity;
  const bool exact = quantity->exact();
  quantity->value = value;
  quantity->low = exact ? value : std::min(quantity->low, value);
  quantity->high = exact ? value : std::max(quantity->high, value);
  return quantity;
}

// Of bounds, where 0 times infinity is 0: the bound of zero is meant exactly.
double Product(double a, double b) { return a == 0 || b == 0 ? 0 : a * b; }

// Of bounds. A bound of zero that is not reached, as of "less than", leaves the quotient unbounded;
// `side` is the sign of what lies beside it.
double Quotient(double a, double b, int side) {
  if (b == 0) return a == 0 ? 0 : a * side * kInfinity;
  if (std::isinf(a) && std::isinf(b)) return 0;
  return a / b;
}

double Both(const Quantity& a, const Quantity& b) { return std::max(0.0, a.level + b.level - 1); }

std::string PowerText(const std::string& unit, int power) {
  return power == 1 ? unit : StrCat(unit, "^", power);
}

bool IsAnnotation(std::string_view unit) { return unit.starts_with('{'); }

double ShareOf(const common::v1::Coverage& coverage) {
  if (coverage.units_expected() == 0) return 1;
  return static_cast<double>(coverage.units_present()) /
         static_cast<double>(coverage.units_expected());
}

v1::Truth Decide(bool always, bool never) {
  if (always) return v1::TRUTH_TRUE;
  return never ? v1::TRUTH_FALSE : v1::TRUTH_OPEN;
}

v1::Truth Negate(v1::Truth truth) {
  if (truth == v1::TRUTH_TRUE) return v1::TRUTH_FALSE;
  return truth == v1::TRUTH_FALSE ? v1::TRUTH_TRUE : truth;
}

v1::Truth Near(const Quantity& a, const Quantity& b, double tolerance) {
  if (!a.exact() || !b.exact()) {
    // Certain only when every pair of values agrees or none does.
    const bool never = a.low > b.high + tolerance * std::abs(b.high) ||
                       a.high < b.low - tolerance * std::abs(b.low);
    const double sure = tolerance * std::min(std::abs(b.low), std::abs(b.high));
    const bool always = std::max(std::abs(a.high - b.low), std::abs(b.high - a.low)) <= sure;
    return Decide(always, never);
  }
  const bool near = std::abs(a.value - b.value) <= tolerance * std::abs(b.value);
  return near ? v1::TRUTH_TRUE : v1::TRUTH_FALSE;
}

}  // namespace

Unit Unit::Of(std::string_view unit, std::string_view price_basis) {
  Unit out;
  if (unit.empty() || unit == "1" || unit == "count" || unit == "percent" || unit == "ratio") {
    return out;
  }
  const bool as_paid = price_basis.empty() || price_basis == "nominal";
  out.powers_.emplace(as_paid ? std::string(unit) : StrCat(unit, "@", price_basis), 1);
  return out;
}

Unit Unit::Times(const Unit& other, int sign) const {
  Unit out = *this;
  for (const auto& [unit, power] : other.powers_) {
    int& sum = out.powers_[unit];
    sum += sign * power;
    if (sum == 0) out.powers_.erase(unit);
  }
  return out;
}

std::optional<Unit> Unit::Power(double exponent) const {
  Unit out;
  for (const auto& [unit, power] : powers_) {
    const double raised = power * exponent;
    if (raised != std::nearbyint(raised) || std::abs(raised) > kMostPower) {
      if (IsAnnotation(unit)) continue;
      return std::nullopt;
    }
    if (raised != 0) out.powers_.emplace(unit, static_cast<int>(raised));
  }
  return out;
}

bool Unit::operator==(const Unit& other) const {
  const Unit quotient = Times(other, -1);
  return std::all_of(quotient.powers_.begin(), quotient.powers_.end(),
                     [](const auto& power) { return IsAnnotation(power.first); });
}

std::string Unit::ToString() const {
  std::vector<std::string> above;
  std::vector<std::string> below;
  for (const auto& [unit, power] : powers_) {
    (power > 0 ? above : below).push_back(PowerText(unit, std::abs(power)));
  }
  std::string text = above.empty() ? "1" : StrJoin(above, ".");
  for (const std::string& unit : below) StrAppend(&text, "/", unit);
  return text;
}

std::optional<common::v1::Coverage> Worse(const std::optional<common::v1::Coverage>& a,
                                          const std::optional<common::v1::Coverage>& b) {
  if (!a || !b) return a ? a : b;
  return ShareOf(*b) < ShareOf(*a) ? b : a;
}

std::optional<Quantity> Add(const Quantity& a, const Quantity& b, int sign) {
  const double low = sign > 0 ? b.low : -b.high;
  const double high = sign > 0 ? b.high : -b.low;
  std::optional<Quantity> sum =
      Hull(a.value + sign * b.value, {a.low + low, a.high + high}, a.unit, Both(a, b));
  if (!sum || !a.nanos || !b.nanos) return sum;
  sum->nanos = *a.nanos + sign * *b.nanos;
  const double exact = static_cast<double>(*sum->nanos) / kNanos;
  return WithValue(std::move(sum), exact);
}

std::optional<Quantity> Multiply(const Quantity& a, const Quantity& b) {
  return Hull(a.value * b.value,
              {Product(a.low, b.low), Product(a.low, b.high), Product(a.high, b.low),
               Product(a.high, b.high)},
              a.unit.Times(b.unit, 1), Both(a, b));
}

std::optional<Quantity> Divide(const Quantity& a, const Quantity& b) {
  if (b.value == 0 || (b.low < 0 && b.high > 0)) return std::nullopt;
  std::optional<Quantity> quotient =
      Hull(a.value / b.value,
           {Quotient(a.low, b.low, 1), Quotient(a.low, b.high, -1), Quotient(a.high, b.low, 1),
            Quotient(a.high, b.high, -1)},
           a.unit.Times(b.unit, -1), Both(a, b));
  const Value exact = strategy::Divide(a.nanos, b.nanos);
  return exact ? WithValue(std::move(quotient), *exact) : quotient;
}

std::optional<Quantity> Power(const Quantity& base, double exponent) {
  const std::optional<Unit> unit = base.unit.Power(exponent);
  if (!unit) return std::nullopt;
  const bool whole = exponent == std::nearbyint(exponent);
  if (base.low < 0 && !whole) return std::nullopt;
  if (base.low <= 0 && base.high >= 0 && exponent < 0) return std::nullopt;
  const double value = std::pow(base.value, exponent);
  const double low = std::pow(base.low, exponent);
  const double high = std::pow(base.high, exponent);
  // An even power of an interval around zero reaches zero.
  if (base.low < 0 && base.high > 0) return Hull(value, {low, high, 0}, *unit, base.level);
  return Hull(value, {low, high}, *unit, base.level);
}

std::optional<Quantity> Apply(std::string_view function, const Quantity& a) {
  if (function == "abs") {
    const double high = std::max(std::abs(a.low), std::abs(a.high));
    const double low = a.low <= 0 && a.high >= 0 ? 0 : std::min(std::abs(a.low), std::abs(a.high));
    return Hull(std::abs(a.value), {low, high}, a.unit, a.level);
  }
  if (function == "sqrt") return Power(a, 0.5);
  if (function == "ln") {
    if (!(a.value > 0) || a.low < 0) return std::nullopt;
    return Hull(std::log(a.value), {std::log(a.low), std::log(a.high)}, {}, a.level);
  }
  return Hull(std::exp(a.value), {std::exp(a.low), std::exp(a.high)}, {}, a.level);
}

v1::Truth Compare(std::string_view op, const Quantity& a, const Quantity& b, double tolerance) {
  if (op == "~=") return Near(a, b, tolerance);
  if (op == "==" || op == "!=") {
    const bool apart = a.low > b.high || a.high < b.low;
    const bool same = a.exact() && b.exact() && a.value == b.value;
    const v1::Truth equal = Decide(same, apart);
    return op == "==" ? equal : Negate(equal);
  }
  if (op == "<") return Decide(a.high < b.low, a.low >= b.high);
  if (op == "<=") return Decide(a.high <= b.low, a.low > b.high);
  if (op == ">") return Decide(a.low > b.high, a.high <= b.low);
  return Decide(a.low >= b.high, a.high < b.low);
}

std::optional<Quantity> QuantityOf(const common::v1::Figure& figure, std::string_view price_basis) {
  if (figure.status() != common::v1::VALUE_STATUS_OK) return std::nullopt;
  Quantity out;
  switch (figure.value_case()) {
    case common::v1::Figure::kMoney:
      out.value = static_cast<double>(figure.money().units()) + figure.money().nanos() * 1e-9;
      break;
    case common::v1::Figure::kCount:
      out.value = static_cast<double>(figure.count());
      break;
    case common::v1::Figure::kNumber:
      out.value = figure.number();
      break;
    case common::v1::Figure::VALUE_NOT_SET:
      return std::nullopt;
  }
  if (!std::isfinite(out.value)) return std::nullopt;
  out.low = figure.has_interval() ? std::min(figure.interval().lower(), out.value) : out.value;
  out.high = figure.has_interval() ? std::max(figure.interval().upper(), out.value) : out.value;
  // "Less than so much" is of money and counts, which are not negative.
  if (std::isinf(out.low) && out.value >= 0) out.low = 0;
  if (figure.value_case() != common::v1::Figure::kNumber) out.nanos = NanosOf(figure);
  out.unit = Unit::Of(figure.unit(), price_basis);
  // A figure that says no level has certain bounds.
  if (figure.has_interval() && figure.interval().level() > 0) out.level = figure.interval().level();
  if (figure.unit() == "percent") {
    out.nanos.reset();
    out.low /= kPercent;
    out.value /= kPercent;
    out.high /= kPercent;
  }
  return out;
}

common::v1::Figure FigureOf(const Quantity& quantity, std::string_view id) {
  common::v1::Figure figure;
  figure.set_id(std::string(id));
  figure.set_status(common::v1::VALUE_STATUS_OK);
  figure.set_number(quantity.value);
  figure.set_unit(quantity.unit.ToString());
  if (!quantity.exact()) {
    common::v1::Interval& interval = *figure.mutable_interval();
    interval.set_lower(quantity.low);
    interval.set_upper(quantity.high);
    interval.set_level(quantity.level);
    interval.set_method(std::string(kMethod));
  }
  return figure;
}

}  // namespace steelyard::strategy::formula
