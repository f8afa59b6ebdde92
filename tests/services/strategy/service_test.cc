#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "services/common/observe/metrics.h"
#include "services/common/snapshot/snapshot.h"
#include "services/common/status/status.h"
#include "services/strategy/app.h"
#include "services/strategy/measures/measure_catalog.h"
#include "services/strategy/profile/compare.h"
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
using ::testing::UnorderedElementsAre;

// The service as its process wires it, before backends that answer about the small world.
class ServiceTest : public ::testing::Test {
 protected:
  ServiceTest() { AnswerAbout(world_, fakes_); }

  // Starts the service on first use, so that a test may lose a backend before.
  v1::StrategyService::Stub& Stub() {
    if (stub_ == nullptr) {
      config::v1::ServerConfig config;
      config.mutable_limits()->set_workers(2);
      config.mutable_limits()->set_queue(8);
      app_ = App::Create(config, metrics_, fakes_.channels().funding, fakes_.channels().registry);
      grpc::ServerBuilder builder;
      for (grpc::Service* service : app_->services()) builder.RegisterService(service);
      server_ = builder.BuildAndStart();
      stub_ = v1::StrategyService::NewStub(server_->InProcessChannel({}));
    }
    return *stub_;
  }

  ~ServiceTest() override {
    if (server_ != nullptr) server_->Shutdown();
  }

  absl::StatusOr<v1::CompareRegionsResponse> Compare(const v1::CompareRegionsRequest& request) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(60)));
    v1::CompareRegionsResponse response;
    STEELYARD_RETURN_IF_ERROR(
        FromGrpcStatus(Stub().CompareRegions(&context, request, &response), "services/strategy"));
    return response;
  }

  observe::Metrics metrics_;
  Facts world_ = SmallWorld();
  testing::FakeBackends fakes_;  // after the world: what answers a cancelled call may still read it
  std::unique_ptr<App> app_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::StrategyService::Stub> stub_;
};

TEST_F(ServiceTest, ListsTheMeasuresOfItsAnswers) {
  grpc::ClientContext context;
  v1::ListMeasuresResponse response;
  ASSERT_TRUE(Stub().ListMeasures(&context, {}, &response).ok());
  ASSERT_EQ(response.measures_size(), static_cast<int>(MeasureCatalog().size()));
  for (int i = 0; i < response.measures_size(); ++i) {
    EXPECT_THAT(response.measures(i), EqualsProto(MeasureCatalog()[i]));
  }
  EXPECT_EQ(response.method_version(), kMethodVersion);
}

TEST_F(ServiceTest, AnswersWithTheMergeOfItsBackendsAnswers) {
  world_.world.add_sources("sources/b");
  world_.world.add_sources("sources/a");
  world_.world.set_source_count(5);
  const auto answer = Compare(Question());
  ASSERT_THAT(answer, IsOk());

  Facts expected = world_;
  expected.source_names = {"sources/a", "sources/b", "sources/models", "sources/wb_gdp",
                           "sources/wb_population"};
  expected.source_count = 8;  // three sources of rounds are not named
  for (const std::string& name : expected.source_names) {
    expected.sources.emplace_back().set_name(name);
    expected.sources.back().set_title("Title of " + name);
  }
  EXPECT_THAT(*answer, EqualsProto(MergeComparison(Question(), expected)));
}

