#include "gateway/cli/format.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "services/common/text/strings.h"

namespace steelyard::cli {
namespace {

struct Scale {
  double unit;
  const char* name;
};
constexpr std::array<Scale, 4> kScales = {{{1e12, " tn"}, {1e9, " bn"}, {1e6, " m"}, {1e3, " k"}}};
constexpr double kNanos = 1e9;
// What four significant digits round up to the next scale: 999.95 m is 1.000 bn.
constexpr double kRoundsUp = 0.99995;

std::string FourDigits(double number) {
  const double size = std::abs(number);
  if (size >= 999.95) return absl::StrFormat("%.0f", number);
  if (size >= 99.995) return absl::StrFormat("%.1f", number);
  if (size >= 9.9995) return absl::StrFormat("%.2f", number);
  return absl::StrFormat("%.3f", number);
}

// "119.0 bn"; nullopt below a thousand.
std::optional<std::string> Scaled(double amount) {
  for (const Scale& scale : kScales) {
    if (std::abs(amount) >= scale.unit * kRoundsUp) {
      return FourDigits(amount / scale.unit) + scale.name;
    }
  }
  return std::nullopt;
}

}  // namespace

std::string Grouped(int64_t number) {
  std::string digits = std::to_string(number);
  const size_t first = number < 0 ? 1 : 0;
  for (size_t at = digits.size(); at > first + 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string ShortAmount(const google::type::Money& money) {
  const double amount = static_cast<double>(money.units()) + money.nanos() / kNanos;
  if (const auto scaled = Scaled(amount)) return *scaled;
  return money.nanos() == 0 ? Grouped(money.units()) : absl::StrFormat("%.2f", amount);
}

std::string ShortAmount(double amount) {
  if (std::isinf(amount)) return "any amount";
  if (const auto scaled = Scaled(amount)) return *scaled;
  return std::abs(amount) >= 100 ? absl::StrFormat("%.0f", amount) : Number(amount);
}

std::string ShortMoney(const google::type::Money& money) {
  return StrCat(ShortAmount(money), " ", money.currency_code());
}

std::string Percent(double share) { return absl::StrFormat("%.1f %%", share * 100); }

std::string Number(double number) {
  const double size = std::abs(number);
  if (number == 0 || size >= 10000) return absl::StrFormat("%.0f", number);
  if (size >= 100) return absl::StrFormat("%.1f", number);
  if (size >= 1) return absl::StrFormat("%.2f", number);
  return absl::StrFormat("%.3g", number);
}

std::string Date(const google::type::Date& date) {
  if (date.year() == 0) return "";
  if (date.month() == 0) return absl::StrFormat("%04d", date.year());
  if (date.day() == 0) return absl::StrFormat("%04d-%02d", date.year(), date.month());
  return absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(), date.day());
}

const char* SignOf(common::v1::Qualifier qualifier) {
  switch (qualifier) {
    case common::v1::QUALIFIER_APPROX:
      return "~";
    case common::v1::QUALIFIER_AT_LEAST:
      return ">=";
    case common::v1::QUALIFIER_GREATER_THAN:
      return ">";
    case common::v1::QUALIFIER_AT_MOST:
      return "<=";
    case common::v1::QUALIFIER_LESS_THAN:
      return "<";
    default:
      return "";
  }
}

std::string Show(const common::v1::Figure& figure) {
  switch (figure.value_case()) {
    case common::v1::Figure::kMoney:
      return SignOf(figure.qualifier()) + ShortAmount(figure.money());
    case common::v1::Figure::kCount:
      return SignOf(figure.qualifier()) + Grouped(figure.count());
    case common::v1::Figure::kNumber:
      return SignOf(figure.qualifier()) + Number(figure.number());
    default:
      return "-";
  }
}

std::string ShowWithBounds(const common::v1::Figure& figure) {
  if (!figure.has_money() || !figure.has_interval()) return Show(figure);
  return StrCat(Show(figure), " (", ShortAmount(figure.interval().lower()), " to ",
                ShortAmount(figure.interval().upper()), ")");
}

std::string ShowShare(const common::v1::Figure& figure) {
  return figure.has_number() ? Percent(figure.number()) : "-";
}

std::string Words(std::string_view code) {
  if (code.empty()) return "unclassified";
  std::string words = absl::AsciiStrToLower(ToAbsl(code));
  for (char& c : words) {
    if (c == '_') c = ' ';
  }
  return words;
}

}  // namespace steelyard::cli
