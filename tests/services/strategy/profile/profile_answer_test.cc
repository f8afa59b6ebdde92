#include "services/strategy/profile/profile_answer.h"

#include <memory>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/rpc/call.h"
#include "services/strategy/profile/compare.h"
#include "tests/services/strategy/canned.h"
#include "tests/services/strategy/canned_backends.h"
#include "tests/support/proto_matchers.h"
#include "tests/support/status_matchers.h"

namespace steelyard::strategy {
namespace {

using ::steelyard::testing::EqualsProto;
using ::steelyard::testing::HasReason;
using ::steelyard::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

v1::ProfileRegionRequest Ask(std::string_view region) {
  v1::ProfileRegionRequest request;
  request.set_region(std::string(region));
  *request.mutable_period() = Question().period();
  return request;
}

TEST(MergeProfileTest, SaysOfARegionWhatAComparisonSays) {
  const Facts facts = SmallWorld();
  const v1::CompareRegionsResponse comparison = MergeComparison(Question(), facts);
  for (const v1::RegionProfile& expected : comparison.profiles()) {
    const auto answer = MergeProfile(Ask(expected.region().term()), facts);
    EXPECT_THAT(answer.profile(), EqualsProto(expected));
    EXPECT_THAT(answer.world_total(), EqualsProto(comparison.world_total()));
    EXPECT_THAT(answer.definition(), EqualsProto(comparison.definition()));
    EXPECT_THAT(answer.snapshot(), EqualsProto(comparison.snapshot()));
    EXPECT_EQ(answer.SerializeAsString(),
              MergeProfile(Ask(expected.region().term()), SmallWorld()).SerializeAsString());
  }
}

class ProfileRegionTest : public ::testing::Test {
 protected:
  ProfileRegionTest() { AnswerAbout(world_, fakes_); }

  absl::StatusOr<v1::ProfileRegionResponse> Profile(const v1::ProfileRegionRequest& request) {
    const Backends backends(fakes_.channels().funding, fakes_.channels().registry);
    return ProfileRegion(rpc::BackgroundCall(Context::Background(), "test"), backends, request);
  }

  Facts world_ = SmallWorld();
  testing::FakeBackends fakes_;  // after the world: what answers a cancelled call may still read it
};

TEST_F(ProfileRegionTest, AsksForOneRegionAtOneSnapshot) {
  v1::ProfileRegionRequest request = Ask("US");
  request.set_filter("stage = SEED");
  request.set_top_k(7);
  request.mutable_definition()->set_source_policy("median/1");
  request.mutable_read()->mutable_as_of()->set_seconds(1'700'000'000);
  const auto answer = Profile(request);
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->profile().region().term(), "US");
  EXPECT_EQ(answer->profile().total().money().units(), 900);
  EXPECT_EQ(answer->source_count(), 3);
  EXPECT_EQ(answer->sources(0).title(), "Title of sources/models");
  EXPECT_THAT(fakes_.funding.ResolveSnapshotAnswer.requests()[0].read(),
              EqualsProto(request.read()));
  const auto aggregates = fakes_.funding.AggregateRoundsAnswer.requests();
  EXPECT_EQ(aggregates.size(), 9);
  for (const auto& asked : aggregates) {
    EXPECT_EQ(asked.read().snapshot(), "sy1.test");
    EXPECT_EQ(asked.filter(), request.filter());
    EXPECT_EQ(asked.definition().source_policy(), "median/1");
    if (asked.regions_size() > 0) EXPECT_THAT(asked.regions(), ElementsAre("US"));
    if (asked.measures_size() > 3) EXPECT_EQ(asked.top_k(), 7);
  }
  EXPECT_EQ(fakes_.statistics.GetSeriesAnswer.requests().size(), 5);
}

TEST_F(ProfileRegionTest, GoesWithoutTheRegistryAndSaysSo) {
  fakes_.LoseRegistry();
  const auto answer = Profile(Ask("US"));
  ASSERT_THAT(answer, IsOk());
  EXPECT_THAT(answer->unreachable(), ElementsAre("services/registry"));
  EXPECT_EQ(answer->sources_size(), 0);
  EXPECT_EQ(answer->source_count(), 3);
}

TEST_F(ProfileRegionTest, KeepsTheErrorsOfFunding) {
  fakes_.funding.AggregateRoundsAnswer = [](const auto&, auto&) {
    return MakeError(common::v1::ERROR_REASON_UNKNOWN_REGION, "no region 'US'",
                     {{"allowed", "EU27"}});
  };
  EXPECT_THAT(Profile(Ask("US")), HasReason(common::v1::ERROR_REASON_UNKNOWN_REGION));
}

TEST_F(ProfileRegionTest, RefusesBadRequestsBeforeItAsksAnything) {
  const auto answer = Profile(Ask(""));
  EXPECT_THAT(answer, HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(std::string(answer.status().message()), HasSubstr("region"));
  EXPECT_TRUE(fakes_.funding.ResolveSnapshotAnswer.requests().empty());
}

}  // namespace
}  // namespace steelyard::strategy
