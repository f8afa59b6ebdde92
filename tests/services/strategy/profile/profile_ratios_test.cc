#include "services/strategy/profile/profile_ratios.h"

#include <cmath>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/services/strategy/canned.h"
#include "tests/services/strategy/figure_matchers.h"
#include "tests/support/proto_matchers.h"

namespace steelyard::strategy {
namespace {

using ::steelyard::testing::EqualsProto;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ProfileRatiosTest : public ::testing::Test {
 protected:
  const funding::v1::ResolvedRegion& us() const { return facts_.totals.regions(0); }
  const funding::v1::ResolvedRegion& europe() const { return facts_.totals.regions(1); }
  Figure Models(const funding::v1::ResolvedRegion& region) const {
    return ModelsPerBillion(Evidence(facts_, 2020, 2022), region);
  }
  Figure Inflow(const funding::v1::ResolvedRegion& region) const {
    return NetInflowRatio(Evidence(facts_, 2020, 2022), region);
  }
  // Capital received or given by a region, as a source prints it.
  static void Print(funding::v1::GetSeriesResponse& reply, std::string_view term,
                    std::string_view source, std::string_view year, int64_t amount,
                    std::string_view scope = "vc", std::string_view region = "") {
    AddPoint(AddSeries(reply, term, region.empty() ? term : region, source, "USD", scope), year,
             Usd(amount));
  }

  Facts facts_ = SmallWorld();
};

// The US has models of 2020 and 2021 but amounts of 2020 and 2022.
TEST_F(ProfileRatiosTest, ModelsAreSetAgainstTheAmountsOfTheSameYears) {
  const Figure models = Models(us());
  EXPECT_THAT(models, IsNumber(6 / (300 / 1e9)));
  EXPECT_EQ(models.id(), "models_per_billion/US/2020..2022");
  EXPECT_EQ(models.formula(), "models_per_billion/1");
  EXPECT_THAT(models.coverage(),
              EqualsProto("units_expected: 3 units_present: 1 share: 0.33333333333333331 "
                          "missing: '2021' missing: '2022'"));
  EXPECT_THAT(models.sources(), ElementsAre("sources/models"));
  EXPECT_THAT(Models(europe()), IsNumber(2 / (50.5 / 1e9)));
}

// Two of three members are counted in 2020, in a year that has an amount.
TEST_F(ProfileRatiosTest, ModelsOfSomeMembersAreALowerBound) {
  funding::v1::Series& series = *facts_.notable_models.mutable_series(1);
  *series.mutable_points(0)->mutable_figure() = Over(CountOf(2), 3, 2);
  const Figure models = Models(europe());
  EXPECT_THAT(models, IsNumber(2 / (50.5 / 1e9)));
  EXPECT_EQ(models.interval().lower(), models.number());
  EXPECT_TRUE(std::isinf(models.interval().upper()));
  EXPECT_EQ(models.interval().method(), "partial_sum/1");
  EXPECT_FALSE(Models(us()).has_interval());
}

TEST_F(ProfileRatiosTest, AmountsPerModelAreAsPaidInTheCurrencyOfGdp) {
  facts_.totals.mutable_definition()->set_currency("EUR");
  AddRow(facts_.gdp_currency_years, {"US", "2021"}, {{funding::v1::MEASURE_SUM, Usd(400)}});
  const Figure models = Models(us());
  EXPECT_THAT(models, IsNumber(8 / (400 / 1e9)));
  EXPECT_THAT(models.coverage().missing(), ElementsAre("2020", "2022"));
}

TEST_F(ProfileRatiosTest, AYearWithoutACountIsNotZero) {
  facts_.notable_models.mutable_series(0)->mutable_points(0)->mutable_figure()->Clear();
  EXPECT_THAT(Models(us()), IsUndefined("no amount of US is known in a year whose models"));
  facts_.notable_models.Clear();
  EXPECT_THAT(Models(us()), IsInsufficient("no source counts the notable AI models of US"));
  EXPECT_EQ(Models(us()).coverage().units_present(), 0);
  EXPECT_THAT(Models(us()).sources(), IsEmpty());
}

// A count of zero that is printed is a count.
TEST_F(ProfileRatiosTest, NoModelsPerAmountIsZeroAndNoAmountIsNoDenominator) {
  *facts_.notable_models.mutable_series(0)->mutable_points(0)->mutable_figure() = CountOf(0);
  EXPECT_THAT(Models(us()), IsNumber(0.0));
  *facts_.years.mutable_rows(0)->mutable_figures(0)->mutable_figure() = Usd(0);
  EXPECT_THAT(Models(us()), IsUndefined("add up to zero"));
}

TEST_F(ProfileRatiosTest, InflowIsOverOutflowOfOneSourceInTheLatestYear) {
  for (const char* year : {"2020", "2021"}) {
    Print(facts_.published, "US", "sources/a", year, 600);
    Print(facts_.outgoing, "US", "sources/a", year, year[3] == '0' ? 300 : 400);
  }
  Print(facts_.outgoing, "US", "sources/a", "2022", 500);
  const Figure inflow = Inflow(us());
  EXPECT_THAT(inflow, IsNumber(1.5));
  EXPECT_EQ(inflow.id(), "net_inflow_ratio/US/2020..2022/year=2021");
  EXPECT_EQ(inflow.unit(), "1");
  EXPECT_EQ(inflow.coverage().units_present(), 2);
  EXPECT_THAT(inflow.sources(), ElementsAre("sources/a"));
  EXPECT_FALSE(inflow.has_interval());
}

TEST_F(ProfileRatiosTest, WhatTwoSourcesCountIsNotComparable) {
  Print(facts_.published, "US", "sources/a", "2021", 600);
  EXPECT_THAT(Inflow(us()), IsInsufficient("no source says what investors of US gave"));
  EXPECT_EQ(Inflow(us()).coverage().units_present(), 0);
  Print(facts_.outgoing, "US", "sources/b", "2021", 400);
  EXPECT_THAT(Inflow(us()), IsInsufficient("sources/b says what investors of US gave, but not"));
  EXPECT_EQ(Inflow(us()).coverage().units_present(), 1);
  EXPECT_EQ(Inflow(us()).coverage().units_expected(), 2);
  EXPECT_THAT(Inflow(europe()), IsInsufficient("investors of EUROPE"));
}

TEST_F(ProfileRatiosTest, BothMustBeInOneUnitAndOfOneRegion) {
  Print(facts_.outgoing, "US", "sources/a", "2021", 400);
  Print(facts_.published, "US", "sources/a", "2021", 600);
  funding::v1::Series& received = *facts_.published.mutable_series(0);
  EXPECT_THAT(Inflow(us()), IsNumber(1.5));
  received.mutable_facet()->set_unit("EUR");
  EXPECT_THAT(Inflow(us()), IsInsufficient("not"));
  received.mutable_facet()->set_unit("USD");
  received.mutable_facet()->set_price_basis("constant_2021");
  EXPECT_THAT(Inflow(us()), IsInsufficient("not"));
  received.mutable_facet()->clear_price_basis();
  received.set_region("NORTH_AMERICA");
  EXPECT_THAT(Inflow(us()), IsInsufficient("not"));
}

TEST_F(ProfileRatiosTest, OfSeveralScopesThatOfTheOutflowCounts) {
  Print(facts_.outgoing, "US", "sources/a", "2021", 400, "by_investor");
  Print(facts_.published, "US", "sources/a", "2021", 600, "late_stage");
  // The only one is taken whatever it is called.
  EXPECT_THAT(Inflow(us()), IsNumber(1.5));
  Print(facts_.published, "US", "sources/a", "2021", 800, "all_stages");
  EXPECT_THAT(Inflow(us()), IsInsufficient("not"));
  Print(facts_.published, "US", "sources/a", "2021", 500, "by_investor");
  EXPECT_THAT(Inflow(us()), IsNumber(1.25));
}

TEST_F(ProfileRatiosTest, AnotherRegionThanTheTermsIsNamed) {
  Print(facts_.outgoing, "EUROPE", "sources/a", "2021", 400, "vc", "EU27");
  Print(facts_.published, "EUROPE", "sources/a", "2021", 300, "vc", "EU27");
  EXPECT_THAT(Inflow(europe()), IsNumber(0.75));
  EXPECT_EQ(Inflow(europe()).id(), "net_inflow_ratio/EUROPE/2020..2022/year=2021,region=EU27");
}

TEST_F(ProfileRatiosTest, BoundsOfTheValuesBoundTheRatio) {
  Print(facts_.outgoing, "US", "sources/a", "2021", 400);
  Print(facts_.published, "US", "sources/a", "2021", 600);
  Figure& received = *facts_.published.mutable_series(0)->mutable_points(0)->mutable_figure();
  received.mutable_interval()->set_lower(500);
  received.mutable_interval()->set_upper(700);
  received.mutable_interval()->set_level(1);
  EXPECT_THAT(Inflow(us()).interval(), EqualsProto("lower: 1.25 upper: 1.75 level: 1 "
                                                   "method: 'quotient_of_bounds/1'"));
}

TEST_F(ProfileRatiosTest, NothingGivenIsNoDenominator) {
  Print(facts_.outgoing, "US", "sources/a", "2021", 0);
  Print(facts_.published, "US", "sources/a", "2021", 600);
  EXPECT_THAT(Inflow(us()), IsUndefined("gave nothing"));
}

}  // namespace
}  // namespace steelyard::strategy
