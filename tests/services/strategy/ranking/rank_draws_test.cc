#include "services/strategy/ranking/rank_draws.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace steelyard::strategy {
namespace {

using ::testing::IsEmpty;

constexpr Scaling kScalings[] = {Scaling::kMinMax, Scaling::kZScore, Scaling::kRank,
                                 Scaling::kDistanceToLeader};
constexpr Weighing kWeighings[] = {Weighing::kArithmetic, Weighing::kGeometric,
                                   Weighing::kOutranking};

const std::vector<CompositeIndicator> kIndicators = {
    {0.5, false, std::nullopt}, {0.3, false, std::nullopt}, {0.2, true, std::nullopt}};
// Four regions of which the last has too little.
const Columns kColumns = {
    {9.0, 5.0, 2.0, std::nullopt}, {1.0, 6.0, 3.0, 2.0}, {4.0, 2.0, 3.0, std::nullopt}};

bool Never() { return false; }

RankDraws Draws(const std::vector<CompositeIndicator>& indicators,
                const std::vector<Columns>& definitions, const DrawPlan& plan, int threads = 1) {
  return DrawRanks(indicators, definitions, plan, threads, Never).value();
}

// Every number of the outcome, exactly.
std::string Bits(const RankDraws& draws) {
  std::string out;
  const auto add = [&out](double value) {
    char text[40];
    std::snprintf(text, sizeof(text), "%a ", value);
    out += text;
  };
  for (const RankSpread& spread : draws.spreads) {
    add(spread.median);
    add(spread.low);
    add(spread.high);
    add(spread.first_share);
  }
  for (const auto& row : draws.pairs) {
    for (const PairCount& pair : row) {
      add(static_cast<double>(pair.both));
      add(static_cast<double>(pair.ahead_halves));
    }
  }
  return out;
}

// --- Gamma and Dirichlet ---

// Mean and variance of a gamma distribution of scale 1 are its shape; the mean of its logarithm is
// the digamma function of it, here from Abramowitz and Stegun, table 6.1, and psi(x) = psi(x + 1) -
// 1 / x.
TEST(DrawLogGammaTest, HasTheMomentsOfTheDistribution) {
  struct Case {
    double shape;
    double digamma;
  };
  constexpr int kDraws = 40'000;
  for (const Case& c : {Case{0.5, -1.9635100260214235}, Case{1, -0.5772156649015329},
                        Case{2, 0.4227843350984671}, Case{10, 2.251752589066721}}) {
    random::Sequence random({1, 2}, 3, 4, 5);
    double mean = 0;
    double square = 0;
    double log_mean = 0;
    for (int k = 0; k < kDraws; ++k) {
      const double log = DrawLogGamma(c.shape, random);
      log_mean += log / kDraws;
      mean += std::exp(log) / kDraws;
      square += std::exp(2 * log) / kDraws;
    }
    // Five standard errors of each mean.
    EXPECT_NEAR(mean, c.shape, 5 * std::sqrt(c.shape / kDraws)) << c.shape;
    EXPECT_NEAR(log_mean, c.digamma, 5 * std::sqrt(5.0 / kDraws)) << c.shape;
    EXPECT_NEAR(square - mean * mean, c.shape, 0.08 * c.shape + 0.02) << c.shape;
  }
}

TEST(DrawLogGammaTest, IsFiniteForTheSmallestShapes) {
  random::Sequence random({1, 2}, 3, 4, 5);
  for (int k = 0; k < 1000; ++k) EXPECT_TRUE(std::isfinite(DrawLogGamma(1e-6, random)));
}

TEST(DrawWeightsTest, HaveTheMeanAndVarianceOfTheDirichlet) {
  const std::vector<double> weights = {0.6, 0.3, 0.1};
  constexpr int kDraws = 20'000;
  for (const double concentration : {1.0, 20.0, 500.0}) {
    std::vector<double> mean(3);
    std::vector<double> square(3);
    for (uint32_t draw = 0; draw < kDraws; ++draw) {
      const std::vector<double> drawn = DrawWeights(weights, concentration, 9, draw);
      ASSERT_NEAR(std::accumulate(drawn.begin(), drawn.end(), 0.0), 1, 1e-12);
      for (size_t i = 0; i < 3; ++i) {
        ASSERT_TRUE(drawn[i] >= 0 && drawn[i] <= 1);
        mean[i] += drawn[i] / kDraws;
        square[i] += drawn[i] * drawn[i] / kDraws;
      }
    }
    for (size_t i = 0; i < 3; ++i) {
      const double variance = weights[i] * (1 - weights[i]) / (concentration + 1);
      EXPECT_NEAR(mean[i], weights[i], 5 * std::sqrt(variance / kDraws));
      EXPECT_NEAR(square[i] - mean[i] * mean[i], variance, 0.1 * variance);
    }
  }
}

TEST(DrawWeightsTest, SumToOneWhereAlmostAllIsNil) {
  const std::vector<double> weights = {1e-9, 1 - 2e-9, 1e-9};
  const std::vector<double> equal(20, 0.05);
  for (uint32_t draw = 0; draw < 500; ++draw) {
    for (const std::vector<double>& drawn :
         {DrawWeights(weights, 1, 3, draw), DrawWeights(equal, 1, 3, draw)}) {
      EXPECT_NEAR(std::accumulate(drawn.begin(), drawn.end(), 0.0), 1, 1e-12);
    }
  }
  EXPECT_THAT(DrawWeights({}, 1, 3, 0), IsEmpty());
}

TEST(DrawWeightsTest, AreAFunctionOfSeedAndDraw) {
  const std::vector<double> weights = {0.5, 0.5};
  EXPECT_EQ(DrawWeights(weights, 20, 1, 7), DrawWeights(weights, 20, 1, 7));
  EXPECT_NE(DrawWeights(weights, 20, 1, 7), DrawWeights(weights, 20, 1, 8));
  EXPECT_NE(DrawWeights(weights, 20, 1, 7), DrawWeights(weights, 20, 2, 7));
  // Both halves of the seed count.
  EXPECT_NE(DrawWeights(weights, 20, 1, 7), DrawWeights(weights, 20, 1 + (uint64_t{1} << 32), 7));
}

// --- Ranks ---

TEST(DrawRanksTest, WithEverythingFixedAreTheRanksOfTheComposite) {
  for (const Scaling scaling : kScalings) {
    for (const Weighing weighing : kWeighings) {
      DrawPlan plan;
      plan.draws = 37;
      plan.concentration = std::nullopt;
      plan.scaling = scaling;
      plan.weighing = weighing;
      plan.fix_scaling = plan.fix_weighing = true;
      const RankDraws draws = Draws(kIndicators, {kColumns}, plan);
      const ScaledTable table = ScaleAll(kIndicators, kColumns, scaling, plan.least_share);
      const std::vector<double> weights = {0.5, 0.3, 0.2};
      const std::vector<int> ranks = RankScores(Scores(table, weights, weighing));
      for (size_t r = 0; r < ranks.size(); ++r) {
        EXPECT_EQ(draws.spreads[r].median, ranks[r]);
        EXPECT_EQ(draws.spreads[r].low, ranks[r]);
        EXPECT_EQ(draws.spreads[r].high, ranks[r]);
        EXPECT_EQ(draws.spreads[r].first_share, ranks[r] == 1 ? 1 : 0);
      }
    }
  }
}

// With a very large concentration weights hardly move.
TEST(DrawRanksTest, SpreadGrowsAsWeightsAreLessSure) {
  DrawPlan plan;
  plan.fix_scaling = plan.fix_weighing = true;
  // Level but for a little.
  const std::vector<CompositeIndicator> two = {{0.52, false, std::nullopt},
                                               {0.48, false, std::nullopt}};
  const Columns columns = {{1.0, 0.0}, {0.0, 1.0}};
  plan.concentration = 10'000;
  const double sure = Draws(two, {columns}, plan).spreads[0].first_share;
  plan.concentration = 5;
  const double unsure = Draws(two, {columns}, plan).spreads[0].first_share;
  EXPECT_GT(sure, 0.99);
  EXPECT_GT(unsure, 0.45);
  EXPECT_LT(unsure, 0.65);
}

// Of two indicators on which two regions are each other's mirror the first is ahead when its weight
// is above a half: with weights uniform on the simplex (parameters 1, 1) in half of all draws.
TEST(DrawRanksTest, PairProbabilityOfUniformWeights) {
  const std::vector<CompositeIndicator> two(2, {0.5, false, std::nullopt});
  DrawPlan plan;
  plan.draws = 20'000;
  plan.concentration = 2;
  plan.fix_scaling = plan.fix_weighing = true;
  const RankDraws draws = Draws(two, {{{1.0, 0.0}, {0.0, 1.0}}}, plan, 2);
  EXPECT_NEAR(static_cast<double>(draws.pairs[0][1].ahead_halves) / (2.0 * plan.draws), 0.5, 0.018);
  // With goalposts that make the second indicator three times as large the first region is ahead
  // when its weight is above three quarters.
  std::vector<CompositeIndicator> thrice = two;
  thrice[0].goalposts = Goalposts{0, 3};
  thrice[1].goalposts = Goalposts{0, 1};
  const RankDraws draws_of_thrice = Draws(thrice, {{{1.0, 0.0}, {0.0, 1.0}}}, plan, 2);
  EXPECT_NEAR(static_cast<double>(draws_of_thrice.pairs[0][1].ahead_halves) / (2.0 * plan.draws),
              0.25, 0.016);
}

TEST(DrawRanksTest, PairsAreComplementary) {
  DrawPlan plan;
  plan.draws = 501;
  plan.concentration = 3;
  const RankDraws draws = Draws(kIndicators, {kColumns}, plan);
  for (size_t a = 0; a < 4; ++a) {
    for (size_t b = 0; b < 4; ++b) {
      if (a == b) continue;
      EXPECT_EQ(draws.pairs[a][b].both, draws.pairs[b][a].both);
      EXPECT_EQ(draws.pairs[a][b].ahead_halves + draws.pairs[b][a].ahead_halves,
                2 * draws.pairs[a][b].both);
      const bool ranked = a != 3 && b != 3;
      EXPECT_EQ(draws.pairs[a][b].both, ranked ? plan.draws : 0);
    }
  }
}

TEST(DrawRanksTest, LevelRegionsAreAheadHalf) {
  DrawPlan plan;
  plan.draws = 100;
  const RankDraws draws = Draws(std::vector<CompositeIndicator>(2, {0.5, false, std::nullopt}),
                                {{{4.0, 4.0, 1.0}, {7.0, 7.0, 2.0}}}, plan);
  EXPECT_EQ(draws.pairs[0][1].ahead_halves, 100);
  EXPECT_EQ(draws.pairs[1][0].ahead_halves, 100);
  // They share the first two places.
  for (size_t r = 0; r < 2; ++r) {
    EXPECT_EQ(draws.spreads[r].median, 1.5);
    EXPECT_EQ(draws.spreads[r].low, 1);
    EXPECT_EQ(draws.spreads[r].high, 2);
    EXPECT_EQ(draws.spreads[r].first_share, 0.5);
  }
  EXPECT_EQ(draws.spreads[2].low, 3);
  EXPECT_EQ(draws.spreads[2].first_share, 0);
}

// Behind the first two are level, and in half of the draws all three are.
TEST(DrawRanksTest, LevelRegionsHaveTheMeanOfTheirPlaces) {
  const std::vector<CompositeIndicator> one = {{1, false, Goalposts{0, 4}}};
  DrawPlan plan;
  plan.fix_scaling = plan.fix_weighing = true;
  const RankDraws draws = Draws(one, {{{4.0, 1.0, 1.0}}, {{2.0, 2.0, 2.0}}}, plan);
  EXPECT_EQ(draws.spreads[0].low, 1);
  EXPECT_EQ(draws.spreads[0].high, 2);
  EXPECT_NEAR(draws.spreads[0].first_share, 2.0 / 3, 0.03);
  for (size_t r = 1; r < 3; ++r) {
    EXPECT_EQ(draws.spreads[r].low, 2);
    EXPECT_EQ(draws.spreads[r].high, 3);
    EXPECT_NEAR(draws.spreads[r].first_share, 1.0 / 6, 0.02);
  }
}

// Ranks are often level here: Copeland's rule among them, and two regions are twins.
TEST(DrawRanksTest, TheOrderOfTheRegionsDecidesNothing) {
  const Columns columns = {{9.0, 5.0, 2.0, 5.0}, {1.0, 6.0, 3.0, 6.0}, {4.0, 2.0, 3.0, 2.0}};
  DrawPlan plan;
  plan.concentration = 3;
  const RankDraws draws = Draws(kIndicators, {columns}, plan);
  std::vector<size_t> order = {0, 1, 2, 3};
  while (std::next_permutation(order.begin(), order.end())) {
    Columns other = columns;
    for (size_t i = 0; i < columns.size(); ++i) {
      for (size_t r = 0; r < order.size(); ++r) other[i][r] = columns[i][order[r]];
    }
    const RankDraws permuted = Draws(kIndicators, {other}, plan);
    for (size_t r = 0; r < order.size(); ++r) {
      const RankSpread& spread = draws.spreads[order[r]];
      EXPECT_EQ(permuted.spreads[r].first_share, spread.first_share);
      EXPECT_EQ(permuted.spreads[r].median, spread.median);
      EXPECT_EQ(permuted.spreads[r].low, spread.low);
      EXPECT_EQ(permuted.spreads[r].high, spread.high);
    }
  }
}

TEST(DrawRanksTest, FirstSharesSumToOneAndQuantilesAreInOrder) {
  DrawPlan plan;
  plan.concentration = 2;
  const RankDraws draws = Draws(kIndicators, {kColumns}, plan);
  double first = 0;
  for (size_t r = 0; r < 3; ++r) {
    const RankSpread& spread = draws.spreads[r];
    first += spread.first_share;
    EXPECT_GE(spread.low, 1);
    EXPECT_LE(spread.low, spread.median);
    EXPECT_LE(spread.median, spread.high);
    EXPECT_LE(spread.high, 3);
  }
  EXPECT_NEAR(first, 1, 1e-12);
  EXPECT_EQ(draws.spreads[3].median, 0);
  EXPECT_EQ(draws.spreads[3].high, 0);
}

// Two definitions that put the regions in opposite orders: each in about half of the draws.
TEST(DrawRanksTest, DrawsFromTheDefinitions) {
  const std::vector<CompositeIndicator> one = {{1, false, std::nullopt}};
  DrawPlan plan;
  plan.draws = 4000;
  const RankDraws draws = Draws(one, {{{2.0, 1.0}}, {{1.0, 2.0}}}, plan);
  EXPECT_NEAR(draws.spreads[0].first_share, 0.5, 0.04);
  EXPECT_EQ(draws.spreads[0].low, 1);
  EXPECT_EQ(draws.spreads[0].high, 2);
}

// A region that the composite does not rank stays out, whatever an alternative knows of it; one
// that an alternative does not know is out in its draws only.
TEST(DrawRanksTest, OnlyRegionsOfTheCompositeTakePart) {
  const std::vector<CompositeIndicator> one = {{1, false, std::nullopt}};
  DrawPlan plan;
  plan.draws = 1000;
  const RankDraws draws =
      Draws(one, {{{3.0, 2.0, 1.0, std::nullopt}}, {{std::nullopt, 2.0, 1.0, 9.0}}}, plan);
  EXPECT_EQ(draws.spreads[3].median, 0);
  EXPECT_EQ(draws.spreads[1].low, 1);
  EXPECT_EQ(draws.spreads[1].high, 2);
  EXPECT_EQ(draws.spreads[0].high, 1);
  EXPECT_NEAR(draws.spreads[0].first_share, 0.5, 0.08);
  EXPECT_LT(draws.pairs[0][1].both, 1000);
  EXPECT_EQ(draws.pairs[1][2].both, 1000);
}

TEST(DrawRanksTest, AreTheSameOnAnyNumberOfThreads) {
  Columns other = kColumns;
  other[0][1] = 8.0;
  DrawPlan plan;
  plan.draws = 1777;
  plan.seed = 42;
  const std::string one = Bits(Draws(kIndicators, {kColumns, other}, plan, 1));
  for (const int threads : {2, 8, 0}) {
    EXPECT_EQ(Bits(Draws(kIndicators, {kColumns, other}, plan, threads)), one) << threads;
  }
  plan.seed = 43;
  EXPECT_NE(Bits(Draws(kIndicators, {kColumns, other}, plan, 1)), one);
}

// What a draw is does not hang on how many there are: of the first 100 of 100 and of 101 draws the
// counts differ by one at most.
TEST(DrawRanksTest, MoreDrawsKeepTheFirstOnes) {
  DrawPlan plan;
  plan.concentration = 2;
  plan.draws = 100;
  const RankDraws fewer = Draws(kIndicators, {kColumns}, plan);
  plan.draws = 101;
  const RankDraws more = Draws(kIndicators, {kColumns}, plan);
  for (size_t a = 0; a < 3; ++a) {
    for (size_t b = 0; b < 3; ++b) {
      if (a == b) continue;
      const int64_t added = more.pairs[a][b].ahead_halves - fewer.pairs[a][b].ahead_halves;
      EXPECT_GE(added, 0);
      EXPECT_LE(added, 2);
    }
  }
}

TEST(DrawRanksTest, StopsWhenToldTo) {
  EXPECT_EQ(DrawRanks(kIndicators, std::vector<Columns>{kColumns}, {}, 1, [] { return true; })
                .has_value(),
            false);
}

TEST(DrawRanksTest, OneDrawIsItsOwnInterval) {
  DrawPlan plan;
  plan.draws = 1;
  const RankDraws draws = Draws(kIndicators, {kColumns}, plan);
  for (size_t r = 0; r < 3; ++r) {
    EXPECT_EQ(draws.spreads[r].low, draws.spreads[r].high);
    EXPECT_EQ(draws.spreads[r].median, draws.spreads[r].low);
  }
}

}  // namespace
}  // namespace steelyard::strategy
