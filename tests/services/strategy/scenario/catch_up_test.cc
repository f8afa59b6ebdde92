#include "services/strategy/scenario/catch_up.h"

#include <cmath>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/services/strategy/growing_world.h"

namespace steelyard::strategy {
namespace {

using ::testing::HasSubstr;

bool Never() { return false; }

CatchUpQuestion Ask(const std::string& leader, const std::string& follower) {
  CatchUpQuestion question;
  question.leader = leader;
  question.follower = follower;
  question.target_year = 2035;
  question.paths = 1000;
  question.seed = 1;
  return question;
}

v1::CatchUp Make(const Facts& facts, const CatchUpQuestion& question, int threads = 1) {
  const Evidence evidence(facts, kFirstYear, kLastYear);
  const auto made = MakeCatchUp(evidence, question, threads, Never);
  EXPECT_TRUE(made.has_value());
  return made.value_or(v1::CatchUp());
}

// Totals that grow by a constant rate to 2025, in dollars.
void AddSteadily(Facts& facts, const std::string& term, double last, double rate) {
  for (int year = kFirstYear; year <= kLastYear; ++year) {
    const double total = last * std::pow(1 + rate, year - kLastYear);
    AddRow(facts.years, {term, std::to_string(year)},
           {{funding::v1::MEASURE_SUM, Usd(std::llround(total))}});
  }
}

void AddBoth(Facts& facts) {
  AddRegion(facts.totals, "US", "US", {"US"});
  AddRegion(facts.totals, "EU27", "EU27", {"DE", "FR"});
}

// The United States and the EU27 as the OECD has them in 2025: 12.278 times as much.
Facts OecdGap() {
  Facts facts;
  facts.totals.mutable_definition()->set_currency("USD");
  AddBoth(facts);
  AddSteadily(facts, "US", 12.278e15, 0.10);
  AddSteadily(facts, "EU27", 1e15, 0.25);
  return facts;
}

TEST(CatchUpTest, TakesTheYearsOfTheClosedForm) {
  CatchUpQuestion question = Ask("US", "EU27");
  v1::CatchUp out = Make(OecdGap(), question);
  EXPECT_EQ(out.start_year(), 2025);
  EXPECT_NEAR(out.start_ratio().number(), 12.278, 1e-12);
  EXPECT_EQ(out.start_ratio().id(), "ratio/US:EU27/2025");
  EXPECT_NEAR(out.leader_growth().number(), 0.10, 1e-9);
  EXPECT_NEAR(out.follower_growth().number(), 0.25, 1e-9);
  EXPECT_EQ(out.leader_growth().formula(), "mean_growth/1");
  EXPECT_EQ(out.leader_points(), 10);
  EXPECT_EQ(out.follower_points(), 10);
  EXPECT_NEAR(out.years().number(), 19.62, 5e-3);
  EXPECT_EQ(out.years().unit(), "a");
  EXPECT_NEAR(out.required_growth().number(), 1.10 * std::pow(12.278, 0.1) - 1, 1e-9);
  question.target_ratio = 2;
  out = Make(OecdGap(), question);
  EXPECT_NEAR(out.years().number(), 14.20, 5e-3);
  EXPECT_EQ(out.target_ratio(), 2);
}

// The growth that is needed, put in as the follower's, arrives in the year it is needed for.
TEST(CatchUpTest, RequiredGrowthArrivesInTime) {
  Facts facts;
  facts.totals.mutable_definition()->set_currency("USD");
  AddSteadily(facts, "US", 12.278e15, 0.10);
  AddSteadily(facts, "EU27", 1e15, 1.10 * std::pow(12.278, 0.1) - 1);
  EXPECT_NEAR(Make(facts, Ask("US", "EU27")).years().number(), 10, 1e-8);
}

TEST(CatchUpTest, SteadyGrowthArrivesOnEveryPathInTheSameYear) {
  CatchUpQuestion question = Ask("US", "EU27");
  question.target_year = 2044;
  v1::CatchUp out = Make(OecdGap(), question);
  ASSERT_EQ(out.quantiles_size(), 5);
  for (const v1::Quantile& quantile : out.quantiles()) EXPECT_EQ(quantile.figure().number(), 20);
  EXPECT_EQ(out.never().number(), 0);
  EXPECT_EQ(out.by_target_year().number(), 0);
  question.target_year = 2045;
  out = Make(OecdGap(), question);
  EXPECT_EQ(out.by_target_year().number(), 1);
  EXPECT_EQ(out.by_target_year().id(), "by_target_year/US:EU27/2015..2025/year=2045");
}

TEST(CatchUpTest, WhoGrowsMoreSlowlyNeverArrives) {
  Facts facts;
  facts.totals.mutable_definition()->set_currency("USD");
  AddBoth(facts);
  AddSteadily(facts, "US", 2e15, 0.3);
  AddSteadily(facts, "EU27", 1e15, 0.2);
  const v1::CatchUp out = Make(facts, Ask("US", "EU27"));
  EXPECT_EQ(out.years().status(), common::v1::VALUE_STATUS_UNDEFINED);
  EXPECT_EQ(out.years().reason(), "never");
  for (const v1::Quantile& quantile : out.quantiles()) {
    EXPECT_EQ(quantile.figure().status(), common::v1::VALUE_STATUS_UNDEFINED);
    EXPECT_EQ(quantile.figure().reason(), "never");
  }
  EXPECT_EQ(out.never().number(), 1);
  EXPECT_GT(out.required_growth().number(), 0.3);
}

TEST(CatchUpTest, WhoIsThereTakesNoTime) {
  CatchUpQuestion question = Ask("US", "EU27");
  question.target_ratio = 20;
  const v1::CatchUp out = Make(OecdGap(), question);
  EXPECT_EQ(out.years().number(), 0);
  EXPECT_EQ(out.quantiles(4).figure().number(), 0);
  EXPECT_EQ(out.by_target_year().number(), 1);
}

TEST(CatchUpTest, GivesADistributionWithItsIntervals) {
  const v1::CatchUp out = Make(GrowingWorld(), Ask("US", "EUROPE"));
  EXPECT_EQ(out.start_ratio().number(), 12.5);
  EXPECT_NEAR(out.leader_growth().number(), std::pow(10, 0.1) - 1, 1e-12);
  EXPECT_EQ(out.years().reason(), "never");  // the US grow faster
  const double never = out.never().number();
  EXPECT_GT(never, 0);
  EXPECT_LT(never, 1);
  EXPECT_LT(out.never().interval().lower(), never);
  EXPECT_GT(out.never().interval().upper(), never);
  EXPECT_LE(out.by_target_year().number(), 1 - never);
  EXPECT_EQ(out.quantiles(0).figure().id(), "catch_up_time/US:EUROPE/2015..2025/q=0.05");
  EXPECT_EQ(out.quantiles(0).figure().formula(), "catch_up_time_quantile/1");
}

TEST(CatchUpTest, AHarderTargetIsNotReachedMoreOften) {
  double before = 1;
  for (const double target : {10.0, 6.0, 3.0, 1.0, 0.5}) {
    CatchUpQuestion question = Ask("US", "EUROPE");
    question.target_ratio = target;
    const double share = Make(GrowingWorld(), question).by_target_year().number();
    EXPECT_LE(share, before);
    before = share;
  }
}

TEST(CatchUpTest, IsTheSameOnAnyNumberOfThreads) {
  const CatchUpQuestion question = Ask("US", "EUROPE");
  const std::string one = Make(GrowingWorld(), question, 1).SerializeAsString();
  EXPECT_EQ(one, Make(GrowingWorld(), question, 2).SerializeAsString());
  EXPECT_EQ(one, Make(GrowingWorld(), question, 8).SerializeAsString());
}

TEST(CatchUpTest, StartsWhereBothHaveATotal) {
  const v1::CatchUp out = Make(GrowingWorld(), Ask("US", "CN"));
  EXPECT_EQ(out.start_year(), 2023);
  EXPECT_NEAR(out.start_ratio().number(), 500.0 / 55, 1e-12);
  EXPECT_EQ(out.follower_points(), 5);
  // Eight years from 20 to 55, whatever lies between.
  EXPECT_NEAR(out.follower_growth().number(), std::pow(2.75, 1.0 / 8) - 1, 1e-12);
  EXPECT_NEAR(out.required_growth().number(),
              (1 + out.leader_growth().number()) * std::pow(500.0 / 55, 1.0 / 12) - 1, 1e-12);
}

TEST(CatchUpTest, FewYearsGiveNoDistribution) {
  Facts facts = GrowingWorld();
  AddRegion(facts.totals, "JP", "JP", {"JP"});
  AddRow(facts.years, {"JP", "2024"}, {{funding::v1::MEASURE_SUM, Usd(kMillion)}});
  AddRow(facts.years, {"JP", "2025"}, {{funding::v1::MEASURE_SUM, Usd(3 * kMillion)}});
  const v1::CatchUp out = Make(facts, Ask("US", "JP"));
  EXPECT_NEAR(out.follower_growth().number(), 2, 1e-12);
  EXPECT_EQ(out.follower_points(), 1);
  EXPECT_GT(out.years().number(), 0);
  ASSERT_EQ(out.quantiles_size(), 5);
  for (const Figure* figure : {&out.quantiles(2).figure(), &out.never(), &out.by_target_year()}) {
    EXPECT_EQ(figure->status(), common::v1::VALUE_STATUS_INSUFFICIENT_COVERAGE);
    EXPECT_THAT(figure->reason(), HasSubstr("US has 10, JP has 1"));
  }
}

TEST(CatchUpTest, WithoutACommonYearNothingIsKnown) {
  Facts facts = GrowingWorld();
  AddRegion(facts.totals, "JP", "JP", {"JP"});
  AddRow(facts.years, {"JP", "2014"}, {{funding::v1::MEASURE_SUM, Usd(kMillion)}});
  const v1::CatchUp out = Make(facts, Ask("US", "JP"));
  EXPECT_EQ(out.start_year(), 0);
  for (const Figure* figure : {&out.start_ratio(), &out.years(), &out.required_growth()}) {
    EXPECT_EQ(figure->status(), common::v1::VALUE_STATUS_UNDEFINED);
    EXPECT_THAT(figure->reason(), HasSubstr("no year of 2015..2025 has a total of both"));
  }
  EXPECT_THAT(out.follower_growth().reason(), HasSubstr("fewer than two years"));
  EXPECT_EQ(out.never().status(), common::v1::VALUE_STATUS_INSUFFICIENT_COVERAGE);
}

// Germany is in Europe: drawn apart they would give chances of what cannot be.
TEST(CatchUpTest, RegionsThatShareCountriesHaveNoDistribution) {
  Facts facts = GrowingWorld();
  AddRegion(facts.totals, "DE", "DE", {"DE"});
  AddYears(facts, "DE", {1, 2, 2, 3, 5, 6, 9, 10, 12, 25, 40});
  const v1::CatchUp out = Make(facts, Ask("EUROPE", "DE"));
  EXPECT_EQ(out.start_ratio().number(), 2);
  EXPECT_GT(out.years().number(), 0);
  EXPECT_GT(out.required_growth().number(), 0);
  EXPECT_EQ(out.follower_points(), 10);
  ASSERT_EQ(out.quantiles_size(), 5);
  for (const Figure* figure : {&out.quantiles(2).figure(), &out.never(), &out.by_target_year()}) {
    EXPECT_EQ(figure->status(), common::v1::VALUE_STATUS_UNDEFINED);
    EXPECT_EQ(figure->reason(),
              "EUROPE and DE share countries, so that their paths are not independent");
  }
}

TEST(CatchUpTest, EndsWhenNobodyWaits) {
  const Facts facts = GrowingWorld();
  const Evidence evidence(facts, kFirstYear, kLastYear);
  EXPECT_FALSE(MakeCatchUp(evidence, Ask("US", "EUROPE"), 1, [] { return true; }).has_value());
}

}  // namespace
}  // namespace steelyard::strategy
