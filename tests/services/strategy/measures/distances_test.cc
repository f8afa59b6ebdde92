#include "services/strategy/measures/distances.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/services/strategy/draw.h"

namespace steelyard::strategy {
namespace {

using ::testing::DoubleNear;
using ::testing::Eq;
using ::testing::Optional;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

auto Near(double expected, double tolerance = 1e-6) {
  return Optional(DoubleNear(expected, tolerance));
}

using Vector = std::vector<double>;

struct Named {
  std::string name;
  Value (*measure)(Amounts, Amounts);
};

// All measures of two lists.
std::vector<Named> Measures() {
  return {{"Krugman", Krugman},
          {"TotalVariation", TotalVariation},
          {"FingerKreinin", FingerKreinin},
          {"JensenShannon", JensenShannon},
          {"JensenShannonDistance", JensenShannonDistance},
          {"Hellinger", Hellinger},
          {"Cosine", Cosine},
          {"Hachman", Hachman},
          {"LocationalGini", LocationalGini}};
}

// Those that are 0 for equal shares and hold the triangle inequality.
std::vector<Named> Metrics() {
  return {{"Krugman", Krugman},
          {"TotalVariation", TotalVariation},
          {"JensenShannonDistance", JensenShannonDistance},
          {"Hellinger", Hellinger}};
}

// --- Reference values ---

// Farhauer and Kroell, Standorttheorien, 2013; printed in the manual of REAT.
TEST(DistancesTest, GiveTheReferenceLocationQuotient) {
  const Value quotient = LocationQuotient(1714, 79006, 879213, 15593224);
  EXPECT_THAT(quotient, Near(0.3847623, 1e-7));
  EXPECT_THAT(SymmetricAdvantage(*quotient), Near(-0.4442912, 1e-7));
  EXPECT_THAT(LogLocationQuotient(*quotient), Near(std::log(*quotient), 1e-15));
  EXPECT_THAT(AdditiveLocationQuotient(1714, 79006, 879213, 15593224),
              Near(1714.0 / 79006 - 879213.0 / 15593224, 1e-15));
}

// Farhauer and Kroell 2013, from the manual of REAT: krugman.spec, krugman.spec2, krugman.conc2.
TEST(DistancesTest, GiveTheReferenceKrugmanIndices) {
  EXPECT_THAT(Krugman(Vector{20, 10, 70, 0, 0}, Vector{0, 0, 0, 60, 40}), Near(2));
  const Vector sweden = {45000, 15000, 32000, 10000, 30000};
  const std::vector<Vector> countries = {{35000, 12000, 30000, 8000, 22000},
                                         {40000, 10000, 25000, 9000, 18000},
                                         {30000, 11000, 18000, 3000, 13000},
                                         {40000, 6000, 11000, 2000, 12000}};
  EXPECT_THAT(KrugmanAgainstOthers(sweden, countries), Near(0.1595018, 1e-7));
  const Vector mining = {4320, 7811, 3900, 2300, 47560};
  const std::vector<Vector> industries = {{20000, 11000, 31000, 8000, 20000},
                                          {40000, 10000, 25000, 9000, 16000},
                                          {10000, 11000, 14000, 14000, 13000},
                                          {7000, 7500, 11000, 1500, 36000}};
  EXPECT_THAT(KrugmanAgainstOthers(mining, industries), Near(0.8619321, 1e-7));
}

// Farhauer and Kroell 2013, from the manual of REAT: gini.conc and gini.spec.
TEST(DistancesTest, GiveTheReferenceLocationalGinis) {
  EXPECT_THAT(
      LocationalGini(Vector{500, 500, 1000, 7000, 1000}, Vector{20000, 15000, 20000, 40000, 5000}),
      Near(0.4068966, 1e-7));
  EXPECT_THAT(LocationalGini(Vector{700, 600, 500, 10000, 40000},
                             Vector{30000, 15000, 10000, 60000, 50000}),
              Near(0.6222222, 1e-7));
}

// Worked by hand from the definitions.
TEST(DistancesTest, GiveTheReferenceDistances) {
  const Vector p = {.5, .3, .2, 0};
  const Vector q = {.1, .2, .3, .4};
  EXPECT_THAT(JensenShannon(p, q), Near(0.3195180, 1e-7));
  EXPECT_THAT(JensenShannonDistance(p, q), Near(0.5652593, 1e-7));
  EXPECT_THAT(FingerKreinin(p, q), Near(0.5));
  EXPECT_THAT(Krugman(p, q), Near(1));
  EXPECT_THAT(TotalVariation(p, q), Near(0.5));
  EXPECT_THAT(Hellinger(p, q), Near(0.5352525, 1e-7));
  EXPECT_THAT(Cosine(p, q), Near(0.5034965, 1e-7));
  // 1 / (0.25/0.1 + 0.09/0.2 + 0.04/0.3).
  EXPECT_THAT(Hachman(p, q), Near(1 / (2.5 + 0.45 + 0.04 / 0.3), 1e-12));
}

TEST(DistancesTest, CohensHIsTheDifferenceOfTwoAngles) {
  EXPECT_THAT(CohenH(0.5, 0.25), Near(std::numbers::pi / 6, 1e-12));
  EXPECT_THAT(CohenH(0.25, 0.5), Near(-std::numbers::pi / 6, 1e-12));
  EXPECT_THAT(CohenH(1, 0), Near(std::numbers::pi, 1e-12));
  EXPECT_THAT(CohenH(0.3, 0.3), Optional(Eq(0)));
  for (const double bad : {-0.1, 1.1, kNan, kInfinity}) {
    EXPECT_EQ(CohenH(bad, 0.5), std::nullopt) << bad;
    EXPECT_EQ(CohenH(0.5, bad), std::nullopt) << bad;
  }
}

// --- Edges ---

TEST(DistancesTest, EqualSharesAreNoDistanceApart) {
  const Vector amounts = {3, 1, 4, 1, 5};
  const Vector twice = {6, 2, 8, 2, 10};
  for (const Named& metric : Metrics()) {
    EXPECT_THAT(metric.measure(amounts, twice), Optional(Eq(0))) << metric.name;
  }
  EXPECT_THAT(FingerKreinin(amounts, twice), Near(1, 1e-15));
  EXPECT_THAT(Cosine(amounts, twice), Near(1, 1e-15));
  EXPECT_THAT(Hachman(amounts, twice), Near(1, 1e-15));
  EXPECT_THAT(LocationalGini(amounts, twice), Near(0, 1e-15));
}

TEST(DistancesTest, NothingInCommonIsTheGreatestDistance) {
  const Vector left = {2, 1, 0};
  const Vector right = {0, 0, 5};
  EXPECT_THAT(Krugman(left, right), Near(2, 1e-15));
  EXPECT_THAT(TotalVariation(left, right), Near(1, 1e-15));
  EXPECT_THAT(JensenShannon(left, right), Near(1, 1e-15));
  EXPECT_THAT(JensenShannonDistance(left, right), Near(1, 1e-15));
  EXPECT_THAT(Hellinger(left, right), Near(1, 1e-15));
  EXPECT_THAT(FingerKreinin(left, right), Optional(Eq(0)));
  EXPECT_THAT(Cosine(left, right), Optional(Eq(0)));
}

TEST(DistancesTest, OneUnitIsAlikeOnBothSides) {
  const Vector one = {5};
  const Vector other = {9};
  EXPECT_THAT(Krugman(one, other), Optional(Eq(0)));
  EXPECT_THAT(FingerKreinin(one, other), Optional(Eq(1)));
  EXPECT_THAT(JensenShannon(one, other), Optional(Eq(0)));
  EXPECT_THAT(Hellinger(one, other), Optional(Eq(0)));
  EXPECT_THAT(Cosine(one, other), Optional(Eq(1)));
  EXPECT_THAT(Hachman(one, other), Optional(Eq(1)));
  EXPECT_THAT(LocationalGini(one, other), Optional(Eq(0)));
}

TEST(DistancesTest, WhatHasNoValueIsNotZero) {
  const Vector good = {1, 1};
  for (const Vector& bad : {Vector{}, Vector{1}, Vector{1, 1, 1}, Vector{0, 0}, Vector{1, -1},
                            Vector{1, kNan}, Vector{1, kInfinity}}) {
    SCOPED_TRACE(::testing::PrintToString(bad));
    for (const Named& named : Measures()) {
      EXPECT_EQ(named.measure(bad, good), std::nullopt) << named.name;
      EXPECT_EQ(named.measure(good, bad), std::nullopt) << named.name;
    }
    EXPECT_EQ(KrugmanAgainstOthers(bad, std::vector<Vector>{good}), std::nullopt);
    EXPECT_EQ(KrugmanAgainstOthers(good, std::vector<Vector>{good, bad}), std::nullopt);
  }
  for (const Named& named : Measures()) {
    EXPECT_EQ(named.measure({}, {}), std::nullopt) << named.name;
  }
  EXPECT_EQ(KrugmanAgainstOthers(good, {}), std::nullopt);
}

TEST(DistancesTest, AReferenceHoldsWhatItIsTheReferenceOf) {
  // The region lacks the unit: what of it the reference has, or that it has none, makes no sum.
  EXPECT_THAT(Hachman(Vector{1, 0}, Vector{1, 1}), Near(0.5, 1e-15));
  EXPECT_THAT(Hachman(Vector{1, 0}, Vector{1, 0}), Optional(Eq(1)));
  EXPECT_EQ(Hachman(Vector{1, 1}, Vector{1, 0}), std::nullopt);
  EXPECT_EQ(LocationalGini(Vector{1, 1}, Vector{1, 0}), std::nullopt);
  // Nothing over nothing is no quotient.
  EXPECT_EQ(LocationalGini(Vector{1, 0}, Vector{1, 0}), std::nullopt);
}

TEST(DistancesTest, QuotientsOfNothing) {
  EXPECT_EQ(LocationQuotient(1, 0, 1, 1), std::nullopt);
  EXPECT_EQ(LocationQuotient(1, 1, 0, 1), std::nullopt);
  EXPECT_EQ(LocationQuotient(1, 1, 1, 0), std::nullopt);
  EXPECT_THAT(LocationQuotient(0, 1, 1, 1), Optional(Eq(0)));
  EXPECT_THAT(SymmetricAdvantage(0), Optional(Eq(-1)));
  EXPECT_THAT(SymmetricAdvantage(1), Optional(Eq(0)));
  EXPECT_EQ(LogLocationQuotient(0), std::nullopt);
  EXPECT_THAT(LogLocationQuotient(1), Optional(Eq(0)));
  EXPECT_THAT(AdditiveLocationQuotient(0, 1, 1, 2), Optional(Eq(-0.5)));
  EXPECT_THAT(AdditiveLocationQuotient(0, 1, 0, 2), Optional(Eq(0)));
  EXPECT_EQ(AdditiveLocationQuotient(0, 0, 1, 2), std::nullopt);
  EXPECT_EQ(AdditiveLocationQuotient(1, 2, 0, 0), std::nullopt);
  EXPECT_EQ(AdditiveLocationQuotient(3, 2, 1, 2), std::nullopt);
  EXPECT_EQ(AdditiveLocationQuotient(1, 2, 3, 2), std::nullopt);
  for (const double bad : {-1.0, kNan, kInfinity}) {
    SCOPED_TRACE(bad);
    for (int place = 0; place < 4; ++place) {
      Vector in = {1, 2, 1, 2};
      in[static_cast<size_t>(place)] = bad;
      EXPECT_EQ(LocationQuotient(in[0], in[1], in[2], in[3]), std::nullopt) << place;
      EXPECT_EQ(AdditiveLocationQuotient(in[0], in[1], in[2], in[3]), std::nullopt) << place;
    }
    EXPECT_EQ(SymmetricAdvantage(bad), std::nullopt);
    EXPECT_EQ(LogLocationQuotient(bad), std::nullopt);
  }
}

// --- Algebra, over random amounts ---

class DistancesAlgebraTest : public ::testing::TestWithParam<int> {
 protected:
  Draw draw_{static_cast<uint64_t>(GetParam())};
  const size_t n_ = 1 + static_cast<size_t>(GetParam()) % 17;
};

TEST_P(DistancesAlgebraTest, OneMeasureFollowsFromAnother) {
  const Vector a = draw_.Amounts(n_);
  const Vector b = draw_.Amounts(n_);
  EXPECT_NEAR(*Krugman(a, b), 2 - 2 * *FingerKreinin(a, b), 1e-12);
  EXPECT_EQ(*TotalVariation(a, b), *Krugman(a, b) / 2);
  EXPECT_NEAR(*JensenShannonDistance(a, b) * *JensenShannonDistance(a, b), *JensenShannon(a, b),
              1e-12);
  EXPECT_NEAR(*KrugmanAgainstOthers(a, std::vector<Vector>{b}), *Krugman(a, b), 1e-12);
  EXPECT_NEAR(*KrugmanAgainstOthers(a, std::vector<Vector>{b, b, b}), *Krugman(a, b), 1e-12);
  // Against oneself and another: the mean is half way.
  EXPECT_NEAR(*KrugmanAgainstOthers(a, std::vector<Vector>{a, b}), *Krugman(a, b) / 2, 1e-12);
  // Le Cam's inequalities.
  const double hellinger = *Hellinger(a, b);
  EXPECT_LE(hellinger * hellinger, *TotalVariation(a, b) + 1e-12);
  EXPECT_GE(std::sqrt(2.0) * hellinger, *TotalVariation(a, b) - 1e-12);
  // Jensen-Shannon is the entropy of the mean less the mean of the entropies.
  const Vector s = *Shares(a);
  const Vector t = *Shares(b);
  Vector mean(n_);
  for (size_t k = 0; k < n_; ++k) mean[k] = (s[k] + t[k]) / 2;
  EXPECT_NEAR(*JensenShannon(a, b),
              (*Entropy(mean) - (*Entropy(s) + *Entropy(t)) / 2) / std::numbers::ln2, 1e-12);
}

TEST_P(DistancesAlgebraTest, MetricsAreMetrics) {
  const Vector a = draw_.Amounts(n_);
  const Vector b = draw_.Amounts(n_);
  const Vector c = draw_.Amounts(n_);
  for (const Named& metric : Metrics()) {
    SCOPED_TRACE(metric.name);
    EXPECT_EQ(*metric.measure(a, a), 0);
    EXPECT_EQ(*metric.measure(a, b), *metric.measure(b, a));
    EXPECT_LE(*metric.measure(a, c), *metric.measure(a, b) + *metric.measure(b, c) + 1e-12);
    if (n_ > 1) EXPECT_GT(*metric.measure(a, b), 0);
  }
}

TEST_P(DistancesAlgebraTest, EachStaysInItsRange) {
  const Vector part = draw_.Amounts(n_);
  Vector reference = draw_.PositiveAmounts(n_);
  for (size_t k = 0; k < n_; ++k) reference[k] += part[k];
  for (const Named& named : Measures()) {
    SCOPED_TRACE(named.name);
    EXPECT_GE(*named.measure(part, reference), -1e-12);
    EXPECT_LE(*named.measure(part, reference), named.name == "Krugman" ? 2 : 1);
  }
  EXPECT_GT(*Hachman(part, reference), 0);
  EXPECT_LE(*LocationalGini(part, reference), 1 - 1 / static_cast<double>(n_) + 1e-12);
}

TEST_P(DistancesAlgebraTest, ScaleAndOrderDoNotMatter) {
  const Vector left = draw_.Amounts(n_);
  const Vector right = draw_.PositiveAmounts(n_);
  Vector left_reversed(left.rbegin(), left.rend());
  Vector right_reversed(right.rbegin(), right.rend());
  for (double& amount : left_reversed) amount *= 1024;  // exact in binary
  for (double& amount : right_reversed) amount /= 8;
  for (const Named& named : Measures()) {
    EXPECT_NEAR(*named.measure(left, right), *named.measure(left_reversed, right_reversed), 1e-9)
        << named.name;
  }
}

TEST_P(DistancesAlgebraTest, QuotientsAverageToOneByTheReferencesShares) {
  const Vector region = draw_.Amounts(n_);
  Vector reference = draw_.Amounts(n_);
  for (size_t k = 0; k < n_; ++k) reference[k] += region[k] + 1;
  const double x = std::accumulate(region.begin(), region.end(), 0.0);
  const double w = std::accumulate(reference.begin(), reference.end(), 0.0);
  double mean = 0;
  double points = 0;
  for (size_t k = 0; k < n_; ++k) {
    const double quotient = *LocationQuotient(region[k], x, reference[k], w);
    mean += reference[k] / w * quotient;
    points += *AdditiveLocationQuotient(region[k], x, reference[k], w);
    // All forms agree on which side of neutral a unit is.
    EXPECT_EQ(*SymmetricAdvantage(quotient) > 0, quotient > 1);
    if (quotient > 0) EXPECT_EQ(*LogLocationQuotient(quotient) > 0, quotient > 1);
  }
  EXPECT_NEAR(mean, 1, 1e-12);
  EXPECT_NEAR(points, 0, 1e-12);
}

INSTANTIATE_TEST_SUITE_P(Draws, DistancesAlgebraTest, ::testing::Range(1, 40));

}  // namespace
}  // namespace steelyard::strategy
