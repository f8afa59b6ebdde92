#include "services/strategy/measures/first_passage.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace steelyard::strategy {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

bool Never() { return false; }
bool Always() { return true; }

// The normal distribution function.
double Phi(double z) { return std::erfc(-z / std::sqrt(2)) / 2; }

CatchUpPlan OecdGap(double target) {
  CatchUpPlan plan;
  plan.start_ratio = 12.278;  // United States over EU27 in 2025, OECD
  plan.target_ratio = target;
  plan.leader_drift = std::log(1.10);
  plan.follower_drift = std::log(1.25);
  plan.start_year = 2025;
  plan.paths = 2000;
  plan.seed = 7;
  return plan;
}

std::vector<int> Times(const CatchUpPlan& plan, int threads = 1) {
  const auto times = CatchUpTimes(plan, threads, Never);
  EXPECT_TRUE(times.has_value());
  return times.value_or(std::vector<int>());
}

TEST(CatchUpTimesTest, WithoutVolatilityIsTheFirstYearAfterTheClosedForm) {
  EXPECT_THAT(Times(OecdGap(1)), Each(20));  // 19.62 years
  EXPECT_THAT(Times(OecdGap(2)), Each(15));  // 14.20 years
}

TEST(CatchUpTimesTest, AWholeNumberOfYearsIsNotMissedForRounding) {
  for (int years = 1; years <= 60; ++years) {
    CatchUpPlan plan = OecdGap(1);
    plan.start_ratio = std::pow(1.25 / 1.10, years);
    plan.paths = 1;
    EXPECT_THAT(Times(plan), ElementsAre(years));
  }
}

TEST(CatchUpTimesTest, IsZeroAtTheTargetAndNeverAwayFromIt) {
  EXPECT_THAT(Times(OecdGap(12.278)), Each(0));
  EXPECT_THAT(Times(OecdGap(50)), Each(0));
  CatchUpPlan plan = OecdGap(1);
  plan.follower_drift = plan.leader_drift;
  EXPECT_THAT(Times(plan), Each(plan.years + 1));
}

TEST(CatchUpTimesTest, IsTheSameOnAnyNumberOfThreads) {
  CatchUpPlan plan = OecdGap(2);
  plan.leader_volatility = 0.4;
  plan.follower_volatility = 0.5;
  const std::vector<int> one = Times(plan, 1);
  EXPECT_EQ(one, Times(plan, 2));
  EXPECT_EQ(one, Times(plan, 8));
  EXPECT_TRUE(std::is_sorted(one.begin(), one.end()));
  EXPECT_LT(one.front(), one.back());
}

TEST(CatchUpTimesTest, EveryPathTakesLongerToAHarderTarget) {
  CatchUpPlan plan = OecdGap(4);
  plan.leader_volatility = 0.3;
  plan.follower_volatility = 0.6;
  const std::vector<int> easy = Times(plan);
  plan.target_ratio = 1.5;
  const std::vector<int> hard = Times(plan);
  for (size_t i = 0; i < easy.size(); ++i) EXPECT_LE(easy[i], hard[i]);
}

TEST(CatchUpTimesTest, TheFirstYearIsAsTheModelSays) {
  CatchUpPlan plan = OecdGap(10);
  plan.leader_volatility = 0.3;
  plan.follower_volatility = 0.4;
  plan.paths = 20'000;
  const double drift = plan.follower_drift - plan.leader_drift;
  const double expected = Phi((std::log(10 / 12.278) + drift) / 0.5);
  const double share = static_cast<double>(CaughtUpWithin(Times(plan, 2), 1)) / plan.paths;
  EXPECT_NEAR(share, expected, 5 * std::sqrt(expected * (1 - expected) / plan.paths));
}

TEST(CatchUpTimesTest, EndsWhenNobodyWaits) {
  EXPECT_FALSE(CatchUpTimes(OecdGap(1), 2, Always).has_value());
}

TEST(TimeQuantileTest, IsBetweenTheYearsAroundIt) {
  const std::vector<int> times = {1, 2, 4, 8, 101};
  EXPECT_EQ(TimeQuantile(times, 0, 100), 1);
  EXPECT_EQ(TimeQuantile(times, 0.5, 100), 4);
  EXPECT_EQ(TimeQuantile(times, 0.625, 100), 6);
  EXPECT_EQ(TimeQuantile(times, 0.75, 100), 8);
  EXPECT_EQ(TimeQuantile(times, 0.9, 100), std::nullopt);  // rests on a path that never arrives
  EXPECT_EQ(TimeQuantile(times, 1, 100), std::nullopt);
  EXPECT_EQ(TimeQuantile(times, 1, 101), 101);
}

TEST(CaughtUpWithinTest, CountsThePathsThatAreThere) {
  const std::vector<int> times = {0, 2, 2, 8, 101};
  EXPECT_EQ(CaughtUpWithin(times, 0), 1);
  EXPECT_EQ(CaughtUpWithin(times, 2), 3);
  EXPECT_EQ(CaughtUpWithin(times, 100), 4);
  EXPECT_EQ(CaughtUpWithin({}, 5), 0);
}

}  // namespace
}  // namespace steelyard::strategy
