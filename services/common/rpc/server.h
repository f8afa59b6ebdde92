#pragma once

// The harness of every process: listens, says when it is ready, serves, drains, ends.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/grpcpp.h"
#include "services/common/rpc/runtime.h"
#include "steelyard/config/v1/config.pb.h"

namespace steelyard::rpc {

// A running server: the public port with its services, and the admin port (plaintext) with health
// (service "" is liveness, SERVING from the start; "readiness" follows SetReady) and reflection.
// The public port has health too, for clients that look there. Reflection is on in executables that
// link gRPC's plugin for it; the plugin then adds it to both ports.
class Server {
 public:
  // Listens and starts serving. `services`, `generic` and `runtime` must outlive the server, whose
  // draining ends the runtime's streams. INVALID_FIELD when an address cannot be bound, plaintext
  // is not allowed on it, or certificates cannot be read.
  static absl::StatusOr<std::unique_ptr<Server>> Start(
      const config::v1::ServerConfig& config, Runtime& runtime,
      const std::vector<grpc::Service*>& services, grpc::CallbackGenericService* generic = nullptr);
  // Ends at once: cancels the calls in flight and waits for them, unless Drain has done it.
  virtual ~Server() = default;
  // "127.0.0.1:7100" as bound; the port is the real one.
  virtual const std::string& address() const = 0;
  virtual const std::string& admin_address() const = 0;
  virtual void SetReady(bool ready) = 0;
  // A channel inside the process, without a socket.
  virtual std::shared_ptr<grpc::Channel> InProcessChannel() = 0;
  // Not ready; goes on for drain.delay; then ends server streams (they never end by themselves; see
  // Runtime::EndStreams), refuses new calls and waits drain.deadline for those in flight; then
  // cancels them. Returns when all have ended.
  virtual void Drain() = 0;
};

// Blocks SIGTERM and SIGINT in every thread, and ignores SIGPIPE; call first in main.
void BlockTerminationSignals();
// Waits for one of them on this thread and returns it; nothing when none came for `patience`.
std::optional<int> WaitForTermination(absl::Duration patience = absl::InfiniteDuration());

}  // namespace steelyard::rpc
