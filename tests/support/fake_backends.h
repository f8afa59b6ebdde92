#pragma once

// The services behind the gateway as real gRPC servers inside the test, whose answers the test
// decides and whose requests it can look at. A method without an answer is UNIMPLEMENTED; a service
// that is not reachable is a channel to nowhere.

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/backends.h"
#include "grpcpp/grpcpp.h"
#include "services/common/rpc/keep_grpc.h"
#include "services/common/rpc/sanitizer_order.h"
#include "services/common/status/status.h"
#include "steelyard/funding/v1/funding.grpc.pb.h"
#include "steelyard/funding/v1/statistics.grpc.pb.h"
#include "steelyard/registry/v1/registry.grpc.pb.h"
#include "steelyard/strategy/v1/strategy.grpc.pb.h"

namespace steelyard::testing {

// What a method does: looks at the request, fills the reply, gives the status. Remembers requests.
// Thread-safe: the server answers while the test decides.
template <typename Request, typename Reply>
class Answer {
 public:
  using Function = std::function<absl::Status(const Request&, Reply&)>;
  Answer& operator=(Function function) {
    const std::lock_guard lock(mutex_);
    function_ = std::move(function);
    return *this;
  }
  grpc::Status operator()(const Request* request, Reply* reply) {
    rpc::SanitizerOrder();
    Function function;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(*request);
      function = function_;
    }
    if (!function) return {grpc::StatusCode::UNIMPLEMENTED, "the test gave no answer"};
    const absl::Status status = function(*request, *reply);
    rpc::SanitizerOrder();
    return ToGrpcStatus(status);
  }
  std::vector<Request> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  mutable std::mutex mutex_;
  Function function_;
  std::vector<Request> requests_;
};

#define STEELYARD_FAKE_METHOD(package, method)                                       \
  Answer<package::method##Request, package::method##Response> method##Answer;        \
  grpc::Status method(grpc::ServerContext*, const package::method##Request* request, \
                      package::method##Response* reply) override {                   \
    return method##Answer(request, reply);                                           \
  }

class FakeRegistry final : public registry::v1::RegistryService::Service {
 public:
  STEELYARD_FAKE_METHOD(registry::v1, GetCompany)
  STEELYARD_FAKE_METHOD(registry::v1, LookupCompany)
  STEELYARD_FAKE_METHOD(registry::v1, SearchCompanies)
  STEELYARD_FAKE_METHOD(registry::v1, MatchCompanies)
  STEELYARD_FAKE_METHOD(registry::v1, ListCompanyAssertions)
  STEELYARD_FAKE_METHOD(registry::v1, RetractCompany)
  STEELYARD_FAKE_METHOD(registry::v1, MergeCompanies)
  STEELYARD_FAKE_METHOD(registry::v1, SplitCompany)
  STEELYARD_FAKE_METHOD(registry::v1, DistinguishCompanies)
  STEELYARD_FAKE_METHOD(registry::v1, ListDuplicateCompanies)
  STEELYARD_FAKE_METHOD(registry::v1, ListCodelists)
  STEELYARD_FAKE_METHOD(registry::v1, GetCodelist)
  STEELYARD_FAKE_METHOD(registry::v1, ListSources)
  STEELYARD_FAKE_METHOD(registry::v1, GetStatus)
};

class FakeFunding final : public funding::v1::FundingService::Service {
 public:
  STEELYARD_FAKE_METHOD(funding::v1, ResolveSnapshot)
  STEELYARD_FAKE_METHOD(funding::v1, ListRounds)
  STEELYARD_FAKE_METHOD(funding::v1, GetRound)
  STEELYARD_FAKE_METHOD(funding::v1, ListAssertions)
  STEELYARD_FAKE_METHOD(funding::v1, LinkRounds)
  STEELYARD_FAKE_METHOD(funding::v1, UnlinkRounds)
  STEELYARD_FAKE_METHOD(funding::v1, RetractRound)
  STEELYARD_FAKE_METHOD(funding::v1, ListDuplicateRounds)
  STEELYARD_FAKE_METHOD(funding::v1, AggregateRounds)
  STEELYARD_FAKE_METHOD(funding::v1, DiffRounds)
  STEELYARD_FAKE_METHOD(funding::v1, ExplainFigure)
  STEELYARD_FAKE_METHOD(funding::v1, CompactHistory)
  STEELYARD_FAKE_METHOD(funding::v1, GetStatus)
};

