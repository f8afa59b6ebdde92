#pragma once

// Keys of a cube's cells: fields of 64 bits.

#include <cstdint>

#include "services/funding/columns/block.h"

namespace steelyard::funding::columns {

struct KeyField {
  int shift;
  int bits;

  constexpr uint64_t mask() const { return ((uint64_t{1} << bits) - 1) << shift; }
  constexpr uint64_t Of(uint64_t value) const { return value << shift; }
  constexpr uint64_t In(uint64_t key) const { return (key & mask()) >> shift; }
  constexpr bool Holds(uint64_t values) const { return values <= uint64_t{1} << bits; }
};

// year * 13 + month; the month is 0 for dates that are known to the year.
inline constexpr KeyField kMonthField{0, 17};
inline constexpr KeyField kKindField{17, 5};
inline constexpr KeyField kCountryField{22, 12};
// Of sums.
inline constexpr KeyField kStageField{34, 6};
inline constexpr KeyField kLayerField{40, 10};
inline constexpr KeyField kSectorField{50, 12};
// Of counts by source list.
inline constexpr KeyField kListField{34, 28};

inline constexpr int32_t kMonthsOfYear = 13;

inline int32_t MonthCode(int32_t date) {
  return (date >> kYearShift) * kMonthsOfYear + ((date >> kMonthShift) & 15);
}
// A packed date of a month code.
inline int32_t DateOfMonth(uint64_t code) {
  const auto month = static_cast<int32_t>(code);
  return ((month / kMonthsOfYear) << kYearShift) | ((month % kMonthsOfYear) << kMonthShift);
}

}  // namespace steelyard::funding::columns
