#include "services/common/time/date.h"

#include <array>
#include <charconv>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard {
namespace {

using common::v1::ERROR_REASON_INVALID_DATE;

constexpr std::array<std::string_view, 13> kMonthNames = {
    "",     "January", "February",  "March",   "April",    "May",     "June",
    "July", "August",  "September", "October", "November", "December"};

// With zeros before it, up to the width, by hand: imports write several dates a row.
void AppendDigits(int number, size_t width, std::string& text) {
  std::array<char, 11> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  const auto size = static_cast<size_t>(end.ptr - digits.data());
  if (size < width) text.append(width - size, '0');
  text.append(digits.data(), size);
}

bool IsLeap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int DaysInMonth(int year, int month) {
  constexpr std::array<int, 13> kDays = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && IsLeap(year) ? 29 : kDays[month];
}

absl::Status Invalid(std::string_view date, std::string_view what) {
  return MakeError(ERROR_REASON_INVALID_DATE, StrCat("date \"", date, "\": ", what),
                   {{"date", std::string(date)}});
}

// Whether the parts name a date that exists; otherwise what is wrong.
std::string Problem(const PartialDate& date) {
  if (date.year < 1 || date.year > 9999) {
    return StrCat("year ", date.year, " is not in 1 to 9999");
  }
  if (date.month < 0 || date.month > 12) {
    return StrCat("there is no month ", date.month);
  }
  if (date.month == 0 && date.day != 0) {
    return "a day needs its month";
  }
  if (date.day < 0 || (date.month != 0 && date.day > DaysInMonth(date.year, date.month))) {
    return StrCat("there is no ", date.day, " ", kMonthNames[date.month], " ", date.year);
  }
  return "";
}

// Reads the `count` digits at `position`; -1 when they are not all digits.
int Digits(std::string_view text, size_t position, size_t count) {
  int value = 0;
  for (char c : text.substr(position, count)) {
    if (c < '0' || c > '9') {
      return -1;
    }
    value = value * 10 + (c - '0');
  }
  return value;
}

// Years that begin in March have their leap day at the end, so that months before it have fixed
// lengths: (153 * m + 2) / 5 days precede the m-th month counted from March.
constexpr int kDaysPer400Years = 146097;
constexpr int kDaysBefore1970 = 719468;  // from 0000-03-01

}  // namespace

PartialDate PartialDate::FirstDay() const {
  return {year, month == 0 ? 1 : month, day == 0 ? 1 : day};
}

PartialDate PartialDate::LastDay() const {
  const int last_month = month == 0 ? 12 : month;
  return {year, last_month, day == 0 ? DaysInMonth(year, last_month) : day};
}

std::string PartialDate::ToString() const {
  std::string text;
  AppendDigits(year, 4, text);
  if (month == 0) return text;
  text += '-';
  AppendDigits(month, 2, text);
  if (day == 0) return text;
  text += '-';
  AppendDigits(day, 2, text);
  return text;
}

int32_t PartialDate::ToDays() const {
  const PartialDate first = FirstDay();
  const int march_year = first.year - (first.month <= 2 ? 1 : 0);  // 0 or more, as years begin at 1
  const int march_month = (first.month + 9) % 12;
  const int era = march_year / 400;
  const int year_of_era = march_year % 400;
  const int day_of_year = (153 * march_month + 2) / 5 + first.day - 1;
  const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * kDaysPer400Years + day_of_era - kDaysBefore1970;
}

PartialDate PartialDate::FromDays(int32_t days) {
  const int64_t since = int64_t{days} + kDaysBefore1970;
  const int64_t era =
      (since >= 0 ? since : since - (kDaysPer400Years - 1)) / int64_t{kDaysPer400Years};
  const int day_of_era = static_cast<int>(since - era * kDaysPer400Years);
  // Leaves out the leap days before: one in 4 years (1,460 days), none in 100, the last day of the
  // era.
  const int year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int march_month = (5 * day_of_year + 2) / 153;
  PartialDate date;
  date.day = day_of_year - (153 * march_month + 2) / 5 + 1;
  date.month = march_month < 10 ? march_month + 3 : march_month - 9;
  date.year = static_cast<int>(era * 400) + year_of_era + (date.month <= 2 ? 1 : 0);
  return date;
}

absl::StatusOr<PartialDate> ParseDate(std::string_view text) {
  const bool shaped = text.size() == 4 || (text.size() == 7 && text[4] == '-') ||
                      (text.size() == 10 && text[4] == '-' && text[7] == '-');
  PartialDate date;
  if (shaped) {
    date.year = Digits(text, 0, 4);
    date.month = text.size() >= 7 ? Digits(text, 5, 2) : 0;
    date.day = text.size() == 10 ? Digits(text, 8, 2) : 0;
  }
  if (!shaped || date.year < 0 || date.month < 0 || date.day < 0) {
    return Invalid(text, "must be written YYYY, YYYY-MM or YYYY-MM-DD");
  }
  // Zero stands for "not known" in PartialDate, but nobody writes it so.
  if ((text.size() >= 7 && date.month == 0) || (text.size() == 10 && date.day == 0)) {
    return Invalid(text, date.month == 0 ? "there is no month 0" : "there is no day 0");
  }
  if (const std::string problem = Problem(date); !problem.empty()) {
    return Invalid(text, problem);
  }
  return date;
}

absl::Status CheckEventDate(const PartialDate& date) {
  if (date.year >= kFirstEventYear && date.year <= kLastEventYear) {
    return absl::OkStatus();
  }
  return Invalid(date.ToString(),
                 StrCat("must be a date from ", kFirstEventYear, " to ", kLastEventYear));
}

absl::StatusOr<PartialDate> ParseEventDate(std::string_view text) {
  STEELYARD_ASSIGN_OR_RETURN(const PartialDate date, ParseDate(text));
  STEELYARD_RETURN_IF_ERROR(CheckEventDate(date));
  return date;
}

absl::StatusOr<PartialDate> FromProto(const google::type::Date& date) {
  const PartialDate result = {date.year(), date.month(), date.day()};
  if (const std::string problem = Problem(result); !problem.empty()) {
    return Invalid(StrCat(date.year(), "-", date.month(), "-", date.day()), problem);
  }
  return result;
}

google::type::Date ToProto(const PartialDate& date) {
  google::type::Date proto;
  proto.set_year(date.year);
  proto.set_month(date.month);
  proto.set_day(date.day);
  return proto;
}

bool DateRange::Contains(const PartialDate& date) const {
  return (!from.has_value() || date.FirstDay() >= *from) &&
         (!to.has_value() || date.LastDay() <= *to);
}

absl::StatusOr<DateRange> FromProto(const common::v1::Period& period) {
  DateRange range;
  if (period.has_from()) {
    STEELYARD_ASSIGN_OR_RETURN(const PartialDate from, FromProto(period.from()));
    range.from = from.FirstDay();
  }
  if (period.has_to()) {
    STEELYARD_ASSIGN_OR_RETURN(const PartialDate to, FromProto(period.to()));
    range.to = to.LastDay();
  }
  if (range.from.has_value() && range.to.has_value() && *range.to < *range.from) {
    return MakeError(ERROR_REASON_INVALID_DATE,
                     StrCat("the period ends on ", range.to->ToString(), ", before it starts on ",
                            range.from->ToString()),
                     {{"from", range.from->ToString()}, {"to", range.to->ToString()}});
  }
  return range;
}

}  // namespace steelyard
