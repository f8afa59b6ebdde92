#include "gateway/compare.h"

#include "gmock/gmock.h"
#include "tests/gateway/gateway_fixture.h"
#include "tests/support/status_matchers.h"

namespace steelyard::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class CompareTest : public GatewayTest {
 protected:
  CompareTest() {
    fakes.strategy.CompareRegionsAnswer = [](const strategy::v1::CompareRegionsRequest& asked,
                                             strategy::v1::CompareRegionsResponse& reply) {
      for (const std::string& region : asked.regions()) {
        reply.add_profiles()->mutable_region()->set_term(region);
      }
      return absl::OkStatus();
    };
    fakes.registry.ListCodelistsAnswer = [](const registry::v1::ListCodelistsRequest&,
                                            registry::v1::ListCodelistsResponse& reply) {
      for (const char* name :
           {"codelists/EU_FOCUS", "codelists/LAYER", "codelists/STRATEGY_US_SCALE"}) {
        reply.add_codelists()->set_name(name);
      }
      return absl::OkStatus();
    };
    request.add_regions("US");
    request.add_regions("EUROPE");
    request.set_filter("layer = \"CHIPS\"");
    request.set_top_k(3);
    request.mutable_definition()->set_currency("EUR");
  }

  void StrategyLacksTheRegistry() {
    fakes.strategy.CompareRegionsAnswer = [](const strategy::v1::CompareRegionsRequest&,
                                             strategy::v1::CompareRegionsResponse& reply) {
      reply.add_unreachable("services/registry");
      return absl::OkStatus();
    };
  }
  absl::Status Ask() { return Compare(Call(), Connected(), answers, request, response); }

  observe::Metrics metrics;
  cache::Answers answers{"gateway", int64_t{1} << 20, metrics};
  v1::CompareRequest request;
  v1::CompareResponse response;
};

TEST_F(CompareTest, GivesAKeptAnswerAtTheSameSnapshot) {
  ASSERT_THAT(Ask(), testing::IsOk());
  const std::string first = response.SerializeAsString();
  response.Clear();
  ASSERT_THAT(Ask(), testing::IsOk());
  EXPECT_EQ(response.SerializeAsString(), first);
  EXPECT_THAT(fakes.strategy.CompareRegionsAnswer.requests(), SizeIs(1));
  request.set_top_k(4);
  ASSERT_THAT(Ask(), testing::IsOk());
  EXPECT_THAT(fakes.strategy.CompareRegionsAnswer.requests(), SizeIs(2));
}

TEST_F(CompareTest, AsksAgainForWhatWasMissing) {
  StrategyLacksTheRegistry();
  ASSERT_THAT(Ask(), testing::IsOk());
  response.Clear();
  ASSERT_THAT(Ask(), testing::IsOk());
  EXPECT_THAT(fakes.strategy.CompareRegionsAnswer.requests(), SizeIs(2));
}

TEST_F(CompareTest, PinsOneSnapshotForEveryCall) {
  ASSERT_THAT(Ask(), testing::IsOk());
  EXPECT_EQ(response.snapshot().token(), kToken);
  ASSERT_THAT(fakes.strategy.CompareRegionsAnswer.requests(), SizeIs(1));
  EXPECT_EQ(fakes.strategy.CompareRegionsAnswer.requests()[0].read().snapshot(), kToken);
  ASSERT_THAT(fakes.registry.ListCodelistsAnswer.requests(), SizeIs(1));
  EXPECT_EQ(fakes.registry.ListCodelistsAnswer.requests()[0].read().snapshot(), kToken);
}

TEST_F(CompareTest, HandsEveryFieldToStrategy) {
  request.mutable_period()->mutable_from()->set_year(2015);
  ASSERT_THAT(Ask(), testing::IsOk());
  const strategy::v1::CompareRegionsRequest asked =
      fakes.strategy.CompareRegionsAnswer.requests().at(0);
  EXPECT_THAT(asked.regions(), ElementsAre("US", "EUROPE"));
  EXPECT_EQ(asked.period().from().year(), 2015);
  EXPECT_EQ(asked.filter(), request.filter());
  EXPECT_EQ(asked.top_k(), 3);
  EXPECT_EQ(asked.definition().currency(), "EUR");
}

TEST_F(CompareTest, AddsTheCodelistsThatExplainTheStrategies) {
  ASSERT_THAT(Ask(), testing::IsOk());
  ASSERT_THAT(response.codelists(), SizeIs(2));
  EXPECT_EQ(response.codelists(0).name(), "codelists/EU_FOCUS");
  EXPECT_EQ(response.codelists(1).name(), "codelists/STRATEGY_US_SCALE");
  EXPECT_THAT(response.unreachable(), IsEmpty());
}

TEST_F(CompareTest, GoesWithoutTheRegistryAndSaysSo) {
  fakes.LoseRegistry();
  ASSERT_THAT(Ask(), testing::IsOk());
  EXPECT_THAT(response.comparison().profiles(), SizeIs(2));
  EXPECT_THAT(response.codelists(), IsEmpty());
  EXPECT_THAT(response.unreachable(), ElementsAre("services/registry"));
}

TEST_F(CompareTest, TakesOverWhatStrategyWentWithout) {
  StrategyLacksTheRegistry();
  ASSERT_THAT(Ask(), testing::IsOk());
  EXPECT_THAT(response.unreachable(), ElementsAre("services/registry"));
}

TEST_F(CompareTest, FailsWithoutStrategy) {
  fakes.LoseStrategy();
  const absl::Status status = Ask();
  EXPECT_EQ(ReasonOf(status), common::v1::ERROR_REASON_BACKEND_UNAVAILABLE);
  EXPECT_EQ(MetadataOf(status, "service"), "services/strategy");
}

TEST_F(CompareTest, FailsWithoutFunding) {
  fakes.LoseFunding();
  const absl::Status status = Ask();
  EXPECT_EQ(ReasonOf(status), common::v1::ERROR_REASON_BACKEND_UNAVAILABLE);
  EXPECT_EQ(MetadataOf(status, "service"), "services/funding");
}

TEST_F(CompareTest, RefusalsKeepCodeAndReason) {
  fakes.strategy.CompareRegionsAnswer = [](const strategy::v1::CompareRegionsRequest&,
                                           strategy::v1::CompareRegionsResponse&) {
    return MakeError(common::v1::ERROR_REASON_UNKNOWN_REGION, "no region is called 'EUROP'");
  };
  const absl::Status status = Ask();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), common::v1::ERROR_REASON_UNKNOWN_REGION);
}

TEST_F(CompareTest, ARefusalOfTheRegistryIsNotSilence) {
  fakes.registry.ListCodelistsAnswer = [](const registry::v1::ListCodelistsRequest&,
                                          registry::v1::ListCodelistsResponse&) {
    return MakeError(common::v1::ERROR_REASON_SNAPSHOT_OUT_OF_RANGE, "revision 9 lies ahead");
  };
  const absl::Status status = Ask();
  EXPECT_EQ(ReasonOf(status), common::v1::ERROR_REASON_SNAPSHOT_OUT_OF_RANGE);
}

}  // namespace
}  // namespace steelyard::gateway
