#include "services/common/mapping/date_format.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace steelyard::mapping {
namespace {

using ::testing::HasSubstr;

common::v1::DateFormat Formats(const std::vector<std::string>& formats) {
  common::v1::DateFormat format;
  for (const std::string& one : formats) format.add_formats(one);
  return format;
}

std::string Read(const common::v1::DateFormat& format, const std::string& text) {
  const ReadDate date = DateFormat(format).Read(text);
  EXPECT_EQ(date.date.has_value(), date.fault.empty());
  return date.date ? date.date->ToString() : date.fault;
}

TEST(DateFormatTest, ReadsWhatFormatsSay) {
  EXPECT_EQ(Read({}, "2024-05-06"), "2024-05-06");
  EXPECT_EQ(Read({}, "2024-05"), "2024-05");
  EXPECT_EQ(Read({}, "2024"), "2024");
  EXPECT_EQ(Read(Formats({"DD-MM-YYYY"}), "05-01-2015"), "2015-01-05");
  EXPECT_EQ(Read(Formats({"DD/MM/YYYY"}), "01/02/2018"), "2018-02-01");
  EXPECT_EQ(Read(Formats({"M/D/YYYY"}), "4/7/2017"), "2017-04-07");
  EXPECT_EQ(Read(Formats({"M/D/YYYY"}), "12/31/2022"), "2022-12-31");
  EXPECT_EQ(Read(Formats({"MMM D, YYYY"}), "Apr 1, 2009"), "2009-04-01");
  EXPECT_EQ(Read(Formats({"D MMMM YYYY"}), "13 April 2026"), "2026-04-13");
  EXPECT_EQ(Read(Formats({"YYYY-MM-DD*"}), "2009-03-06 00:00:00+00"), "2009-03-06");
  EXPECT_EQ(Read(Formats({"YYYY-MM-*"}), "1913-02-01"), "1913-02");
  EXPECT_EQ(Read(Formats({"YYYYMMDD"}), "20240506"), "2024-05-06");
  EXPECT_EQ(Read({}, "\u00A02024 "), "2024");
}

TEST(DateFormatTest, ImpossibleDatesSayWhy) {
  const common::v1::DateFormat indian = Formats({"DD/MM/YYYY"});
  for (const char* text : {"05/072018", "12/05.2015", "22/01//2015", "01/07/015", "", "x",
                           "1/2/2018", "<td class=\"column-3\"></td>"}) {
    EXPECT_EQ(Read(indian, text), "must be written as DD/MM/YYYY") << text;
  }
  EXPECT_THAT(Read(indian, "31/02/2015"), HasSubstr("31 February"));
  EXPECT_THAT(Read(indian, "10/13/2015"), HasSubstr("month 13"));
  EXPECT_THAT(Read(indian, "00/01/2015"), HasSubstr("DD/MM/YYYY"));
  EXPECT_THAT(Read(Formats({"DD-MM-YYYY"}), "01-01-1201"), HasSubstr("year 1201 is impossible"));
  EXPECT_THAT(Read({}, "0000-01-01"), HasSubstr("year"));
  // The next format is tried when a date does not exist in the first one's order.
  EXPECT_EQ(Read(Formats({"DD/MM/YYYY", "MM/DD/YYYY"}), "10/13/2015"), "2015-10-13");
}

TEST(DateFormatTest, FirstOfJanuaryMayMeanTheYear) {
  common::v1::DateFormat format;
  EXPECT_EQ(Read(format, "2015-01-01"), "2015-01-01");
  format.set_january_first_is_year(true);
  EXPECT_EQ(Read(format, "2015-01-01"), "2015");
  EXPECT_EQ(Read(format, "2015-01-02"), "2015-01-02");
}

TEST(DateFormatTest, EarliestYear) {
  common::v1::DateFormat format;
  format.set_earliest_year(1200);
  EXPECT_EQ(Read(format, "1201"), "1201");
}

TEST(DateFormatTest, FaultsOfPatterns) {
  for (const char* right : {"YYYY", "DD.MM.YYYY", "YYYY-MM-DDT*", "MMM D, YYYY", "D MMMM YYYY"}) {
    EXPECT_EQ(DatePattern::Fault(right), "") << right;
  }
  for (const char* wrong : {"", "DD-MM", "YY", "YYYY YYYY", "MM MM YYYY", "DD YYYY", "*YYYY",
                            "YYYY**", "dd-mm-yyyy", "MMMMM YYYY", "DDD-MM-YYYY", "YYYYY"}) {
    EXPECT_NE(DatePattern::Fault(wrong), "") << wrong;
  }
}

}  // namespace
}  // namespace steelyard::mapping
