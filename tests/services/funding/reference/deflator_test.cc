#include "services/funding/reference/deflator.h"

#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/status/status.h"
#include "tests/support/status_matchers.h"

namespace steelyard::funding {
namespace {

using ::steelyard::testing::HasReason;
using ::testing::HasSubstr;
using ::testing::Optional;

PublishedValue Index(const std::string& period, const std::string& value,
                     const std::string& region = "US", const std::string& source = "bls",
                     const std::string& unit = "index") {
  PublishedValue published;
  published.id = region + period + source;
  published.variable = "cpi_index";
  published.region = region;
  published.period = period;
  published.value = value;
  published.facet = {.source = source, .unit = unit, .scope = "", .price_basis = ""};
  return published;
}

TEST(EconomyOfTest, IsTheCountryOfTheCurrency) {
  EXPECT_EQ(EconomyOf("USD"), "US");
  EXPECT_EQ(EconomyOf("GBP"), "GB");
  EXPECT_EQ(EconomyOf("EUR"), "EA");
}

TEST(DeflatorTest, MultipliesByTheRatioOfTheIndices) {
  ASSERT_OK_AND_ASSIGN(
      const Deflator deflator,
      Deflator::Make({Index("2015", "237.017"), Index("2020", "258.811"), Index("2024", "313.689")},
                     "cpi_index", "USD", 2020));
  EXPECT_THAT(deflator.ToBasePrices(100'000, 2020), Optional(100'000));
  // 100,000 x 258.811 / 237.017 = 109195.12...; 100,000 x 258.811 / 313.689 = 82505.60...
  EXPECT_THAT(deflator.ToBasePrices(100'000, 2015), Optional(109'195));
  EXPECT_THAT(deflator.ToBasePrices(100'000, 2024), Optional(82'506));
  EXPECT_EQ(deflator.source(), "bls");
}

TEST(DeflatorTest, RoundsHalfToEven) {
  ASSERT_OK_AND_ASSIGN(
      const Deflator deflator,
      Deflator::Make({Index("2010", "2"), Index("2020", "1")}, "cpi_index", "USD", 2020));
  EXPECT_THAT(deflator.ToBasePrices(1, 2010), Optional(0));
  EXPECT_THAT(deflator.ToBasePrices(3, 2010), Optional(2));
  EXPECT_THAT(deflator.ToBasePrices(5, 2010), Optional(2));
}

TEST(DeflatorTest, FactorsAreRoundedHalfToEvenInTheTwelfthDecimal) {
  ASSERT_OK_AND_ASSIGN(
      const Deflator deflator,
      Deflator::Make({Index("2010", "2"), Index("2011", "3"), Index("2012", "0.000000000001"),
                      Index("2013", "1.6"), Index("2020", "1"), Index("2021", "8192000000000"),
                      Index("2022", "2000000000000")},
                     "cpi_index", "USD", 2020));
  EXPECT_THAT(deflator.FactorOf(2020), Optional(std::string("1")));
  EXPECT_THAT(deflator.FactorOf(2010), Optional(std::string("0.5")));
  EXPECT_THAT(deflator.FactorOf(2011), Optional(std::string("0.333333333333")));
  EXPECT_THAT(deflator.FactorOf(2012), Optional(std::string("1000000000000")));
  EXPECT_THAT(deflator.FactorOf(2013), Optional(std::string("0.625")));
  EXPECT_THAT(deflator.FactorOf(2021), Optional(std::string("0")));
  EXPECT_THAT(deflator.FactorOf(2022), Optional(std::string("0"))) << "0.5 of the last decimal";
  EXPECT_EQ(deflator.FactorOf(2019), std::nullopt);
  ASSERT_OK_AND_ASSIGN(const Deflator three,
                       Deflator::Make({Index("2020", "3"), Index("2021", "2000000000000")},
                                      "cpi_index", "USD", 2020));
  EXPECT_THAT(three.FactorOf(2021), Optional(std::string("0.000000000002")))
      << "1.5 of the last decimal";
}

TEST(DeflatorTest, TheFactorTimesTheAmountIsTheAmountOfTheBaseYear) {
  ASSERT_OK_AND_ASSIGN(
      const Deflator deflator,
      Deflator::Make({Index("2015", "237.017"), Index("2020", "258.811"), Index("2024", "313.689")},
                     "cpi_index", "USD", 2020));
  EXPECT_THAT(deflator.FactorOf(2015), Optional(std::string("1.091951210251")));
  EXPECT_THAT(deflator.FactorOf(2024), Optional(std::string("0.825056026829")));
}

TEST(DeflatorTest, AFactorThatDoesNotFitIsNone) {
  ASSERT_OK_AND_ASSIGN(
      const Deflator deflator,
      Deflator::Make({Index("2010", "0.000000000001"), Index("2020", "999999999999999999")},
                     "cpi_index", "USD", 2020));
  EXPECT_EQ(deflator.FactorOf(2010), std::nullopt);
}

TEST(DeflatorTest, AYearWithoutIndexHasNoAmount) {
  ASSERT_OK_AND_ASSIGN(const Deflator deflator,
                       Deflator::Make({Index("2020", "1")}, "cpi_index", "USD", 2020));
  EXPECT_EQ(deflator.ToBasePrices(100, 2021), std::nullopt);
}

TEST(DeflatorTest, AnAmountThatDoesNotFitIsNone) {
  ASSERT_OK_AND_ASSIGN(
      const Deflator deflator,
      Deflator::Make({Index("2010", "1"), Index("2020", "2"), Index("2021", "999999999999999999")},
                     "cpi_index", "USD", 2020));
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(deflator.ToBasePrices(kMost, 2010), std::nullopt);
  EXPECT_THAT(deflator.ToBasePrices(kMost, 2020), Optional(kMost));
  ASSERT_OK_AND_ASSIGN(const Deflator huge,
                       Deflator::Make({Index("2010", "1"), Index("2020", "999999999999999999")},
                                      "cpi_index", "USD", 2020));
  EXPECT_EQ(huge.ToBasePrices(kMost, 2010), std::nullopt);
}

TEST(DeflatorTest, TakesTheFirstSeriesOfSeveral) {
  ASSERT_OK_AND_ASSIGN(
      const Deflator deflator,
      Deflator::Make({Index("2010", "1", "US", "zeta"), Index("2020", "3", "US", "zeta"),
                      Index("2010", "1", "US", "editorial"), Index("2020", "4", "US", "editorial"),
                      Index("2010", "1", "US", "alpha"), Index("2020", "2", "US", "alpha")},
                     "cpi_index", "USD", 2020));
  EXPECT_EQ(deflator.source(), "alpha");
  EXPECT_THAT(deflator.ToBasePrices(100, 2010), Optional(200));
}

TEST(DeflatorTest, WhatIsNotPublishedIsNotOffered) {
  // Of another economy, not an index, not annual.
  const auto none = Deflator::Make(
      {Index("2020", "1", "CN"), Index("2020", "1", "US", "x", "USD"), Index("2020-01", "1")},
      "cpi_index", "USD", 2020);
  EXPECT_THAT(none, HasReason(common::v1::ERROR_REASON_DEFINITION_UNSUPPORTED));
  EXPECT_THAT(none.status().message(),
              HasSubstr("no annual price index \"cpi_index\" is published for US"));
  EXPECT_EQ(MetadataOf(none.status(), "field"), "definition.price_basis.deflator");
}

TEST(DeflatorTest, ABaseYearWithoutIndexNamesThoseThereAre) {
  const auto none = Deflator::Make({Index("2019", "1"), Index("2020", "1"), Index("2021", "0")},
                                   "cpi_index", "USD", 2021);
  EXPECT_THAT(none, HasReason(common::v1::ERROR_REASON_DEFINITION_UNSUPPORTED));
  EXPECT_THAT(none.status().message(), HasSubstr("has no value for 2021; it has 2019 to 2020"));
  EXPECT_EQ(MetadataOf(none.status(), "field"), "definition.price_basis.base_year");
  EXPECT_EQ(MetadataOf(none.status(), "allowed"), "2019, 2020");
}

}  // namespace
}  // namespace steelyard::funding
