#include "tests/support/bootstrap.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/random/philox.h"
#include "services/common/status/status.h"

namespace steelyard::strategy {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::Key;
using ::testing::Optional;

using Vector = std::vector<double>;

Value Total(Amounts amounts) { return std::accumulate(amounts.begin(), amounts.end(), 0.0); }

Value Mean(Amounts amounts) {
  if (amounts.empty()) return std::nullopt;
  return *Total(amounts) / static_cast<double>(amounts.size());
}

// With n below, as the plug-in principle has it.
Value Variance(Amounts amounts) {
  const Value mean = Mean(amounts);
  if (!mean) return std::nullopt;
  double squares = 0;
  for (const double amount : amounts) squares += (amount - *mean) * (amount - *mean);
  return squares / static_cast<double>(amounts.size());
}

BootstrapOptions Draws(int draws, uint64_t seed = 1) {
  BootstrapOptions options;
  options.draws = draws;
  options.seed = seed;
  return options;
}

BootstrapResult Get(const absl::StatusOr<BootstrapResult>& result) {
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *result : BootstrapResult();
}

// Heavy-tailed amounts.
Vector Companies(size_t n, uint32_t name = 0) {
  random::Sequence sequence({5, 5}, name, 0, 0);
  Vector amounts(n);
  for (double& amount : amounts) amount = std::exp(1.5 * sequence.Normal());
  return amounts;
}

// --- Reference values ---

// Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, tables 14.1 and 14.2: test A of
// the spatial test data, variance, 2000 draws of theirs.
TEST(BootstrapTest, GivesTheReferenceIntervalsOfTheSpatialTest) {
  const Vector a = {48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6,
                    0,  33, 28, 34, 4,  32, 24, 47, 41, 24, 26, 30, 41};
  const BootstrapResult result = Get(Bootstrap(a, Variance, Draws(20'000)));
  EXPECT_THAT(result.estimate, Optional(DoubleNear(171.5, 0.05)));
  EXPECT_THAT(result.acceleration, Optional(DoubleNear(0.061, 0.0005)));
  ASSERT_TRUE(result.percentile);
  EXPECT_NEAR(result.percentile->lower, 100.8, 4);
  EXPECT_NEAR(result.percentile->upper, 233.9, 4);
  ASSERT_TRUE(result.bca);
  EXPECT_NEAR(result.bca->lower, 115.8, 3);
  EXPECT_NEAR(result.bca->upper, 259.6, 4);
}

// The law school data of Efron 1979: correlation of LSAT and GPA of 15 schools, 0.776. The
// acceleration is the jackknife's worked out apart; bounds are those of 60,000 draws by another
// program.
TEST(BootstrapTest, GivesTheReferenceIntervalsOfTheLawSchools) {
  const Vector lsat = {576, 635, 558, 578, 666, 580, 555, 661, 651, 605, 653, 575, 545, 572, 594};
  const Vector gpa = {3.39, 3.30, 2.81, 3.03, 3.44, 3.07, 3.00, 3.43,
                      3.36, 3.13, 3.12, 2.74, 2.76, 2.88, 2.96};
  const auto correlation = [&](Picks picks) -> Value {
    Vector x;
    Vector y;
    double product = 0;
    for (const uint32_t school : picks[0]) {
      x.push_back(lsat[school]);
      y.push_back(gpa[school]);
      product += lsat[school] * gpa[school];
    }
    const Value mean = Mean(x);
    if (!mean) return std::nullopt;
    const double covariance = product / static_cast<double>(x.size()) - *mean * *Mean(y);
    return Ratio(covariance, std::sqrt(*Variance(x) * *Variance(y)));
  };
  const std::array<size_t, 1> schools = {lsat.size()};
  const BootstrapResult result = Get(BootstrapPicks(schools, correlation, Draws(20'000)));
  EXPECT_THAT(result.estimate, Optional(DoubleNear(0.776374, 1e-6)));
  EXPECT_THAT(result.acceleration, Optional(DoubleNear(-0.0756716, 1e-6)));
  EXPECT_THAT(result.standard_error, Optional(DoubleNear(0.134, 0.003)));
  EXPECT_THAT(result.bias_correction, Optional(DoubleNear(-0.098, 0.03)));
  ASSERT_TRUE(result.percentile);
  EXPECT_NEAR(result.percentile->lower, 0.522, 0.01);
  EXPECT_NEAR(result.percentile->upper, 0.947, 0.005);
  ASSERT_TRUE(result.bca);
  EXPECT_NEAR(result.bca->lower, 0.427, 0.015);
  EXPECT_NEAR(result.bca->upper, 0.927, 0.006);
}

// The mouse data of Efron and Tibshirani 1993, table 2.1: survival in days of 7 treated mice and 9
// others. The standard error of the difference of means is known without drawing.
TEST(BootstrapTest, GivesTheReferenceErrorOfTheMice) {
  const Vector treated = {94, 197, 16, 38, 99, 141, 23};
  const Vector control = {52, 104, 146, 10, 51, 30, 40, 27, 46};
  const auto difference = [](Amounts left, Amounts right) -> Value {
    return *Mean(left) - *Mean(right);
  };
  const BootstrapResult result = Get(BootstrapPair(treated, control, difference, Draws(20'000)));
  EXPECT_THAT(result.estimate, Optional(DoubleNear(30.63, 0.01)));
  const double exact = std::sqrt(*Variance(treated) / 7 + *Variance(control) / 9);
  EXPECT_NEAR(exact, 26.85, 0.1);
  EXPECT_THAT(result.standard_error, Optional(DoubleNear(exact, 0.02 * exact)));
}

// One company more or less changes a total by its amount: the moments of a compound Poisson sum.
TEST(BootstrapTest, PoissonDrawsHaveTheMomentsOfTheModel) {
  const Vector amounts = Companies(40);
  double squares = 0;
  double cubes = 0;
  for (const double amount : amounts) {
    squares += amount * amount;
    cubes += amount * amount * amount;
  }
  BootstrapOptions options = Draws(20'000);
  options.resampling = Resampling::kPoisson;
  const BootstrapResult poisson = Get(Bootstrap(amounts, Total, options));
  EXPECT_THAT(poisson.standard_error,
              Optional(DoubleNear(std::sqrt(squares), 0.03 * std::sqrt(squares))));
  EXPECT_THAT(poisson.acceleration,
              Optional(DoubleNear(cubes / (6 * std::pow(squares, 1.5)), 1e-9)));
  // As many companies as there are: less can happen.
  const double fixed = std::sqrt(40 * *Variance(amounts));
  EXPECT_THAT(Get(Bootstrap(amounts, Total, Draws(20'000))).standard_error,
              Optional(DoubleNear(fixed, 0.03 * fixed)));
  EXPECT_LT(fixed, std::sqrt(squares));
}

// --- The same bytes ---

void ExpectSameBits(const BootstrapResult& left, const BootstrapResult& right) {
  const auto bits = [](const BootstrapResult& result) {
    return std::array{std::bit_cast<uint64_t>(*result.estimate),
                      std::bit_cast<uint64_t>(*result.standard_error),
                      std::bit_cast<uint64_t>(result.percentile->lower),
                      std::bit_cast<uint64_t>(result.percentile->upper),
                      std::bit_cast<uint64_t>(result.bca->lower),
                      std::bit_cast<uint64_t>(result.bca->upper),
                      std::bit_cast<uint64_t>(*result.bias_correction),
                      std::bit_cast<uint64_t>(*result.acceleration)};
  };
  EXPECT_EQ(bits(left), bits(right));
}

TEST(BootstrapTest, GivesTheSameBitsOnAnyNumberOfThreads) {
  const Vector left = Companies(60, 1);
  const Vector right = Companies(30, 2);
  const auto ratio = [](Amounts a, Amounts b) { return Ratio(*Total(a), *Total(b)); };
  for (const Resampling resampling : {Resampling::kSameSize, Resampling::kPoisson}) {
    BootstrapOptions options = Draws(1000, 0x0123456789ABCDEF);
    options.resampling = resampling;
    options.threads = 1;
    const BootstrapResult hhi = Get(Bootstrap(left, Herfindahl, options));
    const BootstrapResult pair = Get(BootstrapPair(left, right, ratio, options));
    for (const int threads : {0, 2, 8}) {
      options.threads = threads;
      ExpectSameBits(Get(Bootstrap(left, Herfindahl, options)), hhi);
      ExpectSameBits(Get(BootstrapPair(left, right, ratio, options)), pair);
    }
  }
}

TEST(BootstrapTest, EverySeedDrawsAnew) {
  const Vector amounts = Companies(60);
  const auto error = [&](uint64_t seed) {
    return *Get(Bootstrap(amounts, Gini, Draws(1000, seed))).standard_error;
  };
  EXPECT_EQ(error(1), error(1));
  EXPECT_NE(error(1), error(2));
  EXPECT_NE(error(1), error(1 + (uint64_t{1} << 32)));
}

// --- Properties ---

TEST(BootstrapTest, ServesTheMeasuresOfCompanyAmounts) {
  const Vector amounts = Companies(80);
  const auto top5 = [](Amounts companies) { return ConcentrationRatio(companies, 5); };
  for (const std::function<Value(Amounts)>& measure :
       {std::function<Value(Amounts)>(Herfindahl), std::function<Value(Amounts)>(top5),
        std::function<Value(Amounts)>(Gini)}) {
    const BootstrapResult result = Get(Bootstrap(amounts, measure, Draws(1000)));
    ASSERT_TRUE(result.percentile && result.bca);
    for (const Bounds& bounds : {*result.percentile, *result.bca}) {
      EXPECT_GT(bounds.lower, 0);
      EXPECT_LT(bounds.lower, bounds.upper);
      EXPECT_LT(bounds.upper, 1);
    }
    EXPECT_LT(result.bca->lower, *result.estimate);
    EXPECT_GT(result.bca->upper, *result.estimate);
    EXPECT_EQ(result.undefined_draws, 0);
  }
}

TEST(BootstrapTest, IntervalsGrowWithTheLevelAndScaleWithTheUnit) {
  const Vector amounts = Companies(50);
  BootstrapOptions options = Draws(2000);
  std::optional<Bounds> narrower;
  for (const double level : {0.5, 0.8, 0.9, 0.95, 0.99}) {
    options.level = level;
    const BootstrapResult result = Get(Bootstrap(amounts, Total, options));
    ASSERT_TRUE(result.bca);
    if (narrower) {
      EXPECT_LT(result.bca->lower, narrower->lower);
      EXPECT_GT(result.bca->upper, narrower->upper);
    }
    narrower = result.bca;
  }
  Vector in_cents = amounts;
  for (double& amount : in_cents) amount *= 128;  // a power of two keeps every bit
  const BootstrapResult scaled = Get(Bootstrap(in_cents, Total, options));
  EXPECT_DOUBLE_EQ(scaled.bca->lower, 128 * narrower->lower);
  EXPECT_DOUBLE_EQ(scaled.bca->upper, 128 * narrower->upper);
}

TEST(BootstrapTest, CoversTheMeanOfNormalData) {
  constexpr int kWorlds = 300;
  constexpr size_t kSize = 30;
  int percentile = 0;
  int bca = 0;
  for (uint32_t world = 0; world < kWorlds; ++world) {
    random::Sequence sequence({17, 4}, world, 0, 0);
    Vector values(kSize);
    for (double& value : values) value = 10 + 2 * sequence.Normal();
    const BootstrapResult result = Get(Bootstrap(values, Mean, Draws(1000, world)));
    ASSERT_TRUE(result.percentile && result.bca);
    if (result.percentile->lower <= 10 && 10 <= result.percentile->upper) ++percentile;
    if (result.bca->lower <= 10 && 10 <= result.bca->upper) ++bca;
  }
  EXPECT_GE(percentile, 0.84 * kWorlds);
  EXPECT_LE(percentile, 0.94 * kWorlds);
  EXPECT_GE(bca, 0.84 * kWorlds);
  EXPECT_LE(bca, 0.94 * kWorlds);
}

// --- Edges ---

TEST(BootstrapTest, NamesEveryOptionThatIsOutOfRange) {
  BootstrapOptions options = Draws(999);
  options.level = 1;
  const auto result = Bootstrap(Vector{}, Total, options);
  EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(FieldsOf(result.status()), ElementsAre(Key("sizes[0]"), Key("draws"), Key("level")));
  for (const double level : {0.0, -1.0, 2.0, std::numeric_limits<double>::quiet_NaN()}) {
    options = Draws(1000);
    options.level = level;
    EXPECT_THAT(FieldsOf(Bootstrap(Companies(9), Total, options).status()),
                ElementsAre(Key("level")));
  }
  EXPECT_THAT(FieldsOf(Bootstrap(Companies(9), Total, Draws(100'001)).status()),
              ElementsAre(Key("draws")));
  EXPECT_THAT(FieldsOf(BootstrapPicks(
                           {}, [](Picks) { return Value(1); }, Draws(1000))
                           .status()),
              ElementsAre(Key("sizes")));
}

TEST(BootstrapTest, IsCancelledWhenStopped) {
  BootstrapOptions options = Draws(1000);
  options.stop = [] { return true; };
  const auto at_once = Bootstrap(Companies(9), Total, options);
  EXPECT_EQ(at_once.status().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(ReasonOf(at_once.status()), common::v1::ERROR_REASON_CANCELLED);
  // In the jackknife, after the sample itself and all draws.
  std::atomic<int> calls = 0;
  options.stop = [&] { return calls >= 1001; };
  const auto counted = [&](Amounts amounts) {
    ++calls;
    return Total(amounts);
  };
  EXPECT_EQ(Bootstrap(Companies(9), counted, options).status().code(),
            absl::StatusCode::kCancelled);
}

TEST(BootstrapTest, WhatHasNoValueHasNoInterval) {
  const BootstrapResult none = Get(Bootstrap(
      Companies(20), [](Amounts) { return Value(); }, Draws(1000)));
  EXPECT_FALSE(none.estimate || none.standard_error || none.percentile || none.bca);
  const BootstrapResult infinite = Get(Bootstrap(
      Companies(20), [](Amounts) { return Value(std::numeric_limits<double>::infinity()); },
      Draws(1000)));
  EXPECT_FALSE(infinite.estimate || infinite.percentile);
}

TEST(BootstrapTest, FewerThanFiveCompaniesHaveNoInterval) {
  const BootstrapResult four = Get(Bootstrap(Companies(4), Mean, Draws(1000)));
  EXPECT_TRUE(four.estimate && four.standard_error);
  EXPECT_FALSE(four.percentile || four.bca);
  EXPECT_TRUE(Get(Bootstrap(Companies(5), Mean, Draws(1000))).bca);
  const auto ratio = [](Amounts a, Amounts b) { return Ratio(*Total(a), *Total(b)); };
  EXPECT_FALSE(Get(BootstrapPair(Companies(20), Companies(4), ratio, Draws(1000))).percentile);
}

TEST(BootstrapTest, DrawsWithoutValueAreCountedAndFewMayBe) {
  // The largest of 9 companies is missing from (8/9)^9 of the draws, 35 %.
  const Vector amounts = {1, 2, 3, 4, 5, 6, 7, 8, 100};
  const auto with_largest = [](Amounts drawn) -> Value {
    for (const double amount : drawn) {
      if (amount == 100) return Total(drawn);
    }
    return std::nullopt;
  };
  const BootstrapResult result = Get(Bootstrap(amounts, with_largest, Draws(10'000)));
  EXPECT_NEAR(result.undefined_draws, 3464, 150);
  EXPECT_TRUE(result.estimate && result.standard_error);
  EXPECT_FALSE(result.acceleration);
  EXPECT_FALSE(result.percentile || result.bca);

  // Of 40 companies one of two is missing from almost none; without a company there is always one
  // left.
  const Vector many = Companies(40);
  const auto rarely = [&](Amounts drawn) -> Value {
    for (const double amount : drawn) {
      for (size_t i = 0; i < 8; ++i) {
        if (amount == many[i]) return Total(drawn);
      }
    }
    return std::nullopt;
  };
  const BootstrapResult rare = Get(Bootstrap(many, rarely, Draws(10'000)));
  EXPECT_GT(rare.undefined_draws, 0);
  EXPECT_LE(rare.undefined_draws, 10);
  EXPECT_TRUE(rare.percentile && rare.bca);
}

TEST(BootstrapTest, AStatisticThatNeverChangesHasAPointAndNoBca) {
  const BootstrapResult result = Get(Bootstrap(
      Companies(20), [](Amounts) { return Value(0.1); }, Draws(1000)));
  ASSERT_TRUE(result.percentile);
  EXPECT_EQ(result.percentile->lower, 0.1);
  EXPECT_EQ(result.percentile->upper, 0.1);
  EXPECT_THAT(result.standard_error, Optional(DoubleNear(0, 1e-14)));
  EXPECT_THAT(result.bias_correction, Optional(0));
  EXPECT_FALSE(result.acceleration || result.bca);
}

TEST(BootstrapTest, AMaximumIsOnOneSideOfItsDraws) {
  // No draw is above the largest amount, and most reach it: the correction is large but there is
  // one.
  const Vector amounts = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  const auto largest = [](Amounts drawn) -> Value {
    if (drawn.empty()) return std::nullopt;
    return *std::max_element(drawn.begin(), drawn.end());
  };
  const BootstrapResult result = Get(Bootstrap(amounts, largest, Draws(2000)));
  ASSERT_TRUE(result.percentile);
  EXPECT_EQ(result.percentile->upper, 10);
  // All draws are below a sum that only the whole sample reaches.
  const auto whole_only = [&](Amounts drawn) -> Value {
    double distinct = 0;
    for (const double amount : amounts) {
      for (const double other : drawn) {
        if (amount == other) {
          ++distinct;
          break;
        }
      }
    }
    return distinct;
  };
  const BootstrapResult below = Get(Bootstrap(amounts, whole_only, Draws(1000)));
  ASSERT_TRUE(below.percentile);
  EXPECT_LT(below.percentile->upper, 10);
  EXPECT_FALSE(below.bias_correction);
  EXPECT_FALSE(below.bca);
}

}  // namespace
}  // namespace steelyard::strategy
