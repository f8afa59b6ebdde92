#include "services/common/text/country.h"

#include <algorithm>
#include <set>
#include <string>

#include "gtest/gtest.h"

namespace steelyard::text {
namespace {

TEST(CountryTest, FindsByEitherCodeInAnyCase) {
  struct Case {
    std::string code;
    std::string alpha2;
    std::string alpha3;
    std::string name;
  };
  for (const Case& test :
       {Case{"US", "US", "USA", "United States"}, Case{"USA", "US", "USA", "United States"},
        Case{"fra", "FR", "FRA", "France"}, Case{"gb", "GB", "GBR", "United Kingdom"},
        Case{"TWN", "TW", "TWN", "Taiwan"}, Case{"XK", "XK", "XKX", "Kosovo"}}) {
    SCOPED_TRACE(test.code);
    const Country* country = FindCountry(test.code);
    ASSERT_NE(country, nullptr);
    EXPECT_EQ(country->alpha2, test.alpha2);
    EXPECT_EQ(country->alpha3, test.alpha3);
    EXPECT_EQ(country->name, test.name);
  }
}

TEST(CountryTest, NamibiaIsACountryAndNotMissing) {
  EXPECT_TRUE(IsCountry("NA"));
  ASSERT_NE(FindCountry("NAM"), nullptr);
  EXPECT_EQ(FindCountry("NAM")->alpha2, "NA");
}

TEST(CountryTest, WhatIsNoCodeIsNoCountry) {
  for (const char* code : {"", "U", "UK", "EL", "ZZ", "EUR", "USAA", "France", "U S"}) {
    EXPECT_EQ(FindCountry(code), nullptr) << code;
    EXPECT_FALSE(IsCountry(code)) << code;
  }
  // Only alpha-2 in upper case is what rows hold.
  EXPECT_FALSE(IsCountry("us"));
  EXPECT_FALSE(IsCountry("USA"));
}

TEST(CountryTest, TheTableIsSortedCompleteAndUnambiguous) {
  const auto countries = Countries();
  EXPECT_EQ(countries.size(), 250U);  // 249 of ISO 3166-1, and Kosovo
  EXPECT_TRUE(
      std::is_sorted(countries.begin(), countries.end(),
                     [](const Country& a, const Country& b) { return a.alpha2 < b.alpha2; }));
  std::set<std::string_view> codes;
  for (const Country& country : countries) {
    EXPECT_EQ(country.alpha2.size(), 2U);
    EXPECT_EQ(country.alpha3.size(), 3U);
    EXPECT_FALSE(country.name.empty());
    EXPECT_TRUE(codes.insert(country.alpha2).second && codes.insert(country.alpha3).second);
    EXPECT_TRUE(IsCountry(country.alpha2));
  }
}

}  // namespace
}  // namespace steelyard::text
