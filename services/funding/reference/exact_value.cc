#include "services/funding/reference/exact_value.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "services/common/status/status.h"

namespace steelyard::funding {
namespace {

constexpr std::string_view kQualifierMethod = "qualifier/1";
constexpr size_t kMostWholeDigits = 18;

Int128 PowerOfTen(int exponent) {
  Int128 power = 1;
  for (int i = 0; i < exponent; ++i) {
    power *= 10;
  }
  return power;
}

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

bool AllDigits(std::string_view text) { return std::all_of(text.begin(), text.end(), IsDigit); }

bool IsCurrency(std::string_view unit) { return MinorDigits(unit).ok(); }

// `value` in units of 10^-decimals, if it is whole in them and fits.
std::optional<int64_t> Whole(Int128 value, int decimals) {
  const Int128 step = PowerOfTen(kValueDecimals - decimals);
  const Int128 units = value / step;
  if (value % step != 0 || units > std::numeric_limits<int64_t>::max() ||
      units < std::numeric_limits<int64_t>::min()) {
    return std::nullopt;
  }
  return static_cast<int64_t>(units);
}

}  // namespace

absl::StatusOr<Int128> ParseValue(std::string_view decimal) {
  std::string_view rest = decimal;
  const bool negative = !rest.empty() && rest.front() == '-';
  rest.remove_prefix(negative ? 1 : 0);
  const size_t point = rest.find('.');
  const std::string_view whole = rest.substr(0, point);
  const std::string_view fraction =
      point == std::string_view::npos ? std::string_view() : rest.substr(point + 1);
  if (whole.empty() || whole.size() > kMostWholeDigits || !AllDigits(whole) ||
      (point != std::string_view::npos && fraction.empty()) ||
      fraction.size() > static_cast<size_t>(kValueDecimals) || !AllDigits(fraction)) {
    return MakeError(common::v1::ERROR_REASON_INVALID_FIELD,
                     absl::StrFormat("\"%s\" is no decimal number of at most 18 digits before and "
                                     "12 after the '.', such as \"218.056\"",
                                     decimal),
                     {{"value", std::string(decimal)}});
  }
  Int128 value = 0;
  for (const char c : whole) {
    value = value * 10 + (c - '0');
  }
  for (const char c : fraction) {
    value = value * 10 + (c - '0');
  }
  value *= PowerOfTen(kValueDecimals - static_cast<int>(fraction.size()));
  return negative ? -value : value;
}

std::string FormatValue(Int128 value) {
  const Int128 magnitude = value < 0 ? -value : value;
  const Int128 half = PowerOfTen(kMostWholeDigits);
  const Int128 whole = magnitude / PowerOfTen(kValueDecimals);
  std::string text = absl::StrFormat("%d%018d.%012d", static_cast<int64_t>(whole / half),
                                     static_cast<int64_t>(whole % half),
                                     static_cast<int64_t>(magnitude % PowerOfTen(kValueDecimals)));
  text.erase(0, std::min(text.find_first_not_of('0'), text.find('.') - 1));
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') {
    text.pop_back();
  }
  return value < 0 ? "-" + text : text;
}

std::string ScaleUp(std::string_view decimal, int scale) {
  std::string text(decimal);
  if (scale <= 0 || scale > kMostScale || !ParseValue(decimal).ok()) {
    return text;
  }
  const size_t sign = text.front() == '-' ? 1 : 0;
  size_t point = std::min(text.find('.'), text.size());
  if (point < text.size()) {
    text.erase(point, 1);
  }
  point += static_cast<size_t>(scale);
  if (text.size() < point) {
    text.append(point - text.size(), '0');
  } else if (text.size() > point) {
    text.insert(point, 1, '.');
  }
  // "0.5" became "05..."; one digit stays before the point.
  point = std::min(text.find('.'), text.size());
  text.erase(sign, std::min(text.find_first_not_of('0', sign), point - 1) - sign);
  return text;
}

Bounds BoundsOf(common::v1::Qualifier qualifier) {
  switch (qualifier) {
    case common::v1::QUALIFIER_AT_LEAST:
    case common::v1::QUALIFIER_GREATER_THAN:
      return {.from_below = true, .from_above = false};
    case common::v1::QUALIFIER_AT_MOST:
    case common::v1::QUALIFIER_LESS_THAN:
      return {.from_below = false, .from_above = true};
    default:
      return {};
  }
}

bool IsAdditive(std::string_view unit) { return unit == "count" || IsCurrency(unit); }

double Nearest(Int128 value) {
  const Int128 magnitude = value < 0 ? -value : value;
  const Int128 whole = magnitude / PowerOfTen(kValueDecimals);
  const Int128 half = PowerOfTen(kMostWholeDigits);
  const std::string text =
      absl::StrFormat("%s%d%018d.%012d", value < 0 ? "-" : "", static_cast<int64_t>(whole / half),
                      static_cast<int64_t>(whole % half),
                      static_cast<int64_t>(magnitude % PowerOfTen(kValueDecimals)));
  double nearest = 0;
  // The text is a decimal number by construction.
  static_cast<void>(absl::SimpleAtod(text, &nearest));
  return nearest;
}

void SetValue(Int128 value, std::string_view unit, common::v1::Figure& figure) {
  figure.set_status(common::v1::VALUE_STATUS_OK);
  figure.set_unit("1");
  if (const absl::StatusOr<int> digits = MinorDigits(unit); digits.ok()) {
    figure.set_unit(std::string(unit));
    if (const std::optional<int64_t> minor = Whole(value, *digits)) {
      *figure.mutable_money() = ToProto(Money{*minor, std::string(unit)});
      return;
    }
  } else if (unit == "percent") {
    figure.set_unit("%");
  } else if (unit == "count") {
    if (const std::optional<int64_t> count = Whole(value, 0)) {
      figure.set_count(*count);
      return;
    }
  }
  figure.set_number(Nearest(value));
}

void SetInterval(const Bounds& bounds, Int128 value, common::v1::Figure& figure) {
  if (bounds.from_below && bounds.from_above) {
    return;
  }
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  common::v1::Interval& interval = *figure.mutable_interval();
  interval.set_lower(bounds.from_below ? Nearest(value) : -kInfinity);
  interval.set_upper(bounds.from_above ? Nearest(value) : kInfinity);
  interval.set_level(1);
  interval.set_method(std::string(kQualifierMethod));
}

}  // namespace steelyard::funding
