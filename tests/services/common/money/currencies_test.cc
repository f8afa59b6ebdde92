#include "services/common/money/currencies.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace steelyard {
namespace {

using ::testing::Contains;
using ::testing::IsSupersetOf;
using ::testing::Not;

TEST(CurrencyCodes, AreSortedAndDistinct) {
  const auto& codes = CurrencyCodes();
  EXPECT_TRUE(std::is_sorted(codes.begin(), codes.end()));
  EXPECT_EQ(std::adjacent_find(codes.begin(), codes.end()), codes.end());
  for (const std::string& code : codes) {
    EXPECT_EQ(code.size(), 3U) << code;
    EXPECT_EQ(code.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), std::string::npos) << code;
  }
}

TEST(CurrencyCodes, CountByDecimals) {
  std::map<int, int> counts;
  for (const std::string& code : CurrencyCodes()) {
    ++counts[CurrencyDigits(code).value()];
  }
  EXPECT_EQ(counts, (std::map<int, int>{{0, 35}, {2, 247}, {3, 7}, {4, 2}}));
}

TEST(CurrencyCodes, HoldTheCurrenciesOfTheEuropeanCentralBank) {
  EXPECT_THAT(
      CurrencyCodes(),
      IsSupersetOf({"USD", "JPY", "BGN", "CYP", "CZK", "DKK", "EEK", "GBP", "HUF", "LTL", "LVL",
                    "MTL", "PLN", "ROL", "RON", "SEK", "SIT", "SKK", "CHF", "ISK", "NOK", "HRK",
                    "RUB", "TRL", "TRY", "AUD", "BRL", "CAD", "CNY", "HKD", "IDR", "ILS", "INR",
                    "KRW", "MXN", "MYR", "NZD", "PHP", "SGD", "THB", "ZAR"}));
}

TEST(CurrencyDigits, KnowHistoricCodes) {
  for (const auto& [code, digits] : std::map<std::string, int>{
           {"DEM", 2}, {"FRF", 2}, {"ITL", 0}, {"ESP", 0}, {"TRL", 0}, {"BYR", 0}, {"HRK", 2}}) {
    EXPECT_EQ(CurrencyDigits(code), digits) << code;
  }
}

TEST(CurrencyDigits, LeaveOutCodesWithoutAMinorUnit) {
  for (const std::string code : {"XAU", "XDR", "XTS", "XXX", "XFU"}) {
    EXPECT_FALSE(CurrencyDigits(code).has_value()) << code;
    EXPECT_THAT(CurrencyCodes(), Not(Contains(code)));
  }
}

TEST(CurrencyDigits, KnowNothingElse) {
  for (const std::string code : {"", "U", "US", "USDX", "usd", "AAA", "ZZZ", "\xFF\xFF\xFF"}) {
    EXPECT_FALSE(CurrencyDigits(code).has_value()) << code;
  }
}

}  // namespace
}  // namespace steelyard
