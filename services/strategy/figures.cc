#include "services/strategy/figures.h"

#include <cmath>
#include <set>

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

google::type::Money Subtract(const google::type::Money& left, const google::type::Money& right) {
  const Int128 difference = NanosOf(left) - NanosOf(right);
  google::type::Money money;
  money.set_currency_code(left.currency_code());
  money.set_units(static_cast<int64_t>(difference / kNanos));
  money.set_nanos(static_cast<int32_t>(difference % kNanos));
  return money;
}

Value Divide(std::optional<Int128> numerator, std::optional<Int128> denominator) {
  if (!numerator || !denominator) return std::nullopt;
  return Ratio(static_cast<double>(*numerator), static_cast<double>(*denominator));
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
