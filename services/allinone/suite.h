#pragma once

// Every service and the gateway in one process, wired as they are when each has its own: a server
// for each service, reached over in-process channels, and a gateway that alone can be reached from
// outside.

#include <memory>

#include "absl/status/statusor.h"
#include "gateway/app.h"
#include "services/common/observe/metrics.h"
#include "services/common/rpc/in_process_server.h"
#include "services/funding/app.h"
#include "services/registry/app.h"
#include "services/strategy/app.h"
#include "steelyard/config/v1/config.pb.h"

namespace steelyard::allinone {

class Suite {
 public:
  // Opens both stores as configured. Errors are those of the services' App.
  static absl::StatusOr<std::unique_ptr<Suite>> Create(const config::v1::ServerConfig& config,
                                                       observe::Metrics& metrics);

  gateway::App& gateway() { return *gateway_; }
  // Whether both stores answer.
  bool ready() const { return registry_->ready() && funding_->ready(); }

 private:
  Suite() = default;

  // In the order in which they depend on each other, so that they end the other way round.
  std::unique_ptr<registry::App> registry_;
  std::unique_ptr<rpc::InProcessServer> registry_server_;
  std::unique_ptr<funding::App> funding_;
  std::unique_ptr<rpc::InProcessServer> funding_server_;
  std::unique_ptr<strategy::App> strategy_;
  std::unique_ptr<rpc::InProcessServer> strategy_server_;
  std::unique_ptr<gateway::App> gateway_;
};

}  // namespace steelyard::allinone
