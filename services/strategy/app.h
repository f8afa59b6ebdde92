#pragma once

// The strategy service put together; shared by its own process and the all-in-one process.

#include <memory>
#include <vector>

#include "grpcpp/channel.h"
#include "grpcpp/impl/codegen/service_type.h"
#include "services/common/observe/metrics.h"
#include "services/common/rpc/runtime.h"
#include "steelyard/config/v1/config.pb.h"

namespace steelyard::strategy {

// Must outlive the server that serves it. The service has no store: it is ready at once.
class App {
 public:
  // Wires the service to channels that exist.
  static std::unique_ptr<App> Create(const config::v1::ServerConfig& config,
                                     observe::Metrics& metrics,
                                     const std::shared_ptr<grpc::Channel>& funding,
                                     const std::shared_ptr<grpc::Channel>& registry);
  ~App();

  rpc::Runtime& runtime();
  std::vector<grpc::Service*> services();

 private:
  struct Parts;
  explicit App(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace steelyard::strategy
