#include "services/strategy/scenario/gap_answer.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/rpc/call.h"
#include "services/strategy/scenario/gap.h"
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

class GapAnswerTest : public ::testing::Test {
 protected:
  GapAnswerTest() {
    AnswerAboutGrowth(world_, fakes_);
    request_.set_leader("US");
    request_.set_follower("EUROPE");
    request_.mutable_period()->mutable_from()->set_year(kFirstYear);
    request_.mutable_period()->mutable_to()->set_year(kLastYear);
    request_.set_paths(200);
  }

  absl::StatusOr<v1::DecomposeGapResponse> Ask() {
    const Backends backends(fakes_.channels().funding, fakes_.channels().registry);
    return DecomposeGap(rpc::BackgroundCall(context_, "test"), backends, request_);
  }

  Context context_ = Context::Background();
  const Facts world_ = GrowingWorld();
  testing::FakeBackends fakes_;
  v1::DecomposeGapRequest request_;
};

TEST_F(GapAnswerTest, AsksAboutBothRegionsAndAnswersFromTheFacts) {
  request_.set_filter("stage = SEED");
  request_.mutable_definition()->add_regions()->set_alias("EUROPE");
  request_.mutable_read()->set_snapshot("sy1.growing");
  const auto answer = Ask();
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->leader().term(), "US");
  EXPECT_EQ(answer->follower().region(), "EU27");
  EXPECT_EQ(answer->ratio().number(), 12.4);
  EXPECT_EQ(answer->catch_up().leader_points(), 10);
  EXPECT_EQ(answer->snapshot().token(), "sy1.growing");
  EXPECT_EQ(answer->sources_size(), 2);
  for (const auto& asked : fakes_.funding.AggregateRoundsAnswer.requests()) {
    EXPECT_EQ(asked.filter(), "stage = SEED");
    EXPECT_THAT(asked.group_by(), Not(Contains(funding::v1::DIMENSION_INVESTOR_COUNTRY)));
    EXPECT_THAT(asked.period(), EqualsProto(request_.period()));
    EXPECT_EQ(asked.definition().regions_size(), 1);
    if (asked.regions_size() > 0) EXPECT_THAT(asked.regions(), ElementsAre("US", "EUROPE"));
  }
  EXPECT_EQ(fakes_.funding.ResolveSnapshotAnswer.requests()[0].read().snapshot(), "sy1.growing");
}

TEST_F(GapAnswerTest, GoesWithoutTheRegistryAndSaysSo) {
  fakes_.LoseRegistry();
  const auto answer = Ask();
  ASSERT_THAT(answer, IsOk());
  EXPECT_THAT(answer->unreachable(), ElementsAre("services/registry"));
  EXPECT_EQ(answer->sources_size(), 0);
}

TEST_F(GapAnswerTest, KeepsTheErrorsOfFunding) {
  fakes_.funding.AggregateRoundsAnswer = [](const auto&, auto&) {
    return MakeError(common::v1::ERROR_REASON_UNKNOWN_REGION, "no such region");
  };
  EXPECT_THAT(Ask(), HasReason(common::v1::ERROR_REASON_UNKNOWN_REGION));
}

// The call ends between the last answer of the services behind and the first path.
TEST_F(GapAnswerTest, EndsWithItsCall) {
  fakes_.registry.ListSourcesAnswer = [this](const auto&, auto&) {
    context_.Cancel();
    return absl::OkStatus();
  };
  EXPECT_THAT(Ask(), HasReason(common::v1::ERROR_REASON_CANCELLED));
}

}  // namespace
}  // namespace steelyard::strategy
