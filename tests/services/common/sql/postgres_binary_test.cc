#include "services/common/sql/postgres_binary.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace steelyard::sql::postgres {
namespace {

// As the server writes it: weight of the first digit, sign, scale, digits of base 10000.
std::string Numeric(int16_t weight, uint16_t sign, const std::vector<int16_t>& digits) {
  std::string bytes;
  PutInteger(&bytes, static_cast<int16_t>(digits.size()));
  PutInteger(&bytes, weight);
  PutInteger(&bytes, sign);
  PutInteger(&bytes, int16_t{0});
  for (const int16_t digit : digits) {
    PutInteger(&bytes, digit);
  }
  return bytes;
}

TEST(PostgresBinary, IntegersAreInNetworkOrder) {
  std::string bytes;
  PutInteger(&bytes, int32_t{-2});
  PutInteger(&bytes, int16_t{258});
  EXPECT_EQ(bytes, std::string("\xff\xff\xff\xfe\x01\x02"));
  EXPECT_EQ(ReadInteger<int32_t>(bytes.data()), -2);
  EXPECT_EQ(ReadInteger<int16_t>(bytes.data() + 4), 258);
}

TEST(PostgresBinary, NumericsComeBack) {
  for (const int64_t value :
       {INT64_MIN, INT64_MIN + 1, int64_t{-10'000}, int64_t{-9'999}, int64_t{-1}, int64_t{0},
        int64_t{1}, int64_t{10'000}, int64_t{100'000'000}, int64_t{123'456'789'012}, INT64_MAX}) {
    EXPECT_EQ(IntegerOfNumeric(NumericOfInteger(value)), value);
  }
}

TEST(PostgresBinary, NumericsLoseTheirTrailingZeros) {
  EXPECT_EQ(IntegerOfNumeric(Numeric(2, 0, {5})), 500'000'000);
  EXPECT_EQ(IntegerOfNumeric(Numeric(0, 0x4000, {7, 0, 0})), -7) << "a fraction of zeros";
  EXPECT_EQ(IntegerOfNumeric(Numeric(0, 0, {})), 0);
}

TEST(PostgresBinary, OnlyWholeNumericsThatFitAreIntegers) {
  const std::string past_the_end = Numeric(4, 0, {922, 3372, 368, 5477, 5808});
  EXPECT_EQ(IntegerOfNumeric(past_the_end), std::nullopt);
  EXPECT_EQ(IntegerOfNumeric(Numeric(4, 0x4000, {922, 3372, 368, 5477, 5808})), INT64_MIN);
  EXPECT_EQ(IntegerOfNumeric(Numeric(4, 0x4000, {922, 3372, 368, 5477, 5809})), std::nullopt);
  EXPECT_EQ(IntegerOfNumeric(Numeric(30'000, 0, {1})), std::nullopt);
  EXPECT_EQ(IntegerOfNumeric(Numeric(5, 0, {1})), std::nullopt);
  EXPECT_EQ(IntegerOfNumeric(Numeric(0, 0, {1, 5000})), std::nullopt) << "1.5";
  EXPECT_EQ(IntegerOfNumeric(Numeric(-1, 0, {5000})), std::nullopt) << "0.5";
  EXPECT_EQ(IntegerOfNumeric(Numeric(0, 0xC000, {})), std::nullopt) << "not a number";
  EXPECT_EQ(IntegerOfNumeric(Numeric(0, 0xD000, {})), std::nullopt) << "infinity";
  EXPECT_EQ(IntegerOfNumeric(past_the_end.substr(0, 9)), std::nullopt) << "cut off";
  EXPECT_EQ(IntegerOfNumeric(""), std::nullopt);
}

TEST(PostgresBinary, DatesAreDaysFrom2000) {
  const std::pair<int32_t, std::string> cases[] = {
      {0, "2000-01-01"},        {-1, "1999-12-31"},        {7'860, "2021-07-09"},
      {-718'339, "0033-04-03"}, {2'921'939, "9999-12-31"}, {60, "2000-03-01"}};
  for (const auto& [days, text] : cases) {
    EXPECT_EQ(TextOfDate(days), text);
    EXPECT_EQ(DateOfText(text), days);
  }
  EXPECT_EQ(TextOfDate(INT32_MAX), "infinity");
  EXPECT_EQ(TextOfDate(INT32_MIN), "-infinity");
  for (const std::string_view text :
       {"", "2021-02-29", "2021-7-9", "2021-13-01", "09.07.2021", "2021-07-09 ", "2021/07/09"}) {
    EXPECT_EQ(DateOfText(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace steelyard::sql::postgres
