#pragma once

// Published numbers as exact decimals, and how they become the values of figures.

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/common/money/money.h"
#include "steelyard/common/v1/figure.pb.h"

namespace steelyard::funding {

// Values are exact: times 10^12 in 128 bits.
inline constexpr int kValueDecimals = 12;
// Largest power of ten that a source may print in.
inline constexpr int kMostScale = 15;

// Reads "-35.5", "119000000000": an optional '-', 1 to 18 digits, and optionally '.' with 1 to 12
// digits. INVALID_FIELD otherwise.
absl::StatusOr<Int128> ParseValue(std::string_view decimal);
// The shortest text that ParseValue reads as the value.
std::string FormatValue(Int128 value);
// A decimal number times 10^scale by moving its point: ("218.056", 6) is "218056000". Text that
// ParseValue refuses, and a scale outside of [0, kMostScale], leave it as it is.
std::string ScaleUp(std::string_view decimal, int scale);

// What is certain of a number.
struct Bounds {
  bool from_below = true;  // the number is a lower bound
  bool from_above = true;  // the number is an upper bound

  bool operator==(const Bounds&) const = default;
};
// What a qualifier says of the number; nothing in particular for approx, which bounds neither way.
Bounds BoundsOf(common::v1::Qualifier qualifier);

// Whether values of the unit may be added up: currencies and counts.
bool IsAdditive(std::string_view unit);
// The double nearest to the exact value, whichever way it came about.
double Nearest(Int128 value);
// Status, unit and value of a figure: money for a currency, when the value is whole in its minor
// units; a count for the unit count, when it is whole; else a number. The unit is the ISO 4217
// code, "%" for percent, else "1".
void SetValue(Int128 value, std::string_view unit, common::v1::Figure& figure);
// Bounds of a number as an interval of method "qualifier/1"; none when it is bounded both ways.
void SetInterval(const Bounds& bounds, Int128 value, common::v1::Figure& figure);

}  // namespace steelyard::funding
