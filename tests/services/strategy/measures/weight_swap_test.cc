#include "services/strategy/measures/weight_swap.h"

#include <cmath>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/random/philox.h"

namespace steelyard::strategy {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;

constexpr double kTolerance = 1e-12;

// A table whose scaled values are these, all included. By indicator, then by region.
ScaledTable TableOf(const Columns& values) {
  ScaledTable table;
  for (const Column& column : values) table.columns.push_back({column, column, ""});
  table.included = static_cast<int>(values.size());
  table.present.assign(values.front().size(), table.included);
  table.enough.assign(values.front().size(), true);
  return table;
}

double Length(const std::vector<double>& from, const std::vector<double>& to) {
  double sum = 0;
  for (size_t i = 0; i < from.size(); ++i) sum += (to[i] - from[i]) * (to[i] - from[i]);
  return std::sqrt(sum);
}

// One is ahead by 1 in the first, behind by 1 in the second: level at equal weights.
TEST(SmallestSwapTest, OfTwoIndicators) {
  const ScaledTable table = TableOf({{1.0, 0.0}, {0.0, 1.0}});
  const WeightSwap swap = SmallestSwap(table, std::vector<double>{0.7, 0.3}, 0, 1);
  EXPECT_THAT(swap.weights, ElementsAre(DoubleNear(0.5, kTolerance), DoubleNear(0.5, kTolerance)));
  EXPECT_THAT(swap.distance, Optional(DoubleNear(0.2 * std::sqrt(2), kTolerance)));
  EXPECT_THAT(std::string(swap.reason), IsEmpty());
}

// d = (0.6, -0.2, -0.1), w . d = 0.19, D = (0.5, -0.3, -0.2), D . D = 0.38.
TEST(SmallestSwapTest, OfThreeIndicatorsByHand) {
  const ScaledTable table = TableOf({{0.8, 0.2}, {0.3, 0.5}, {0.4, 0.5}});
  const WeightSwap swap = SmallestSwap(table, std::vector<double>{0.45, 0.25, 0.3}, 0, 1);
  const double step = 0.19 / 0.38;
  EXPECT_THAT(swap.weights, ElementsAre(DoubleNear(0.45 - step * 0.5, kTolerance),
                                        DoubleNear(0.25 + step * 0.3, kTolerance),
                                        DoubleNear(0.3 + step * 0.2, kTolerance)));
  EXPECT_THAT(swap.distance, Optional(DoubleNear(0.19 / std::sqrt(0.38), kTolerance)));
}

TEST(SmallestSwapTest, LevelOnesNeedNoChange) {
  const ScaledTable table = TableOf({{1.0, 0.0}, {0.0, 1.0}});
  const WeightSwap swap = SmallestSwap(table, std::vector<double>{0.5, 0.5}, 0, 1);
  EXPECT_EQ(swap.distance, 0);
  EXPECT_THAT(swap.weights, ElementsAre(0.5, 0.5));
  // Whatever the weights.
  EXPECT_EQ(
      SmallestSwap(TableOf({{1.0, 1.0}, {0.0, 0.0}}), std::vector<double>{0.9, 0.1}, 0, 1).distance,
      0);
}

TEST(SmallestSwapTest, ThereIsNoneForOneThatIsAheadInAll) {
  const WeightSwap apart =
      SmallestSwap(TableOf({{1.0, 0.0}, {0.6, 0.5}}), std::vector<double>{0.5, 0.5}, 0, 1);
  EXPECT_EQ(apart.distance, std::nullopt);
  EXPECT_THAT(apart.weights, IsEmpty());
  EXPECT_THAT(std::string(apart.reason), HasSubstr("leaves [0, 1]"));
  const WeightSwap even =
      SmallestSwap(TableOf({{1.0, 0.5}, {0.6, 0.1}}), std::vector<double>{0.5, 0.5}, 0, 1);
  EXPECT_EQ(even.distance, std::nullopt);
  EXPECT_THAT(std::string(even.reason), HasSubstr("in every indicator"));
}

TEST(SmallestSwapTest, ThereIsNoneWhereAnIndicatorIsMissing) {
  const ScaledTable table = TableOf({{1.0, 0.0}, {0.0, 1.0}, {0.5, std::nullopt}});
  const WeightSwap swap = SmallestSwap(table, std::vector<double>{0.4, 0.4, 0.2}, 0, 1);
  EXPECT_EQ(swap.distance, std::nullopt);
  EXPECT_THAT(std::string(swap.reason), HasSubstr("lacks an indicator"));
}

TEST(SmallestSwapTest, ExcludedIndicatorsKeepTheirWeight) {
  ScaledTable table = TableOf({{1.0, 0.0}, {std::nullopt, std::nullopt}, {0.0, 1.0}});
  table.columns[1].excluded = "all regions have the same value";
  const WeightSwap swap = SmallestSwap(table, std::vector<double>{0.5, 0.2, 0.3}, 0, 1);
  EXPECT_THAT(swap.weights,
              ElementsAre(DoubleNear(0.4, kTolerance), 0.2, DoubleNear(0.4, kTolerance)));
}

// At the weights found both are level; no weights nearer by, of the same sum, make them so.
TEST(SmallestSwapTest, LevelsTheScoresAndNothingNearerDoes) {
  random::Sequence random({11, 12}, 0, 0, 0);
  int found = 0;
  for (int trial = 0; trial < 400; ++trial) {
    const auto n = static_cast<size_t>(2 + random.Uniform() * 5);
    Columns values(n, Column(2));
    std::vector<double> weights(n);
    double sum = 0;
    for (size_t i = 0; i < n; ++i) {
      values[i] = {random.Uniform(), random.Uniform()};
      weights[i] = 0.05 + random.Uniform();
      sum += weights[i];
    }
    for (double& weight : weights) weight /= sum;
    const ScaledTable table = TableOf(values);
    const WeightSwap swap = SmallestSwap(table, weights, 0, 1);
    if (!swap.distance) continue;
    ++found;
    const auto lead = [&](const std::vector<double>& at) {
      const std::vector<Value> scores = Scores(table, at, Weighing::kArithmetic);
      return *scores[0] - *scores[1];
    };
    EXPECT_NEAR(lead(swap.weights), 0, 1e-9);
    EXPECT_NEAR(*swap.distance, Length(weights, swap.weights), 1e-9);
    // The lead is linear: if it kept its sign at every point of the sphere of a smaller radius it
    // could not be nil within.
    for (int probe = 0; probe < 50; ++probe) {
      std::vector<double> step(n);
      double mean = 0;
      for (double& s : step) mean += (s = random.Normal()) / static_cast<double>(n);
      for (double& s : step) s -= mean;
      const double length = Length(std::vector<double>(n), step);
      if (length < 1e-9) continue;
      std::vector<double> near = weights;
      for (size_t i = 0; i < n; ++i) near[i] += step[i] / length * *swap.distance * 0.999;
      EXPECT_GT(lead(near) * lead(weights), 0);
    }
  }
  EXPECT_GT(found, 100);
}

TEST(SmallestSwapTest, IsTheSameForBothWaysRound) {
  const ScaledTable table = TableOf({{0.8, 0.2}, {0.3, 0.5}, {0.4, 0.5}});
  const std::vector<double> weights = {0.45, 0.25, 0.3};
  const WeightSwap one = SmallestSwap(table, weights, 0, 1);
  const WeightSwap other = SmallestSwap(table, weights, 1, 0);
  EXPECT_NEAR(*one.distance, *other.distance, kTolerance);
  for (size_t i = 0; i < 3; ++i) EXPECT_NEAR(one.weights[i], other.weights[i], kTolerance);
}

}  // namespace
}  // namespace steelyard::strategy
