#pragma once

// Exact money: integer minor units and an ISO 4217 code. Nothing here is a double.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "google/type/money.pb.h"

namespace steelyard {

// 128-bit arithmetic for sums and conversions; sums of 2^63 amounts cannot overflow it.
using Int128 = __int128;

struct Money {
  int64_t minor_units = 0;
  std::string currency;  // ISO 4217, upper case

  bool operator==(const Money&) const = default;
};

// Decimals of a currency by ISO 4217: 2 for USD, 0 for JPY and KRW, 3 for KWD. UNKNOWN_CURRENCY
// when the code is neither active nor historic.
absl::StatusOr<int> MinorDigits(std::string_view currency);
// Every code known, sorted.
const std::vector<std::string>& Currencies();

// Reads a plain decimal ("23500000", "1.5") of major units. INVALID_AMOUNT for signs, exponents,
// grouping, more decimals than the currency has, or more than 9,223,372,036,854,775,807 minor
// units.
absl::StatusOr<Money> ParseMoney(std::string_view decimal, std::string_view currency);
// Checks sign, range and decimals of a google.type.Money; negative is INVALID_AMOUNT.
absl::StatusOr<Money> FromProto(const google::type::Money& money);
google::type::Money ToProto(const Money& money);
// INVALID_AMOUNT when the sum does not fit 64 bits.
absl::StatusOr<int64_t> Narrow(Int128 minor_units);
// numerator / denominator rounded half to even; denominator > 0.
Int128 DivideHalfEven(Int128 numerator, Int128 denominator);
// "1234.50" without currency; for logs, CSV and tables.
std::string ToDecimal(const Money& money);

}  // namespace steelyard
