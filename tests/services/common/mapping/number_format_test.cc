#include "services/common/mapping/number_format.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace steelyard::mapping {
namespace {

struct Case {
  std::string text;
  std::string decimal;  // empty: it is none
  bool irregular = false;
  int scale = 0;
};

void Expect(const common::v1::NumberFormat& format, const std::vector<Case>& cases) {
  const NumberFormat numbers(format);
  for (const Case& one : cases) {
    const ReadNumber number = numbers.Read(one.text, one.scale);
    EXPECT_EQ(number.decimal, one.decimal) << one.text << ": " << number.fault;
    EXPECT_EQ(number.fault.empty(), !one.decimal.empty()) << one.text;
    if (number.fault.empty()) EXPECT_EQ(number.irregular, one.irregular) << one.text;
  }
}

TEST(NumberFormatTest, PlainGroupedAndScaled) {
  Expect({}, {{"0", "0"},
              {"007", "7"},
              {"1234.50", "1234.5"},
              {"-35.5", "-35.5"},
              {"+3", "3"},
              {"-0", "0"},
              {"1,234,567", "1234567"},
              {"12,34,567.25", "1234567.25"},
              {"1,00,00,000", "10000000"},
              {"2E+11", "200000000000"},
              {"1.234567e+03", "1234.567"},
              {"5e-3", "0.005"},
              {"23.5", "23500000", false, 6},
              {"7", "0.000007", false, -6},
              {"\u00A01,000\u00A0", "1000"},
              {"1,34,00000", "13400000", true},
              {"1,000,000,", "1000000", true},
              {"3,000,00", "300000", true},
              {"42,00000", "4200000", true}});
}

TEST(NumberFormatTest, WhatIsNoNumber) {
  Expect({}, {{"", ""},         {"abc", ""},
              {"1.2.3", ""},    {".5", ""},
              {"5.", ""},       {"1,5", ""},
              {"12,50", ""},    {"1,1234", ""},
              {"1,2,3,4", ""},  {"--1", ""},
              {"1 000", ""},    {"e5", ""},
              {"5/18/27", ""},  {"#####", ""},
              {"10 crore", ""}, {",100", ""},
              {"1e999", ""},    {"9e99", ""},
              {"1e9999", ""},   {"NaN", ""},
              {"inf", ""},      {std::string(32'768, '9'), ""},
              {"<b>1</b>", ""}});
}

TEST(NumberFormatTest, OtherSeparators) {
  common::v1::NumberFormat format;
  format.set_decimal(",");
  Expect(format, {{"1.234.567,89", "1234567.89"}, {"1234,5", "1234.5"}, {"1,234,567", ""}});
  format.set_group("space");
  Expect(format, {{"1 234 567,89", "1234567.89"}, {"1\u202F234\u00A0567", "1234567"}});
  format.set_group("'");
  Expect(format, {{"1'234'567", "1234567"}});
  format.set_group("none");
  Expect(format, {{"1'234", ""}, {"1234", "1234"}});
}

TEST(NumberFormatTest, GroupingsThatAreDemanded) {
  common::v1::NumberFormat format;
  format.set_grouping("thousands");
  Expect(format, {{"1,234,567", "1234567"}, {"12,34,567", ""}, {"1,34,00000", ""}});
  format.set_grouping("indian");
  Expect(format, {{"1,23,45,678", "12345678"}, {"12,345", "12345"}, {"1,234,567", ""}});
}

TEST(NumberFormatTest, WhatStandsAround) {
  common::v1::NumberFormat format;
  format.add_ignore("$");
  format.add_ignore("USD");
  (*format.mutable_suffixes())["B"] = 9;
  (*format.mutable_suffixes())["bn"] = 9;
  (*format.mutable_suffixes())["M"] = 6;
  (*format.mutable_suffixes())["+"] = 0;
  Expect(format, {{"$8B", "8000000000"},
                  {"$ 1.5bn", "1500000000"},
                  {"usd 999m", "999000000"},
                  {"-$5", "-5"},
                  {"14,342,000+", "14342000"},
                  {"$0M", "0"},
                  {"8MM", ""},
                  {"$", ""}});
}

TEST(NumberFormatTest, RoundsHalfToEven) {
  const std::vector<std::tuple<std::string, int, std::string, bool>> cases = {
      {"12.345", 2, "12.34", true}, {"12.355", 2, "12.36", true}, {"12.3451", 2, "12.35", true},
      {"9.995", 2, "10.00", true},  {"9.999", 2, "10.00", true},  {"0.5", 0, "0", true},
      {"1.5", 0, "2", true},        {"-9.96", 1, "-10.0", true},  {"7", 2, "7", false},
      {"7.1", 2, "7.1", false},     {"99.5", 0, "100", true}};
  for (const auto& [decimal, digits, expected, changed] : cases) {
    bool rounded = false;
    EXPECT_EQ(RoundDecimal(decimal, digits, rounded), expected) << decimal;
    EXPECT_EQ(rounded, changed) << decimal;
  }
}

}  // namespace
}  // namespace steelyard::mapping
