#include "services/strategy/measures.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace steelyard::strategy {
namespace {

using ::testing::DoubleNear;
using ::testing::Eq;
using ::testing::Optional;

constexpr double kTolerance = 1e-6;

auto Near(double expected) { return Optional(DoubleNear(expected, kTolerance)); }

using Vector = std::vector<double>;

// Numbers that the manuals of REAT, ineq and their textbooks print for these inputs.
TEST(MeasuresTest, GiveTheReferenceValuesOfDoersam) {
  const Vector amounts = {20, 50, 20, 10};
  EXPECT_THAT(Herfindahl(amounts), Near(0.34));
  EXPECT_THAT(HerfindahlNormalised(amounts), Near(0.12));
  EXPECT_THAT(EquivalentNumber(amounts), Near(1 / 0.34));
  EXPECT_THAT(Gini(amounts), Near(0.3));
  EXPECT_THAT(GiniStandardised(amounts), Near(0.4));
}

TEST(MeasuresTest, GiveTheReferenceValuesOfIneq) {
  const Vector incomes = {541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261};
  EXPECT_THAT(Gini(incomes), Optional(DoubleNear(0.4620911, 1e-7)));
  EXPECT_THAT(Herfindahl(incomes), Optional(DoubleNear(0.1840812, 1e-7)));
  EXPECT_THAT(Rosenbluth(incomes), Optional(DoubleNear(0.1859051, 1e-7)));
}

TEST(MeasuresTest, GiveTheReferenceLocationQuotient) {
  const Value quotient = LocationQuotient(1714, 79006, 879213, 15593224);
  EXPECT_THAT(quotient, Optional(DoubleNear(0.3847623, 1e-7)));
  EXPECT_THAT(SymmetricAdvantage(*quotient), Optional(DoubleNear(-0.4442912, 1e-7)));
}

TEST(MeasuresTest, GiveTheReferenceTheilIndices) {
  const Vector amounts = {10, 10, 10, 20, 50};
  EXPECT_THAT(TheilL(amounts), Optional(DoubleNear(0.2326302, 1e-7)));
  EXPECT_THAT(TheilT(amounts), Optional(DoubleNear(0.2502012, 1e-7)));
}

TEST(MeasuresTest, GiveTheReferenceSimilarities) {
  EXPECT_THAT(Krugman(Vector{20, 10, 70, 0, 0}, Vector{0, 0, 0, 60, 40}), Near(2));
  EXPECT_THAT(FingerKreinin(Vector{20, 10, 70, 0, 0}, Vector{0, 0, 0, 60, 40}), Near(0));
  const Vector p = {.5, .3, .2, 0};
  const Vector q = {.1, .2, .3, .4};
  EXPECT_THAT(FingerKreinin(p, q), Near(0.5));
  EXPECT_THAT(Krugman(p, q), Near(1));
}

TEST(MeasuresTest, EntropyOfEqualSharesIsTheLogarithmOfTheirNumber) {
  EXPECT_THAT(Entropy(Vector{7, 7, 7, 7}), Near(std::log(4)));
  EXPECT_THAT(Entropy(Vector{1, 1, 0}), Near(std::log(2)));
  EXPECT_THAT(Entropy(Vector{3}), Optional(Eq(0)));
  EXPECT_FALSE(std::signbit(*Entropy(Vector{3})));
}

TEST(MeasuresTest, ConcentrationRatioTakesTheLargest) {
  const Vector amounts = {10, 40, 20, 30};
  EXPECT_THAT(ConcentrationRatio(amounts, 1), Near(0.4));
  EXPECT_THAT(ConcentrationRatio(amounts, 2), Near(0.7));
  EXPECT_THAT(ConcentrationRatio(amounts, 4), Optional(Eq(1)));
  EXPECT_THAT(ConcentrationRatio(amounts, 9), Optional(Eq(1)));
  EXPECT_THAT(ConcentrationRatio(Vector{5, 5, 5}, 2), Near(2.0 / 3));
  EXPECT_EQ(ConcentrationRatio(amounts, 0), std::nullopt);
}

TEST(MeasuresTest, GrowthIsPerYearOfTheWholeSpan) {
  EXPECT_THAT(CompoundGrowth(100, 121, 2), Near(0.1));
  EXPECT_THAT(CompoundGrowth(100, 100, 7), Near(0));
  EXPECT_THAT(CompoundGrowth(100, 0, 3), Near(-1));
  EXPECT_EQ(CompoundGrowth(0, 100, 3), std::nullopt);
  EXPECT_EQ(CompoundGrowth(-1, 100, 3), std::nullopt);
  EXPECT_EQ(CompoundGrowth(100, -1, 3), std::nullopt);
  EXPECT_EQ(CompoundGrowth(100, 121, 0), std::nullopt);
}

TEST(MeasuresTest, AnAbsentUnitStillCounts) {
  EXPECT_THAT(HerfindahlNormalised(Vector{1, 0}), Near(1));
  EXPECT_THAT(Gini(Vector{0, 0, 0, 1}), Near(0.75));
  EXPECT_THAT(GiniStandardised(Vector{0, 0, 0, 1}), Near(1));
}

TEST(MeasuresTest, WhatHasNoValueIsNotZero) {
  const double infinity = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const Vector& bad :
       {Vector{}, Vector{0, 0}, Vector{1, -1, 3}, Vector{1, nan}, Vector{1, infinity}}) {
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
    EXPECT_EQ(Entropy(bad), std::nullopt);
    EXPECT_EQ(Krugman(bad, Vector{1, 1}), std::nullopt);
    EXPECT_EQ(FingerKreinin(Vector{1, 1}, bad), std::nullopt);
  }
  EXPECT_EQ(HerfindahlNormalised(Vector{5}), std::nullopt);
  EXPECT_EQ(GiniStandardised(Vector{5}), std::nullopt);
  EXPECT_EQ(TheilL(Vector{5, 0}), std::nullopt);
  EXPECT_EQ(Krugman(Vector{1, 1}, Vector{1, 1, 1}), std::nullopt);
  EXPECT_EQ(LocationQuotient(1, 0, 1, 1), std::nullopt);
  EXPECT_EQ(LocationQuotient(1, 1, 0, 1), std::nullopt);
  EXPECT_EQ(LocationQuotient(1, 1, 1, 0), std::nullopt);
  EXPECT_EQ(LocationQuotient(-1, 1, 1, 1), std::nullopt);
  EXPECT_THAT(LocationQuotient(0, 1, 1, 1), Optional(Eq(0)));
  EXPECT_THAT(SymmetricAdvantage(0), Optional(Eq(-1)));
  EXPECT_EQ(SymmetricAdvantage(-0.5), std::nullopt);
  EXPECT_EQ(Ratio(1, 0), std::nullopt);
  EXPECT_EQ(Ratio(0, 0), std::nullopt);
  EXPECT_EQ(Ratio(nan, 1), std::nullopt);
  EXPECT_EQ(Ratio(1e300, 1e-300), std::nullopt);
  EXPECT_EQ(DecomposeTheilT(std::vector<Vector>{{1, 2}, {}}), std::nullopt);
}

