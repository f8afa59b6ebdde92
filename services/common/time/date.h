#pragma once

// Calendar dates that may be known to the month or the year only. They stay as precise as their
// source gave them: nothing here turns 2021 into 1 January 2021.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "google/type/date.pb.h"
#include "steelyard/common/v1/period.pb.h"

namespace steelyard {

// A date of the proleptic Gregorian calendar, years 1 to 9999. month == 0: known to the year; day
// == 0: known to the month.
struct PartialDate {
  int year = 0;
  int month = 0;
  int day = 0;

  // By year, month, day, with unknown parts first.
  auto operator<=>(const PartialDate&) const = default;

  bool IsDay() const { return day != 0; }
  // First and last day of what the date can mean.
  PartialDate FirstDay() const;
  PartialDate LastDay() const;
  // 1 to 4; 0 when the month is not known.
  int Quarter() const { return month == 0 ? 0 : (month + 2) / 3; }
  // "2021", "2021-07" or "2021-07-09".
  std::string ToString() const;
  // Days since 1970-01-01 of FirstDay().
  int32_t ToDays() const;
  static PartialDate FromDays(int32_t days);
};

// Reads "YYYY", "YYYY-MM" or "YYYY-MM-DD". INVALID_DATE names what is wrong ("month 13", "30
// February").
absl::StatusOr<PartialDate> ParseDate(std::string_view text);
// Years in which rounds and publications can have happened. A date of any other year is a slip of
// somebody's pen.
inline constexpr int kFirstEventYear = 1900;
inline constexpr int kLastEventYear = 2100;
// INVALID_DATE for a date outside of those years.
absl::Status CheckEventDate(const PartialDate& date);
// Like ParseDate, within those years.
absl::StatusOr<PartialDate> ParseEventDate(std::string_view text);
// Checks and takes a google.type.Date; year 0 is refused.
absl::StatusOr<PartialDate> FromProto(const google::type::Date& date);
google::type::Date ToProto(const PartialDate& date);

// A span of days, both ends included; an absent end is open.
struct DateRange {
  std::optional<PartialDate> from;  // a full day
  std::optional<PartialDate> to;    // a full day

  // Whether everything that `date` can mean lies inside.
  bool Contains(const PartialDate& date) const;
};

// Checks a period: dates exist, it does not end before it starts (INVALID_DATE). Partial ends widen
// to their first and last day.
absl::StatusOr<DateRange> FromProto(const common::v1::Period& period);

}  // namespace steelyard
