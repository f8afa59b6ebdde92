#include "services/common/filter/operand.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace steelyard::filter {
namespace {

using ::steelyard::testing::HasReason;
using ::steelyard::testing::IsOkAndHolds;

TEST(ScaledDecimal, IsExact) {
  struct Case {
    std::string text;
    std::string scaled;
  };
  const std::vector<Case> cases = {
      {"0", "0"},
      {"-0", "0"},
      {"0.000000", "0"},
      {"0e30", "0"},
      {"1", "1000000"},
      {"-2.5", "-2500000"},
      {"0.000001", "1"},
      {"0.100", "100000"},
      {"007.5", "7500000"},
      {"1.23456700", "1234567"},
      {"1e9", "1000000000000000"},
      {"1.5E+9", "1500000000000000"},
      {"1500e-3", "1500000"},
      {"0.0000001e1", "1"},
      {"9223372036854.775807", "9223372036854775807"},
      {"123456789012345678901234567890.123456", "123456789012345678901234567890123456"},
  };
  for (const Case& c : cases) {
    EXPECT_THAT(ScaledDecimal(c.text), IsOkAndHolds(c.scaled)) << c.text;
  }
}

TEST(ScaledDecimal, RefusesOtherTexts) {
  for (const std::string text :
       {"",      "-",         "--1",   "+1",   ".5",
        "1.",    "1.2.3",     "1,000", "1e",   "e5",
        "1e5.5", "1e99999",   "0x10",  "nan",  "inf",
        "1 ",    "0.0000001", "1e-7",  "1e30", "1000000000000000000000000000000"}) {
    EXPECT_THAT(ScaledDecimal(text), HasReason(common::v1::ERROR_REASON_INVALID_FILTER)) << text;
  }
}

TEST(Compare, AppendsItsParameters) {
  const Field field = {.name = "d", .type = FieldType::kDate, .sql = "d"};
  std::vector<sql::Value> parameters = {sql::Value(int64_t{7})};
  EXPECT_THAT(Compare(field, "=", {0, {"1970-01-02"}}, parameters),
              IsOkAndHolds("(d BETWEEN ? AND ?)"));
  EXPECT_EQ(parameters, (std::vector<sql::Value>{int64_t{7}, int64_t{1}, int64_t{1}}));
}

TEST(Compare, GivesHasTheListedValue) {
  const Field field = {
      .name = "layer", .type = FieldType::kHas, .sql = "has(?)", .values = {{"CHIPS", int64_t{2}}}};
  std::vector<sql::Value> parameters;
  EXPECT_THAT(Compare(field, ":", {0, {"CHIPS"}}, parameters), IsOkAndHolds("(has(?))"));
  EXPECT_EQ(parameters, (std::vector<sql::Value>{int64_t{2}}));
  EXPECT_THAT(Compare(field, ":", {0, {"CHIP"}}, parameters),
              HasReason(common::v1::ERROR_REASON_INVALID_FILTER));
}

}  // namespace
}  // namespace steelyard::filter
