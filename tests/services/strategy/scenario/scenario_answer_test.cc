#include "services/strategy/scenario/scenario_answer.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/rpc/call.h"
#include "services/strategy/scenario/scenario.h"
#include "tests/services/strategy/growing_world.h"
#include "tests/support/fake_backends.h"
#include "tests/support/proto_matchers.h"
#include "tests/support/status_matchers.h"

namespace steelyard::strategy {
namespace {

using ::steelyard::testing::EqualsProto;
using ::steelyard::testing::HasReason;
using ::steelyard::testing::IsOk;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

class ScenarioAnswerTest : public ::testing::Test {
 protected:
  ScenarioAnswerTest() {
    AnswerAboutGrowth(world_, fakes_);
    request_.add_regions("US");
    request_.add_regions("EUROPE");
    request_.mutable_history()->mutable_from()->set_year(kFirstYear);
    request_.mutable_history()->mutable_to()->set_year(kLastYear);
    request_.set_to_year(2035);
    request_.set_paths(200);
  }

  absl::StatusOr<v1::Projection> Ask() {
    const Backends backends(fakes_.channels().funding, fakes_.channels().registry);
    return ProjectScenario(rpc::BackgroundCall(context_, "test"), backends, request_,
                           [this](const v1::ScenarioProgress& progress) {
                             reports_.push_back(progress);
                             return !gone_;
                           });
  }

  Context context_ = Context::Background();
  const Facts world_ = GrowingWorld();
  testing::FakeBackends fakes_;
  v1::ProjectScenarioRequest request_;
  std::vector<v1::ScenarioProgress> reports_;
  bool gone_ = false;
};

TEST_F(ScenarioAnswerTest, AsksAboutTheHistoryAndAnswersFromTheFacts) {
  request_.set_filter("stage = SEED");
  const auto answer = Ask();
  ASSERT_THAT(answer, IsOk());
  ASSERT_EQ(answer->regions_size(), 2);
  EXPECT_EQ(answer->regions(1).region().region(), "EU27");
  EXPECT_EQ(answer->regions(1).totals_size(), 11);
  EXPECT_EQ(answer->snapshot().token(), "sy1.growing");
  EXPECT_EQ(answer->sources_size(), 2);
  for (const auto& asked : fakes_.funding.AggregateRoundsAnswer.requests()) {
    EXPECT_EQ(asked.filter(), "stage = SEED");
    EXPECT_THAT(asked.group_by(), Not(Contains(funding::v1::DIMENSION_INVESTOR_COUNTRY)));
    EXPECT_THAT(asked.period(), EqualsProto(request_.history()));
    if (asked.regions_size() > 0) EXPECT_THAT(asked.regions(), ElementsAre("US", "EUROPE"));
  }
}

TEST_F(ScenarioAnswerTest, TellsHowFarItIs) {
  ASSERT_THAT(Ask(), IsOk());
  ASSERT_FALSE(reports_.empty());
  int before = 0;
  for (const v1::ScenarioProgress& report : reports_) {
    EXPECT_EQ(report.paths(), 200);
    EXPECT_GT(report.paths_done(), before);
    before = report.paths_done();
  }
  EXPECT_EQ(before, 200);
}

TEST_F(ScenarioAnswerTest, EndsWhenTheCallerHasGone) {
  gone_ = true;
  EXPECT_THAT(Ask(), HasReason(common::v1::ERROR_REASON_CANCELLED));
  EXPECT_EQ(reports_.size(), 1);
}

TEST_F(ScenarioAnswerTest, EndsWithItsCall) {
  fakes_.registry.ListSourcesAnswer = [this](const auto&, auto&) {
    context_.Cancel();
    return absl::OkStatus();
  };
  EXPECT_THAT(Ask(), HasReason(common::v1::ERROR_REASON_CANCELLED));
  EXPECT_TRUE(reports_.empty());
}

TEST_F(ScenarioAnswerTest, RefusesWhatThePlanRefuses) {
  request_.mutable_history()->mutable_from()->set_year(2022);
  EXPECT_THAT(Ask(), HasReason(common::v1::ERROR_REASON_TOO_FEW_POINTS));
  EXPECT_TRUE(reports_.empty());
}

TEST_F(ScenarioAnswerTest, GoesWithoutTheRegistryAndSaysSo) {
  fakes_.LoseRegistry();
  const auto answer = Ask();
  ASSERT_THAT(answer, IsOk());
  EXPECT_THAT(answer->unreachable(), ElementsAre("services/registry"));
}

}  // namespace
}  // namespace steelyard::strategy
