#include "services/funding/reference/exact_value.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace steelyard::funding {
namespace {

TEST(FormatValueTest, GivesBackTheShortestText) {
  struct Case {
    const char* read;
    const char* shown;
  };
  for (const Case& c : {Case{"0", "0"}, Case{"-0", "0"}, Case{"5", "5"}, Case{"100", "100"},
                        Case{"-35.50", "-35.5"}, Case{"0.000000000001", "0.000000000001"},
                        Case{"007.25", "7.25"}, Case{"999999999999999999", "999999999999999999"}}) {
    ASSERT_OK_AND_ASSIGN(const Int128 value, ParseValue(c.read));
    EXPECT_EQ(FormatValue(value), c.shown);
  }
}

TEST(FormatValueTest, ShowsSumsThatNoSingleValueReaches) {
  ASSERT_OK_AND_ASSIGN(const Int128 most, ParseValue("999999999999999999"));
  EXPECT_EQ(FormatValue(most * 3), "2999999999999999997");
}

TEST(ScaleUpTest, MovesThePointAndNothingElse) {
  struct Case {
    const char* value;
    int scale;
    const char* scaled;
  };
  for (const Case& c : {
           Case{"218.056", 6, "218056000"},
           Case{"218.056", 2, "21805.6"},
           Case{"218.056", 3, "218056"},
           Case{"7", 3, "7000"},
           Case{"0.5", 1, "5"},
           Case{"-0.05", 1, "-0.5"},
           Case{"0", 9, "0"},
           Case{"0.000000000001", 12, "1"},
           Case{"1.50", 1, "15.0"},
           Case{"1.5", 0, "1.5"},
           // Left for the rules to refuse.
           Case{"1,5", 3, "1,5"},
           Case{"", 3, ""},
           Case{"1.5", 16, "1.5"},
           Case{"1.5", -1, "1.5"},
       }) {
    EXPECT_EQ(ScaleUp(c.value, c.scale), c.scaled) << c.value << " by " << c.scale;
  }
}

TEST(ScaleUpTest, WhatDoesNotFitIsRefusedAndNotCut) {
  EXPECT_THAT(ParseValue(ScaleUp("999999999999999999", 3)),
              testing::HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
}

}  // namespace
}  // namespace steelyard::funding
