#pragma once

// Every service and the gateway in one process, wired as they are when each has its own: a server
// for each service, reached over in-process channels, and a gateway that alone can be reached from
// outside.

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/app.h"
#include "grpcpp/grpcpp.h"
#include "services/common/observe/metrics.h"
#include "services/common/rpc/runtime.h"
#include "services/funding/app.h"
#include "services/registry/app.h"
#include "services/strategy/app.h"
#include "steelyard/config/v1/config.pb.h"

namespace steelyard::allinone {

// A server without a port. Ends the runtime's streams and waits for calls in flight when destroyed.
class InternalServer {
 public:
  InternalServer(const std::vector<grpc::Service*>& services, rpc::Runtime& runtime,
                 int max_message_mib);
  ~InternalServer();
  InternalServer(const InternalServer&) = delete;
  InternalServer& operator=(const InternalServer&) = delete;

  std::shared_ptr<grpc::Channel> Channel();

 private:
  rpc::Runtime& runtime_;
  std::unique_ptr<grpc::Server> server_;
};

class Suite {
 public:
  // Opens both stores in the directory of the configuration. Errors are those of the services' App.
  static absl::StatusOr<std::unique_ptr<Suite>> Create(const config::v1::ServerConfig& config,
                                                       observe::Metrics& metrics);

  gateway::App& gateway() { return *gateway_; }

 private:
  Suite() = default;

  // In the order in which they depend on each other, so that they end the other way round.
  std::unique_ptr<registry::App> registry_;
  std::unique_ptr<InternalServer> registry_server_;
  std::unique_ptr<funding::App> funding_;
  std::unique_ptr<InternalServer> funding_server_;
  std::unique_ptr<strategy::App> strategy_;
  std::unique_ptr<InternalServer> strategy_server_;
  std::unique_ptr<gateway::App> gateway_;
};

}  // namespace steelyard::allinone