TEST_F(ServiceTest, PinsOneSnapshotAndAsksEverythingAtIt) {
  v1::CompareRegionsRequest request = Question();
  request.mutable_read()->mutable_as_of()->set_seconds(1'700'000'000);
  request.set_filter("stage = SEED");
  request.mutable_definition()->add_regions()->set_alias("EUROPE");
  request.mutable_definition()->mutable_regions(0)->set_region_set("EU27");
  ASSERT_THAT(Compare(request), IsOk());

  const auto resolved = fakes_.funding.ResolveSnapshotAnswer.requests();
  ASSERT_EQ(resolved.size(), 1);
  EXPECT_THAT(resolved[0].read(), EqualsProto(request.read()));
  const auto aggregates = fakes_.funding.AggregateRoundsAnswer.requests();
  EXPECT_EQ(aggregates.size(), 9);
  for (const auto& asked : aggregates) {
    EXPECT_EQ(asked.read().snapshot(), "sy1.test");
    EXPECT_EQ(asked.filter(), request.filter());
    EXPECT_THAT(asked.period(), EqualsProto(request.period()));
    EXPECT_THAT(asked.definition().regions(0), EqualsProto(request.definition().regions(0)));
  }
  const auto series = fakes_.statistics.GetSeriesAnswer.requests();
  std::vector<std::string> variables;
  for (const auto& asked : series) {
    EXPECT_EQ(asked.read().snapshot(), "sy1.test");
    EXPECT_EQ(asked.region_bindings(0).region_set(), "EU27");
    const bool published =
        asked.variable() == kPublishedVariable || asked.variable() == kOutgoingVariable;
    EXPECT_EQ(asked.sum_members(), !published) << asked.variable();
    // One source counts the models of all regions, so that they compare.
    EXPECT_EQ(asked.one_source(), asked.variable() == kModelsVariable) << asked.variable();
    variables.push_back(asked.variable());
  }
  EXPECT_THAT(variables, UnorderedElementsAre("gdp_current_usd", "population", "ai_investment",
                                              "ai_investment_outgoing", "notable_ai_models"));
  for (const auto& asked : fakes_.registry.GetCodelistAnswer.requests()) {
    EXPECT_EQ(asked.read().snapshot(), "sy1.test");
  }
  for (const auto& asked : fakes_.registry.ListSourcesAnswer.requests()) {
    EXPECT_EQ(asked.read().snapshot(), "sy1.test");
  }
}

TEST_F(ServiceTest, FiveAreTheLargestWhateverTheLengthOfTheList) {
  v1::CompareRegionsRequest request = Question();
  request.set_top_k(42);
  ASSERT_THAT(Compare(request), IsOk());
  std::vector<int> list;
  std::vector<int> ratio;
  for (const auto& asked : fakes_.funding.AggregateRoundsAnswer.requests()) {
    for (const int measure : asked.measures()) {
      if (measure == funding::v1::MEASURE_MEDIAN) list.push_back(asked.top_k());
      if (measure == funding::v1::MEASURE_CONCENTRATION_RATIO) ratio.push_back(asked.top_k());
      if (measure == funding::v1::MEASURE_SUM_WITHOUT_LARGEST) ratio.push_back(asked.top_k());
    }
  }
  EXPECT_THAT(list, ElementsAre(42));
  EXPECT_THAT(ratio, ElementsAre(5, 5));
}

TEST_F(ServiceTest, AsksForAmountsInTheCurrencyOfGdpToo) {
  v1::CompareRegionsRequest request = Question();
  request.mutable_definition()->set_currency("EUR");
  ASSERT_THAT(Compare(request), IsOk());
  int in_usd = 0;
  for (const auto& asked : fakes_.funding.AggregateRoundsAnswer.requests()) {
    if (asked.definition().currency() == "USD") ++in_usd;
  }
  EXPECT_EQ(in_usd, 1);
  EXPECT_EQ(fakes_.funding.AggregateRoundsAnswer.requests().size(), 10);
}

// GDP is nominal: what is set against it must be too.
TEST_F(ServiceTest, AsksForAmountsAsPaidBesideThoseInConstantPrices) {
  v1::CompareRegionsRequest request = Question();
  request.mutable_definition()->mutable_price_basis()->set_base_year(2021);
  request.mutable_definition()->mutable_price_basis()->set_deflator("cpi_index");
  ASSERT_THAT(Compare(request), IsOk());
  int nominal = 0;
  for (const auto& asked : fakes_.funding.AggregateRoundsAnswer.requests()) {
    if (asked.definition().price_basis().base_year() != 0) continue;
    ++nominal;
    EXPECT_EQ(asked.definition().price_basis().deflator(), "");
    EXPECT_EQ(asked.definition().currency(), "USD");
  }
  EXPECT_EQ(nominal, 1);
  EXPECT_EQ(fakes_.funding.AggregateRoundsAnswer.requests().size(), 10);
}

TEST_F(ServiceTest, FollowsPagesToTheirEnd) {
  fakes_.funding.AggregateRoundsAnswer = [this](const auto& request, auto& reply) {
    reply = AnswerTo(world_, request);
    const bool layers =
        request.group_by_size() == 2 && request.group_by(1) == funding::v1::DIMENSION_LAYER;
    if (!layers) return absl::OkStatus();
    // One row a page.
    const int page = request.page_token().empty() ? 0 : std::stoi(request.page_token());
    const funding::v1::AggregateRow row = world_.layers.rows(page);
    reply.clear_rows();
    *reply.add_rows() = row;
    if (page + 1 < world_.layers.rows_size()) {
      reply.set_next_page_token(std::to_string(page + 1));
    }
    return absl::OkStatus();
  };
  const auto answer = Compare(Question());
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->profiles(0).layers_size(), 4);
  EXPECT_EQ(answer->profiles(1).layers(1).total().money().units(), 100);
}

