// What a client waits for: calls of the suite's processes beside a bare gRPC server that gives the
// same replies, ready made, over the same kind of connection. The ratio is what Steelyard adds.

#include <memory>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "grpcpp/grpcpp.h"
#include "services/common/status/status.h"
#include "steelyard/gateway/v1/gateway.grpc.pb.h"
#include "tests/bench/race.h"
#include "tests/support/suite.h"
#include "tests/support/temp_dir.h"

namespace steelyard::bench {
namespace {

using gateway::v1::GatewayService;

// Gives the replies that the suite gave.
class ReadyMade final : public GatewayService::Service {
 public:
  grpc::Status Compare(grpc::ServerContext*, const gateway::v1::CompareRequest*,
                       gateway::v1::CompareResponse* reply) override {
    *reply = comparison;
    return grpc::Status::OK;
  }
  grpc::Status GetCompanyProfile(grpc::ServerContext*, const gateway::v1::GetCompanyProfileRequest*,
                                 gateway::v1::GetCompanyProfileResponse* reply) override {
    *reply = profile;
    return grpc::Status::OK;
  }
  grpc::Status Search(grpc::ServerContext*, const gateway::v1::SearchRequest*,
                      gateway::v1::SearchResponse* reply) override {
    *reply = hits;
    return grpc::Status::OK;
  }

  gateway::v1::CompareResponse comparison;
  gateway::v1::GetCompanyProfileResponse profile;
  gateway::v1::SearchResponse hits;
};

template <typename Request, typename Reply>
using Method = grpc::Status (GatewayService::Stub::*)(grpc::ClientContext*, const Request&, Reply*);

template <typename Request, typename Reply>
absl::Status Call(GatewayService::Stub& stub, Method<Request, Reply> method, const Request& request,
                  Reply& reply) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(30)));
  return FromGrpcStatus((stub.*method)(&context, request, &reply), "gateway");
}

// Asks the suite once, has `ready` give the same, and lets both answer in turns.
template <typename Request, typename Reply>
absl::Status RaceOf(const std::string& title, GatewayService::Stub& suite,
                    GatewayService::Stub& floor, Method<Request, Reply> method,
                    const Request& request, Reply& ready, absl::Duration time) {
  STEELYARD_RETURN_IF_ERROR(Call(suite, method, request, ready));
  Race race(title + ", " + std::to_string(ready.ByteSizeLong()) + " bytes");
  for (const auto& [name, stub] :
       {std::pair("bare gRPC", &floor), std::pair("Steelyard", &suite)}) {
    race.Add(name, [method, &request, stub = stub] {
      Reply reply;
      return Call(*stub, method, request, reply);
    });
  }
  return race.Run(time);
}

absl::Status Measure(GatewayService::Stub& suite, GatewayService::Stub& floor, ReadyMade& ready,
                     absl::Duration time) {
  gateway::v1::CompareRequest compare;
  for (const char* region : {"US", "EUROPE", "CN"}) compare.add_regions(region);
  compare.mutable_period()->mutable_from()->set_year(2015);
  compare.mutable_period()->mutable_to()->set_year(2025);
  STEELYARD_RETURN_IF_ERROR(RaceOf("Compare three regions over eleven years", suite, floor,
                                   &GatewayService::Stub::Compare, compare, ready.comparison,
                                   time));
  gateway::v1::GetCompanyProfileRequest company;
  company.set_query("Laboratoires de la Forêt-Noire");
  STEELYARD_RETURN_IF_ERROR(RaceOf("A company by a name in another language", suite, floor,
                                   &GatewayService::Stub::GetCompanyProfile, company, ready.profile,
                                   time));
  gateway::v1::SearchRequest search;
  search.set_query("mis");
  return RaceOf("Search while typing", suite, floor, &GatewayService::Stub::Search, search,
                ready.hits, time);
}

}  // namespace

const Flags kFlagsOfBenchmark = Flags::kTime;

absl::Status RunBenchmark(const Options& options) {
  const testing::TempDir directory;
  const std::string config = directory.Write("config.json", R"({"log_level": "warning"})");
  const testing::ServerProcess suite = testing::StartServer(
      "steelyard-allinone",
      {"--listen", "127.0.0.1:0", "--data", directory.path() + "/data", "--config", config});
  ReadyMade ready;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&ready);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  const auto connect = [](const std::string& address) {
    return GatewayService::NewStub(
        grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  };
  return Measure(*connect(suite.address), *connect("127.0.0.1:" + std::to_string(port)), ready,
                 options.time);
}

}  // namespace steelyard::bench
