#include "services/strategy/measures/intervals.h"

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace steelyard::strategy {
namespace {

using ::testing::DoubleNear;
using ::testing::Optional;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

void ExpectNear(const std::optional<Bounds>& bounds, double lower, double upper) {
  ASSERT_TRUE(bounds);
  EXPECT_NEAR(bounds->lower, lower, 1e-9 * std::abs(lower));
  EXPECT_NEAR(bounds->upper, upper, 1e-9 * std::abs(upper));
}

CompanySum SumOf(const std::vector<double>& amounts) {
  CompanySum sum;
  for (const double amount : amounts) sum.total += amount;
  sum.hhi = Herfindahl(amounts).value_or(0);
  sum.companies = static_cast<int64_t>(amounts.size());
  return sum;
}

// z = 1.6448536269514722; ln bounds are -z 0.2 and z 0.2 + (1 + z^2) 0.04.
TEST(IntervalsTest, TotalByHand) {
  ExpectNear(TotalInterval({100, 0.04, 50}, 0.9), 71.96640843238889, 161.1543577613132);
}

// Distances of both sums, squared, added, their roots: down from 0.32897 and 0.20154, up from
// 0.47719 and 0.16449.
TEST(IntervalsTest, RatioByHand) {
  ExpectNear(RatioInterval({200, 0.04, 50}, {100, 0.01, 400}, 0.9), 1.35981511722362,
             3.313127946231625);
}

TEST(IntervalsTest, ShareIsTheRatioToTheRestAsAShare) {
  const std::vector<double> part = {5, 3, 8, 1, 1, 4};
  const std::vector<double> rest = {2, 7, 9, 12, 3, 1, 1, 20};
  std::vector<double> whole = part;
  whole.insert(whole.end(), rest.begin(), rest.end());
  const auto odds = RatioInterval(SumOf(part), SumOf(rest), 0.9);
  ASSERT_TRUE(odds);
  const auto share = ShareInterval(SumOf(part), SumOf(whole), 0.9);
  ExpectNear(share, odds->lower / (1 + odds->lower), odds->upper / (1 + odds->upper));
  ExpectNear(WholeToPartInterval(SumOf(whole), SumOf(part), 0.9), 1 / share->upper,
             1 / share->lower);
}

TEST(IntervalsTest, SumsAreJoinedAndTakenApartAsTheirCompaniesAre) {
  const std::vector<double> left = {5, 3, 8, 1, 1, 4};
  const std::vector<double> right = {2, 7, 0, 12, 3};
  std::vector<double> both = left;
  both.insert(both.end(), right.begin(), right.end());
  const CompanySum whole = SumOf(both);
  const auto joined = Join(std::array{SumOf(left), SumOf(right)});
  ASSERT_TRUE(joined);
  EXPECT_DOUBLE_EQ(joined->total, whole.total);
  EXPECT_NEAR(joined->hhi, whole.hhi, 1e-15);
  EXPECT_EQ(joined->companies, whole.companies);
  const auto rest = Without(whole, SumOf(left));
  ASSERT_TRUE(rest);
  EXPECT_DOUBLE_EQ(rest->total, SumOf(right).total);
  EXPECT_NEAR(rest->hhi, SumOf(right).hhi, 1e-14);
  EXPECT_EQ(rest->companies, 5);
}

TEST(IntervalsTest, NothingAddsNothingButCompanies) {
  const auto joined = Join(std::array{CompanySum{10, 0.5, 2}, CompanySum{0, 0, 3}});
  ASSERT_TRUE(joined);
  EXPECT_EQ(joined->total, 10);
  EXPECT_EQ(joined->hhi, 0.5);
  EXPECT_EQ(joined->companies, 5);
  const auto none = Join(std::array{CompanySum{0, 0, 3}});
  ASSERT_TRUE(none);
  EXPECT_EQ(none->total, 0);
  EXPECT_EQ(none->hhi, 0);
}

TEST(IntervalsTest, WhatDoesNotSufficeHasNoInterval) {
  const CompanySum good = {100, 0.1, 20};
  const std::vector<CompanySum> insufficient = {
      {100, 0.25, 4},   // too few companies
      {100, 0.51, 20},  // one of them is most of it
      {0, 0.1, 20},    {-1, 0.1, 20},   {kNan, 0.1, 20}, {kInfinity, 0.1, 20}, {100, 0, 20},
      {100, -0.1, 20}, {100, kNan, 20}, {100, 1.5, 20},  {100, 0.1, -1},       {100, kInfinity, 9}};
  for (const CompanySum& bad : insufficient) {
    SCOPED_TRACE(::testing::Message() << bad.total << " " << bad.hhi << " " << bad.companies);
    EXPECT_FALSE(TotalInterval(bad, 0.9));
    EXPECT_FALSE(RatioInterval(bad, good, 0.9));
    EXPECT_FALSE(RatioInterval(good, bad, 0.9));
    EXPECT_FALSE(ShareInterval(bad, {1000, 0.05, 200}, 0.9));
    EXPECT_FALSE(ShareInterval(good, bad, 0.9));
  }
  EXPECT_TRUE(TotalInterval({100, 0.5, 5}, 0.9));
  for (const double level : {0.0, 1.0, -0.5, 1.5, kNan}) {
    EXPECT_FALSE(TotalInterval(good, level));
    EXPECT_FALSE(RatioInterval(good, good, level));
  }
}

TEST(IntervalsTest, APartMustFitIntoItsWhole) {
  const CompanySum whole = {100, 0.1, 20};
  EXPECT_FALSE(Without(whole, whole));                   // nothing is left
  EXPECT_FALSE(Without(whole, {120, 0.1, 10}));          // more than the whole
  EXPECT_FALSE(Without(whole, {50, 0.1, 20}));           // an amount is left and no company
  EXPECT_FALSE(Without(whole, {50, 0.9, 10}));           // larger squares than the whole
  EXPECT_FALSE(Without({100, 0.9, 20}, {50, 0.1, 10}));  // larger squares than what is left
  EXPECT_FALSE(Without(whole, {100 - 1e-5, 0.1, 10}));   // a rest of rounding errors
  EXPECT_FALSE(Without({kNan, 0.1, 20}, {50, 0.1, 10}));
  EXPECT_FALSE(Join({}));
  EXPECT_FALSE(Join(std::array{whole, CompanySum{-1, 0.1, 5}}));
  // Ten equal companies less five of them: rounding does not bring the index below its least value.
  const auto rest = Without({10, 0.1, 10}, {5, 0.2, 5});
  ASSERT_TRUE(rest);
  EXPECT_GE(rest->hhi, 0.2);
  EXPECT_NEAR(rest->hhi, 0.2, 1e-12);
}

TEST(IntervalsTest, HoldTheEstimateAndGrowWithLevelAndConcentration) {
  std::optional<Bounds> narrower;
  for (const double level : {0.1, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999}) {
    const auto bounds = RatioInterval({300, 0.1, 40}, {100, 0.05, 80}, level);
    ASSERT_TRUE(bounds);
    EXPECT_LT(bounds->lower, 3);
    EXPECT_GT(bounds->upper, 3);
    if (narrower) {
      EXPECT_LT(bounds->lower, narrower->lower);
      EXPECT_GT(bounds->upper, narrower->upper);
    }
    narrower = bounds;
  }
  narrower.reset();
  for (const double hhi : {0.001, 0.01, 0.1, 0.3, 0.5}) {
    const auto bounds = TotalInterval({100, hhi, 1000}, 0.9);
    ASSERT_TRUE(bounds);
    if (narrower) {
      EXPECT_LT(bounds->lower, narrower->lower);
      EXPECT_GT(bounds->upper, narrower->upper);
    }
    narrower = bounds;
  }
}

TEST(IntervalsTest, DoNotDependOnTheUnitOfMoney) {
  for (const double unit : {1e-6, 1e9}) {
    const auto scaled = [&](CompanySum sum) {
      sum.total *= unit;
      return sum;
    };
    const CompanySum part = {30, 0.1, 20};
    const CompanySum region = {100, 0.05, 80};
    const CompanySum reference_part = {200, 0.02, 120};
    const CompanySum reference = {1000, 0.004, 900};
    const auto total = TotalInterval(part, 0.9);
    ExpectNear(TotalInterval(scaled(part), 0.9), total->lower * unit, total->upper * unit);
    const auto share = ShareInterval(part, region, 0.9);
    ExpectNear(ShareInterval(scaled(part), scaled(region), 0.9), share->lower, share->upper);
    const auto quotient = LocationQuotientInterval(part, region, reference_part, reference, 0.9);
    ASSERT_TRUE(quotient);
    ExpectNear(LocationQuotientInterval(scaled(part), scaled(region), scaled(reference_part),
                                        scaled(reference), 0.9),
               quotient->lower, quotient->upper);
  }
}

TEST(IntervalsTest, MirrorWhatTheyAreOf) {
  const CompanySum left = {300, 0.1, 40};
  const CompanySum right = {100, 0.05, 80};
  const auto ratio = RatioInterval(left, right, 0.9);
  ExpectNear(RatioInterval(right, left, 0.9), 1 / ratio->upper, 1 / ratio->lower);
  const CompanySum whole = *Join(std::array{left, right});
  const auto share = ShareInterval(left, whole, 0.9);
  ExpectNear(ShareInterval(right, whole, 0.9), 1 - share->upper, 1 - share->lower);
}

// The quotient is symmetric in region and slice, and of a small slice of a small region it is near
// enough the ratio of the slice to the same slice elsewhere.
TEST(IntervalsTest, LocationQuotient) {
  const CompanySum part = {30, 0.1, 20};
  const CompanySum region = {100, 0.05, 80};
  const CompanySum reference_part = {200, 0.02, 120};
  const CompanySum reference = {1000, 0.004, 900};
  const auto within = [&](const CompanySum& row, const CompanySum& column) {
    return LocationQuotientInterval(part, row, column, reference, 0.9);
  };
  const auto bounds = within(region, reference_part);
  const auto turned = within(reference_part, region);
  ASSERT_TRUE(bounds);
  ExpectNear(turned, bounds->lower, bounds->upper);
  EXPECT_LT(bounds->lower, 1.5);
  EXPECT_GT(bounds->upper, 1.5);
  EXPECT_GT(bounds->lower, 0.5);
  EXPECT_LT(bounds->upper, 4);
  // The region is its slice, and the slice is all that there is.
  EXPECT_FALSE(LocationQuotientInterval(part, part, reference_part, reference, 0.9));
  EXPECT_FALSE(LocationQuotientInterval(part, region, part, reference, 0.9));
  EXPECT_FALSE(LocationQuotientInterval(part, region, reference, reference, 0.9));
  // Too few companies have the slice.
  EXPECT_FALSE(LocationQuotientInterval({30, 0.3, 4}, region, reference_part, reference, 0.9));
  // The rest of the region is one company: 100^2 0.5 is 30^2 0.1 and 70^2.
  EXPECT_FALSE(LocationQuotientInterval(part, {100, 0.499, 26}, reference_part, reference, 0.9));

  const CompanySum small = {1, 0.1, 20};
  const auto of_small = LocationQuotientInterval(small, {1e4, 1e-4, 20'000}, {1e4, 1e-3, 2000},
                                                 {1e8, 1e-6, 2'000'000}, 0.9);
  const auto ratio = RatioInterval(small, {1e4 - 1, 1e-3, 1980}, 0.9);
  ASSERT_TRUE(of_small);
  EXPECT_NEAR(std::log(of_small->upper / of_small->lower), std::log(ratio->upper / ratio->lower),
              0.01);
}

TEST(IntervalsTest, AreAttachedToFiguresThatHaveAValue) {
  Figure figure = MakeNumber({"total/US/2025", "sum/1", "USD"}, 3.0, "", CoverageOf(1, 1));
  SetInterval(std::nullopt, 0.9, kSumIntervalMethod, figure);
  EXPECT_FALSE(figure.has_interval());
  SetInterval(Bounds{2, 5}, 0.9, kSumIntervalMethod, figure);
  EXPECT_EQ(figure.interval().lower(), 2);
  EXPECT_EQ(figure.interval().upper(), 5);
  EXPECT_EQ(figure.interval().level(), 0.9);
  EXPECT_EQ(figure.interval().method(), "compound_poisson_log/1");
  EXPECT_EQ(figure.number(), 3);
  Figure missing = MakeUndefined({"total/US/2025", "sum/1", "USD"}, "none");
  SetInterval(Bounds{2, 5}, 0.9, kSumIntervalMethod, missing);
  EXPECT_FALSE(missing.has_interval());
}

TEST(NormalTest, QuantilesAreThoseOfTables) {
  EXPECT_THAT(NormalQuantile(0.5), Optional(0));
  EXPECT_THAT(NormalQuantile(0.975), Optional(DoubleNear(1.959963984540054, 1e-14)));
  EXPECT_THAT(NormalQuantile(0.95), Optional(DoubleNear(1.6448536269514722, 1e-14)));
  EXPECT_THAT(NormalQuantile(0.25), Optional(DoubleNear(-0.6744897501960817, 1e-14)));
  EXPECT_THAT(NormalQuantile(0.001), Optional(DoubleNear(-3.090232306167813, 1e-13)));
  EXPECT_THAT(NormalQuantile(1e-10), Optional(DoubleNear(-6.361340902404056, 1e-12)));
  EXPECT_THAT(NormalQuantile(1e-20), Optional(DoubleNear(-9.262340089798408, 1e-12)));
  EXPECT_THAT(NormalQuantile(0), Optional(-kInfinity));
  EXPECT_THAT(NormalQuantile(1), Optional(kInfinity));
  for (const double bad : {-0.1, 1.1, kNan}) EXPECT_FALSE(NormalQuantile(bad));
  for (double p = 0.0005; p < 1; p += 0.0005) {
    EXPECT_NEAR(NormalProbability(*NormalQuantile(p)), p, 1e-14);
  }
}

}  // namespace
}  // namespace steelyard::strategy
