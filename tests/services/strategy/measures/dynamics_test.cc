#include "services/strategy/measures/dynamics.h"

#include <cmath>
#include <limits>
#include <numeric>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/services/strategy/draw.h"

namespace steelyard::strategy {
namespace {

using ::testing::DoubleNear;
using ::testing::Eq;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::SizeIs;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

auto Near(double expected, double tolerance = 1e-6) {
  return Optional(DoubleNear(expected, tolerance));
}

using Vector = std::vector<double>;
using Years = std::vector<Value>;

// --- Growth ---

TEST(DynamicsTest, GrowthIsPerYearOfTheWholeSpan) {
  EXPECT_THAT(CompoundGrowth(100, 121, 2), Near(0.1));
  EXPECT_THAT(CompoundGrowth(100, 100, 7), Near(0));
  EXPECT_THAT(CompoundGrowth(100, 0, 3), Near(-1));
  EXPECT_EQ(CompoundGrowth(0, 100, 3), std::nullopt);
  EXPECT_EQ(CompoundGrowth(-1, 100, 3), std::nullopt);
  EXPECT_EQ(CompoundGrowth(100, -1, 3), std::nullopt);
  EXPECT_EQ(CompoundGrowth(100, 121, 0), std::nullopt);
  EXPECT_EQ(CompoundGrowth(100, 121, -1), std::nullopt);
  for (const double bad : {kNan, kInfinity}) {
    EXPECT_EQ(CompoundGrowth(bad, 100, 1), std::nullopt);
    EXPECT_EQ(CompoundGrowth(100, bad, 1), std::nullopt);
  }
  EXPECT_EQ(CompoundGrowth(100, 121, kNan), std::nullopt);
  EXPECT_EQ(CompoundGrowth(1, 1e300, 1e-3), std::nullopt);
}

TEST(DynamicsTest, DifferencesSpanTheYearsThatAreNotKnown) {
  const auto differences = LogDifferences(Years{std::nullopt, 1, 2, std::nullopt, 0, 16, 8});
  ASSERT_THAT(differences, Optional(SizeIs(3)));
  EXPECT_NEAR((*differences)[0].change, std::log(2), 1e-15);
  EXPECT_EQ((*differences)[0].years, 1);
  EXPECT_NEAR((*differences)[1].change, std::log(8), 1e-15);
  EXPECT_EQ((*differences)[1].years, 3);
  EXPECT_NEAR((*differences)[2].change, -std::log(2), 1e-15);
  EXPECT_EQ((*differences)[2].years, 1);
}

TEST(DynamicsTest, TooFewYearsHaveNoDifference) {
  EXPECT_THAT(LogDifferences({}), Optional(IsEmpty()));
  EXPECT_THAT(LogDifferences(Years{5}), Optional(IsEmpty()));
  EXPECT_THAT(LogDifferences(Years{5, std::nullopt, 0}), Optional(IsEmpty()));
  for (const double bad : {-1.0, kNan, kInfinity}) {
    EXPECT_EQ(LogDifferences(Years{1, bad, 2}), std::nullopt) << bad;
    EXPECT_EQ(LogTrend(Years{1, bad, 2}), std::nullopt) << bad;
  }
  EXPECT_EQ(Drift({}), std::nullopt);
  EXPECT_EQ(Volatility({}), std::nullopt);
  const std::vector<LogDifference> one = {{0.5, 2}};
  EXPECT_THAT(Drift(one), Optional(Eq(0.25)));
  EXPECT_EQ(Volatility(one), std::nullopt);
  EXPECT_EQ(LogTrend({}), std::nullopt);
  EXPECT_EQ(LogTrend(Years{5}), std::nullopt);
  EXPECT_EQ(LogTrend(Years{5, std::nullopt, 0}), std::nullopt);
}

TEST(DynamicsTest, DriftAndVolatilityOfYearlyDifferencesAreMeanAndStandardDeviation) {
  const std::vector<LogDifference> differences = {{0.1, 1}, {0.3, 1}, {-0.1, 1}, {0.5, 1}};
  EXPECT_THAT(Drift(differences), Near(0.2, 1e-15));
  EXPECT_THAT(Volatility(differences), Near(std::sqrt((0.01 + 0.01 + 0.09 + 0.09) / 3), 1e-15));
  const std::vector<LogDifference> steady = {{0.25, 1}, {0.5, 2}, {0.25, 1}};
  EXPECT_THAT(Drift(steady), Optional(Eq(0.25)));
  EXPECT_THAT(Volatility(steady), Optional(Eq(0)));
}

TEST(DynamicsTest, MeanGrowthIsTheDriftAsARate) {
  EXPECT_THAT(MeanGrowth(std::log(1.1)), Near(0.1, 1e-15));
  EXPECT_THAT(MeanGrowth(0), Optional(Eq(0)));
  EXPECT_THAT(MeanGrowth(-1e-20), Near(-1e-20, 1e-30));
  EXPECT_EQ(MeanGrowth(kNan), std::nullopt);
  EXPECT_EQ(MeanGrowth(1000), std::nullopt);
}

TEST(DynamicsTest, TheTrendRestsOnAllYears) {
  EXPECT_THAT(LogTrend(Years{1, std::exp(0.2), std::exp(0.4)}), Near(0.2, 1e-12));
  // A year that is not known leaves the line where it is.
  EXPECT_THAT(LogTrend(Years{1, std::nullopt, std::exp(0.4), std::exp(0.6)}), Near(0.2, 1e-12));
  // Ends that are equal with a bulge between them: x = 0, 1, 0 in logarithms, and one year later 1.
  const double e = std::exp(1);
  EXPECT_THAT(LogTrend(Years{1, e, 1}), Near(0, 1e-12));
  EXPECT_THAT(LogTrend(Years{1, e, 1, e}), Near(0.2, 1e-12));
}

// --- What a change is made of ---

// Farhauer and Kroell, Standorttheorien, 2013: region A.
TEST(DynamicsTest, GiveTheReferenceShiftShare) {
  const Vector first = {90, 20, 10, 60};
  const Vector last = {100, 40, 10, 55};
  const Vector nation_first = {400, 150, 150, 400};
  const Vector nation_last = {440, 210, 135, 480};
  const auto parts = ShiftShare(first, last, nation_first, nation_last);
  ASSERT_TRUE(parts.has_value());
  EXPECT_NEAR(parts->national, 27, 1e-12);
  EXPECT_NEAR(parts->mix, 1, 1e-12);
  EXPECT_NEAR(parts->regional, -3, 1e-12);
  const auto units = ShiftShareByUnit(first, last, nation_first, nation_last);
  ASSERT_THAT(units, Optional(SizeIs(4)));
  // 20 x 0.15, 20 x (0.4 - 0.15), 20 x (1 - 0.4).
  EXPECT_NEAR((*units)[1].national, 3, 1e-12);
  EXPECT_NEAR((*units)[1].mix, 5, 1e-12);
  EXPECT_NEAR((*units)[1].regional, 12, 1e-12);
}

TEST(DynamicsTest, WhatGrewFromNothingIsRegional) {
  const auto units =
      ShiftShareByUnit(Vector{10, 0, 0}, Vector{10, 7, 2}, Vector{20, 5, 0}, Vector{20, 15, 4});
  ASSERT_THAT(units, Optional(SizeIs(3)));
  for (const size_t k : {1U, 2U}) {
    EXPECT_EQ((*units)[k].national, 0);
    EXPECT_EQ((*units)[k].mix, 0);
  }
  EXPECT_EQ((*units)[1].regional, 7);
  EXPECT_EQ((*units)[2].regional, 2);
  // A region that had nothing at all.
  const auto parts = ShiftShare(Vector{0, 0}, Vector{3, 4}, Vector{1, 1}, Vector{2, 2});
  ASSERT_TRUE(parts.has_value());
  EXPECT_EQ(parts->national + parts->mix, 0);
  EXPECT_EQ(parts->regional, 7);
}

TEST(DynamicsTest, ShiftShareNeedsAReference) {
  const Vector ones = {1, 1};
  EXPECT_EQ(ShiftShare(ones, ones, Vector{0, 0}, ones), std::nullopt);
  EXPECT_EQ(ShiftShare(ones, ones, Vector{2, 0}, ones), std::nullopt);
  EXPECT_EQ(ShiftShare({}, {}, {}, {}), std::nullopt);
  EXPECT_EQ(ShiftShare(ones, ones, ones, Vector{1}), std::nullopt);
  for (const double bad : {-1.0, kNan, kInfinity}) {
    for (size_t place = 0; place < 4; ++place) {
      std::vector<Vector> in(4, ones);
      in[place][1] = bad;
      EXPECT_EQ(ShiftShareByUnit(in[0], in[1], in[2], in[3]), std::nullopt) << bad << place;
      EXPECT_EQ(ShiftShare(in[0], in[1], in[2], in[3]), std::nullopt) << bad << place;
    }
  }
  // All of it lost.
  const auto parts = ShiftShare(ones, Vector{0, 0}, ones, Vector{0, 0});
  ASSERT_TRUE(parts.has_value());
  EXPECT_EQ(parts->national, -2);
  EXPECT_EQ(parts->mix, 0);
  EXPECT_EQ(parts->regional, 0);
}

TEST(DynamicsTest, ContributionsAreLogarithmsOfFactorRatios) {
  // 8 times as much: twice the people with four times as much each.
  const auto parts = LogContributions(Vector{2, 4}, Vector{1, 1});
  ASSERT_TRUE(parts.has_value());
  EXPECT_NEAR(parts->log_ratio, std::log(8), 1e-15);
  ASSERT_THAT(parts->shares, SizeIs(2));
  EXPECT_NEAR(parts->shares[0], 1.0 / 3, 1e-15);
  EXPECT_NEAR(parts->shares[1], 2.0 / 3, 1e-15);
  EXPECT_NEAR(parts->log_points[1], std::log(4), 1e-15);
}

TEST(DynamicsTest, NoGapHasLogPointsButNoShares) {
  for (const auto& [leader, follower] :
       {std::pair<Vector, Vector>{{2, 3}, {3, 2}}, {{1, 1}, {1, 1}}, {{0.1, 0.3}, {0.3, 0.1}}}) {
    const auto parts = LogContributions(leader, follower);
    ASSERT_TRUE(parts.has_value());
    EXPECT_THAT(parts->log_points, SizeIs(2));
    EXPECT_NEAR(parts->log_ratio, 0, 1e-15);
    EXPECT_THAT(parts->shares, IsEmpty());
  }
}

TEST(DynamicsTest, AFactorWithoutLogarithmHasNoContribution) {
  EXPECT_EQ(LogContributions({}, {}), std::nullopt);
  EXPECT_EQ(LogContributions(Vector{1}, Vector{1, 2}), std::nullopt);
  for (const double bad : {0.0, -1.0, kNan, kInfinity}) {
    EXPECT_EQ(LogContributions(Vector{2, bad}, Vector{1, 1}), std::nullopt) << bad;
    EXPECT_EQ(LogContributions(Vector{2, 1}, Vector{1, bad}), std::nullopt) << bad;
  }
  EXPECT_EQ(LogContributions(Vector{1e300}, Vector{1e-300}), std::nullopt);
}

// --- When a gap would close ---

// The ratio of the United States to the EU of 27 in the OECD's figures for 2025.
TEST(DynamicsTest, GiveTheReferenceCatchUpTimes) {
  const YearsToTarget parity = CatchUpTime(12.278, 1, 0.10, 0.25);
  EXPECT_EQ(parity.outcome, CatchUpOutcome::kReached);
  EXPECT_THAT(parity.years, Near(19.62, 0.005));
  EXPECT_THAT(CatchUpTime(12.278, 2, 0.10, 0.25).years, Near(14.20, 0.005));
  EXPECT_THAT(parity.years, Near(std::log(12.278) / std::log(1.25 / 1.1), 1e-9));
}

TEST(DynamicsTest, NeverIsNotUndefined) {
  for (const double follower : {0.10, 0.05, -0.5}) {
    const YearsToTarget never = CatchUpTime(3, 1, 0.10, follower);
    EXPECT_EQ(never.outcome, CatchUpOutcome::kNever) << follower;
    EXPECT_EQ(never.years, std::nullopt);
  }
  for (const double bad : {0.0, -1.0, kNan, kInfinity}) {
    EXPECT_EQ(CatchUpTime(bad, 1, 0.1, 0.2).outcome, CatchUpOutcome::kUndefined) << bad;
    EXPECT_EQ(CatchUpTime(3, bad, 0.1, 0.2).outcome, CatchUpOutcome::kUndefined) << bad;
  }
  for (const double bad : {-1.0, -2.0, kNan, kInfinity}) {
    EXPECT_EQ(CatchUpTime(3, 1, bad, 0.2).outcome, CatchUpOutcome::kUndefined) << bad;
    EXPECT_EQ(CatchUpTime(3, 1, 0.1, bad).outcome, CatchUpOutcome::kUndefined) << bad;
    EXPECT_EQ(CatchUpTime(3, 1, bad, 0.2).years, std::nullopt) << bad;
  }
}

TEST(DynamicsTest, WhatIsReachedTakesNoTime) {
  for (const double ratio : {1.0, 0.5}) {
    const YearsToTarget reached = CatchUpTime(ratio, 1, 0.3, 0.1);
    EXPECT_EQ(reached.outcome, CatchUpOutcome::kReached);
    EXPECT_THAT(reached.years, Optional(Eq(0)));
  }
}

TEST(DynamicsTest, RequiredGrowthClosesTheGapInTime) {
  EXPECT_THAT(RequiredGrowth(4, 1, 0.5, 2), Near(2, 1e-12));
  EXPECT_THAT(RequiredGrowth(2, 2, 0.25, 7), Near(0.25, 1e-12));
  EXPECT_THAT(RequiredGrowth(1, 2, 0, 1), Near(-0.5, 1e-12));
  for (const double bad : {0.0, -1.0, kNan, kInfinity}) {
    EXPECT_EQ(RequiredGrowth(bad, 1, 0.1, 10), std::nullopt) << bad;
    EXPECT_EQ(RequiredGrowth(3, bad, 0.1, 10), std::nullopt) << bad;
    EXPECT_EQ(RequiredGrowth(3, 1, 0.1, bad), std::nullopt) << bad;
  }
  for (const double bad : {-1.0, -2.0, kNan, kInfinity}) {
    EXPECT_EQ(RequiredGrowth(3, 1, bad, 10), std::nullopt) << bad;
  }
  EXPECT_EQ(RequiredGrowth(1e300, 1, 0.1, 0.1), std::nullopt);
}

// --- Algebra, over random amounts ---

class DynamicsAlgebraTest : public ::testing::TestWithParam<int> {
 protected:
  Draw draw_{static_cast<uint64_t>(GetParam())};
  const size_t n_ = 1 + static_cast<size_t>(GetParam()) % 17;
};

double SumOf(const Vector& amounts) { return std::accumulate(amounts.begin(), amounts.end(), 0.0); }

TEST_P(DynamicsAlgebraTest, ShiftShareAddsUpToTheChange) {
  const Vector first = draw_.Amounts(n_);
  const Vector last = draw_.Amounts(n_);
  Vector reference_first = draw_.PositiveAmounts(n_);
  Vector reference_last = draw_.Amounts(n_);
  for (size_t k = 0; k < n_; ++k) {
    reference_first[k] += first[k];
    reference_last[k] += last[k];
  }
  const auto parts = *ShiftShare(first, last, reference_first, reference_last);
  const double change = SumOf(last) - SumOf(first);
  const double scale = 1e-12 * (SumOf(first) + SumOf(last)) * SumOf(reference_last);
  EXPECT_NEAR(parts.national + parts.mix + parts.regional, change, scale);
  EXPECT_NEAR(parts.national, SumOf(first) * (SumOf(reference_last) / SumOf(reference_first) - 1),
              scale);
  const auto units = *ShiftShareByUnit(first, last, reference_first, reference_last);
  for (size_t k = 0; k < n_; ++k) {
    EXPECT_NEAR(units[k].national + units[k].mix + units[k].regional, last[k] - first[k], scale);
  }
  // The reference against itself grows as it does.
  const auto own = *ShiftShare(reference_first, reference_last, reference_first, reference_last);
  EXPECT_NEAR(own.mix, 0, scale * 10);
  EXPECT_NEAR(own.regional, 0, scale * 10);
}

TEST_P(DynamicsAlgebraTest, ContributionsAddUpToTheGap) {
  const Vector leader = draw_.PositiveAmounts(n_);
  const Vector follower = draw_.PositiveAmounts(n_);
  const auto parts = *LogContributions(leader, follower);
  double ratio = 1;
  for (size_t i = 0; i < n_; ++i) ratio *= leader[i] / follower[i];
  EXPECT_NEAR(SumOf(parts.log_points), std::log(ratio), 1e-11);
  EXPECT_NEAR(parts.log_ratio, std::log(ratio), 1e-11);
  ASSERT_EQ(parts.shares.size(), n_);
  double magnitude = 1;
  for (const double share : parts.shares) magnitude += std::abs(share);
  EXPECT_NEAR(SumOf(parts.shares), 1, 1e-15 * magnitude * static_cast<double>(n_));
  // From the other side every log point turns its sign, and the shares stay.
  const auto turned = *LogContributions(follower, leader);
  EXPECT_NEAR(turned.log_ratio, -parts.log_ratio, 1e-12);
  for (size_t i = 0; i < n_; ++i) EXPECT_NEAR(turned.shares[i], parts.shares[i], 1e-9 * magnitude);
}

TEST_P(DynamicsAlgebraTest, DriftTelescopes) {
  Years years;
  for (const double amount : draw_.PositiveAmounts(n_ + 2)) years.emplace_back(amount);
  const auto all = *LogDifferences(years);
  const auto span = static_cast<double>(n_ + 1);
  EXPECT_NEAR(*Drift(all), *LogRatio(*years.back(), *years.front()) / span, 1e-12);
  EXPECT_NEAR(*MeanGrowth(*Drift(all)), *CompoundGrowth(*years.front(), *years.back(), span), 1e-9);
  EXPECT_GE(*Volatility(all), 0);
  // What lies between the ends does not matter to the drift.
  for (size_t i = 1; i <= n_; ++i) {
    if (draw_.Uniform() < 0.5) years[i] = std::nullopt;
  }
  EXPECT_NEAR(*Drift(*LogDifferences(years)), *Drift(all), 1e-12);
}

TEST_P(DynamicsAlgebraTest, SteadyGrowthIsSeenByEveryMeasure) {
  const double rate = 0.02 * GetParam() - 0.4;
  Years years;
  for (size_t i = 0; i < n_ + 2; ++i) {
    years.emplace_back(7 * std::pow(1 + rate, static_cast<double>(i)));
  }
  if (n_ > 1) years[1] = std::nullopt;
  const auto differences = *LogDifferences(years);
  EXPECT_NEAR(*MeanGrowth(*Drift(differences)), rate, 1e-12);
  EXPECT_NEAR(*MeanGrowth(*LogTrend(years)), rate, 1e-12);
  EXPECT_NEAR(*CompoundGrowth(*years.front(), *years.back(), static_cast<double>(n_ + 1)), rate,
              1e-12);
  if (differences.size() > 1) EXPECT_NEAR(*Volatility(differences), 0, 1e-7);
}

TEST_P(DynamicsAlgebraTest, RequiredGrowthAndCatchUpTimeAreInverse) {
  const double ratio = 1 + draw_.Amount();
  const double target = 1 + draw_.Uniform();
  const double leader = draw_.Uniform() - 0.3;
  const double years = 1 + 20 * draw_.Uniform();
  const double follower = *RequiredGrowth(ratio, target, leader, years);
  if (ratio <= target) {
    EXPECT_LE(follower, leader);
    return;
  }
  EXPECT_THAT(CatchUpTime(ratio, target, leader, follower).years, Near(years, 1e-6));
  // One that grows faster is there sooner.
  EXPECT_LT(*CatchUpTime(ratio, target, leader, follower + 0.1).years, years);
}

INSTANTIATE_TEST_SUITE_P(Draws, DynamicsAlgebraTest, ::testing::Range(1, 40));

}  // namespace
}  // namespace steelyard::strategy
