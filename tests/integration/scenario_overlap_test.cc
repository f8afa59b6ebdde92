// Scenarios of regions that share countries, and of shares and ratios at the edge.

#include <limits>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/services/strategy/scenario_support.h"
#include "tests/support/status_matchers.h"

namespace steelyard::strategy {
namespace {

using ::steelyard::testing::IsOk;

// US, EUROPE and Germany, which is in Europe.
Facts WorldWithGermany() {
  Facts facts = GrowingWorld();
  AddRegion(facts.totals, "DE", "DE", {"DE"});
  AddYears(facts, "DE", {1, 2, 2, 3, 5, 6, 9, 10, 12, 25, 40});
  return OnlyRegions(facts, {1, 3, 0});
}

v1::ProjectScenarioRequest QuestionAboutGermany() {
  v1::ProjectScenarioRequest request = ScenarioQuestion();
  request.set_regions(0, "EUROPE");
  request.set_regions(1, "DE");
  request.set_regions(2, "US");
  return request;
}

TEST(ScenarioOverlapTest, RegionsThatShareCountriesHaveNoRatio) {
  const auto answer = Answer(QuestionAboutGermany(), WorldWithGermany());
  ASSERT_THAT(answer, IsOk());
  ASSERT_EQ(answer->ratios_size(), 2);
  ASSERT_EQ(answer->ratios(0).ratios_size(), 6);
  for (const v1::FanYear& year : answer->ratios(0).ratios()) {
    ASSERT_EQ(year.quantiles_size(), 5);
    for (const v1::Quantile& quantile : year.quantiles()) {
      EXPECT_EQ(quantile.figure().status(), common::v1::VALUE_STATUS_UNDEFINED);
      EXPECT_EQ(quantile.figure().reason(),
                "EUROPE and DE share countries, so that their paths are not independent");
    }
  }
  // Each alone is as good as ever, and so is its ratio to one that is apart.
  EXPECT_GT(At(answer->regions(1).totals(), 2030), 0);
  EXPECT_EQ(answer->ratios(1).ratios(5).quantiles(2).figure().status(),
            common::v1::VALUE_STATUS_OK);
}

TEST(ScenarioOverlapTest, TargetsOfRegionsThatShareCountriesHaveNoProbability) {
  v1::ProjectScenarioRequest request = QuestionAboutGermany();
  AddTarget(request, 0.5, 2030);
  AddTarget(request, 0.5, 2030).set_numerator("DE");
  const auto answer = Answer(request, WorldWithGermany());
  ASSERT_THAT(answer, IsOk());
  ASSERT_EQ(answer->targets_size(), 2);
  EXPECT_EQ(answer->targets(0).probability().status(), common::v1::VALUE_STATUS_OK);
  const Figure& shared = answer->targets(1).probability();
  EXPECT_EQ(shared.status(), common::v1::VALUE_STATUS_UNDEFINED);
  EXPECT_EQ(shared.reason(),
            "DE and EUROPE share countries, so that their paths are not independent");
  EXPECT_EQ(shared.id(), "probability/DE:EUROPE/2030/ratio=0.5");
  EXPECT_EQ(shared.formula(), "probability/1");
  EXPECT_FALSE(shared.has_interval());
}

TEST(ScenarioOverlapTest, TargetsThatHardlyDifferHaveIdsOfTheirOwn) {
  v1::ProjectScenarioRequest request = ScenarioQuestion();
  AddTarget(request, 8.0000001, 2030);
  AddTarget(request, 8.0000002, 2030);
  const auto answer = Answer(request, GrowingWorld());
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->targets(0).probability().id(), "probability/US:EUROPE/2030/ratio=8.0000001");
  EXPECT_EQ(answer->targets(1).probability().id(), "probability/US:EUROPE/2030/ratio=8.0000002");
}

// Infinity times nothing is not a number.
TEST(ScenarioOverlapTest, NoInfrastructureIsNothingOfAnyTotal) {
  const v1::ProjectScenarioRequest request = ScenarioQuestion();
  const Facts facts = GrowingWorld();
  const auto scenario = PlanScenario(request, facts);
  ASSERT_THAT(scenario, IsOk());
  auto outcome = Project(scenario->plan, 1, Never, GoOn);
  ASSERT_TRUE(outcome.has_value());
  outcome->totals[1].back().quantiles.fill(std::numeric_limits<double>::infinity());
  const v1::Projection answer = MakeProjection(request, facts, *scenario, *outcome);
  const v1::RegionProjection& europe = answer.regions(1);
  EXPECT_EQ(europe.totals(5).quantiles(2).figure().status(), common::v1::VALUE_STATUS_UNDEFINED);
  EXPECT_EQ(europe.infrastructure(4).quantiles(2).figure().status(), common::v1::VALUE_STATUS_OK);
  EXPECT_EQ(At(europe.infrastructure(), 2030), 0);
}

}  // namespace
}  // namespace steelyard::strategy
