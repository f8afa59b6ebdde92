#pragma once

// A service that only its own process can reach.

#include <memory>
#include <vector>

#include "grpcpp/grpcpp.h"
#include "services/common/rpc/runtime.h"

namespace steelyard::rpc {

// A server without a port, with the edge that every server has. Ends the runtime's streams and
// waits for the calls in flight when destroyed.
class InProcessServer {
 public:
  // `services` and `runtime` must outlive it.
  InProcessServer(const std::vector<grpc::Service*>& services, Runtime& runtime);
  ~InProcessServer();
  InProcessServer(const InProcessServer&) = delete;
  InProcessServer& operator=(const InProcessServer&) = delete;

  // A channel to it, without a limit on the size of answers. Must not outlive it.
  std::shared_ptr<grpc::Channel> Channel();

 private:
  Runtime& runtime_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace steelyard::rpc
