#include "services/common/time/date.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/proto_matchers.h"
#include "tests/support/status_matchers.h"

namespace steelyard {
namespace {

using common::v1::ERROR_REASON_INVALID_DATE;
using ::steelyard::testing::EqualsProto;
using ::steelyard::testing::HasReason;
using ::steelyard::testing::IsOkAndHolds;
using ::steelyard::testing::StatusIs;
using ::testing::HasSubstr;

TEST(ParseDate, KeepsThePrecisionOfTheText) {
  EXPECT_THAT(ParseDate("2021"), IsOkAndHolds(PartialDate{2021, 0, 0}));
  EXPECT_THAT(ParseDate("2021-07"), IsOkAndHolds(PartialDate{2021, 7, 0}));
  EXPECT_THAT(ParseDate("2021-07-09"), IsOkAndHolds(PartialDate{2021, 7, 9}));
  EXPECT_THAT(ParseDate("0001-01-01"), IsOkAndHolds(PartialDate{1, 1, 1}));
  EXPECT_THAT(ParseDate("9999-12-31"), IsOkAndHolds(PartialDate{9999, 12, 31}));
}

TEST(ParseDate, KnowsLeapYears) {
  EXPECT_OK(ParseDate("2000-02-29"));
  EXPECT_OK(ParseDate("2024-02-29"));
  EXPECT_THAT(ParseDate("1900-02-29"), HasReason(ERROR_REASON_INVALID_DATE));
  EXPECT_THAT(ParseDate("2023-02-29"), HasReason(ERROR_REASON_INVALID_DATE));
}

TEST(ParseDate, NamesWhatIsWrong) {
  struct Case {
    std::string text;
    std::string problem;
  };
  const std::vector<Case> cases = {
      {"", "YYYY-MM-DD"},
      {"21", "YYYY-MM-DD"},
      {"2021-7-9", "YYYY-MM-DD"},
      {"2021/07/09", "YYYY-MM-DD"},
      {"2021-07-09T00:00:00Z", "YYYY-MM-DD"},
      {"2o21", "YYYY-MM-DD"},
      {"-021", "YYYY-MM-DD"},
      {"+021", "YYYY-MM-DD"},
      {" 2021", "YYYY-MM-DD"},
      {"2021-+7", "YYYY-MM-DD"},
      {"0000", "year 0"},
      {"2021-00", "no month 0"},
      {"2021-13", "no month 13"},
      {"2021-00-05", "no month 0"},
      {"2021-05-00", "no day 0"},
      {"2021-02-30", "no 30 February 2021"},
      {"2021-04-31", "no 31 April 2021"},
  };
  for (const Case& c : cases) {
    const auto date = ParseDate(c.text);
    EXPECT_THAT(date, HasReason(ERROR_REASON_INVALID_DATE)) << c.text;
    EXPECT_THAT(date, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.problem)));
    EXPECT_EQ(MetadataOf(date.status(), "date"), c.text);
  }
}

TEST(ParseEventDate, KnowsWhichYearsArePossible) {
  for (const char* text : {"1900", "1900-01-01", "2024-02", "2100-12-31"}) {
    EXPECT_TRUE(ParseEventDate(text).ok()) << text;
  }
  for (const char* text : {"0001", "1201", "1899-12-31", "2101-01", "9999-12-31"}) {
    const auto date = ParseEventDate(text);
    EXPECT_THAT(date, HasReason(common::v1::ERROR_REASON_INVALID_DATE)) << text;
    EXPECT_THAT(std::string(date.status().message()),
                HasSubstr("must be a date from 1900 to 2100"));
    EXPECT_TRUE(ParseDate(text).ok()) << text;
  }
  EXPECT_THAT(std::string(ParseEventDate("2024-13").status().message()), HasSubstr("no month 13"));
}

TEST(PartialDate, PrintsAsItWasRead) {
  for (const std::string text : {"2021", "2021-07", "2021-07-09", "0033-04-03"}) {
    EXPECT_EQ(ParseDate(text)->ToString(), text);
  }
}

TEST(PartialDate, SpansWhatItCanMean) {
  struct Case {
    PartialDate date;
    PartialDate first;
    PartialDate last;
    int quarter;
  };
  const std::vector<Case> cases = {
      {{2021, 0, 0}, {2021, 1, 1}, {2021, 12, 31}, 0},
      {{2021, 2, 0}, {2021, 2, 1}, {2021, 2, 28}, 1},
      {{2024, 2, 0}, {2024, 2, 1}, {2024, 2, 29}, 1},
      {{2021, 9, 0}, {2021, 9, 1}, {2021, 9, 30}, 3},
      {{2021, 10, 5}, {2021, 10, 5}, {2021, 10, 5}, 4},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(c.date.FirstDay(), c.first) << c.date.ToString();
    EXPECT_EQ(c.date.LastDay(), c.last) << c.date.ToString();
    EXPECT_EQ(c.date.Quarter(), c.quarter) << c.date.ToString();
    EXPECT_EQ(c.date.IsDay(), c.date.day != 0);
  }
}

TEST(PartialDate, OrdersUnknownPartsFirst) {
  EXPECT_LT((PartialDate{2021, 0, 0}), (PartialDate{2021, 1, 0}));
  EXPECT_LT((PartialDate{2021, 1, 0}), (PartialDate{2021, 1, 1}));
  EXPECT_LT((PartialDate{2020, 12, 31}), (PartialDate{2021, 0, 0}));
}

