#include "services/common/money/money.h"

#include <array>
#include <limits>

#include "services/common/money/currencies.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard {
namespace {

using common::v1::ERROR_REASON_INVALID_AMOUNT;

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
constexpr std::array<int64_t, 10> kPowersOfTen = {
    1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000, 1'000'000'000};
constexpr int kNanoDigits = 9;

absl::Status Invalid(std::string_view amount, std::string_view currency, std::string_view what) {
  return MakeError(ERROR_REASON_INVALID_AMOUNT,
                   StrCat("amount ", amount, " ", currency, ": ", what),
                   {{"amount", std::string(amount)}, {"currency", std::string(currency)}});
}

std::string TooManyDecimals(std::string_view currency, int digits) {
  return StrCat(currency, digits == 0 ? " has no decimals" : StrCat(" has ", digits, " decimals"));
}

absl::Status TooLarge(std::string_view amount, std::string_view currency) {
  return Invalid(amount, currency, "exceeds 9,223,372,036,854,775,807 minor units");
}

// value * 10 + digit, unless that exceeds 64 bits.
bool AppendDigit(int64_t& value, int digit) {
  return !__builtin_mul_overflow(value, int64_t{10}, &value) &&
         !__builtin_add_overflow(value, int64_t{digit}, &value);
}

}  // namespace

absl::StatusOr<int> MinorDigits(std::string_view currency) {
  if (const auto digits = CurrencyDigits(currency); digits.has_value()) {
    return *digits;
  }
  return MakeError(
      common::v1::ERROR_REASON_UNKNOWN_CURRENCY,
      StrCat("\"", currency,
             "\" is not the code of an active or historic currency of ISO 4217, such as "
             "\"USD\", \"EUR\" or \"CNY\""),
      {{"currency", std::string(currency)}});
}

const std::vector<std::string>& Currencies() { return CurrencyCodes(); }

absl::StatusOr<Money> ParseMoney(std::string_view decimal, std::string_view currency) {
  STEELYARD_ASSIGN_OR_RETURN(const int digits, MinorDigits(currency));
  const size_t point = decimal.find('.');
  const std::string_view whole = decimal.substr(0, point);
  const std::string_view fraction =
      point == std::string_view::npos ? std::string_view() : decimal.substr(point + 1);
  const bool plain = !whole.empty() && (point == std::string_view::npos || !fraction.empty()) &&
                     whole.find_first_not_of("0123456789") == std::string_view::npos &&
                     fraction.find_first_not_of("0123456789") == std::string_view::npos;
  if (!plain) {
    return Invalid(
        decimal, currency,
        "must be a plain decimal such as \"23500000\" or \"1.5\", without sign, exponent "
        "and grouping");
  }
  if (static_cast<int64_t>(fraction.size()) > digits) {
    return Invalid(decimal, currency, TooManyDecimals(currency, digits));
  }
  Money money{0, std::string(currency)};
  for (const std::string_view part : {whole, fraction}) {
    for (const char c : part) {
      if (!AppendDigit(money.minor_units, c - '0')) {
        return TooLarge(decimal, currency);
      }
    }
  }
  for (auto padding = static_cast<int64_t>(fraction.size()); padding < digits; ++padding) {
    if (!AppendDigit(money.minor_units, 0)) {
      return TooLarge(decimal, currency);
    }
  }
  return money;
}

absl::StatusOr<Money> FromProto(const google::type::Money& money) {
  const std::string& currency = money.currency_code();
  STEELYARD_ASSIGN_OR_RETURN(const int digits, MinorDigits(currency));
  const std::string shown = money.nanos() == 0
                                ? StrCat(money.units())
                                : StrCat(money.units(), " and ", money.nanos(), " nanos");
  if (money.units() < 0 || money.nanos() < 0) {
    return Invalid(shown, currency, "must not be negative");
  }
  if (money.nanos() >= kPowersOfTen[kNanoDigits]) {
    return Invalid(shown, currency, "nanos must be in 0 to 999,999,999");
  }
  const int64_t nanos_per_minor = kPowersOfTen[kNanoDigits - digits];
  if (money.nanos() % nanos_per_minor != 0) {
    return Invalid(shown, currency, TooManyDecimals(currency, digits));
  }
  Money result{0, currency};
  if (__builtin_mul_overflow(money.units(), kPowersOfTen[digits], &result.minor_units) ||
      __builtin_add_overflow(result.minor_units, money.nanos() / nanos_per_minor,
                             &result.minor_units)) {
    return TooLarge(shown, currency);
  }
  return result;
}

google::type::Money ToProto(const Money& money) {
  const int digits = CurrencyDigits(money.currency).value_or(0);
  google::type::Money proto;
  proto.set_currency_code(money.currency);
  // Truncating division gives both parts the amount's sign, as google.type.Money wants it.
  proto.set_units(money.minor_units / kPowersOfTen[digits]);
  proto.set_nanos(static_cast<int32_t>(money.minor_units % kPowersOfTen[digits] *
                                       kPowersOfTen[kNanoDigits - digits]));
  return proto;
}

absl::StatusOr<int64_t> Narrow(Int128 minor_units) {
  if (minor_units > kMost || minor_units < kLeast) {
    return MakeError(ERROR_REASON_INVALID_AMOUNT,
                     "the sum exceeds 9,223,372,036,854,775,807 minor units");
  }
  return static_cast<int64_t>(minor_units);
}

Int128 DivideHalfEven(Int128 numerator, Int128 denominator) {
  Int128 quotient = numerator / denominator;
  Int128 remainder = numerator % denominator;
  if (remainder < 0) {  // floor
    remainder += denominator;
    --quotient;
  }
  const Int128 rest = denominator - remainder;  // compared so, because 2 * remainder may overflow
  const bool up = remainder > rest || (remainder == rest && quotient % 2 != 0);
  return up ? quotient + 1 : quotient;
}

std::string ToDecimal(const Money& money) {
  const int digits = CurrencyDigits(money.currency).value_or(0);
  // Unsigned, because the least value has no positive counterpart.
  const uint64_t magnitude = money.minor_units < 0 ? ~static_cast<uint64_t>(money.minor_units) + 1
                                                   : static_cast<uint64_t>(money.minor_units);
  std::string text = StrCat(magnitude);
  if (digits > 0) {
    const auto decimals = static_cast<size_t>(digits);
    if (text.size() <= decimals) {
      text.insert(0, decimals + 1 - text.size(), '0');
    }
    text.insert(text.size() - decimals, 1, '.');
  }
  return money.minor_units < 0 ? "-" + text : text;
}

}  // namespace steelyard
