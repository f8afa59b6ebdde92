#include "services/strategy/app.h"

#include <utility>

#include "absl/memory/memory.h"
#include "services/strategy/service.h"

namespace steelyard::strategy {

struct App::Parts {
  Parts(const config::v1::ServerConfig& config, observe::Metrics& metrics,
        const std::shared_ptr<grpc::Channel>& funding,
        const std::shared_ptr<grpc::Channel>& registry)
      : backends(funding, registry),
        runtime("strategy", config.limits(), metrics),
        service(runtime, backends) {}

  Backends backends;
  rpc::Runtime runtime;
  Service service;
};

App::App(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
App::~App() = default;

std::unique_ptr<App> App::Create(const config::v1::ServerConfig& config, observe::Metrics& metrics,
                                 const std::shared_ptr<grpc::Channel>& funding,
                                 const std::shared_ptr<grpc::Channel>& registry) {
  return absl::WrapUnique(new App(std::make_unique<Parts>(config, metrics, funding, registry)));
}

rpc::Runtime& App::runtime() { return parts_->runtime; }
std::vector<grpc::Service*> App::services() { return {&parts_->service}; }

}  // namespace steelyard::strategy
