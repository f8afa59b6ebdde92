#include "services/strategy/measures/projection.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <numeric>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/random/philox.h"

namespace steelyard::strategy {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

constexpr double kTolerance = 1e-12;

bool Never() { return false; }
bool Always() { return true; }
bool GoOn(int /*paths_done*/) { return true; }

RegionPlan Region(int start_year, double total, double drift, double volatility) {
  RegionPlan region;
  region.start_year = start_year;
  region.start_total = total;
  region.drift = drift;
  region.volatility = volatility;
  return region;
}

ProjectionPlan TwoRegions(int paths) {
  ProjectionPlan plan;
  plan.regions = {Region(2025, 1000, 0.1, 0.3), Region(2025, 100, 0.2, 0.4)};
  plan.first_year = 2026;
  plan.last_year = 2035;
  plan.paths = paths;
  plan.seed = 42;
  return plan;
}

ProjectionOutcome Draw(const ProjectionPlan& plan, int threads = 1) {
  const auto outcome = Project(plan, threads, Never, GoOn);
  EXPECT_TRUE(outcome.has_value());
  return outcome.value_or(ProjectionOutcome());
}

// All bits of what came out.
std::vector<double> Flatten(const ProjectionOutcome& outcome) {
  std::vector<double> all;
  for (const auto* part : {&outcome.totals, &outcome.ratios}) {
    for (const auto& fans : *part) {
      for (const Fan& fan : fans) {
        all.push_back(fan.year);
        all.insert(all.end(), fan.quantiles.begin(), fan.quantiles.end());
      }
    }
  }
  for (const int64_t reached : outcome.reached) all.push_back(static_cast<double>(reached));
  return all;
}

// The normal distribution function.
double Phi(double z) { return std::erfc(-z / std::sqrt(2)) / 2; }

// --- Growth ---

TEST(EstimateGrowthTest, IsMeanAndSampleDeviationOfTheDifferences) {
  // Differences ln 2, ln 4, ln 2.
  const auto growth = EstimateGrowth({{2020, 1}, {2021, 2}, {2022, 8}, {2023, 16}});
  ASSERT_TRUE(growth.has_value());
  const double mean = 4.0 / 3 * std::log(2);
  EXPECT_NEAR(growth->drift, mean, kTolerance);
  EXPECT_NEAR(growth->volatility.value(),
              std::log(2) * std::sqrt((1.0 / 9 + 4.0 / 9 + 1.0 / 9) / 2), kTolerance);
  EXPECT_EQ(growth->points, 3);
}

TEST(EstimateGrowthTest, AYearThatIsNotKnownLeavesALongerDifference) {
  // ln 2 in one year, ln 8 in two: mean 4 ln 2 / 3, weighted rests of -1/3 and 1/3 ln 2.
  const auto growth = EstimateGrowth({{2020, 1}, {2021, 2}, {2022, 0}, {2023, 16}});
  ASSERT_TRUE(growth.has_value());
  EXPECT_NEAR(growth->drift, 4.0 / 3 * std::log(2), kTolerance);
  EXPECT_NEAR(growth->volatility.value(), std::log(2) * std::sqrt(1.0 / 9 + 1.0 / 9 / 2),
              kTolerance);
  EXPECT_EQ(growth->points, 2);
}

TEST(EstimateGrowthTest, NeedsTwoTotalsAndForTheSpreadThree) {
  EXPECT_FALSE(EstimateGrowth({}).has_value());
  EXPECT_FALSE(EstimateGrowth({{2020, 5}}).has_value());
  EXPECT_FALSE(EstimateGrowth({{2020, 5}, {2021, 0}}).has_value());
  const auto one = EstimateGrowth({{2020, 5}, {2021, 10}});
  ASSERT_TRUE(one.has_value());
  EXPECT_FALSE(one->volatility.has_value());
  EXPECT_EQ(one->points, 1);
}

// --- Quantiles and probabilities ---

TEST(QuantilesOfLogsTest, AreOfTypeSeven) {
  // R: quantile(1:4, c(.05, .25, .5, .75, .95)).
  std::vector<double> logs = {std::log(3), std::log(1), std::log(4), std::log(2)};
  const auto quantiles = QuantilesOfLogs(logs, kFanProbabilities);
  const double expected[] = {1.15, 1.75, 2.5, 3.25, 3.85};
  ASSERT_EQ(quantiles.size(), 5);
  for (size_t i = 0; i < 5; ++i) EXPECT_NEAR(quantiles[i], expected[i], kTolerance);
}

TEST(QuantilesOfLogsTest, AreTheSameAsFromSortedValues) {
  random::Sequence random({1, 2}, 3, 4, 5);
  for (size_t n = 1; n <= 60; ++n) {
    std::vector<double> logs(n);
    for (double& log : logs) log = std::floor(3 * random.Normal());  // with ties
    std::vector<double> sorted = logs;
    std::sort(sorted.begin(), sorted.end());
    const auto quantiles = QuantilesOfLogs(logs, kFanProbabilities);
    for (size_t i = 0; i < kFanProbabilities.size(); ++i) {
      const double h = static_cast<double>(n - 1) * kFanProbabilities[i];
      const auto below = static_cast<size_t>(h);
      const double low = std::exp(sorted[below]);
      const double high = std::exp(sorted[std::min(below + 1, n - 1)]);
      EXPECT_NEAR(quantiles[i], low + (h - std::floor(h)) * (high - low), 1e-9) << n;
    }
  }
}

TEST(QuantilesOfLogsTest, AreInfiniteBeyondADouble) {
  std::vector<double> logs = {800, 0, 900};
  EXPECT_THAT(QuantilesOfLogs(logs, std::array{0.0, 0.25, 1.0}),
              ElementsAre(1, std::numeric_limits<double>::infinity(),
                          std::numeric_limits<double>::infinity()));
}

// Newcombe 1998, Two-sided confidence intervals for the single proportion, table I, method 3.
TEST(WilsonIntervalTest, GivesTheBoundsOfNewcombe) {
  struct Row {
    int64_t hits, trials;
    double lower, upper;
  };
  for (const Row& row : {Row{81, 263, 0.2553, 0.3662}, Row{15, 148, 0.0624, 0.1605},
                         Row{0, 20, 0.0000, 0.1611}, Row{1, 29, 0.0061, 0.1718}}) {
    const auto interval = WilsonInterval(row.hits, row.trials);
    ASSERT_TRUE(interval.has_value());
    EXPECT_NEAR(interval->lower, row.lower, 5e-5) << row.hits;
    EXPECT_NEAR(interval->upper, row.upper, 5e-5) << row.hits;
    EXPECT_EQ(interval->share, static_cast<double>(row.hits) / static_cast<double>(row.trials));
  }
}

TEST(WilsonIntervalTest, StaysWithinZeroAndOneAndHoldsTheShare) {
  for (int64_t hits = 0; hits <= 30; ++hits) {
    const auto interval = WilsonInterval(hits, 30);
    ASSERT_TRUE(interval.has_value());
    EXPECT_GE(interval->lower, 0);
    EXPECT_LE(interval->lower, interval->share);
    EXPECT_GE(interval->upper, interval->share);
    EXPECT_LE(interval->upper, 1);
  }
  EXPECT_FALSE(WilsonInterval(0, 0).has_value());
  EXPECT_FALSE(WilsonInterval(-1, 5).has_value());
  EXPECT_FALSE(WilsonInterval(6, 5).has_value());
}

// --- Paths ---

TEST(ProjectTest, WithoutVolatilityIsCompoundGrowth) {
  ProjectionPlan plan = TwoRegions(100);
  for (RegionPlan& region : plan.regions) region.volatility = 0;
  const ProjectionOutcome outcome = Draw(plan);
  ASSERT_EQ(outcome.totals.size(), 2);
  ASSERT_EQ(outcome.totals[1].size(), 11);
  ASSERT_EQ(outcome.ratios[0].size(), 11);
  for (int t = 0; t <= 10; ++t) {
    const auto i = static_cast<size_t>(t);
    EXPECT_EQ(outcome.totals[1][i].year, 2025 + t);
    const double total = 100 * std::exp(0.2 * t);
    const double ratio = 10 * std::exp(-0.1 * t);
    for (const double value : outcome.totals[1][i].quantiles) EXPECT_NEAR(value / total, 1, 1e-12);
    for (const double value : outcome.ratios[0][i].quantiles) EXPECT_NEAR(value / ratio, 1, 1e-12);
  }
}

TEST(ProjectTest, SpreadsAsTheLogNormalDistributionSays) {
  const ProjectionOutcome outcome = Draw(TwoRegions(20'000), 2);
  const double z[] = {-1.6448536, -0.6744898, 0, 0.6744898, 1.6448536};
  for (const int t : {1, 4, 10}) {
    for (size_t q = 0; q < 5; ++q) {
      const double root = std::sqrt(t);
      const auto i = static_cast<size_t>(t);
      const auto log_of = [&](const std::vector<Fan>& fans) {
        return std::log(fans[i].quantiles[q]);
      };
      // Five standard errors of the outer quantiles: 0.015 standard deviations each.
      EXPECT_NEAR(log_of(outcome.totals[0]), std::log(1000) + 0.1 * t + 0.3 * root * z[q],
                  0.075 * 0.3 * root);
      EXPECT_NEAR(log_of(outcome.ratios[0]), std::log(10) - 0.1 * t + 0.5 * root * z[q],
                  0.075 * 0.5 * root);
    }
  }
}

TEST(ProjectTest, IsTheSameOnAnyNumberOfThreads) {
  ProjectionPlan plan = TwoRegions(5000);
  plan.goals = {{0, 1, 5, 2030}, {1, 0, 0.5, 2035}};
  const std::vector<double> one = Flatten(Draw(plan, 1));
  EXPECT_EQ(one, Flatten(Draw(plan, 2)));
  EXPECT_EQ(one, Flatten(Draw(plan, 8)));
}

TEST(ProjectTest, EverySeedDrawsItsOwnPaths) {
  ProjectionPlan plan = TwoRegions(200);
  const std::vector<double> first = Flatten(Draw(plan));
  plan.seed = 43;
  EXPECT_NE(first, Flatten(Draw(plan)));
  plan.seed = 42 + (uint64_t{1} << 32);
  EXPECT_NE(first, Flatten(Draw(plan)));
}

TEST(ProjectTest, ARegionMoreLeavesTheOthersAsTheyAre) {
  ProjectionPlan plan = TwoRegions(1000);
  const ProjectionOutcome before = Draw(plan);
  plan.regions.push_back(Region(2020, 7, 0.5, 1));
  const ProjectionOutcome after = Draw(plan);
  for (size_t r = 0; r < 2; ++r) {
    for (size_t i = 0; i < before.totals[r].size(); ++i) {
      EXPECT_EQ(before.totals[r][i].quantiles, after.totals[r][i].quantiles);
    }
  }
  // From the year that both have.
  EXPECT_EQ(after.totals[2].front().year, 2020);
  EXPECT_EQ(after.ratios[1].front().year, 2025);
}

TEST(ProjectTest, AFundIsAddedToEveryPathAndDoesNotCompound) {
  ProjectionPlan plan = TwoRegions(1000);
  const ProjectionOutcome without = Draw(plan);
  for (int year = 2028; year <= 2035; ++year) plan.regions[1].effects[year].fund = 25;
  const ProjectionOutcome with = Draw(plan);
  for (size_t i = 0; i < without.totals[1].size(); ++i) {
    const bool works = without.totals[1][i].year >= 2028;
    for (size_t q = 0; q < 5; ++q) {
      const double added = with.totals[1][i].quantiles[q] - without.totals[1][i].quantiles[q];
      EXPECT_NEAR(added, works ? 25 : 0, 1e-9);
      // All ratios fall.
      const double ratio = with.ratios[0][i].quantiles[q] - without.ratios[0][i].quantiles[q];
      EXPECT_EQ(ratio < 0, works);
    }
  }
}

TEST(ProjectTest, AFactorMultipliesTheYearAlone) {
  ProjectionPlan plan = TwoRegions(300);
  const ProjectionOutcome without = Draw(plan);
  plan.regions[0].effects[2027].factor = 1.5;
  const ProjectionOutcome with = Draw(plan);
  for (size_t i = 0; i < with.totals[0].size(); ++i) {
    const double factor = with.totals[0][i].year == 2027 ? 1.5 : 1;
    for (size_t q = 0; q < 5; ++q) {
      EXPECT_NEAR(with.totals[0][i].quantiles[q] / without.totals[0][i].quantiles[q], factor,
                  1e-12);
    }
  }
}

TEST(ProjectTest, AStepStaysInAllYearsAfterIt) {
  ProjectionPlan plan = TwoRegions(300);
  const ProjectionOutcome without = Draw(plan);
  plan.regions[0].effects[2027].log_step = -0.5;
  const ProjectionOutcome with = Draw(plan);
  for (size_t i = 0; i < with.totals[0].size(); ++i) {
    const double factor = with.totals[0][i].year >= 2027 ? std::exp(-0.5) : 1;
    for (size_t q = 0; q < 5; ++q) {
      EXPECT_NEAR(with.totals[0][i].quantiles[q] / without.totals[0][i].quantiles[q], factor,
                  1e-12);
    }
  }
}

TEST(ProjectTest, GoalsAreReachedAsOftenAsTheModelSays) {
  ProjectionPlan plan = TwoRegions(20'000);
  plan.last_year = 2026;
  plan.goals = {{0, 1, 8, 2026}};
  // ln of the ratio is normal with mean ln 10 - 0.1 and deviation 0.5.
  const double expected = Phi((std::log(8) - std::log(10) + 0.1) / 0.5);
  const double share = static_cast<double>(Draw(plan, 2).reached[0]) / 20'000;
  EXPECT_NEAR(share, expected, 5 * std::sqrt(expected * (1 - expected) / 20'000));
}

TEST(ProjectTest, GoalsThatAskMoreAreReachedLessOften) {
  ProjectionPlan plan = TwoRegions(2000);
  for (const double ratio : {1.0, 2.0, 5.0, 9.0, 20.0}) plan.goals.push_back({0, 1, ratio, 2035});
  for (const int year : {2026, 2028, 2032, 2035}) plan.goals.push_back({0, 1, 5, year});
  const std::vector<int64_t> reached = Draw(plan).reached;
  EXPECT_TRUE(std::is_sorted(reached.begin(), reached.begin() + 5)) << reached[0];
  EXPECT_TRUE(std::is_sorted(reached.begin() + 5, reached.end()));
  EXPECT_LT(reached[0], reached[4]);
  EXPECT_EQ(reached[2], reached.back());
}

TEST(ProjectTest, AGoalOnceReachedStaysReached) {
  ProjectionPlan plan = TwoRegions(100);
  plan.regions = {Region(2025, 10, 0, 0), Region(2025, 1, 0, 0)};
  plan.regions[0].effects[2028].factor = 0.1;  // level in that year alone
  plan.goals = {{0, 1, 1, 2027}, {0, 1, 1, 2028}, {0, 1, 1, 2035}};
  EXPECT_THAT(Draw(plan).reached, ElementsAre(0, 100, 100));
}

TEST(ProjectTest, HistoryReachesNoGoal) {
  ProjectionPlan plan = TwoRegions(100);
  plan.regions = {Region(2020, 1, 5, 0), Region(2020, 1, 0, 0)};
  plan.goals = {{0, 1, 1, 2035}};  // level at the start, and in no year that is looked at
  EXPECT_THAT(Draw(plan).reached, ElementsAre(0));
}

TEST(ProjectTest, WhatIsBeyondADoubleIsInfiniteAndRatiosAreNot) {
  ProjectionPlan plan = TwoRegions(100);
  plan.regions = {Region(2025, 1, 100, 0), Region(2025, 2, 100, 0)};
  const ProjectionOutcome outcome = Draw(plan);
  EXPECT_THAT(outcome.totals[0].back().quantiles, Each(std::numeric_limits<double>::infinity()));
  for (const double ratio : outcome.ratios[0].back().quantiles) EXPECT_NEAR(ratio, 0.5, 1e-9);
}

TEST(ProjectTest, TellsHowFarItIs) {
  ProjectionPlan plan = TwoRegions(1000);
  plan.last_year = 2075;
  std::vector<int> reports;
  ASSERT_TRUE(Project(plan, 1, Never, [&](int paths_done) {
                reports.push_back(paths_done);
                return true;
              }).has_value());
  EXPECT_LE(reports.size(), 20);
  EXPECT_TRUE(std::is_sorted(reports.begin(), reports.end()));
  EXPECT_EQ(reports.back(), 1000);
}

TEST(ProjectTest, EndsWhenNobodyWaits) {
  const ProjectionPlan plan = TwoRegions(1000);
  EXPECT_FALSE(Project(plan, 2, Always, GoOn).has_value());
  EXPECT_FALSE(Project(plan, 2, Never, [](int) { return false; }).has_value());
  std::atomic<int> asked = 0;
  EXPECT_FALSE(Project(
                   plan, 2, [&] { return ++asked > 5; }, GoOn)
                   .has_value());
}

}  // namespace
}  // namespace steelyard::strategy