class FakeStatistics final : public funding::v1::StatisticsService::Service {
 public:
  STEELYARD_FAKE_METHOD(funding::v1, ListRegions)
  STEELYARD_FAKE_METHOD(funding::v1, GetRegion)
  STEELYARD_FAKE_METHOD(funding::v1, GetSeries)
  STEELYARD_FAKE_METHOD(funding::v1, ListSeries)
};

class FakeStrategy final : public strategy::v1::StrategyService::Service {
 public:
  STEELYARD_FAKE_METHOD(strategy::v1, CompareRegions)
  STEELYARD_FAKE_METHOD(strategy::v1, ListMeasures)
  STEELYARD_FAKE_METHOD(strategy::v1, ProfileRegion)
  STEELYARD_FAKE_METHOD(strategy::v1, DecomposeGap)
  STEELYARD_FAKE_METHOD(strategy::v1, RankRegions)
  STEELYARD_FAKE_METHOD(strategy::v1, EvaluateFormula)
  STEELYARD_FAKE_METHOD(strategy::v1, SweepDefinitions)
  STEELYARD_FAKE_METHOD(strategy::v1, ExplainFigure)
  STEELYARD_FAKE_METHOD(strategy::v1, ListClaims)
  STEELYARD_FAKE_METHOD(strategy::v1, CheckClaims)

  // Progress and the outcome, in this order; sent if the answer, which sees the request, is OK.
  std::vector<strategy::v1::ProjectScenarioResponse> scenario_replies;
  Answer<strategy::v1::ProjectScenarioRequest, strategy::v1::ProjectScenarioResponse>
      scenario_answer;
  grpc::Status ProjectScenario(
      grpc::ServerContext*, const strategy::v1::ProjectScenarioRequest* request,
      grpc::ServerWriter<strategy::v1::ProjectScenarioResponse>* writer) override {
    strategy::v1::ProjectScenarioResponse last;
    grpc::Status status = scenario_answer(request, &last);
    if (!status.ok()) return status;
    for (const auto& reply : scenario_replies) writer->Write(reply);
    return status;
  }
};

#undef STEELYARD_FAKE_METHOD

// A channel on which every call fails with UNAVAILABLE at once.
inline std::shared_ptr<grpc::Channel> ChannelToNowhere() {
  return grpc::CreateChannel("unix:///nonexistent/steelyard.sock",
                             grpc::InsecureChannelCredentials());
}

// The services on in-process servers.
class FakeBackends {
 public:
  FakeBackends() {
    rpc::KeepGrpc();
    grpc::ServerBuilder builder;
    builder.RegisterService(&registry);
    builder.RegisterService(&funding);
    builder.RegisterService(&statistics);
    builder.RegisterService(&strategy);
    server_ = builder.BuildAndStart();
    const auto channel = server_->InProcessChannel({});
    channels_ = {channel, channel, channel};
  }
  ~FakeBackends() { server_->Shutdown(); }

  const gateway::Channels& channels() const { return channels_; }
  void LoseRegistry() { channels_.registry = ChannelToNowhere(); }
  void LoseFunding() { channels_.funding = ChannelToNowhere(); }
  void LoseStrategy() { channels_.strategy = ChannelToNowhere(); }

  FakeRegistry registry;
  FakeFunding funding;
  FakeStatistics statistics;
  FakeStrategy strategy;

 private:
  std::unique_ptr<grpc::Server> server_;
  gateway::Channels channels_;
};

}  // namespace steelyard::testing
