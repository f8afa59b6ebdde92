#include "services/strategy/ranking/ranking_answer.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/strategy/profile/indicators.h"
#include "services/strategy/ranking/ranking.h"
#include "tests/services/strategy/canned.h"
#include "tests/services/strategy/canned_backends.h"
#include "tests/support/fake_backends.h"
#include "tests/support/proto_matchers.h"
#include "tests/support/status_matchers.h"

namespace steelyard::strategy {
namespace {

using ::steelyard::testing::EqualsProto;
using ::steelyard::testing::HasReason;
using ::steelyard::testing::IsOk;
using ::steelyard::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class RankingAnswerTest : public ::testing::Test {
 protected:
  RankingAnswerTest() {
    world_.world.add_sources("sources/b");
    world_.totals.add_sources("sources/a");
    AnswerAbout(world_, fakes_);
  }

  absl::StatusOr<v1::RankRegionsResponse> Rank(
      const v1::RankRegionsRequest& request,
      const Context& context = Context::WithDeadline(absl::Now() + absl::Minutes(5))) {
    const Backends backends(fakes_.channels().funding, fakes_.channels().registry);
    return RankRegions(rpc::BackgroundCall(context, "test"), backends, request);
  }

  // The regions of the small world by what it knows of two of them.
  static v1::RankRegionsRequest Request() {
    v1::RankRegionsRequest request;
    *request.mutable_regions() = Question().regions();
    *request.mutable_period() = Question().period();
    for (const char* const id : {"total", "companies", "company_concentration"}) {
      request.add_indicators()->set_indicator(id);
    }
    request.set_draws(200);
    request.set_seed(7);
    return request;
  }

  // How many aggregates one definition takes.
  static constexpr size_t kAggregates = 8;

  Facts world_ = SmallWorld();
  testing::FakeBackends fakes_;
};

TEST_F(RankingAnswerTest, AnswersWithTheRankingOfItsFacts) {
  const auto answer = Rank(Request());
  ASSERT_THAT(answer, IsOk());
  const v1::RankRegionsRequest full = WithDefaults(Request());
  v1::RankRegionsResponse expected =
      MakeRanking(full, std::vector{IndicatorFigures(full, world_)}, 1, nullptr).value();
  *expected.mutable_definition() = world_.totals.definition();
  *expected.mutable_snapshot() = world_.snapshot;
  for (const char* const id : {"a", "b", "models", "wb_gdp", "wb_population"}) {
    expected.add_sources()->set_name("sources/" + std::string(id));
    expected.mutable_sources()->rbegin()->set_title("Title of sources/" + std::string(id));
  }
  EXPECT_THAT(*answer, EqualsProto(expected));

  ASSERT_EQ(answer->regions_size(), 3);
  // The US is ahead in everything; of CN only the number of companies is known, which is none.
  EXPECT_EQ(answer->regions(0).term(), "US");
  EXPECT_EQ(answer->regions(0).score().number(), 1);
  EXPECT_EQ(answer->regions(0).first_share(), 1);
  EXPECT_EQ(answer->regions(2).term(), "CN");
  EXPECT_EQ(answer->regions(2).rank(), 0);
  EXPECT_EQ(answer->definition().currency(), "USD");
  EXPECT_EQ(answer->seed(), 7);
}

TEST_F(RankingAnswerTest, TheSameRequestGetsTheSameBytes) {
  v1::RankRegionsRequest request = Request();
  request.add_alternatives();
  const auto one = Rank(request);
  const auto two = Rank(request);
  ASSERT_THAT(one, IsOk());
  ASSERT_THAT(two, IsOk());
  EXPECT_EQ(one->SerializeAsString(), two->SerializeAsString());
}

TEST_F(RankingAnswerTest, AsksEachDefinitionAtOneSnapshot) {
  v1::RankRegionsRequest request = Request();
  request.set_filter("stage = SEED");
  request.mutable_read()->mutable_as_of()->set_seconds(1'700'000'000);
  for (const char* const set : {"EU27", "EU27_UK"}) {
    common::v1::RegionBinding& binding = *request.add_alternatives()->add_regions();
    binding.set_alias("EUROPE");
    binding.set_region_set(set);
  }
  ASSERT_THAT(Rank(request), IsOk());
  const auto resolved = fakes_.funding.ResolveSnapshotAnswer.requests();
  ASSERT_EQ(resolved.size(), 3);
  EXPECT_THAT(resolved[0].read(), EqualsProto(request.read()));
  EXPECT_EQ(resolved[1].read().snapshot(), "sy1.test");
  EXPECT_EQ(resolved[2].read().snapshot(), "sy1.test");
  std::vector<std::string> sets;
  for (const auto& asked : fakes_.funding.AggregateRoundsAnswer.requests()) {
    EXPECT_EQ(asked.read().snapshot(), "sy1.test");
    EXPECT_EQ(asked.filter(), "stage = SEED");
    EXPECT_THAT(asked.period(), EqualsProto(request.period()));
    sets.push_back(
        asked.definition().regions_size() == 0 ? "" : asked.definition().regions(0).region_set());
  }
  EXPECT_EQ(sets.size(), 3 * kAggregates);
  for (const char* const set : {"", "EU27", "EU27_UK"}) {
    EXPECT_EQ(std::count(sets.begin(), sets.end(), set), kAggregates) << set;
  }
}

TEST_F(RankingAnswerTest, AsksForFlowsOnlyWhenAnIndicatorIsMadeOfThem) {
  v1::RankRegionsRequest request = Request();
  request.add_alternatives();
  for (const char* const id : {"foreign_capital_share", "rounds_inflow_ratio"}) {
    request.mutable_indicators(0)->set_indicator(id);
    const size_t before = fakes_.funding.AggregateRoundsAnswer.requests().size();
    const auto answer = Rank(request);
    ASSERT_THAT(answer, IsOk());
    EXPECT_EQ(fakes_.funding.AggregateRoundsAnswer.requests().size() - before,
              2 * (kAggregates + 1));
    EXPECT_EQ(answer->regions(0).indicators(0).figure().status(), common::v1::VALUE_STATUS_OK);
  }
}

// Under the alternative Europe has the largest total and the US the smallest.
TEST_F(RankingAnswerTest, DrawsFromTheAlternatives) {
  Facts other = SmallWorld();
  *other.totals.mutable_rows(0)->mutable_figures(0)->mutable_figure() = Usd(1);
  fakes_.funding.AggregateRoundsAnswer = [&](const auto& request, auto& reply) {
    reply = AnswerTo(request.definition().regions_size() == 0 ? world_ : other, request);
    if (request.definition().regions_size() > 0) reply.add_sources("sources/c");
    return absl::OkStatus();
  };
  v1::RankRegionsRequest request = Request();
  request.clear_indicators();
  request.add_indicators()->set_indicator("total");
  request.add_alternatives()->add_regions()->set_alias("EUROPE");
  const auto answer = Rank(request);
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->regions(0).term(), "US");
  EXPECT_EQ(answer->regions(0).score().number(), 1);
  EXPECT_NEAR(answer->regions(0).first_share(), 0.5, 0.15);
  EXPECT_EQ(answer->regions(0).low_rank(), 1);
  EXPECT_EQ(answer->regions(0).high_rank(), 2);
  // What the alternative rests on is named too.
  std::vector<std::string> names;
  for (const common::v1::SourceRef& source : answer->sources()) names.push_back(source.name());
  EXPECT_THAT(names, ElementsAre("sources/a", "sources/b", "sources/c", "sources/models",
                                 "sources/wb_gdp", "sources/wb_population"));
}

TEST_F(RankingAnswerTest, GoesWithoutTheRegistryAndSaysSo) {
  fakes_.LoseRegistry();
  v1::RankRegionsRequest request = Request();
  request.add_alternatives();
  const auto answer = Rank(request);
  ASSERT_THAT(answer, IsOk());
  EXPECT_THAT(answer->unreachable(), ElementsAre("services/registry"));
  EXPECT_EQ(answer->sources_size(), 0);
  EXPECT_EQ(answer->regions(0).term(), "US");
}

TEST_F(RankingAnswerTest, CannotGoWithoutFunding) {
  fakes_.LoseFunding();
  EXPECT_THAT(Rank(Request()), HasReason(common::v1::ERROR_REASON_BACKEND_UNAVAILABLE));
}

TEST_F(RankingAnswerTest, AnErrorNamesTheAlternativeThatItIsOf) {
  fakes_.funding.AggregateRoundsAnswer = [&](const auto& request, auto& reply) -> absl::Status {
    reply = AnswerTo(world_, request);
    if (request.definition().source_policy().empty()) return absl::OkStatus();
    return MakeError(common::v1::ERROR_REASON_INVALID_FIELD, "no such policy");
  };
  v1::RankRegionsRequest request = Request();
  request.add_alternatives();
  EXPECT_THAT(Rank(request), IsOk());
  request.add_alternatives()->set_source_policy("loudest/1");
  const auto answer = Rank(request);
  EXPECT_THAT(answer, HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(std::string(answer.status().message()), StartsWith("alternatives[1]: "));
  EXPECT_THAT(std::string(answer.status().message()), HasSubstr("no such policy"));
}

TEST_F(RankingAnswerTest, EndsWithItsCall) {
  const Context context = Context::Background();
  Context handle = context;
  handle.Cancel();
  EXPECT_THAT(Rank(Request(), context), StatusIs(absl::StatusCode::kCancelled));
}

// What the answer takes from the facts of one definition.
TEST(IndicatorFiguresTest, AreThoseOfTheProfiles) {
  v1::RankRegionsRequest request;
  *request.mutable_period() = Question().period();
  for (const char* const id : {"total", "rounds", "company_concentration"}) {
    request.add_indicators()->set_indicator(id);
  }
  const Facts facts = SmallWorld();
  const RankingFigures figures = IndicatorFigures(WithDefaults(request), facts);
  EXPECT_THAT(figures.terms, ElementsAre("US", "EUROPE", "CN"));
  EXPECT_EQ(figures.figures[0][0].id(), "total/US/2020..2022");
  EXPECT_EQ(IndicatorValue(figures.figures[1][0]), 150.5);
  EXPECT_EQ(IndicatorValue(figures.figures[0][1]), 5);
  EXPECT_EQ(IndicatorValue(figures.figures[1][2]), 0.6);
  EXPECT_EQ(IndicatorValue(figures.figures[2][0]), std::nullopt);
  EXPECT_THAT(figures.figures[2][0].reason(), HasSubstr("no round of CN"));
}

}  // namespace
}  // namespace steelyard::strategy
