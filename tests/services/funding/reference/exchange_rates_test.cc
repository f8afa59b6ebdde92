#include "services/funding/reference/exchange_rates.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/funding/reference/import_ecb_rates.h"
#include "tests/support/proto_matchers.h"
#include "tests/support/status_matchers.h"

namespace steelyard::funding {
namespace {

using ::steelyard::testing::EqualsProto;
using ::steelyard::testing::HasReason;

DailyRate Quote(const char* date, const char* currency, const char* rate) {
  return {ParseDate(date)->ToDays(), currency, *ParseRate(rate)};
}

// Rates of the European Central Bank around Easter 2024 (Friday to Monday had none), and some more.
RateTable Rates() {
  return RateTable({
      Quote("2024-04-02", "USD", "1.0749"),
      Quote("2024-03-28", "USD", "1.0811"),
      Quote("2024-03-27", "USD", "1.0816"),
      Quote("2024-04-02", "GBP", "0.85618"),
      Quote("2024-03-28", "GBP", "0.85510"),
      Quote("2024-03-27", "JPY", "163.52"),
      Quote("2023-12-29", "JPY", "156.33"),
      Quote("2023-12-29", "USD", "1.1050"),
      Quote("2023-12-28", "USD", "1.1114"),
  });
}

FxRule Rule(common::v1::FxMethod method, int staleness = kDefaultStalenessDays,
            PartialDate fixed = {}) {
  return {.method = method, .max_staleness_days = staleness, .fixed_date = fixed};
}
const FxRule kOnDate = Rule(common::v1::FX_METHOD_TRANSACTION_DATE);

struct RateCase {
  std::string name;
  std::string from;
  std::string to;
  PartialDate date;
  FxRule rule;
  std::string rate;       // empty: none
  std::string rate_date;  // empty: unset
  int days;
};

TEST(RateTableTest, FindsTheRateOfAPolicy) {
  const RateTable rates = Rates();
  const RateCase kCases[] = {
      {"the day itself", "EUR", "USD", {2024, 3, 28}, kOnDate, "1.0811000000", "2024-03-28", 1},
      {"the last business day",
       "EUR",
       "USD",
       {2024, 4, 1},
       kOnDate,
       "1.0811000000",
       "2024-03-28",
       1},
      {"the other way round",
       "USD",
       "EUR",
       {2024, 3, 28},
       kOnDate,
       "0.9249838128",
       "2024-03-28",
       1},
      {"across", "USD", "GBP", {2024, 3, 28}, kOnDate, "0.7909536583", "2024-03-28", 1},
      {"across, on the last day that both have",
       "USD",
       "JPY",
       {2024, 4, 2},
       kOnDate,
       "151.1834319527",
       "2024-03-27",
       1},
      {"exactly as old as allowed",
       "EUR",
       "JPY",
       {2024, 4, 3},
       kOnDate,
       "163.5200000000",
       "2024-03-27",
       1},
      {"too old", "EUR", "JPY", {2024, 4, 4}, kOnDate, "", "", 0},
      {"no staleness allowed",
       "EUR",
       "USD",
       {2024, 4, 1},
       Rule(common::v1::FX_METHOD_TRANSACTION_DATE, 0),
       "",
       "",
       0},
      {"before all", "EUR", "USD", {1998, 12, 31}, kOnDate, "", "", 0},
      {"mean of a month", "EUR", "USD", {2024, 3, 0}, kOnDate, "1.0813500000", "2024-03-28", 2},
      {"mean of a year", "EUR", "USD", {2023, 0, 0}, kOnDate, "1.1082000000", "2023-12-29", 2},
      {"mean over the days that both have",
       "USD",
       "JPY",
       {2023, 0, 0},
       kOnDate,
       "141.4751131222",
       "2023-12-29",
       1},
      {"mean of a period without rates", "EUR", "USD", {2022, 0, 0}, kOnDate, "", "", 0},
      {"year average of a day",
       "EUR",
       "USD",
       {2023, 5, 5},
       Rule(common::v1::FX_METHOD_YEAR_AVERAGE),
       "1.1082000000",
       "2023-12-29",
       2},
      {"fixed date",
       "EUR",
       "USD",
       {1990, 1, 1},
       Rule(common::v1::FX_METHOD_FIXED_DATE, 7, {2024, 1, 2}),
       "1.1050000000",
       "2023-12-29",
       1},
      {"identity needs no rates", "KRW", "KRW", {1990, 1, 1}, kOnDate, "1.0000000000", "", 0},
      {"a currency never quoted", "KRW", "USD", {2024, 3, 28}, kOnDate, "", "", 0},
  };
  for (const RateCase& c : kCases) {
    SCOPED_TRACE(c.name);
    const std::optional<CrossRate> rate = rates.Lookup(c.from, c.to, c.date, c.rule);
    ASSERT_EQ(rate.has_value(), !c.rate.empty());
    if (rate.has_value()) {
      EXPECT_EQ(rate->ToDecimal(), c.rate);
      EXPECT_EQ(rate->rate_date() ? rate->rate_date()->ToString() : "", c.rate_date);
      EXPECT_EQ(rate->days(), c.days);
    }
  }
}

TEST(RateTableTest, SaysWhatIsMissing) {
  const auto missing = Rates().Find("EUR", "KRW", {2024, 3, 28}, kOnDate);
  EXPECT_THAT(missing, HasReason(common::v1::ERROR_REASON_RATE_NOT_FOUND));
  EXPECT_EQ(MetadataOf(missing.status(), "to"), "KRW");
  EXPECT_EQ(MetadataOf(missing.status(), "date"), "2024-03-28");
  EXPECT_THAT(Rates().Find("EUR", "XYZ", {2024}, kOnDate),
              HasReason(common::v1::ERROR_REASON_UNKNOWN_CURRENCY));
}

TEST(CrossRateTest, ConvertsMinorUnitsWithOneRounding) {
  const RateTable rates = Rates();
  const auto convert = [&](const char* from, const char* to, int64_t minor) {
    return rates.Lookup(from, to, {2024, 3, 27}, kOnDate)->Convert(minor);
  };
  // 100.00 EUR at 163.52 are 16352 yen, which have no decimals; and back.
  EXPECT_EQ(*convert("EUR", "JPY", 10'000), 16'352);
  EXPECT_EQ(*convert("JPY", "EUR", 16'352), 10'000);
  // 1 yen is 0.61 cents, 100 yen are 61.15.
  EXPECT_EQ(*convert("JPY", "EUR", 1), 1);
  EXPECT_EQ(*convert("JPY", "EUR", 100), 61);
  EXPECT_EQ(*convert("EUR", "USD", 0), 0);
}

TEST(CrossRateTest, RoundsHalfToEven) {
  const CrossRate half(1, 2, 2, 2, std::nullopt, 1);
  EXPECT_EQ(*half.Convert(1), 0);
  EXPECT_EQ(*half.Convert(3), 2);
  EXPECT_EQ(*half.Convert(5), 2);
  EXPECT_EQ(*half.Convert(7), 4);
  EXPECT_EQ(CrossRate(1, 20'000'000'000, 2, 2, std::nullopt, 1).ToDecimal(), "0.0000000000");
  EXPECT_EQ(CrossRate(3, 20'000'000'000, 2, 2, std::nullopt, 1).ToDecimal(), "0.0000000002");
}

TEST(CrossRateTest, RefusesWhatDoesNotFit) {
  constexpr int64_t kLargest = std::numeric_limits<int64_t>::max();
  const CrossRate same(1, 1, 2, 2, std::nullopt, 0);
  EXPECT_EQ(*same.Convert(kLargest), kLargest);
  const CrossRate twice(2, 1, 2, 2, std::nullopt, 1);
  EXPECT_THAT(twice.Convert(kLargest), HasReason(common::v1::ERROR_REASON_INVALID_AMOUNT));
  // The product alone would not fit 128 bits.
  const Int128 huge = static_cast<Int128>(kLargest) * 1'000'000;
  EXPECT_THAT(CrossRate(huge, 1, 2, 2, std::nullopt, 1).Convert(kLargest),
              HasReason(common::v1::ERROR_REASON_INVALID_AMOUNT));
}

TEST(FxRuleTest, FillsInDefaultsAndEchoesThem) {
  ASSERT_OK_AND_ASSIGN(const FxRule rule, RuleOf({}));
  EXPECT_EQ(rule, FxRule());
  EXPECT_THAT(PolicyOf(rule),
              EqualsProto("method: FX_METHOD_TRANSACTION_DATE max_staleness_days: 7"));
  common::v1::FxPolicy policy;
  policy.set_method(common::v1::FX_METHOD_FIXED_DATE);
  policy.set_max_staleness_days(0);
  *policy.mutable_fixed_date() = ToProto(PartialDate{2024, 3, 28});
  ASSERT_OK_AND_ASSIGN(const FxRule fixed, RuleOf(policy));
  EXPECT_THAT(PolicyOf(fixed), EqualsProto(policy));
}

TEST(FxRuleTest, RefusesWhatMakesNoSense) {
  struct PolicyCase {
    std::string policy;
    std::string field;
  };
  const PolicyCase kCases[] = {
      {"max_staleness_days: -1", "max_staleness_days"},
      {"max_staleness_days: 367", "max_staleness_days"},
      {"method: FX_METHOD_FIXED_DATE", "fixed_date"},
      {"method: FX_METHOD_FIXED_DATE fixed_date { year: 2024 }", "fixed_date"},
      {"method: FX_METHOD_FIXED_DATE fixed_date { year: 2024 month: 2 day: 30 }", "fixed_date"},
      {"fixed_date { year: 2024 month: 2 day: 3 }", "fixed_date"},
  };
  for (const PolicyCase& c : kCases) {
    SCOPED_TRACE(c.policy);
    common::v1::FxPolicy policy;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(c.policy, &policy));
    const auto rule = RuleOf(policy);
    EXPECT_FALSE(rule.ok());
    EXPECT_EQ(MetadataOf(rule.status(), "field"), c.field);
  }
}

TEST(ParseRateTest, TakesPositiveDecimals) {
  EXPECT_EQ(ParseRate("1.1684"), 116'840'000);
  EXPECT_EQ(ParseRate("1912400"), 191'240'000'000'000);
  EXPECT_EQ(ParseRate("0.00000001"), 1);
  for (const char* text :
       {"", "N/A", "0", "-1.2", "1.123456789", "1,2", "1e3", "100000000", " 1"}) {
    EXPECT_EQ(ParseRate(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace steelyard::funding
