#include "services/strategy/measures/measures.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/services/strategy/draw.h"

namespace steelyard::strategy {
namespace {

using ::testing::DoubleNear;
using ::testing::Eq;
using ::testing::Gt;
using ::testing::Optional;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

auto Near(double expected, double tolerance = 1e-6) {
  return Optional(DoubleNear(expected, tolerance));
}

using Vector = std::vector<double>;

// --- Reference values: what manuals and textbooks print for these inputs ---

// Doersam, Wirtschaftsstatistik anschaulich dargestellt, 2004; printed in the manual of REAT.
TEST(MeasuresTest, GiveTheReferenceValuesOfDoersam) {
  const Vector amounts = {20, 50, 20, 10};
  EXPECT_THAT(Herfindahl(amounts), Near(0.34));
  EXPECT_THAT(HerfindahlNormalised(amounts), Near(0.12));
  EXPECT_THAT(EquivalentNumber(amounts), Near(1 / 0.34));
  EXPECT_THAT(Gini(amounts), Near(0.3));
  EXPECT_THAT(GiniStandardised(amounts), Near(0.4));
}

// Gross domestic product of the German states in 2015; in the manual of REAT.
TEST(MeasuresTest, GiveTheReferenceValuesOfTheGermanStates) {
  const Vector gdp = {460.69, 549.19, 124.16, 65.29, 31.59,  109.27, 263.44, 39.87,
                      258.53, 645.59, 131.95, 35.03, 112.66, 56.22,  85.61,  56.81};
  EXPECT_THAT(Gini(gdp), Near(0.5009348, 1e-7));
  EXPECT_THAT(Herfindahl(gdp), Near(0.1251763, 1e-7));
}

// The output of ineq's examples.
TEST(MeasuresTest, GiveTheReferenceValuesOfIneq) {
  const Vector incomes = {541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261};
  EXPECT_THAT(Gini(incomes), Near(0.4620911, 1e-7));
  EXPECT_THAT(Herfindahl(incomes), Near(0.1840812, 1e-7));
  EXPECT_THAT(Rosenbluth(incomes), Near(0.1859051, 1e-7));
  EXPECT_THAT(Atkinson(incomes, 0.5), Near(0.1796591, 1e-7));
}

// Stoermann, Regionaloekonomik, 2009; REAT prints Theil's L under the name of Theil.
TEST(MeasuresTest, GiveTheReferenceTheilIndices) {
  const Vector amounts = {10, 10, 10, 20, 50};
  EXPECT_THAT(TheilL(amounts), Near(0.2326302, 1e-7));
  EXPECT_THAT(TheilT(amounts), Near(0.2502012, 1e-7));
}

TEST(MeasuresTest, EntropyOfEqualSharesIsTheLogarithmOfTheirNumber) {
  EXPECT_THAT(Entropy(Vector{7, 7, 7, 7}), Near(std::log(4)));
  EXPECT_THAT(Entropy(Vector{1, 1, 0}), Near(std::log(2)));
  EXPECT_THAT(Entropy(Vector{3}), Optional(Eq(0)));
  EXPECT_FALSE(std::signbit(*Entropy(Vector{3})));
  EXPECT_THAT(EffectiveNumber(Vector{7, 7, 7, 7}), Near(4));
  EXPECT_THAT(EffectiveNumber(Vector{1, 1, 0}), Near(2));
  EXPECT_THAT(EffectiveNumber(Vector{3}), Optional(Eq(1)));
}

TEST(MeasuresTest, ConcentrationRatioTakesTheLargest) {
  const Vector amounts = {10, 40, 20, 30};
  EXPECT_THAT(ConcentrationRatio(amounts, 1), Near(0.4));
  EXPECT_THAT(ConcentrationRatio(amounts, 2), Near(0.7));
  EXPECT_THAT(ConcentrationRatio(amounts, 4), Optional(Eq(1)));
  EXPECT_THAT(ConcentrationRatio(amounts, 9), Optional(Eq(1)));
  EXPECT_THAT(ConcentrationRatio(Vector{5, 5, 5}, 2), Near(2.0 / 3));
  EXPECT_EQ(ConcentrationRatio(amounts, 0), std::nullopt);
  EXPECT_EQ(ConcentrationRatio(amounts, -1), std::nullopt);
}

TEST(MeasuresTest, GeneralisedEntropyIsKnownForOrdersTwoAndMinusOne) {
  // Of {1, 3}: mean 2, squared coefficient of variation 1/4; mean of m/x is 4/3.
  EXPECT_THAT(GeneralisedEntropy(Vector{1, 3}, 2), Near(0.125, 1e-15));
  EXPECT_THAT(GeneralisedEntropy(Vector{1, 3}, -1), Near(1.0 / 6, 1e-15));
  EXPECT_THAT(GeneralisedEntropy(Vector{0, 2}, 2), Near(0.5, 1e-15));
  EXPECT_THAT(GeneralisedEntropy(Vector{0, 2}, 0.25), Near(2.1621144, 1e-6));
}

TEST(MeasuresTest, AtkinsonIsKnownForAversionsOneAndTwo) {
  // Of {1, 4}: arithmetic mean 2.5, geometric 2, harmonic 1.6.
  EXPECT_THAT(Atkinson(Vector{1, 4}, 1), Near(0.2, 1e-15));
  EXPECT_THAT(Atkinson(Vector{1, 4}, 2), Near(0.36, 1e-15));
  EXPECT_THAT(Atkinson(Vector{0, 4}, 0.5), Near(0.5, 1e-15));
  EXPECT_THAT(Atkinson(Vector{0, 4}, 1), Optional(Eq(1)));
  EXPECT_THAT(Atkinson(Vector{0, 4}, 3), Optional(Eq(1)));
  // The least amount over the mean, where no power of it is a double any more.
  EXPECT_THAT(Atkinson(Vector{1, 1000}, 1e6), Near(1 - 1 / 500.5, 1e-5));
}

TEST(MeasuresTest, AnAmountInAnotherUnit) {
  EXPECT_THAT(Converted(100, 1.25), Near(125));
  EXPECT_THAT(Converted(-100, 1.25), Near(-125));
  EXPECT_THAT(Deflated(100, 80, 120), Near(150));
  EXPECT_THAT(Deflated(100, 80, 80), Optional(Eq(100)));
  EXPECT_THAT(AtPurchasingPower(100, 0.8), Near(125));
  for (const double bad : {0.0, -1.0, kNan, kInfinity}) {
    SCOPED_TRACE(bad);
    EXPECT_EQ(Converted(100, bad), std::nullopt);
    EXPECT_EQ(Deflated(100, bad, 1), std::nullopt);
    EXPECT_EQ(Deflated(100, 1, bad), std::nullopt);
    EXPECT_EQ(AtPurchasingPower(100, bad), std::nullopt);
  }
  EXPECT_EQ(Converted(kNan, 1), std::nullopt);
  EXPECT_EQ(Converted(1e300, 1e300), std::nullopt);
  EXPECT_EQ(Deflated(kInfinity, 1, 1), std::nullopt);
  EXPECT_EQ(AtPurchasingPower(kNan, 1), std::nullopt);
}

TEST(MeasuresTest, RatiosOfTwoNumbers) {
  EXPECT_THAT(Ratio(-3, 2), Optional(Eq(-1.5)));
  EXPECT_EQ(Ratio(1, 0), std::nullopt);
  EXPECT_EQ(Ratio(0, 0), std::nullopt);
  EXPECT_EQ(Ratio(kNan, 1), std::nullopt);
  EXPECT_EQ(Ratio(1, kInfinity), std::nullopt);
  EXPECT_EQ(Ratio(1e300, 1e-300), std::nullopt);
  EXPECT_THAT(LogRatio(2, 1), Near(std::log(2), 1e-15));
  EXPECT_THAT(LogRatio(1, 2), Near(-std::log(2), 1e-15));
  EXPECT_THAT(LogRatio(5, 5), Optional(Eq(0)));
  EXPECT_EQ(LogRatio(0, 1), std::nullopt);
  EXPECT_EQ(LogRatio(1, 0), std::nullopt);
  EXPECT_EQ(LogRatio(-1, -1), std::nullopt);
  EXPECT_EQ(LogRatio(1, -1), std::nullopt);
  EXPECT_EQ(LogRatio(kNan, 1), std::nullopt);
  EXPECT_EQ(LogRatio(1e-300, 1e300), std::nullopt);
}

// --- Edges ---

TEST(MeasuresTest, AnAbsentUnitStillCounts) {
  EXPECT_THAT(HerfindahlNormalised(Vector{1, 0}), Near(1));
  EXPECT_THAT(Gini(Vector{0, 0, 0, 1}), Near(0.75));
  EXPECT_THAT(GiniStandardised(Vector{0, 0, 0, 1}), Near(1));
  EXPECT_THAT(TheilT(Vector{0, 0, 0, 1}), Near(std::log(4)));
}

TEST(MeasuresTest, OneUnitHasAllOfIt) {
  const Vector one = {5};
  EXPECT_THAT(Herfindahl(one), Optional(Eq(1)));
  EXPECT_THAT(EquivalentNumber(one), Optional(Eq(1)));
  EXPECT_THAT(Rosenbluth(one), Optional(Eq(1)));
  EXPECT_THAT(Gini(one), Optional(Eq(0)));
  EXPECT_THAT(TheilT(one), Optional(Eq(0)));
  EXPECT_THAT(TheilL(one), Optional(Eq(0)));
  EXPECT_THAT(GeneralisedEntropy(one, 2), Optional(Eq(0)));
  EXPECT_THAT(Atkinson(one, 0.5), Optional(Eq(0)));
  EXPECT_EQ(HerfindahlNormalised(one), std::nullopt);
  EXPECT_EQ(GiniStandardised(one), std::nullopt);
}

TEST(MeasuresTest, WhatHasNoValueIsNotZero) {
  for (const Vector& bad : {Vector{}, Vector{0}, Vector{0, 0}, Vector{1, -1, 3}, Vector{1, kNan},
                            Vector{1, kInfinity}, Vector{1.7e308, 1.7e308}}) {
    SCOPED_TRACE(::testing::PrintToString(bad));
    EXPECT_EQ(Shares(bad), std::nullopt);
    EXPECT_EQ(Herfindahl(bad), std::nullopt);
    EXPECT_EQ(HerfindahlNormalised(bad), std::nullopt);
    EXPECT_EQ(EquivalentNumber(bad), std::nullopt);
    EXPECT_EQ(ConcentrationRatio(bad, 3), std::nullopt);
    EXPECT_EQ(Rosenbluth(bad), std::nullopt);
    EXPECT_EQ(Gini(bad), std::nullopt);
    EXPECT_EQ(GiniStandardised(bad), std::nullopt);
    EXPECT_EQ(TheilT(bad), std::nullopt);
    EXPECT_EQ(TheilL(bad), std::nullopt);
    EXPECT_EQ(DecomposeTheilT(std::vector<Vector>{bad}), std::nullopt);
    EXPECT_EQ(Entropy(bad), std::nullopt);
    EXPECT_EQ(EffectiveNumber(bad), std::nullopt);
    for (const double order : {-1.0, 0.0, 0.3, 1.0, 2.0}) {
      EXPECT_EQ(GeneralisedEntropy(bad, order), std::nullopt) << order;
    }
    for (const double aversion : {0.5, 1.0, 2.0}) {
      EXPECT_EQ(Atkinson(bad, aversion), std::nullopt) << aversion;
    }
  }
  EXPECT_EQ(TheilL(Vector{5, 0}), std::nullopt);
  EXPECT_EQ(GeneralisedEntropy(Vector{5, 0}, 0), std::nullopt);
  EXPECT_EQ(GeneralisedEntropy(Vector{5, 0}, -1), std::nullopt);
  EXPECT_EQ(GeneralisedEntropy(Vector{5, 1}, kNan), std::nullopt);
  EXPECT_EQ(GeneralisedEntropy(Vector{5, 1}, kInfinity), std::nullopt);
  EXPECT_EQ(GeneralisedEntropy(Vector{1, 1e300}, -3), std::nullopt);
  EXPECT_EQ(DecomposeTheilT(std::vector<Vector>{{1, 2}, {}}), std::nullopt);
  EXPECT_EQ(DecomposeTheilT(std::vector<Vector>{}), std::nullopt);
  for (const double aversion : {0.0, -1.0, kNan, kInfinity}) {
    EXPECT_EQ(Atkinson(Vector{1, 2}, aversion), std::nullopt) << aversion;
  }
}

// --- Algebra, over random amounts ---

class MeasuresAlgebraTest : public ::testing::TestWithParam<int> {
 protected:
  Draw draw_{static_cast<uint64_t>(GetParam())};
  const size_t n_ = 1 + static_cast<size_t>(GetParam()) % 17;
};

TEST_P(MeasuresAlgebraTest, SharesSumToOne) {
  const Vector shares = *Shares(draw_.Amounts(n_));
  EXPECT_NEAR(std::accumulate(shares.begin(), shares.end(), 0.0), 1, 1e-12);
}

TEST_P(MeasuresAlgebraTest, TheilWithinAndBetweenAddUp) {
  const std::vector<Vector> groups = {draw_.Amounts(n_), draw_.Amounts(n_ + 3), Vector(2, 0.0)};
  Vector all;
  for (const Vector& group : groups) all.insert(all.end(), group.begin(), group.end());
  const TheilParts parts = *DecomposeTheilT(groups);
  EXPECT_NEAR(parts.within + parts.between, *TheilT(all), 1e-12);
  EXPECT_GE(parts.within, 0);
  EXPECT_GE(parts.between, -1e-12);
}

TEST_P(MeasuresAlgebraTest, EachStaysInItsRange) {
  const Vector amounts = draw_.Amounts(n_);
  const auto n = static_cast<double>(n_);
  const double rounding = 1e-12;
  EXPECT_GE(*Herfindahl(amounts), 1 / n - rounding);
  EXPECT_LE(*Herfindahl(amounts), 1 + rounding);
  EXPECT_GE(*EquivalentNumber(amounts), 1 - rounding);
  EXPECT_LE(*EquivalentNumber(amounts), n + rounding);
  EXPECT_GE(*Rosenbluth(amounts), 1 / n - rounding);
  EXPECT_LE(*Rosenbluth(amounts), 1 + rounding);
  EXPECT_GE(*Gini(amounts), -rounding);
  EXPECT_LE(*Gini(amounts), 1 - 1 / n + rounding);
  EXPECT_GE(*TheilT(amounts), -rounding);
  EXPECT_LE(*TheilT(amounts), std::log(n) + rounding);
  EXPECT_LE(*Entropy(amounts), std::log(n) + rounding);
  EXPECT_GE(*EffectiveNumber(amounts), 1 - rounding);
  EXPECT_LE(*EffectiveNumber(amounts), n * (1 + rounding));
  EXPECT_GE(*Atkinson(amounts, 0.5), 0);
  EXPECT_LE(*Atkinson(amounts, 0.5), 1);
  EXPECT_GE(*GeneralisedEntropy(amounts, 0.5), 0);
  for (int k = 1; k < 20; ++k) {
    EXPECT_LE(*ConcentrationRatio(amounts, k), *ConcentrationRatio(amounts, k + 1) + rounding);
  }
}

TEST_P(MeasuresAlgebraTest, OneMeasureFollowsFromAnother) {
  const Vector amounts = draw_.Amounts(n_);
  const auto n = static_cast<double>(n_);
  EXPECT_NEAR(*TheilT(amounts), std::log(n) - *Entropy(amounts), 1e-12);
  EXPECT_NEAR(1 / *Rosenbluth(amounts), n * (1 - *Gini(amounts)), 1e-9);
  // Half the squared coefficient of variation, which is n H - 1.
  EXPECT_NEAR(*GeneralisedEntropy(amounts, 2), (n * *Herfindahl(amounts) - 1) / 2, 1e-10);
  // Hill numbers fall with their order.
  EXPECT_GE(*EffectiveNumber(amounts), *EquivalentNumber(amounts) - 1e-9);
}

TEST_P(MeasuresAlgebraTest, GeneralisedEntropyApproachesTheilsIndices) {
  const Vector amounts = draw_.PositiveAmounts(n_);
  EXPECT_EQ(GeneralisedEntropy(amounts, 0), TheilL(amounts));
  EXPECT_EQ(GeneralisedEntropy(amounts, 1), TheilT(amounts));
  for (const double near : {1e-9, -1e-9}) {
    EXPECT_NEAR(*GeneralisedEntropy(amounts, near), *TheilL(amounts), 1e-6);
    EXPECT_NEAR(*GeneralisedEntropy(amounts, 1 + near), *TheilT(amounts), 1e-6);
  }
  // The two ways to sum it meet in the middle.
  EXPECT_NEAR(*GeneralisedEntropy(amounts, 0.5 - 1e-10), *GeneralisedEntropy(amounts, 0.5), 1e-8);
}

TEST_P(MeasuresAlgebraTest, AtkinsonFollowsFromGeneralisedEntropyAndGrowsWithTheAversion) {
  const Vector amounts = draw_.PositiveAmounts(n_);
  EXPECT_NEAR(*Atkinson(amounts, 1), 1 - std::exp(-*TheilL(amounts)), 1e-12);
  EXPECT_NEAR(*Atkinson(amounts, 1 + 1e-9), *Atkinson(amounts, 1), 1e-6);
  EXPECT_NEAR(*Atkinson(amounts, 1 - 1e-9), *Atkinson(amounts, 1), 1e-6);
  for (const double aversion : {0.25, 0.5, 2.0, 3.0}) {
    SCOPED_TRACE(aversion);
    const double order = 1 - aversion;
    const double power = order * (order - 1) * *GeneralisedEntropy(amounts, order) + 1;
    EXPECT_NEAR(*Atkinson(amounts, aversion), 1 - std::pow(power, 1 / order), 1e-9);
    EXPECT_LE(*Atkinson(amounts, aversion), *Atkinson(amounts, aversion + 0.5) + 1e-12);
  }
}

TEST_P(MeasuresAlgebraTest, ScaleAndOrderDoNotMatter) {
  const Vector amounts = draw_.PositiveAmounts(n_);
  Vector other(amounts.rbegin(), amounts.rend());
  std::swap(other.front(), other[n_ / 2]);
  for (double& amount : other) amount *= 1024;  // exact in binary
  constexpr Value (*kMeasures[])(Amounts) = {
      Herfindahl, EquivalentNumber, Rosenbluth, Gini, TheilT, TheilL, Entropy, EffectiveNumber};
  for (const auto& measure : kMeasures) {
    EXPECT_NEAR(*measure(amounts), *measure(other), 1e-11);
  }
  EXPECT_NEAR(*Atkinson(amounts, 0.5), *Atkinson(other, 0.5), 1e-12);
  EXPECT_NEAR(*GeneralisedEntropy(amounts, 3), *GeneralisedEntropy(other, 3), 1e-9);
  EXPECT_NEAR(*ConcentrationRatio(amounts, 2), *ConcentrationRatio(other, 2), 1e-12);
}

TEST_P(MeasuresAlgebraTest, TakingFromARicherUnitForAPoorerOneLowersInequality) {
  if (n_ < 2) return;
  Vector amounts = draw_.PositiveAmounts(n_);
  std::sort(amounts.begin(), amounts.end());
  Vector levelled = amounts;
  const double moved = (amounts.back() - amounts.front()) / 4;
  levelled.front() += moved;
  levelled.back() -= moved;
  constexpr Value (*kMeasures[])(Amounts) = {Herfindahl, Rosenbluth, Gini, TheilT, TheilL};
  for (const auto& measure : kMeasures)
    EXPECT_THAT(measure(amounts), Optional(Gt(*measure(levelled))));
  EXPECT_THAT(Atkinson(amounts, 0.5), Optional(Gt(*Atkinson(levelled, 0.5))));
  EXPECT_THAT(GeneralisedEntropy(amounts, 2), Optional(Gt(*GeneralisedEntropy(levelled, 2))));
}

INSTANTIATE_TEST_SUITE_P(Draws, MeasuresAlgebraTest, ::testing::Range(1, 40));

}  // namespace
}  // namespace steelyard::strategy
