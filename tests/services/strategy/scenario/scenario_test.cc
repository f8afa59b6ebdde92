#include "services/strategy/scenario/scenario.h"

#include <cmath>
#include <functional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/status/status.h"
#include "services/strategy/measures/figures.h"
#include "tests/services/strategy/growing_world.h"
#include "tests/services/strategy/scenario_support.h"
#include "tests/support/proto_matchers.h"
#include "tests/support/status_matchers.h"

namespace steelyard::strategy {
namespace {

using ::steelyard::testing::EqualsProto;
using ::steelyard::testing::HasReason;
using ::steelyard::testing::IsOk;
using ::steelyard::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ScenarioTest, StartsFromHistory) {
  const auto answer = Answer(ScenarioQuestion(), GrowingWorld());
  ASSERT_THAT(answer, IsOk());
  ASSERT_EQ(answer->regions_size(), 3);
  const v1::RegionProjection& us = answer->regions(0);
  EXPECT_EQ(us.region().region(), "US");
  EXPECT_NEAR(us.drift().number(), std::log(10) / 10, 1e-12);
  EXPECT_GT(us.volatility().number(), 0);
  EXPECT_EQ(us.points(), 10);
  EXPECT_EQ(us.start_year(), 2025);
  ASSERT_EQ(us.totals_size(), 6);
  ASSERT_EQ(us.totals(0).quantiles_size(), 5);
  EXPECT_THAT(us.totals(0).quantiles(0), EqualsProto(R"pb(
                probability: 0.05
                figure {
                  id: "total/US/2025/q=0.05"
                  status: VALUE_STATUS_OK
                  money { currency_code: "USD" units: 1000000000 }
                  unit: "USD"
                  formula: "quantile/1"
                  coverage { units_expected: 11 units_present: 11 share: 1 }
                })pb"));
  EXPECT_EQ(us.totals(0).quantiles(4).figure().money().units(), 1000 * kMillion);
  EXPECT_EQ(us.totals(5).year(), 2030);
  for (int i = 1; i < 5; ++i) {
    EXPECT_LT(MoneyOf(us.totals(5).quantiles(i - 1).figure()),
              MoneyOf(us.totals(5).quantiles(i).figure()));
  }
  EXPECT_EQ(answer->paths(), 400);
  EXPECT_EQ(answer->seed(), 5);
  EXPECT_EQ(answer->generator(), "philox4x32-10/1");
  EXPECT_EQ(answer->snapshot().token(), "sy1.growing");
  EXPECT_EQ(answer->definition().currency(), "USD");
}

TEST(ScenarioTest, ARegionWhoseHistoryEndsEarlyStartsThere) {
  const auto answer = Answer(ScenarioQuestion(), GrowingWorld());
  ASSERT_THAT(answer, IsOk());
  const v1::RegionProjection& cn = answer->regions(2);
  EXPECT_EQ(cn.start_year(), 2023);
  EXPECT_EQ(cn.points(), 5);
  EXPECT_EQ(cn.totals(0).year(), 2023);
  EXPECT_EQ(cn.totals_size(), 8);
  EXPECT_LT(At(cn.totals(), 2024, 0), At(cn.totals(), 2024, 4));
  ASSERT_EQ(answer->ratios_size(), 2);
  EXPECT_EQ(answer->ratios(1).numerator(), "US");
  EXPECT_EQ(answer->ratios(1).denominator(), "CN");
  EXPECT_EQ(answer->ratios(1).ratios(0).year(), 2025);
  EXPECT_EQ(answer->ratios(0).ratios(0).quantiles(3).figure().number(), 12.5);
  EXPECT_EQ(answer->ratios(0).ratios(0).quantiles(3).figure().id(), "ratio/US:EUROPE/2025/q=0.75");
}

TEST(ScenarioTest, InfrastructureIsAsMuchOfTheTotalAsItWas) {
  const auto answer = Answer(ScenarioQuestion(), GrowingWorld());
  ASSERT_THAT(answer, IsOk());
  const v1::RegionProjection& us = answer->regions(0);
  // The year that paths start from is known, and the share in it is not.
  ASSERT_EQ(us.infrastructure_size(), us.totals_size() - 1);
  for (int year = 2026; year <= 2030; ++year) {
    EXPECT_NEAR(At(us.infrastructure(), year), 0.3 * At(us.totals(), year), 0.02);
  }
  EXPECT_EQ(us.infrastructure(0).quantiles(1).figure().id(), "infrastructure/US/2026/q=0.25");
  // All of Europe's rounds are of other layers; of China's none is known.
  EXPECT_EQ(At(answer->regions(1).infrastructure(), 2030), 0);
  EXPECT_EQ(answer->regions(2).infrastructure_size(), 0);
}

TEST(ScenarioTest, APriorTakesThePlaceOfHistory) {
  v1::ProjectScenarioRequest request = ScenarioQuestion();
  v1::GrowthPrior& prior = *request.add_priors();
  prior.set_region("EUROPE");
  prior.set_drift(0.25);
  prior.set_volatility(0);
  const auto answer = Answer(request, GrowingWorld());
  ASSERT_THAT(answer, IsOk());
  const v1::RegionProjection& europe = answer->regions(1);
  EXPECT_THAT(europe.drift(), EqualsProto(R"pb(id: "prior_drift/EUROPE"
                                               status: VALUE_STATUS_OK
                                               number: 0.25
                                               unit: "1/a")pb"));
  EXPECT_THAT(europe.volatility(), EqualsProto(R"pb(id: "prior_volatility/EUROPE"
                                                    status: VALUE_STATUS_OK
                                                    number: 0
                                                    unit: "1")pb"));
  EXPECT_EQ(answer->regions(0).drift().id(), "drift/US/2015..2025");
  EXPECT_EQ(europe.points(), 0);
  for (int q = 0; q < 5; ++q) {
    EXPECT_NEAR(At(europe.totals(), 2030, q), 80e6 * std::exp(0.25 * 5), 0.01);
  }
}

TEST(ScenarioTest, FewDifferencesNeedAPrior) {
  Facts facts = GrowingWorld();
  facts.years.mutable_rows()->RemoveLast();  // of China: four differences are left
  v1::ProjectScenarioRequest request = ScenarioQuestion();
  const auto answer = Answer(request, facts);
  EXPECT_THAT(answer, HasReason(common::v1::ERROR_REASON_TOO_FEW_POINTS));
  EXPECT_THAT(answer,
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("CN has 4"), HasSubstr("need 5"), HasSubstr("prior"))));
  EXPECT_EQ(MetadataOf(answer.status(), "region"), "CN");
  EXPECT_EQ(MetadataOf(answer.status(), "points"), "4");
  EXPECT_EQ(MetadataOf(answer.status(), "least"), "5");
  request.add_priors()->set_region("CN");
  EXPECT_THAT(Answer(request, facts), IsOk());
}

TEST(ScenarioTest, NoPathStartsFromNothing) {
  Facts facts = GrowingWorld();
  v1::ProjectScenarioRequest request = ScenarioQuestion();
  request.set_regions(2, "JP");
  AddRegion(facts.totals, "JP", "JP", {"JP"});
  request.add_priors()->set_region("JP");
  const auto answer = Answer(request, OnlyRegions(facts, {0, 1, 3}));
  EXPECT_THAT(answer, HasReason(common::v1::ERROR_REASON_TOO_FEW_POINTS));
  EXPECT_THAT(std::string(answer.status().message()), HasSubstr("nowhere to start"));
  EXPECT_EQ(MetadataOf(answer.status(), "region"), "JP");
  EXPECT_EQ(MetadataOf(answer.status(), "points"), "0");
}

TEST(ScenarioTest, AFundIsThereEveryYearFromItsFirst) {
  v1::ProjectScenarioRequest request = ScenarioQuestion();
  const auto without = Answer(request, GrowingWorld());
  v1::Lever& lever = AddLever(request, "EUROPE", 2028);
  lever.mutable_yearly_fund()->set_currency_code("USD");
  lever.mutable_yearly_fund()->set_units(20 * kMillion);
  lever.mutable_yearly_fund()->set_nanos(500'000'000);
  const auto with = Answer(request, GrowingWorld());
  ASSERT_THAT(with, IsOk());
  for (int year = 2025; year <= 2030; ++year) {
    for (int q = 0; q < 5; ++q) {
      EXPECT_NEAR(
          At(with->regions(1).totals(), year, q) - At(without->regions(1).totals(), year, q),
          year >= 2028 ? 20e6 + 0.5 : 0, 0.02);
    }
  }
  EXPECT_THAT(with->regions(0), EqualsProto(without->regions(0)));
}

TEST(ScenarioTest, AFundIsInTheAnswersCurrency) {
  v1::ProjectScenarioRequest request = ScenarioQuestion();
  AddLever(request, "US").set_log_growth(0.1);
  AddLever(request, "EUROPE").mutable_yearly_fund()->set_currency_code("EUR");
  const auto answer = Answer(request, GrowingWorld());
  EXPECT_THAT(answer, HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  const auto fields = FieldsOf(answer.status());
  ASSERT_EQ(fields.size(), 1);
  EXPECT_EQ(fields[0].first, "levers[1].yearly_fund.currency_code");
  EXPECT_THAT(fields[0].second, HasSubstr("USD, not 'EUR'"));
}

struct LeverCase {
  std::string name;
  std::function<void(v1::ProjectScenarioRequest&)> pull;
  std::function<double(int year)> factor;  // of Europe's total
};

void PrintTo(const LeverCase& c, std::ostream* os) { *os << c.name; }

class ScenarioLeverTest : public ::testing::TestWithParam<LeverCase> {};

// Every quantile moves by the same factor, because every path does.
TEST_P(ScenarioLeverTest, MovesEveryPath) {
  v1::ProjectScenarioRequest request = ScenarioQuestion();
  const auto without = Answer(request, GrowingWorld());
  GetParam().pull(request);
  const auto with = Answer(request, GrowingWorld());
  ASSERT_THAT(with, IsOk());
  for (int year = 2025; year <= 2030; ++year) {
    for (int q = 0; q < 5; ++q) {
      EXPECT_NEAR(
          At(with->regions(1).totals(), year, q) / At(without->regions(1).totals(), year, q),
          GetParam().factor(year), 1e-7);
    }
  }
}

using Request = v1::ProjectScenarioRequest;

INSTANTIATE_TEST_SUITE_P(
    Levers, ScenarioLeverTest,
    ::testing::Values(
        LeverCase{"Retained",
                  [](Request& r) { AddLever(r, "EUROPE", 2027).set_retained_foreign_capital(0.2); },
                  [](int year) { return year >= 2027 ? 1.2 : 1; }},
        LeverCase{"RetainedTwice",
                  [](Request& r) {
                    AddLever(r, "EUROPE").set_retained_foreign_capital(0.2);
                    AddLever(r, "EUROPE", 2029).set_retained_foreign_capital(0.5);
                  },
                  [](int year) { return year >= 2029  ? 1.8
                                        : year > 2025 ? 1.2
                                                      : 1; }},
        LeverCase{"Shock", [](Request& r) { AddLever(r, "EUROPE", 2027).set_log_shock(-0.5); },
                  [](int year) { return year >= 2027 ? std::exp(-0.5) : 1; }},
        LeverCase{"ShockInTheFirstYear", [](Request& r) { AddLever(r, "EUROPE").set_log_shock(1); },
                  [](int year) { return year > 2025 ? std::exp(1) : 1; }},
        LeverCase{"Growth", [](Request& r) { AddLever(r, "EUROPE", 2027).set_log_growth(0.1); },
                  [](int year) { return std::exp(0.1 * std::max(0, year - 2026)); }},
        LeverCase{"OfAnotherRegion", [](Request& r) { AddLever(r, "US").set_log_growth(0.1); },
                  [](int /*year*/) { return 1; }},
        LeverCase{"InfrastructureLeavesTheTotal",
                  [](Request& r) { AddLever(r, "EUROPE").set_infrastructure_shift(0.4); },
                  [](int /*year*/) { return 1; }}),
    [](const auto& info) { return info.param.name; });

TEST(ScenarioTest, AShiftMovesTheShareWithinItsBounds) {
  v1::ProjectScenarioRequest request = ScenarioQuestion();
  AddLever(request, "US", 2027).set_infrastructure_shift(0.25);
  AddLever(request, "US", 2029).set_infrastructure_shift(0.9);
  AddLever(request, "EUROPE").set_infrastructure_shift(-0.5);
  const auto answer = Answer(request, GrowingWorld());
  ASSERT_THAT(answer, IsOk());
  const v1::RegionProjection& us = answer->regions(0);
  const double shares[] = {0.3, 0.55, 0.55, 1, 1};
  for (int year = 2026; year <= 2030; ++year) {
    EXPECT_NEAR(At(us.infrastructure(), year), shares[year - 2026] * At(us.totals(), year), 0.02);
  }
  EXPECT_EQ(At(answer->regions(1).infrastructure(), 2030), 0);
}

TEST(ScenarioTest, WhatIsNotKnownCannotBeShifted) {
  v1::ProjectScenarioRequest request = ScenarioQuestion();
  AddLever(request, "CN").set_infrastructure_shift(0.25);
  const auto answer = Answer(request, GrowingWorld());
  EXPECT_THAT(answer, HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  const auto fields = FieldsOf(answer.status());
  ASSERT_EQ(fields.size(), 1);
  EXPECT_EQ(fields[0].first, "levers[0].infrastructure_shift");
  EXPECT_THAT(fields[0].second, HasSubstr("no layer of a round of CN is known"));
}

TEST(ScenarioTest, TargetsHaveAProbabilityThatFallsAsTheyAskMore) {
  v1::ProjectScenarioRequest request = ScenarioQuestion();
  for (const double ratio : {20.0, 12.0, 8.0, 4.0}) AddTarget(request, ratio, 2030);
  AddTarget(request, 12, 2026);
  const auto answer = Answer(request, GrowingWorld());
  ASSERT_THAT(answer, IsOk());
  ASSERT_EQ(answer->targets_size(), 5);
  double before = 1;
  for (int i = 0; i < 4; ++i) {
    EXPECT_THAT(answer->targets(i).target(), EqualsProto(request.targets(i)));
    const Figure& probability = answer->targets(i).probability();
    EXPECT_LE(probability.number(), before);
    EXPECT_LE(probability.interval().lower(), probability.number());
    EXPECT_GE(probability.interval().upper(), probability.number());
    EXPECT_EQ(probability.interval().method(), "wilson/1");
    before = probability.number();
  }
  EXPECT_LE(answer->targets(4).probability().number(), answer->targets(1).probability().number());
  EXPECT_EQ(answer->targets(1).probability().id(), "probability/US:EUROPE/2030/ratio=12");
  EXPECT_EQ(answer->targets(1).probability().formula(), "probability/1");
}

TEST(ScenarioTest, AFundMakesATargetLikelier) {
  v1::ProjectScenarioRequest request = ScenarioQuestion();
  AddTarget(request, 8, 2030);
  const auto without = Answer(request, GrowingWorld());
  v1::Lever& lever = AddLever(request, "EUROPE");
  lever.mutable_yearly_fund()->set_currency_code("USD");
  lever.mutable_yearly_fund()->set_units(100 * kMillion);
  const auto with = Answer(request, GrowingWorld());
  ASSERT_THAT(with, IsOk());
  EXPECT_GT(with->targets(0).probability().number(), without->targets(0).probability().number());
}

TEST(ScenarioTest, IsTheSameOnAnyNumberOfThreads) {
  v1::ProjectScenarioRequest request = ScenarioQuestion();
  request.set_paths(5000);
  AddTarget(request, 8, 2030);
  AddLever(request, "EUROPE", 2027).set_log_growth(0.1);
  const auto one = Answer(request, GrowingWorld(), 1);
  ASSERT_THAT(one, IsOk());
  for (const int threads : {2, 8}) {
    EXPECT_EQ(one->SerializeAsString(),
              Answer(request, GrowingWorld(), threads)->SerializeAsString());
  }
}

TEST(ScenarioTest, ARegionMoreLeavesTheOthersAsTheyAre) {
  const auto three = Answer(ScenarioQuestion(), GrowingWorld());
  v1::ProjectScenarioRequest request = ScenarioQuestion();
  request.mutable_regions()->RemoveLast();
  const auto two = Answer(request, OnlyRegions(GrowingWorld(), {0, 1}));
  ASSERT_THAT(two, IsOk());
  EXPECT_THAT(two->regions(0), EqualsProto(three->regions(0)));
  EXPECT_THAT(two->regions(1), EqualsProto(three->regions(1)));
  EXPECT_THAT(two->ratios(0), EqualsProto(three->ratios(0)));
}

TEST(ScenarioTest, OneRegionAloneHasNoRatio) {
  v1::ProjectScenarioRequest request = ScenarioQuestion();
  request.clear_regions();
  request.add_regions("EUROPE");
  const auto answer = Answer(request, OnlyRegions(GrowingWorld(), {1}));
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->regions_size(), 1);
  EXPECT_EQ(answer->ratios_size(), 0);
}

TEST(ScenarioTest, TotalsBeyondWhatAnAmountHoldsAreUndefined) {
  v1::ProjectScenarioRequest request = ScenarioQuestion();
  v1::GrowthPrior& prior = *request.add_priors();
  prior.set_region("US");
  prior.set_drift(2);
  request.set_to_year(2075);
  const auto answer = Answer(request, GrowingWorld());
  ASSERT_THAT(answer, IsOk());
  const Figure& last = answer->regions(0).totals(50).quantiles(2).figure();
  EXPECT_EQ(last.status(), common::v1::VALUE_STATUS_UNDEFINED);
  EXPECT_THAT(last.reason(), HasSubstr("beyond"));
  EXPECT_EQ(answer->regions(0).infrastructure(49).quantiles(2).figure().status(),
            common::v1::VALUE_STATUS_UNDEFINED);
  EXPECT_EQ(answer->ratios(0).ratios(50).quantiles(2).figure().status(),
            common::v1::VALUE_STATUS_OK);
}

TEST(ScenarioTest, NamesSourcesOrWhatCouldNotBeAsked) {
  Facts facts = GrowingWorld();
  facts.source_names = {"sources/a"};
  EXPECT_EQ(Answer(ScenarioQuestion(), facts)->sources(0).name(), "sources/a");
  facts.unreachable = {"services/registry"};
  const auto answer = Answer(ScenarioQuestion(), facts);
  EXPECT_EQ(answer->sources_size(), 0);
  EXPECT_THAT(answer->unreachable(), ElementsAre("services/registry"));
}

}  // namespace
}  // namespace steelyard::strategy
