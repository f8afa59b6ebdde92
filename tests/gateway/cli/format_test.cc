#include "gateway/cli/format.h"

#include <limits>
#include <string>

#include "gtest/gtest.h"

namespace steelyard::cli {
namespace {

google::type::Money Money(int64_t units, int32_t nanos = 0) {
  google::type::Money money;
  money.set_currency_code("USD");
  money.set_units(units);
  money.set_nanos(nanos);
  return money;
}

TEST(FormatTest, GroupsThousands) {
  EXPECT_EQ(Grouped(0), "0");
  EXPECT_EQ(Grouped(999), "999");
  EXPECT_EQ(Grouped(1000), "1,000");
  EXPECT_EQ(Grouped(280026358782), "280,026,358,782");
  EXPECT_EQ(Grouped(-999), "-999");
  EXPECT_EQ(Grouped(-1000), "-1,000");
  EXPECT_EQ(Grouped(std::numeric_limits<int64_t>::max()), "9,223,372,036,854,775,807");
  EXPECT_EQ(Grouped(std::numeric_limits<int64_t>::min()), "-9,223,372,036,854,775,808");
}

TEST(FormatTest, ShortensMoneyToFourDigits) {
  const struct {
    google::type::Money money;
    const char* expected;
  } cases[] = {
      {Money(0), "0"},
      {Money(950), "950"},
      {Money(12, 500'000'000), "12.50"},
      {Money(1000), "1.000 k"},
      {Money(23'500'000), "23.50 m"},
      {Money(999'949'000), "999.9 m"},
      {Money(999'960'000), "1.000 bn"},
      {Money(119'000'000'000), "119.0 bn"},
      {Money(1'234'567'890'123), "1.235 tn"},
      {Money(-749, -500'000'000), "-749.50"},
      {Money(-2'500'000'000), "-2.500 bn"},
  };
  for (const auto& c : cases) EXPECT_EQ(ShortAmount(c.money), c.expected);
  EXPECT_EQ(ShortMoney(Money(1'200'000'000)), "1.200 bn USD");
}

TEST(FormatTest, GivesNumbersTheDigitsOfTheirSize) {
  EXPECT_EQ(Number(0), "0");
  EXPECT_EQ(Number(12.2784), "12.28");
  EXPECT_EQ(Number(0.012345), "0.0123");
  EXPECT_EQ(Number(123.456), "123.5");
  EXPECT_EQ(Number(123456.7), "123457");
  EXPECT_EQ(Number(-1.005), "-1.00");
  EXPECT_EQ(Percent(0.1234), "12.3 %");
  EXPECT_EQ(Percent(1), "100.0 %");
}

TEST(FormatTest, DatesAreAsPreciseAsKnown) {
  google::type::Date date;
  EXPECT_EQ(Date(date), "");
  date.set_year(2025);
  EXPECT_EQ(Date(date), "2025");
  date.set_month(9);
  EXPECT_EQ(Date(date), "2025-09");
  date.set_day(4);
  EXPECT_EQ(Date(date), "2025-09-04");
}

TEST(FormatTest, AFigureWithoutValueIsADashNeverZero) {
  common::v1::Figure figure;
  figure.set_status(common::v1::VALUE_STATUS_UNDEFINED);
  EXPECT_EQ(Show(figure), "-");
  EXPECT_EQ(ShowShare(figure), "-");
  figure.set_status(common::v1::VALUE_STATUS_OK);
  figure.set_count(0);
  EXPECT_EQ(Show(figure), "0");
  figure.set_number(0);
  EXPECT_EQ(Show(figure), "0");
  EXPECT_EQ(ShowShare(figure), "0.0 %");
}

TEST(FormatTest, QualifiersStandBeforeTheValue) {
  common::v1::Figure figure;
  figure.set_status(common::v1::VALUE_STATUS_OK);
  *figure.mutable_money() = Money(119'000'000'000);
  const struct {
    common::v1::Qualifier qualifier;
    const char* expected;
  } cases[] = {
      {common::v1::QUALIFIER_UNSPECIFIED, "119.0 bn"},
      {common::v1::QUALIFIER_EXACT, "119.0 bn"},
      {common::v1::QUALIFIER_APPROX, "~119.0 bn"},
      {common::v1::QUALIFIER_AT_LEAST, ">=119.0 bn"},
      {common::v1::QUALIFIER_GREATER_THAN, ">119.0 bn"},
      {common::v1::QUALIFIER_AT_MOST, "<=119.0 bn"},
      {common::v1::QUALIFIER_LESS_THAN, "<119.0 bn"},
  };
  for (const auto& c : cases) {
    figure.set_qualifier(c.qualifier);
    EXPECT_EQ(Show(figure), c.expected);
  }
}

TEST(FormatTest, BoundsStandBehindTheValue) {
  common::v1::Figure figure;
  figure.set_status(common::v1::VALUE_STATUS_OK);
  *figure.mutable_money() = Money(12'300'000'000);
  EXPECT_EQ(ShowWithBounds(figure), "12.30 bn");
  figure.mutable_interval()->set_lower(950);
  figure.mutable_interval()->set_upper(20'050'000'000);
  EXPECT_EQ(ShowWithBounds(figure), "12.30 bn (950 to 20.05 bn)");
  figure.mutable_interval()->set_upper(std::numeric_limits<double>::infinity());
  EXPECT_EQ(ShowWithBounds(figure), "12.30 bn (950 to any amount)");
}

TEST(FormatTest, CodesBecomeWords) {
  EXPECT_EQ(Words("FOUNDATION_MODEL"), "foundation model");
  EXPECT_EQ(Words(""), "unclassified");
}

}  // namespace
}  // namespace steelyard::cli