// Amounts whose sizes spread as funding rounds do, from a fixed generator (SplitMix64).
class Draw {
 public:
  explicit Draw(uint64_t seed) : state_(seed) {}
  Vector Amounts(size_t n) {
    Vector amounts(n);
    for (double& amount : amounts) amount = Next() < 0.2 ? 0 : std::pow(1 - Next(), -1.2);
    amounts[0] += 1;
    return amounts;
  }

 private:
  double Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
  }
  uint64_t state_;
};

class MeasuresAlgebraTest : public ::testing::TestWithParam<int> {
 protected:
  Draw draw_{static_cast<uint64_t>(GetParam())};
  const size_t n_ = 1 + static_cast<size_t>(GetParam()) % 17;
};

TEST_P(MeasuresAlgebraTest, SharesSumToOne) {
  const Vector shares = *Shares(draw_.Amounts(n_));
  EXPECT_NEAR(std::accumulate(shares.begin(), shares.end(), 0.0), 1, 1e-12);
}

TEST_P(MeasuresAlgebraTest, KrugmanAndFingerKreininAreOneMeasure) {
  const Vector a = draw_.Amounts(n_);
  const Vector b = draw_.Amounts(n_);
  EXPECT_NEAR(*Krugman(a, b), 2 - 2 * *FingerKreinin(a, b), 1e-12);
  EXPECT_EQ(*Krugman(a, b), *Krugman(b, a));
  EXPECT_NEAR(*FingerKreinin(a, a), 1, 1e-12);
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

TEST_P(MeasuresAlgebraTest, LocationQuotientsAverageToOneByTheReferencesShares) {
  const Vector region = draw_.Amounts(n_);
  Vector reference = draw_.Amounts(n_);
  for (size_t k = 0; k < n_; ++k) reference[k] += region[k] + 1;
  const double x = std::accumulate(region.begin(), region.end(), 0.0);
  const double w = std::accumulate(reference.begin(), reference.end(), 0.0);
  double mean = 0;
  for (size_t k = 0; k < n_; ++k) {
    mean += reference[k] / w * *LocationQuotient(region[k], x, reference[k], w);
  }
  EXPECT_NEAR(mean, 1, 1e-12);
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
  EXPECT_NEAR(*TheilT(amounts), std::log(n) - *Entropy(amounts), 1e-12);
  EXPECT_NEAR(1 / *Rosenbluth(amounts), n * (1 - *Gini(amounts)), 1e-9);
  for (int k = 1; k < 20; ++k) {
    EXPECT_LE(*ConcentrationRatio(amounts, k), *ConcentrationRatio(amounts, k + 1) + rounding);
  }
}

TEST_P(MeasuresAlgebraTest, ScaleAndOrderDoNotMatter) {
  const Vector amounts = draw_.Amounts(n_);
  Vector other(amounts.rbegin(), amounts.rend());
  for (double& amount : other) amount *= 1024;  // exact in binary
  EXPECT_NEAR(*Herfindahl(amounts), *Herfindahl(other), 1e-12);
  EXPECT_NEAR(*Gini(amounts), *Gini(other), 1e-12);
  EXPECT_NEAR(*TheilT(amounts), *TheilT(other), 1e-12);
  EXPECT_NEAR(*Entropy(amounts), *Entropy(other), 1e-12);
}

INSTANTIATE_TEST_SUITE_P(Draws, MeasuresAlgebraTest, ::testing::Range(1, 40));

}  // namespace
}  // namespace steelyard::strategy
