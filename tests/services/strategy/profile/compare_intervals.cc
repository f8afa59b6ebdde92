// Which figures of a comparison have an interval, and which have no value under a definition.

#include <optional>
#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/strategy/measures/intervals.h"
#include "services/strategy/measures/measure_catalog.h"
#include "services/strategy/profile/compare.h"
#include "tests/services/strategy/canned.h"
#include "tests/services/strategy/figure_matchers.h"

namespace steelyard::strategy {
namespace {

class CompareIntervalsTest : public ::testing::Test {
 protected:
  Facts facts_ = SmallWorld();
};

// Many companies, with the world's and both regions' sums of squares.
void Spread(funding::v1::AggregateRoundsResponse& reply, int row, int64_t companies, double hhi) {
  funding::v1::AggregateRow& to = *reply.mutable_rows(row);
  for (const auto& [measure, figure] :
       {Measured{funding::v1::MEASURE_COMPANY_COUNT, CountOf(companies)},
        Measured{funding::v1::MEASURE_HHI, Plain(hhi)}}) {
    funding::v1::MeasuredFigure* place = nullptr;
    for (funding::v1::MeasuredFigure& known : *to.mutable_figures()) {
      if (known.measure() == measure) place = &known;
    }
    if (place == nullptr) place = to.add_figures();
    place->set_measure(measure);
    *place->mutable_figure() = figure;
  }
}

void SpreadOut(Facts& facts) {
  Spread(facts.totals, 0, 90, 0.02);
  Spread(facts.totals, 1, 60, 0.05);
  Spread(facts.world, 0, 200, 0.012);
  Spread(facts.layers, 1, 40, 0.04);        // CHIPS of the US
  Spread(facts.world_layers, 2, 60, 0.03);  // and of the world
}

TEST_F(CompareIntervalsTest, SumsSharesQuotientsAndRatiosHaveIntervals) {
  SpreadOut(facts_);
  const auto answer = MergeComparison(Question(), facts_);
  const CompanySum us = {.total = 900, .hhi = 0.02, .companies = 90};
  const CompanySum europe = {.total = 150.5, .hhi = 0.05, .companies = 60};
  const CompanySum world = {.total = 1500, .hhi = 0.012, .companies = 200};
  const CompanySum chips = {.total = 450, .hhi = 0.04, .companies = 40};
  const CompanySum world_chips = {.total = 600, .hhi = 0.03, .companies = 60};
  const v1::RegionProfile& profile = answer.profiles(0);
  struct Case {
    const Figure& figure;
    std::optional<Bounds> bounds;
    std::string_view method;
  };
  const Case cases[] = {
      {profile.total(), TotalInterval(us, 0.9), kSumIntervalMethod},
      {profile.per_capita(), TotalInterval({900.0 / 11, 0.02, 90}, 0.9), kSumIntervalMethod},
      {profile.world_share(), ShareInterval(us, world, 0.9), kCombinedIntervalMethod},
      {profile.layers(0).total(), TotalInterval(chips, 0.9), kSumIntervalMethod},
      {profile.layers(0).share(), ShareInterval(chips, us, 0.9), kCombinedIntervalMethod},
      {profile.infrastructure_share(), ShareInterval(chips, us, 0.9), kCombinedIntervalMethod},
      {profile.layers(0).location_quotient(),
       LocationQuotientInterval(chips, us, world_chips, world, 0.9), kCombinedIntervalMethod},
      {answer.ratios(0).ratio(), RatioInterval(us, europe, 0.9), kCombinedIntervalMethod},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.figure.id());
    ASSERT_TRUE(test.bounds);
    ASSERT_TRUE(test.figure.has_interval());
    const common::v1::Interval& interval = test.figure.interval();
    EXPECT_NEAR(interval.lower(), test.bounds->lower, 1e-9 * test.bounds->lower);
    EXPECT_NEAR(interval.upper(), test.bounds->upper, 1e-9 * test.bounds->upper);
    EXPECT_EQ(interval.level(), 0.9);
    EXPECT_EQ(interval.method(), test.method);
  }
  // Its layers are not spread out: what is made of them has none.
  EXPECT_FALSE(profile.layers(1).share().has_interval());
  EXPECT_FALSE(profile.infrastructure_and_model_share().has_interval());
}

TEST_F(CompareIntervalsTest, RegionsWithACountryInCommonHaveARatioWithoutInterval) {
  SpreadOut(facts_);
  facts_.totals.mutable_regions(1)->add_members("US");
  EXPECT_FALSE(MergeComparison(Question(), facts_).ratios(0).ratio().has_interval());
  facts_.totals.mutable_regions(1)->clear_members();
  EXPECT_FALSE(MergeComparison(Question(), facts_).ratios(0).ratio().has_interval());
}

TEST_F(CompareIntervalsTest, CompaniesInCommonLeaveNoInterval) {
  SpreadOut(facts_);
  common::v1::Definition& definition = *facts_.totals.mutable_definition();
  definition.set_attribution(common::v1::ATTRIBUTION_INVESTOR_ORIGIN);
  const auto by_origin = MergeComparison(Question(), facts_);
  EXPECT_TRUE(by_origin.profiles(0).total().has_interval());
  EXPECT_TRUE(by_origin.profiles(0).layers(0).share().has_interval());
  EXPECT_FALSE(by_origin.profiles(0).world_share().has_interval());
  EXPECT_FALSE(by_origin.profiles(0).layers(0).location_quotient().has_interval());
  EXPECT_FALSE(by_origin.ratios(0).ratio().has_interval());

  definition.clear_attribution();
  definition.set_layer_attribution(common::v1::LAYER_ATTRIBUTION_EQUAL_SPLIT);
  const auto split = MergeComparison(Question(), facts_);
  EXPECT_TRUE(split.profiles(0).layers(0).total().has_interval());
  EXPECT_FALSE(split.profiles(0).layers(0).share().has_interval());
  EXPECT_FALSE(split.profiles(0).layers(0).location_quotient().has_interval());
  EXPECT_EQ(split.profiles(0).infrastructure_share().status(), common::v1::VALUE_STATUS_OK);
  EXPECT_FALSE(split.profiles(0).infrastructure_share().has_interval());
  EXPECT_TRUE(split.ratios(0).ratio().has_interval());
}

TEST_F(CompareIntervalsTest, LayersThatOverlapAreNotAddedUp) {
  facts_.totals.mutable_definition()->set_layer_attribution(common::v1::LAYER_ATTRIBUTION_FULL);
  const auto answer = MergeComparison(Question(), facts_);
  const v1::RegionProfile& profile = answer.profiles(0);
  EXPECT_THAT(profile.infrastructure_share(), IsUndefined("overlap"));
  EXPECT_THAT(profile.infrastructure_and_model_share(), IsUndefined("overlap"));
  EXPECT_THAT(profile.applied_share(), IsUndefined("overlap"));
  // One layer overlaps with nothing of itself.
  EXPECT_NE(profile.model_share().reason(), profile.applied_share().reason());
  EXPECT_EQ(profile.layers(0).share().status(), common::v1::VALUE_STATUS_OK);
  EXPECT_LE(profile.sector_entropy().coverage().units_present(),
            profile.sector_entropy().coverage().units_expected());
}

}  // namespace
}  // namespace steelyard::strategy