TEST_F(ServiceTest, GoesWithoutTheRegistryAndSaysSo) {
  fakes_.LoseRegistry();
  const auto answer = Compare(Question());
  ASSERT_THAT(answer, IsOk());
  EXPECT_THAT(answer->unreachable(), ElementsAre("services/registry"));
  EXPECT_EQ(answer->sources_size(), 0);
  EXPECT_EQ(answer->source_count(), 3);
  EXPECT_EQ(answer->profiles(0).total().money().units(), 900);
  EXPECT_EQ(answer->profiles(0).layers_size(), 4);
}

TEST_F(ServiceTest, ARegistryThatFailsForItsSourcesOnlyIsUnreachableToo) {
  fakes_.registry.ListSourcesAnswer = [](const auto&, auto&) {
    return MakeRetryableError(common::v1::ERROR_REASON_OVERLOADED, "too much", absl::Seconds(1));
  };
  const auto answer = Compare(Question());
  ASSERT_THAT(answer, IsOk());
  EXPECT_THAT(answer->unreachable(), ElementsAre("services/registry"));
  EXPECT_EQ(answer->sources_size(), 0);
}

TEST_F(ServiceTest, ARefusalOfTheRegistryIsTheCallersToKnow) {
  fakes_.registry.GetCodelistAnswer = [](const auto&, auto&) {
    return MakeError(common::v1::ERROR_REASON_SNAPSHOT_COMPACTED, "compacted");
  };
  EXPECT_THAT(Compare(Question()), HasReason(common::v1::ERROR_REASON_SNAPSHOT_COMPACTED));
}

TEST_F(ServiceTest, AnEmptyRegistryLeavesTheOrderOfCodes) {
  fakes_.registry.GetCodelistAnswer = [](const auto&, auto&) {
    return MakeError(common::v1::ERROR_REASON_CODELIST_NOT_FOUND, "no such list");
  };
  const auto answer = Compare(Question());
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->unreachable_size(), 0);
  EXPECT_EQ(answer->profiles(0).layers(0).code(), "APPLICATION_VERTICAL");
}

TEST_F(ServiceTest, CannotGoWithoutFunding) {
  fakes_.LoseFunding();
  const auto answer = Compare(Question());
  EXPECT_THAT(answer, StatusIs(absl::StatusCode::kUnavailable, HasSubstr("services/funding")));
  EXPECT_THAT(answer, HasReason(common::v1::ERROR_REASON_BACKEND_UNAVAILABLE));
}

TEST_F(ServiceTest, KeepsTheErrorsOfFunding) {
  fakes_.funding.AggregateRoundsAnswer = [](const auto& request, auto& reply) -> absl::Status {
    reply.Clear();
    if (request.regions_size() == 0) return absl::OkStatus();
    return MakeError(common::v1::ERROR_REASON_UNKNOWN_REGION, "no region 'EUROPA'",
                     {{"allowed", "EU27, EUROPE_BROAD"}});
  };
  const auto answer = Compare(Question());
  EXPECT_THAT(answer, HasReason(common::v1::ERROR_REASON_UNKNOWN_REGION));
  EXPECT_EQ(MetadataOf(answer.status(), "allowed"), "EU27, EUROPE_BROAD");

  fakes_.funding.ResolveSnapshotAnswer = [](const auto&, auto&) {
    return MakeError(common::v1::ERROR_REASON_INVALID_SNAPSHOT, "damaged");
  };
  EXPECT_THAT(Compare(Question()), HasReason(common::v1::ERROR_REASON_INVALID_SNAPSHOT));
}

TEST_F(ServiceTest, KeepsTheErrorsOfStatistics) {
  fakes_.statistics.GetSeriesAnswer = [](const auto&, auto&) {
    return MakeRetryableError(common::v1::ERROR_REASON_STORE_UNAVAILABLE, "not ready",
                              absl::Seconds(1));
  };
  EXPECT_THAT(Compare(Question()), HasReason(common::v1::ERROR_REASON_STORE_UNAVAILABLE));
}

TEST_F(ServiceTest, RefusesBadRequestsBeforeItAsksAnything) {
  v1::CompareRegionsRequest request = Question();
  request.clear_period();
  EXPECT_THAT(Compare(request), HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_TRUE(fakes_.funding.ResolveSnapshotAnswer.requests().empty());
}

}  // namespace
}  // namespace steelyard::strategy
