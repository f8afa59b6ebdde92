#include "services/strategy/scenario/outlook.h"

#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/services/strategy/growing_world.h"
#include "tests/support/proto_matchers.h"

namespace steelyard::strategy {
namespace {

using ::steelyard::testing::EqualsProto;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(OutlookTest, YearlyTotalsAreThoseAboveZero) {
  Facts facts = GrowingWorld();
  AddRow(facts.years, {"CN", "2024"}, {{funding::v1::MEASURE_SUM, Usd(0)}});
  const Evidence evidence(facts, 2018, 2024);
  const auto totals = YearlyTotals(evidence, "CN");
  EXPECT_THAT(totals, ElementsAre(Pair(2019, 4e7), Pair(2022, 6e7), Pair(2023, 5.5e7)));
  EXPECT_THAT(YearlyTotals(evidence, "JP"), IsEmpty());
  EXPECT_EQ(CoverageOfYears(evidence, totals).units_expected(), 7);
  EXPECT_EQ(CoverageOfYears(evidence, totals).units_present(), 3);
}

TEST(OutlookTest, AmountsAreRoundedToMinorUnits) {
  EXPECT_THAT(MakeAmount({"a", "quantile/1", "USD"}, 12.345678, CoverageOf(2, 2)), EqualsProto(R"pb(
                id: "a"
                status: VALUE_STATUS_OK
                unit: "USD"
                formula: "quantile/1"
                money { currency_code: "USD" units: 12 nanos: 350000000 }
                coverage { units_expected: 2 units_present: 2 share: 1 })pb"));
  const Figure yen = MakeAmount({"a", "quantile/1", "JPY"}, 12.6, {});
  EXPECT_EQ(yen.money().units(), 13);
  EXPECT_EQ(yen.money().nanos(), 0);
}

TEST(OutlookTest, AnAmountThatNothingHoldsIsUndefined) {
  for (const double amount :
       {1e18, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    const Figure figure = MakeAmount({"a", "quantile/1", "USD"}, amount, {});
    EXPECT_EQ(figure.status(), common::v1::VALUE_STATUS_UNDEFINED);
    EXPECT_THAT(figure.reason(), HasSubstr("beyond"));
    EXPECT_EQ(figure.value_case(), Figure::VALUE_NOT_SET);
  }
}

TEST(OutlookTest, RegionsThatShareCountriesAreNotIndependent) {
  Facts facts = GrowingWorld();
  funding::v1::ResolvedRegion world;
  world.set_term("WORLD");
  const auto& regions = facts.totals.regions();
  const Evidence evidence(facts, 2018, 2025);
  EXPECT_EQ(WhyNotIndependent(evidence, regions[0], regions[1]), "");
  EXPECT_EQ(WhyNotIndependent(evidence, world, regions[0]),
            "WORLD and US share countries, so that their paths are not independent");
  facts.totals.mutable_definition()->set_attribution(common::v1::ATTRIBUTION_INVESTOR_ORIGIN);
  EXPECT_THAT(WhyNotIndependent(evidence, regions[0], regions[1]),
              HasSubstr("share companies by their investors"));
}

TEST(OutlookTest, ProbabilitiesHaveTheirInterval) {
  const Figure figure = MakeProbability("p", 81, 263);
  EXPECT_EQ(figure.number(), 81.0 / 263);
  EXPECT_NEAR(figure.interval().lower(), 0.2553, 5e-5);
  EXPECT_NEAR(figure.interval().upper(), 0.3662, 5e-5);
  EXPECT_EQ(figure.interval().level(), 0.95);
  EXPECT_EQ(figure.interval().method(), "wilson/1");
  EXPECT_EQ(figure.formula(), "probability/1");
  EXPECT_EQ(figure.coverage().units_present(), 263);
  EXPECT_EQ(MakeProbability("p", 0, 0).status(), common::v1::VALUE_STATUS_UNDEFINED);
}

}  // namespace
}  // namespace steelyard::strategy
