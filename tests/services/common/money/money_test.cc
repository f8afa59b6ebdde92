#include "services/common/money/money.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/proto_matchers.h"
#include "tests/support/status_matchers.h"

namespace steelyard {
namespace {

using common::v1::ERROR_REASON_INVALID_AMOUNT;
using common::v1::ERROR_REASON_UNKNOWN_CURRENCY;
using ::steelyard::testing::EqualsProto;
using ::steelyard::testing::HasReason;
using ::steelyard::testing::IsOkAndHolds;
using ::steelyard::testing::StatusIs;
using ::testing::HasSubstr;

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();

TEST(MinorDigits, AreTheStandards) {
  for (const auto& [code, digits] : std::vector<std::pair<std::string, int>>{
           {"USD", 2}, {"EUR", 2}, {"CNY", 2}, {"JPY", 0}, {"KRW", 0}, {"KWD", 3}, {"CLF", 4}}) {
    EXPECT_THAT(MinorDigits(code), IsOkAndHolds(digits)) << code;
  }
}

TEST(MinorDigits, RefuseOtherTexts) {
  for (const std::string code : {"", "usd", "US", "USDX", "$", "€", "XXX", "XAU", "BTC", "ZZZ"}) {
    EXPECT_THAT(MinorDigits(code), HasReason(ERROR_REASON_UNKNOWN_CURRENCY)) << code;
    EXPECT_EQ(MetadataOf(MinorDigits(code).status(), "currency"), code);
  }
}

TEST(ParseMoney, ReadsPlainDecimals) {
  struct Case {
    std::string text;
    std::string currency;
    int64_t minor_units;
  };
  const std::vector<Case> cases = {
      {"0", "USD", 0},
      {"23500000", "USD", 2'350'000'000},
      {"1.5", "USD", 150},
      {"1.05", "EUR", 105},
      {"0.01", "EUR", 1},
      {"0001.10", "EUR", 110},
      {"1000", "JPY", 1000},
      {"1.234", "KWD", 1234},
      {"0.0001", "CLF", 1},
      {"92233720368547758.07", "USD", kMost},
      {"9223372036854775807", "JPY", kMost},
  };
  for (const Case& c : cases) {
    EXPECT_THAT(ParseMoney(c.text, c.currency), IsOkAndHolds(Money{c.minor_units, c.currency}))
        << c.text;
  }
}

TEST(ParseMoney, NamesWhatIsWrong) {
  struct Case {
    std::string text;
    std::string currency;
    std::string problem;
  };
  const std::vector<Case> cases = {
      {"", "USD", "plain decimal"},
      {"-1", "USD", "plain decimal"},
      {"+1", "USD", "plain decimal"},
      {"1e6", "USD", "plain decimal"},
      {"1,000", "USD", "plain decimal"},
      {"1 000", "USD", "plain decimal"},
      {"1.", "USD", "plain decimal"},
      {".5", "USD", "plain decimal"},
      {".", "USD", "plain decimal"},
      {"1.2.3", "USD", "plain decimal"},
      {"$5", "USD", "plain decimal"},
      {"1.234", "USD", "USD has 2 decimals"},
      {"1.000", "EUR", "EUR has 2 decimals"},
      {"1.5", "JPY", "JPY has no decimals"},
      {"92233720368547758.08", "USD", "exceeds"},
      {"9223372036854775808", "JPY", "exceeds"},
      {"92233720368547759", "USD", "exceeds"},
      {std::string(500, '9'), "USD", "exceeds"},
  };
  for (const Case& c : cases) {
    const auto money = ParseMoney(c.text, c.currency);
    EXPECT_THAT(money, HasReason(ERROR_REASON_INVALID_AMOUNT)) << c.text;
    EXPECT_THAT(money, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.problem)));
    EXPECT_EQ(MetadataOf(money.status(), "amount"), c.text);
  }
  EXPECT_THAT(ParseMoney("1", "ZZZ"), HasReason(ERROR_REASON_UNKNOWN_CURRENCY));
}

google::type::Money Proto(const std::string& currency, int64_t units, int32_t nanos) {
  google::type::Money money;
  money.set_currency_code(currency);
  money.set_units(units);
  money.set_nanos(nanos);
  return money;
}

TEST(Money, CrossesTheProtoEdge) {
  EXPECT_THAT(ToProto({150, "USD"}),
              EqualsProto(R"pb(currency_code: "USD" units: 1 nanos: 500000000)pb"));
  EXPECT_THAT(ToProto({-150, "USD"}),
              EqualsProto(R"pb(currency_code: "USD" units: -1 nanos: -500000000)pb"));
  EXPECT_THAT(ToProto({1500, "JPY"}), EqualsProto(R"pb(currency_code: "JPY" units: 1500)pb"));
  EXPECT_THAT(ToProto({1, "KWD"}), EqualsProto(R"pb(currency_code: "KWD" nanos: 1000000)pb"));
  for (const Money& money : std::vector<Money>{{0, "USD"},
                                               {1, "USD"},
                                               {kMost, "USD"},
                                               {kMost, "JPY"},
                                               {kMost, "KWD"},
                                               {kMost, "CLF"}}) {
    EXPECT_THAT(FromProto(ToProto(money)), IsOkAndHolds(money)) << money.currency;
  }
}

TEST(Money, IsCheckedAtTheProtoEdge) {
  struct Case {
    google::type::Money money;
    std::string problem;
  };
  const std::vector<Case> cases = {
      {Proto("USD", -1, 0), "negative"},
      {Proto("USD", 0, -10'000'000), "negative"},
      {Proto("USD", 1, -10'000'000), "negative"},
      {Proto("USD", 0, 1), "USD has 2 decimals"},
      {Proto("USD", 0, 5'000'000), "USD has 2 decimals"},
      {Proto("JPY", 0, 500'000'000), "JPY has no decimals"},
      {Proto("USD", 0, 1'000'000'000), "nanos must be"},
      {Proto("USD", 92'233'720'368'547'758, 80'000'000), "exceeds"},
      {Proto("USD", kMost, 0), "exceeds"},
  };
  for (const Case& c : cases) {
    EXPECT_THAT(FromProto(c.money), HasReason(ERROR_REASON_INVALID_AMOUNT));
    EXPECT_THAT(FromProto(c.money),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.problem)));
  }
  EXPECT_THAT(FromProto(Proto("", 1, 0)), HasReason(ERROR_REASON_UNKNOWN_CURRENCY));
}

TEST(Narrow, RefusesWhatDoesNotFit) {
  EXPECT_THAT(Narrow(Int128{kMost}), IsOkAndHolds(kMost));
  EXPECT_THAT(Narrow(Int128{kLeast}), IsOkAndHolds(kLeast));
  EXPECT_THAT(Narrow(Int128{kMost} + 1), HasReason(ERROR_REASON_INVALID_AMOUNT));
  EXPECT_THAT(Narrow(Int128{kLeast} - 1), HasReason(ERROR_REASON_INVALID_AMOUNT));
}

TEST(DivideHalfEven, RoundsHalvesToEven) {
  struct Case {
    int64_t numerator;
    int64_t denominator;
    int64_t quotient;
  };
  const std::vector<Case> cases = {
      {0, 7, 0},  {7, 7, 1},   {1, 2, 0},    {3, 2, 2},   {5, 2, 2},  {7, 2, 4},
      {-1, 2, 0}, {-3, 2, -2}, {-5, 2, -2},  {-7, 2, -4}, {10, 4, 2}, {11, 4, 3},
      {9, 4, 2},  {-9, 4, -2}, {-11, 4, -3}, {1, 3, 0},   {2, 3, 1},  {-2, 3, -1},
  };
  for (const Case& c : cases) {
    EXPECT_TRUE(DivideHalfEven(c.numerator, c.denominator) == c.quotient)
        << c.numerator << "/" << c.denominator;
  }
}

TEST(DivideHalfEven, HoldsAtTheEndsOf128Bits) {
  const Int128 most = ~(Int128{1} << 127);
  const Int128 least = Int128{1} << 127;
  EXPECT_TRUE(DivideHalfEven(most, 1) == most);
  EXPECT_TRUE(DivideHalfEven(least, 1) == least);
  EXPECT_TRUE(DivideHalfEven(most, most) == 1);
  EXPECT_TRUE(DivideHalfEven(most - 1, most) == 1);
  EXPECT_TRUE(DivideHalfEven(most / 2, most) == 0);
  EXPECT_TRUE(DivideHalfEven(most / 2 + 1, most) == 1);
  EXPECT_TRUE(DivideHalfEven(least, most) == -1);
}

TEST(ToDecimal, PrintsEveryDecimalOfTheCurrency) {
  struct Case {
    Money money;
    std::string text;
  };
  const std::vector<Case> cases = {
      {{123450, "USD"}, "1234.50"},
      {{0, "USD"}, "0.00"},
      {{5, "USD"}, "0.05"},
      {{-5, "USD"}, "-0.05"},
      {{-12345, "USD"}, "-123.45"},
      {{1500, "JPY"}, "1500"},
      {{7, "KWD"}, "0.007"},
      {{kMost, "USD"}, "92233720368547758.07"},
      {{kLeast, "JPY"}, "-9223372036854775808"},
      {{kLeast, "USD"}, "-92233720368547758.08"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(ToDecimal(c.money), c.text);
    if (c.money.minor_units >= 0) {
      EXPECT_THAT(ParseMoney(c.text, c.money.currency), IsOkAndHolds(c.money));
    }
  }
}

}  // namespace
}  // namespace steelyard
