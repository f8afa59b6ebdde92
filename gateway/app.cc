#include "gateway/app.h"

#include <utility>

#include "absl/memory/memory.h"
#include "gateway/service.h"
#include "services/common/rpc/client.h"
#include "services/common/rpc/proxy.h"
#include "services/common/status/status.h"

namespace steelyard::gateway {
namespace {

std::vector<rpc::ProxyRoute> Routes(const Channels& channels) {
  return {
      {registry::v1::RegistryService::service_full_name(),
       std::string(kRegistry),
       {channels.registry}},
      {funding::v1::FundingService::service_full_name(), std::string(kFunding), {channels.funding}},
      {funding::v1::StatisticsService::service_full_name(),
       std::string(kFunding),
       {channels.funding}},
      {strategy::v1::StrategyService::service_full_name(),
       std::string(kStrategy),
       {channels.strategy}},
  };
}

}  // namespace

struct App::Parts {
  Parts(const config::v1::ServerConfig& config, observe::Metrics& metrics, const Channels& channels)
      : runtime("gateway", config.limits(), metrics),
        backends(channels),
        service(runtime, backends),
        proxy(rpc::MakeProxy(Routes(channels), runtime)) {}

  rpc::Runtime runtime;
  Backends backends;
  Service service;
  std::unique_ptr<grpc::CallbackGenericService> proxy;
};

App::App(const config::v1::ServerConfig& config, observe::Metrics& metrics,
         const Channels& channels)
    : parts_(std::make_unique<Parts>(config, metrics, channels)) {}
App::~App() = default;

std::unique_ptr<App> App::Create(const config::v1::ServerConfig& config, observe::Metrics& metrics,
                                 const Channels& channels) {
  return absl::WrapUnique(new App(config, metrics, channels));
}

rpc::Runtime& App::runtime() { return parts_->runtime; }
std::vector<grpc::Service*> App::services() { return {&parts_->service}; }
grpc::CallbackGenericService* App::proxy() { return parts_->proxy.get(); }

absl::StatusOr<Channels> Connect(const config::v1::Backends& backends) {
  Channels channels;
  STEELYARD_ASSIGN_OR_RETURN(channels.registry,
                             rpc::MakeChannel(backends.registry(), backends.tls()));
  STEELYARD_ASSIGN_OR_RETURN(channels.funding,
                             rpc::MakeChannel(backends.funding(), backends.tls()));
  STEELYARD_ASSIGN_OR_RETURN(channels.strategy,
                             rpc::MakeChannel(backends.strategy(), backends.tls()));
  return channels;
}

}  // namespace steelyard::gateway
