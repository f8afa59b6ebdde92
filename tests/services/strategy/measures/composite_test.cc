#include "services/strategy/measures/composite.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/random/philox.h"

namespace steelyard::strategy {
namespace {

using ::testing::DoubleNear;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;

constexpr double kTolerance = 1e-12;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr Scaling kScalings[] = {Scaling::kMinMax, Scaling::kZScore, Scaling::kRank,
                                 Scaling::kDistanceToLeader};
constexpr Weighing kWeighings[] = {Weighing::kArithmetic, Weighing::kGeometric,
                                   Weighing::kOutranking};

auto Near(double expected) { return Optional(DoubleNear(expected, kTolerance)); }

CompositeIndicator Higher(double weight = 1) { return {weight, false, std::nullopt}; }
CompositeIndicator Lower(double weight = 1) { return {weight, true, std::nullopt}; }

// All weights are those of the indicators.
std::vector<Value> ScoresOf(const std::vector<CompositeIndicator>& indicators,
                            const Columns& columns, Scaling scaling, Weighing weighing,
                            double least_share = 0.65) {
  std::vector<double> weights;
  for (const CompositeIndicator& indicator : indicators) weights.push_back(indicator.weight);
  return Scores(ScaleAll(indicators, columns, scaling, least_share), weights, weighing);
}

// --- Scaling ---

TEST(ScaleTest, MinMaxByTheLeastAndTheGreatest) {
  EXPECT_THAT(Scale(Higher(), {10.0, 20.0, 30.0}, Scaling::kMinMax).values,
              ElementsAre(Near(0), Near(0.5), Near(1)));
  EXPECT_THAT(Scale(Lower(), {10.0, 20.0, 30.0}, Scaling::kMinMax).values,
              ElementsAre(Near(1), Near(0.5), Near(0)));
}

// Mean 20, standard deviation over n sqrt(200 / 3).
TEST(ScaleTest, ZScore) {
  EXPECT_THAT(Scale(Higher(), {10.0, 20.0, 30.0}, Scaling::kZScore).values,
              ElementsAre(Near(-1.224744871391589), Near(0), Near(1.224744871391589)));
  EXPECT_THAT(Scale(Lower(), {10.0, 20.0, 30.0}, Scaling::kZScore).values,
              ElementsAre(Near(1.224744871391589), Near(0), Near(-1.224744871391589)));
}

TEST(ScaleTest, RankIsTheShareOfOthersBehindTiesHalf) {
  EXPECT_THAT(Scale(Higher(), {7.0, 9.0, 9.0, 1.0, 20.0}, Scaling::kRank).values,
              ElementsAre(Near(0.25), Near(0.625), Near(0.625), Near(0), Near(1)));
  EXPECT_THAT(Scale(Lower(), {7.0, 9.0, 9.0, 1.0, 20.0}, Scaling::kRank).values,
              ElementsAre(Near(0.75), Near(0.375), Near(0.375), Near(1), Near(0)));
}

TEST(ScaleTest, DistanceToLeader) {
  EXPECT_THAT(Scale(Higher(), {10.0, 20.0, 40.0}, Scaling::kDistanceToLeader).values,
              ElementsAre(Near(0.25), Near(0.5), Near(1)));
  EXPECT_THAT(Scale(Lower(), {10.0, 20.0, 40.0}, Scaling::kDistanceToLeader).values,
              ElementsAre(Near(1), Near(0.5), Near(0.25)));
  EXPECT_THAT(Scale(Higher(), {-10.0, 0.0, 40.0}, Scaling::kDistanceToLeader).values,
              ElementsAre(Near(-0.25), Near(0), Near(1)));
}

TEST(ScaleTest, WhatIsNotKnownIsLeftOutOfEverything) {
  const Column values = {10.0, std::nullopt, 30.0, std::nan(""), 20.0, kInfinity};
  for (const Scaling scaling : kScalings) {
    const Column known = Scale(Higher(), {10.0, 30.0, 20.0}, scaling).values;
    const ScaledColumn column = Scale(Higher(), values, scaling);
    EXPECT_THAT(column.values,
                ElementsAre(known[0], Value(), known[1], Value(), known[2], Value()));
    EXPECT_EQ(column.logs[1], std::nullopt);
    EXPECT_THAT(column.excluded, IsEmpty());
  }
}

TEST(ScaleTest, WhatCannotBeScaledIsExcludedWithTheReason) {
  struct Case {
    CompositeIndicator indicator;
    Column values;
    Scaling scaling;
    std::string reason;
  };
  const Scaling leader = Scaling::kDistanceToLeader;
  for (const Case& c : {
           Case{Higher(), {std::nullopt, std::nullopt}, Scaling::kMinMax, "no region"},
           Case{Higher(), {}, Scaling::kRank, "no region"},
           Case{Higher(), {3.0, std::nullopt}, Scaling::kZScore, "only one region"},
           Case{Higher(), {3.0, 3.0, std::nullopt}, Scaling::kRank, "the same value"},
           Case{Higher(), {-3.0, 0.0}, leader, "best value is not above zero"},
           Case{Lower(), {3.0, 0.0}, leader, "a value is not above zero"},
           Case{Lower(), {3.0, -1.0}, leader, "a value is not above zero"},
           Case{Higher(), {1e-300, 2e-300}, Scaling::kZScore, "too close together"},
           Case{Higher(), {-1e308, 1e308}, Scaling::kMinMax, "too far apart"},
       }) {
    const ScaledColumn column = Scale(c.indicator, c.values, c.scaling);
    EXPECT_THAT(column.excluded, HasSubstr(c.reason));
    EXPECT_THAT(column.values, Each(Value()));
    EXPECT_EQ(column.values.size(), c.values.size());
    EXPECT_EQ(column.logs.size(), c.values.size());
  }
}

TEST(ScaleTest, DirectionTurnsTheOrderRoundAndNothingElse) {
  const Column values = {3.0, 8.0, 1.0, 8.0, 5.0};
  for (const Scaling scaling : kScalings) {
    const Column up = Scale(Higher(), values, scaling).values;
    const Column down = Scale(Lower(), values, scaling).values;
    for (size_t a = 0; a < values.size(); ++a) {
      for (size_t b = 0; b < values.size(); ++b) {
        EXPECT_EQ(CompareScores(*up[a], *up[b]), CompareScores(*down[b], *down[a]));
      }
    }
  }
}

// --- Which regions have enough ---

TEST(ScaleAllTest, CountsOnlyWhatTakesPart) {
  const std::vector<CompositeIndicator> indicators(4, Higher(0.25));
  const Columns columns = {{1.0, 2.0, 3.0},
                           {1.0, 2.0, std::nullopt},
                           {1.0, std::nullopt, std::nullopt},  // one only: excluded
                           {5.0, 5.0, 5.0}};                   // all equal: excluded
  const ScaledTable table = ScaleAll(indicators, columns, Scaling::kMinMax, 0.65);
  EXPECT_EQ(table.included, 2);
  EXPECT_THAT(table.present, ElementsAre(2, 2, 1));
  EXPECT_THAT(table.enough, ElementsAre(true, true, false));
  EXPECT_THAT(ScaleAll(indicators, columns, Scaling::kMinMax, 0.5).enough,
              ElementsAre(true, true, true));
}

TEST(ScaleAllTest, ShareIsNotLostToRounding) {
  const std::vector<CompositeIndicator> indicators(20, Higher(0.05));
  Columns columns(20, Column{1.0, 2.0});
  for (size_t i = 13; i < 20; ++i) columns[i].emplace_back(std::nullopt);
  for (size_t i = 0; i < 13; ++i) columns[i].emplace_back(3.0);
  EXPECT_TRUE(ScaleAll(indicators, columns, Scaling::kMinMax, 0.65).enough[2]);
  EXPECT_FALSE(ScaleAll(indicators, columns, Scaling::kMinMax, 0.66).enough[2]);
}

TEST(ScaleAllTest, ARegionWithNothingNeverHasEnough) {
  const std::vector<CompositeIndicator> indicators = {Higher()};
  const ScaledTable table = ScaleAll(indicators, {{1.0, 2.0, std::nullopt}}, Scaling::kMinMax, 0);
  EXPECT_THAT(table.enough, ElementsAre(true, true, false));
  const ScaledTable none = ScaleAll(indicators, {{2.0, 2.0}}, Scaling::kMinMax, 0.65);
  EXPECT_EQ(none.included, 0);
  EXPECT_THAT(none.enough, ElementsAre(false, false));
}

// --- Scores ---

// Min-max: 0, 0.5, 1 and 0, 1, 0.5.
const Columns kThree = {{10.0, 20.0, 30.0}, {1.0, 5.0, 3.0}};

TEST(ScoresTest, ArithmeticByHand) {
  EXPECT_THAT(
      ScoresOf({Higher(0.25), Higher(0.75)}, kThree, Scaling::kMinMax, Weighing::kArithmetic),
      ElementsAre(Near(0), Near(0.875), Near(0.625)));
  EXPECT_THAT(
      ScoresOf({Higher(0.25), Lower(0.75)}, kThree, Scaling::kMinMax, Weighing::kArithmetic),
      ElementsAre(Near(0.75), Near(0.125), Near(0.625)));
}

TEST(ScoresTest, GeometricByHand) {
  EXPECT_THAT(
      ScoresOf({Higher(0.25), Higher(0.75)}, kThree, Scaling::kMinMax, Weighing::kGeometric),
      ElementsAre(Near(1), Near(std::pow(50.5, 0.25) * std::pow(100, 0.75)),
                  Near(std::pow(100, 0.25) * std::pow(50.5, 0.75))));
}

// Ranks 0, 0.5, 1 and z-scores -1.22, 0, 1.22 are the same scale from 1 to 100.
TEST(ScoresTest, GeometricOfEveryScalingIsWithinOneAndAHundred) {
  for (const Scaling scaling : kScalings) {
    const std::vector<Value> scores =
        ScoresOf({Higher()}, {{10.0, 20.0, 30.0}}, scaling, Weighing::kGeometric);
    EXPECT_THAT(scores, ElementsAre(Near(1), Near(50.5), Near(100)));
  }
}

TEST(ScoresTest, CopelandOfACondorcetCycleIsLevel) {
  // A beats B, B beats C, C beats A, each on two of three indicators.
  const Columns cycle = {{3.0, 2.0, 1.0}, {1.0, 3.0, 2.0}, {2.0, 1.0, 3.0}};
  for (const Scaling scaling : kScalings) {
    EXPECT_THAT(ScoresOf(std::vector(3, Higher(1.0 / 3)), cycle, scaling, Weighing::kOutranking),
                ElementsAre(Near(0), Near(0), Near(0)));
    // One that outweighs the others decides.
    EXPECT_THAT(
        ScoresOf({Higher(0.6), Higher(0.2), Higher(0.2)}, cycle, scaling, Weighing::kOutranking),
        ElementsAre(Near(1), Near(0), Near(-1)));
  }
}

TEST(ScoresTest, CopelandIgnoresHowFarOneIsAhead) {
  EXPECT_EQ(ScoresOf({Higher(0.4), Higher(0.6)}, {{1.0, 2.0, 3.0}, {3.0, 2.0, 1.0}},
                     Scaling::kMinMax, Weighing::kOutranking),
            ScoresOf({Higher(0.4), Higher(0.6)}, {{1.0, 2.0, 1e9}, {3.0, 2.0, 1.0}},
                     Scaling::kMinMax, Weighing::kOutranking));
}

TEST(ScoresTest, CopelandCountsEqualWeightsAsNeitherWonNorLost) {
  // 0.1 + 0.2 against 0.3, which differ in their last bit.
  EXPECT_THAT(ScoresOf({Higher(0.1), Higher(0.2), Higher(0.3), Higher(0.4)},
                       {{2.0, 1.0}, {2.0, 1.0}, {1.0, 2.0}, {1.0, 1.0}}, Scaling::kRank,
                       Weighing::kOutranking),
              ElementsAre(Near(0), Near(0)));
}

TEST(ScoresTest, CopelandOfARegionAloneIsNil) {
  EXPECT_THAT(
      ScoresOf({Higher(0.5), Higher(0.5)}, {{1.0, 2.0, std::nullopt}, {1.0, std::nullopt, 2.0}},
               Scaling::kRank, Weighing::kOutranking, 1),
      ElementsAre(Near(0), Value(), Value()));
}

TEST(ScoresTest, WeightsAreScaledUpOverWhatARegionHas) {
  const std::vector<CompositeIndicator> indicators = {Higher(0.2), Higher(0.3), Higher(0.5)};
  const Columns columns = {{0.0, 1.0, 0.5}, {0.0, 1.0, 0.25}, {0.0, 1.0, std::nullopt}};
  // (0.2 * 0.5 + 0.3 * 0.25) / 0.5
  EXPECT_THAT(ScoresOf(indicators, columns, Scaling::kMinMax, Weighing::kArithmetic),
              ElementsAre(Near(0), Near(1), Near(0.35)));
  EXPECT_EQ(ScoresOf(indicators, columns, Scaling::kMinMax, Weighing::kArithmetic, 0.7)[2],
            std::nullopt);
  for (const Weighing weighing : kWeighings) {
    EXPECT_TRUE(ScoresOf(indicators, columns, Scaling::kMinMax, weighing)[2].has_value());
  }
}

TEST(ScoresTest, AnExcludedIndicatorChangesNothing) {
  Columns with = kThree;
  with.push_back({4.0, 4.0, 4.0});
  for (const Weighing weighing : kWeighings) {
    for (const Scaling scaling : kScalings) {
      const auto scores =
          ScoresOf({Higher(0.25), Higher(0.25), Higher(0.5)}, with, scaling, weighing);
      const auto without = ScoresOf({Higher(0.25), Higher(0.25)}, kThree, scaling, weighing);
      for (size_t r = 0; r < scores.size(); ++r) EXPECT_THAT(scores[r], Near(*without[r]));
    }
  }
}

TEST(ScoresTest, NoWeightIsNoScore) {
  const std::vector<CompositeIndicator> indicators = {Higher(), Higher()};
  const ScaledTable table =
      ScaleAll(indicators, {{1.0, 2.0, 3.0}, {1.0, 2.0, std::nullopt}}, Scaling::kMinMax, 0.5);
  const std::vector<double> weights = {0, 1};
  EXPECT_THAT(Scores(table, weights, Weighing::kArithmetic),
              ElementsAre(Near(0), Near(1), Value()));
}

// Random tables of regions by indicators, some values missing.
Columns RandomColumns(size_t regions, size_t indicators, random::Sequence& random) {
  Columns columns(indicators, Column(regions));
  for (Column& column : columns) {
    for (Value& value : column) {
      const double drawn = 0.1 + 10 * random.Uniform();
      if (random.Uniform() > 0.1) value = drawn;
    }
  }
  return columns;
}

TEST(ScoresTest, RaisingAnIndicatorNeverLowersTheScore) {
  random::Sequence random({1, 2}, 3, 4, 5);
  for (int trial = 0; trial < 300; ++trial) {
    std::vector<CompositeIndicator> indicators;
    for (int i = 0; i < 4; ++i) indicators.push_back(Higher(0.05 + random.Uniform()));
    Columns columns = RandomColumns(5, 4, random);
    const auto region = static_cast<size_t>(random.Uniform() * 5);
    const auto indicator = static_cast<size_t>(random.Uniform() * 4);
    Columns raised = columns;
    if (!raised[indicator][region]) continue;
    *raised[indicator][region] += 5 * random.Uniform();
    for (const Scaling scaling : kScalings) {
      for (const Weighing weighing : {Weighing::kArithmetic, Weighing::kOutranking}) {
        const Value before = ScoresOf(indicators, columns, scaling, weighing)[region];
        const Value after = ScoresOf(indicators, raised, scaling, weighing)[region];
        ASSERT_EQ(before.has_value(), after.has_value());
        if (before) EXPECT_GE(*after, *before - kTolerance);
      }
    }
  }
}

TEST(ScoresTest, StayInTheirRange) {
  random::Sequence random({7, 2}, 3, 4, 5);
  for (int trial = 0; trial < 200; ++trial) {
    std::vector<CompositeIndicator> indicators;
    for (int i = 0; i < 5; ++i) {
      indicators.push_back({0.05 + random.Uniform(), random.Uniform() < 0.5, std::nullopt});
    }
    const Columns columns = RandomColumns(6, 5, random);
    for (const Scaling scaling : kScalings) {
      for (const Value& score : ScoresOf(indicators, columns, scaling, Weighing::kGeometric)) {
        if (score) EXPECT_TRUE(*score > 1 - 1e-9 && *score < 100 + 1e-9) << *score;
      }
      double sum = 0;
      for (const Value& score : ScoresOf(indicators, columns, scaling, Weighing::kOutranking)) {
        if (!score) continue;
        EXPECT_TRUE(*score >= -1 && *score <= 1) << *score;
        sum += *score;
      }
      EXPECT_NEAR(sum, 0, kTolerance);  // what one wins another one loses
      if (scaling == Scaling::kZScore) continue;
      for (const Value& score : ScoresOf(indicators, columns, scaling, Weighing::kArithmetic)) {
        if (score) EXPECT_TRUE(*score >= 0 && *score <= 1 + kTolerance) << *score;
      }
    }
  }
}

TEST(ScoresTest, GeometricIsAtMostArithmetic) {
  // Of the same values from 1 to 100 the geometric mean is the smaller one.
  const std::vector<CompositeIndicator> indicators = {Higher(0.3), Higher(0.7)};
  const auto mean = ScoresOf(indicators, kThree, Scaling::kMinMax, Weighing::kArithmetic);
  const auto geometric = ScoresOf(indicators, kThree, Scaling::kMinMax, Weighing::kGeometric);
  for (size_t r = 0; r < 3; ++r) EXPECT_LE(*geometric[r], 1 + 99 * *mean[r] + kTolerance);
}

// --- Ranks ---

TEST(RankScoresTest, BestFirstLevelOnesInOrder) {
  const std::vector<Value> scores = {0.5, std::nullopt, 0.9, 0.5, -1.0, 0.5 + 1e-14};
  EXPECT_THAT(RankScores(scores), ElementsAre(2, 0, 1, 3, 5, 4));
  EXPECT_THAT(RankScores(std::vector<Value>()), IsEmpty());
}

TEST(CompareScoresTest, IsAnOrder) {
  EXPECT_EQ(CompareScores(1, 2), -1);
  EXPECT_EQ(CompareScores(2, 1), 1);
  EXPECT_EQ(CompareScores(0.1 + 0.2, 0.3), 0);
  EXPECT_EQ(CompareScores(0.3, 0.3 + 1e-11), -1);
}

// --- Importance ---

// Of Anscombe's first set (Graphs in Statistical Analysis, 1973), whose correlation is 0.81642.
TEST(SquaredCorrelationTest, OfAnscombesFirstSet) {
  const std::vector<Value> x = {10.0, 8.0, 13.0, 9.0, 11.0, 14.0, 6.0, 4.0, 12.0, 7.0, 5.0};
  const std::vector<Value> y = {8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68};
  EXPECT_THAT(SquaredCorrelation(x, y), Optional(DoubleNear(0.66654, 5e-6)));
}

TEST(SquaredCorrelationTest, IsOneForALineWhateverItsSlope) {
  const std::vector<Value> x = {1.0, 2.0, std::nullopt, 4.0};
  EXPECT_THAT(SquaredCorrelation(x, std::vector<Value>{3.0, 5.0, 7.0, 9.0}), Near(1));
  EXPECT_THAT(SquaredCorrelation(x, std::vector<Value>{-3.0, -5.0, 8.0, -9.0}), Near(1));
}

TEST(SquaredCorrelationTest, NeedsThreePairsThatVary) {
  const std::vector<Value> x = {1.0, 2.0, 3.0};
  EXPECT_EQ(SquaredCorrelation(x, std::vector<Value>{1.0, 2.0, std::nullopt}), std::nullopt);
  EXPECT_EQ(SquaredCorrelation(x, std::vector<Value>{0.1, 0.1, 0.1}), std::nullopt);
  EXPECT_EQ(SquaredCorrelation({}, {}), std::nullopt);
}

}  // namespace
}  // namespace steelyard::strategy
