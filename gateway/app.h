#pragma once

// The gateway put together: its own service, and the proxy that serves the services behind it under
// their own names. Shared by the gateway's process and the all-in-one process.

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/backends.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/impl/codegen/service_type.h"
#include "services/common/observe/metrics.h"
#include "services/common/rpc/runtime.h"
#include "steelyard/config/v1/config.pb.h"

namespace steelyard::gateway {

// Must outlive the server that serves it.
class App {
 public:
  // Wires the gateway to channels that exist.
  static std::unique_ptr<App> Create(const config::v1::ServerConfig& config,
                                     observe::Metrics& metrics, const Channels& channels);
  ~App();

  rpc::Runtime& runtime();
  std::vector<grpc::Service*> services();
  grpc::CallbackGenericService* proxy();

 private:
  App(const config::v1::ServerConfig& config, observe::Metrics& metrics, const Channels& channels);
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

// Channels to the targets of a configuration.
absl::StatusOr<Channels> Connect(const config::v1::Backends& backends);

}  // namespace steelyard::gateway
