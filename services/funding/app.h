#pragma once

// Funding put together: database, ledger, stores, services, and the follower of the registry.
// Shared by funding's process and the all-in-one process.

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "grpcpp/channel.h"
#include "grpcpp/impl/codegen/service_type.h"
#include "services/common/observe/metrics.h"
#include "services/common/rpc/runtime.h"
#include "steelyard/config/v1/config.pb.h"

namespace steelyard::funding {

// Must outlive the server that serves it.
class App {
 public:
  // Opens or creates the configured store and starts to follow the registry over the channel; a
  // registry that does not answer yet is waited for in the background. STORE_UNAVAILABLE when
  // another process has the store's file, its directory cannot be written, its server cannot be
  // reached, or a newer version has written it. `metrics` must outlive it.
  static absl::StatusOr<std::unique_ptr<App>> Create(const config::v1::ServerConfig& config,
                                                     observe::Metrics& metrics,
                                                     std::shared_ptr<grpc::Channel> registry);
  ~App();

  rpc::Runtime& runtime();
  std::vector<grpc::Service*> services();
  // Whether the store answers.
  bool ready() const;

 private:
  struct Parts;
  explicit App(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace steelyard::funding