TEST(PartialDate, CountsDays) {
  struct Case {
    PartialDate date;
    int32_t days;
  };
  const std::vector<Case> cases = {
      {{1970, 1, 1}, 0},      {{1969, 12, 31}, -1},      {{1970, 3, 1}, 59},
      {{2000, 2, 29}, 11016}, {{2000, 3, 1}, 11017},     {{2024, 12, 31}, 20088},
      {{1, 1, 1}, -719162},   {{9999, 12, 31}, 2932896},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(c.date.ToDays(), c.days) << c.date.ToString();
    EXPECT_EQ(PartialDate::FromDays(c.days), c.date) << c.days;
  }
  EXPECT_EQ((PartialDate{2021, 0, 0}.ToDays()), (PartialDate{2021, 1, 1}.ToDays()));
}

TEST(PartialDate, EveryDayComesBackFromItsNumber) {
  PartialDate previous = PartialDate::FromDays(-719163);
  for (int32_t days = -719162; days <= 2932896; ++days) {
    const PartialDate date = PartialDate::FromDays(days);
    ASSERT_EQ(date.ToDays(), days);
    ASSERT_LT(previous, date);
    previous = date;
  }
}

TEST(PartialDate, CrossesTheProtoEdge) {
  EXPECT_THAT(ToProto(PartialDate{2021, 7, 0}), EqualsProto("year: 2021 month: 7"));
  for (const PartialDate date : {PartialDate{2021, 0, 0}, {2021, 7, 0}, {2021, 7, 9}}) {
    EXPECT_THAT(FromProto(ToProto(date)), IsOkAndHolds(date));
  }
}

TEST(PartialDate, RefusesDatesThatDoNotExist) {
  struct Case {
    int year;
    int month;
    int day;
    std::string problem;
  };
  const std::vector<Case> cases = {
      {0, 7, 9, "year 0"},
      {0, 0, 0, "year 0"},
      {10000, 1, 1, "year 10000"},
      {-5, 1, 1, "year -5"},
      {2021, 13, 1, "month 13"},
      {2021, -1, 1, "month -1"},
      {2021, 0, 5, "needs its month"},
      {2021, 2, 30, "30 February"},
      {2021, 2, -1, "no -1 February"},
  };
  for (const Case& c : cases) {
    google::type::Date date;
    date.set_year(c.year);
    date.set_month(c.month);
    date.set_day(c.day);
    EXPECT_THAT(FromProto(date),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.problem)));
    EXPECT_THAT(FromProto(date), HasReason(ERROR_REASON_INVALID_DATE));
  }
}

common::v1::Period MakePeriod(const std::string& from, const std::string& to) {
  common::v1::Period period;
  if (!from.empty()) {
    *period.mutable_from() = ToProto(*ParseDate(from));
  }
  if (!to.empty()) {
    *period.mutable_to() = ToProto(*ParseDate(to));
  }
  return period;
}

TEST(Period, WidensPartialEnds) {
  ASSERT_OK_AND_ASSIGN(const DateRange years, FromProto(MakePeriod("2015", "2025")));
  EXPECT_EQ(years.from, (PartialDate{2015, 1, 1}));
  EXPECT_EQ(years.to, (PartialDate{2025, 12, 31}));
  ASSERT_OK_AND_ASSIGN(const DateRange month, FromProto(MakePeriod("2024-02", "2024-02")));
  EXPECT_EQ(month.to, (PartialDate{2024, 2, 29}));
  ASSERT_OK_AND_ASSIGN(const DateRange open, FromProto(MakePeriod("", "")));
  EXPECT_FALSE(open.from.has_value());
  EXPECT_FALSE(open.to.has_value());
}

TEST(Period, RefusesToEndBeforeItStarts) {
  EXPECT_OK(FromProto(MakePeriod("2025", "2025")));
  const auto range = FromProto(MakePeriod("2025-02", "2024"));
  EXPECT_THAT(range, HasReason(ERROR_REASON_INVALID_DATE));
  EXPECT_EQ(MetadataOf(range.status(), "from"), "2025-02-01");
  EXPECT_EQ(MetadataOf(range.status(), "to"), "2024-12-31");
}

TEST(Period, RefusesBadEnds) {
  common::v1::Period period;
  period.mutable_from()->set_month(3);
  EXPECT_THAT(FromProto(period), HasReason(ERROR_REASON_INVALID_DATE));
  period.Clear();
  period.mutable_to()->set_year(2021);
  period.mutable_to()->set_month(14);
  EXPECT_THAT(FromProto(period), HasReason(ERROR_REASON_INVALID_DATE));
}

TEST(DateRange, ContainsOnlyWhatLiesWhollyInside) {
  const DateRange range = *FromProto(MakePeriod("2021-03", "2022-06-15"));
  EXPECT_TRUE(range.Contains({2021, 3, 1}));
  EXPECT_TRUE(range.Contains({2022, 6, 15}));
  EXPECT_TRUE(range.Contains({2021, 3, 0}));
  EXPECT_FALSE(range.Contains({2021, 0, 0}));
  EXPECT_FALSE(range.Contains({2022, 6, 0}));
  EXPECT_FALSE(range.Contains({2021, 2, 28}));
  EXPECT_FALSE(range.Contains({2022, 6, 16}));
  EXPECT_TRUE(DateRange{}.Contains({1, 0, 0}));
  EXPECT_TRUE((DateRange{.from = {}, .to = PartialDate{2022, 6, 15}}.Contains({1, 1, 1})));
  EXPECT_TRUE((DateRange{.from = PartialDate{2021, 1, 1}, .to = {}}.Contains({9999, 0, 0})));
}

}  // namespace
}  // namespace steelyard
