#include "services/allinone/suite.h"

#include "absl/memory/memory.h"
#include "absl/time/clock.h"
#include "services/common/status/status.h"

namespace steelyard::allinone {
namespace {

// How long calls inside the process may take once the gateway has ended.
constexpr absl::Duration kGrace = absl::Seconds(1);

}  // namespace

InternalServer::InternalServer(const std::vector<grpc::Service*>& services, rpc::Runtime& runtime,
                               int max_message_mib)
    : runtime_(runtime) {
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(max_message_mib << 20);
  for (grpc::Service* service : services) builder.RegisterService(service);
  server_ = builder.BuildAndStart();
}

InternalServer::~InternalServer() {
  runtime_.EndStreams();
  server_->Shutdown(absl::ToChronoTime(absl::Now() + kGrace));
  server_->Wait();
}

std::shared_ptr<grpc::Channel> InternalServer::Channel() {
  grpc::ChannelArguments arguments;
  // Answers between services are larger than what strangers may send.
  arguments.SetMaxReceiveMessageSize(-1);
  return server_->InProcessChannel(arguments);
}

absl::StatusOr<std::unique_ptr<Suite>> Suite::Create(const config::v1::ServerConfig& config,
                                                     observe::Metrics& metrics) {
  const int limit = config.limits().max_message_mib();
  auto suite = absl::WrapUnique(new Suite());
  STEELYARD_ASSIGN_OR_RETURN(suite->registry_, registry::App::Create(config, metrics));
  suite->registry_server_ = std::make_unique<InternalServer>(suite->registry_->services(),
                                                             suite->registry_->runtime(), limit);
  const std::shared_ptr<grpc::Channel> registry = suite->registry_server_->Channel();
  STEELYARD_ASSIGN_OR_RETURN(suite->funding_, funding::App::Create(config, metrics, registry));
  suite->funding_server_ = std::make_unique<InternalServer>(suite->funding_->services(),
                                                            suite->funding_->runtime(), limit);
  const std::shared_ptr<grpc::Channel> funding = suite->funding_server_->Channel();
  suite->strategy_ = strategy::App::Create(config, metrics, funding, registry);
  suite->strategy_server_ = std::make_unique<InternalServer>(suite->strategy_->services(),
                                                             suite->strategy_->runtime(), limit);
  suite->gateway_ = gateway::App::Create(
      config, metrics,
      {.registry = registry, .funding = funding, .strategy = suite->strategy_server_->Channel()});
  return suite;
}

}  // namespace steelyard::allinone
