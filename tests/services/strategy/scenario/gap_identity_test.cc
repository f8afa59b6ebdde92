#include "services/strategy/scenario/gap_identity.h"

#include <cmath>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/strategy/profile/profile.h"
#include "tests/services/strategy/growing_world.h"
#include "tests/support/proto_matchers.h"

namespace steelyard::strategy {
namespace {

using ::steelyard::testing::EqualsProto;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr double kTolerance = 1e-12;

using Maker = v1::GapIdentity (*)(const Evidence&, const v1::RegionProfile&,
                                  const v1::RegionProfile&);

v1::GapIdentity Make(Maker maker, const Facts& facts, int leader = 0, int follower = 1) {
  const Evidence evidence(facts, kFirstYear, kLastYear);
  return maker(evidence, MakeProfile(evidence, facts.totals.regions(leader)),
               MakeProfile(evidence, facts.totals.regions(follower)));
}

// That factors multiply to the ratio, log points add up to its logarithm, and shares to 1.
void ExpectAddsUp(const v1::GapIdentity& identity) {
  double product = 1;
  double points = 0;
  double shares = 0;
  for (const v1::GapFactor& factor : identity.factors()) {
    EXPECT_NEAR(factor.ratio().number(), factor.leader().number() / factor.follower().number(),
                kTolerance * factor.ratio().number());
    EXPECT_NEAR(factor.log_points().number(), std::log(factor.ratio().number()), kTolerance);
    product *= factor.ratio().number();
    points += factor.log_points().number();
    shares += factor.contribution().number();
  }
  EXPECT_NEAR(product / identity.ratio().number(), 1, kTolerance);
  EXPECT_NEAR(points, identity.log_points().number(), kTolerance);
  EXPECT_NEAR(identity.log_points().number(), std::log(identity.ratio().number()), kTolerance);
  EXPECT_NEAR(shares, 1, kTolerance);
}

TEST(MarketIdentityTest, WritesTheTotalAsAProduct) {
  const v1::GapIdentity identity = Make(&MarketIdentity, GrowingWorld());
  EXPECT_EQ(identity.id(), "market/1");
  EXPECT_THAT(identity.expression(), HasSubstr("companies x (rounds / companies)"));
  ASSERT_EQ(identity.factors_size(), 4);
  const double leader[] = {5, 2, 0.8, 4030e6 / 8};
  const double follower[] = {4, 1.5, 1, 325e6 / 6};
  const char* ids[] = {"companies", "rounds_per_company", "disclosed_share", "mean_round"};
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(identity.factors(i).id(), ids[i]);
    EXPECT_NEAR(identity.factors(i).leader().number(), leader[i], kTolerance * leader[i]);
    EXPECT_NEAR(identity.factors(i).follower().number(), follower[i], kTolerance * follower[i]);
  }
  EXPECT_EQ(identity.ratio().number(), 12.4);
  ExpectAddsUp(identity);
}

TEST(MarketIdentityTest, NamesItsFigures) {
  const v1::GapIdentity identity = Make(&MarketIdentity, GrowingWorld());
  EXPECT_EQ(identity.ratio().id(), "ratio/US:EUROPE/2015..2025/identity=market");
  EXPECT_EQ(identity.ratio().formula(), "ratio/1");
  EXPECT_EQ(identity.log_points().formula(), "log_ratio/1");
  const v1::GapFactor& factor = identity.factors(3);
  EXPECT_THAT(factor.leader(), EqualsProto(R"pb(
                id: "mean_round/US/2015..2025/identity=market"
                status: VALUE_STATUS_OK
                number: 503750000
                unit: "USD"
                coverage { units_expected: 10 units_present: 8 share: 0.8 undisclosed: 2 }
                formula: "ratio/1")pb"));
  EXPECT_EQ(factor.ratio().id(), "ratio/US:EUROPE/2015..2025/identity=market,factor=mean_round");
  EXPECT_EQ(factor.log_points().formula(), "log_contribution/1");
  EXPECT_EQ(factor.contribution().formula(), "gap_share/1");
  EXPECT_EQ(factor.ratio().coverage().units_expected(), 16);
}

TEST(MarketIdentityTest, WithoutAGapOnlyTheLogPointsSaySomething) {
  Facts facts = GrowingWorld();
  AddRegion(facts.totals, "TWIN", "TW", {"TW"});
  // The same total from twice as many companies with half as much each.
  AddTotals(facts, "TWIN", 4030, 10, 20, 16);
  const v1::GapIdentity identity = Make(&MarketIdentity, facts, 0, 3);
  EXPECT_EQ(identity.ratio().number(), 1);
  EXPECT_NEAR(identity.log_points().number(), 0, kTolerance);
  EXPECT_NEAR(identity.factors(0).log_points().number(), -std::log(2), kTolerance);
  EXPECT_NEAR(identity.factors(3).log_points().number(), std::log(2), kTolerance);
  for (const v1::GapFactor& factor : identity.factors()) {
    EXPECT_EQ(factor.contribution().status(), common::v1::VALUE_STATUS_UNDEFINED);
    EXPECT_THAT(factor.contribution().reason(), HasSubstr("no gap"));
  }
}

TEST(MarketIdentityTest, ARegionWithoutRoundsIsNamed) {
  Facts facts = GrowingWorld();
  AddRegion(facts.totals, "JP", "JP", {"JP"});
  const v1::GapIdentity identity = Make(&MarketIdentity, facts, 0, 3);
  EXPECT_EQ(identity.factors(0).follower().number(), 0);
  EXPECT_EQ(identity.factors(0).follower().status(), common::v1::VALUE_STATUS_OK);
  for (const v1::GapFactor& factor : identity.factors()) {
    EXPECT_EQ(factor.contribution().status(), common::v1::VALUE_STATUS_UNDEFINED);
    EXPECT_EQ(factor.log_points().reason(), "the companies of JP is zero");
    EXPECT_EQ(factor.leader().status(), common::v1::VALUE_STATUS_OK);
  }
  EXPECT_EQ(identity.ratio().status(), common::v1::VALUE_STATUS_UNDEFINED);
}

TEST(MarketIdentityTest, RoundsWithoutAnyAmountLeaveNoProduct) {
  Facts facts = GrowingWorld();
  AddRegion(facts.totals, "JP", "JP", {"JP"});
  Figure unknown;
  unknown.set_status(common::v1::VALUE_STATUS_UNDEFINED);
  unknown.set_reason("no amount");
  AddRow(facts.totals, {"JP"},
         {{funding::v1::MEASURE_SUM, Over(unknown, 3, 0)},
          {funding::v1::MEASURE_COUNT, CountOf(3)},
          {funding::v1::MEASURE_COMPANY_COUNT, CountOf(3)}});
  const v1::GapIdentity identity = Make(&MarketIdentity, facts, 0, 3);
  EXPECT_EQ(identity.factors(1).follower().number(), 1);
  EXPECT_EQ(identity.factors(2).follower().number(), 0);
  EXPECT_EQ(identity.factors(3).follower().status(), common::v1::VALUE_STATUS_UNDEFINED);
  EXPECT_THAT(identity.factors(3).log_points().reason(), HasSubstr("disclosed_share of JP"));
}

TEST(PeopleIdentityTest, WritesTheMeanYearAsAProduct) {
  const v1::GapIdentity identity = Make(&PeopleIdentity, GrowingWorld());
  EXPECT_EQ(identity.id(), "people/1");
  ASSERT_EQ(identity.factors_size(), 3);
  EXPECT_EQ(identity.factors(0).id(), "population");
  EXPECT_EQ(identity.factors(0).leader().number(), 330e6);
  EXPECT_EQ(identity.factors(0).leader().unit(), "{person}");
  EXPECT_EQ(identity.factors(1).id(), "gdp_per_person");
  EXPECT_NEAR(identity.factors(1).follower().number(), 15e12 / 450e6, 1e-9);
  EXPECT_EQ(identity.factors(1).follower().unit(), "USD/{person}");
  EXPECT_EQ(identity.factors(2).id(), "capital_per_gdp");
  EXPECT_NEAR(identity.factors(2).leader().number(), 3030e6 / 200e12, kTolerance);
  // Without 2025, for which neither population nor GDP is known.
  EXPECT_NEAR(identity.ratio().number(), 3030.0 / 245, kTolerance);
  EXPECT_THAT(identity.factors(2).leader().coverage(),
              EqualsProto("units_expected: 11 units_present: 10 share: 0.90909090909090906 "
                          "missing: '2025'"));
  ExpectAddsUp(identity);
}

TEST(PeopleIdentityTest, LeavesOutYearsThatOneSideDoesNotHave) {
  Facts facts = GrowingWorld();
  facts.population.mutable_series(1)->mutable_points()->DeleteSubrange(0, 2);  // EUROPE's first two
  facts.gdp.mutable_series(0)->mutable_points()->DeleteSubrange(9, 1);         // the last of the US
  const v1::GapIdentity identity = Make(&PeopleIdentity, facts);
  EXPECT_THAT(identity.ratio().coverage().units_present(), 14);
  EXPECT_THAT(identity.factors(0).leader().coverage().missing(),
              ElementsAre("2015", "2016", "2024", "2025"));
  EXPECT_NEAR(identity.ratio().number(), 2100.0 / 164, kTolerance);
  ExpectAddsUp(identity);
}

TEST(PeopleIdentityTest, WithoutACommonYearCoverageIsInsufficient) {
  const v1::GapIdentity identity = Make(&PeopleIdentity, GrowingWorld(), 0, 2);
  for (const v1::GapFactor& factor : identity.factors()) {
    for (const Figure* figure : {&factor.leader(), &factor.follower(), &factor.ratio(),
                                 &factor.log_points(), &factor.contribution()}) {
      EXPECT_EQ(figure->status(), common::v1::VALUE_STATUS_INSUFFICIENT_COVERAGE);
      EXPECT_THAT(figure->reason(), HasSubstr("of both US and CN"));
      EXPECT_EQ(figure->value_case(), Figure::VALUE_NOT_SET);
    }
  }
  EXPECT_EQ(identity.ratio().status(), common::v1::VALUE_STATUS_INSUFFICIENT_COVERAGE);
  EXPECT_EQ(identity.log_points().coverage().units_present(), 0);
}

TEST(PeopleIdentityTest, SetsAmountsInTheCurrencyOfGdpAgainstIt) {
  Facts facts = GrowingWorld();
  facts.totals.mutable_definition()->set_currency("EUR");
  facts.gdp_currency_years = facts.years;
  facts.years.clear_rows();
  const v1::GapIdentity identity = Make(&PeopleIdentity, facts);
  EXPECT_NEAR(identity.ratio().number(), 3030.0 / 245, kTolerance);
}

}  // namespace
}  // namespace steelyard::strategy
