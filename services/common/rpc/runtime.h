#pragma once

// What the handlers of one service run on: a bounded worker pool whose queue limit is the admission
// limit, a bounded number of stream threads, the kept answers, the authoriser, metrics and the
// access log.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"
#include "services/common/cache/answers.h"
#include "services/common/context/context.h"
#include "services/common/observe/metrics.h"
#include "services/common/rpc/worker_pool.h"
#include "steelyard/config/v1/config.pb.h"

namespace steelyard::rpc {

// Decides whether a caller may call a method. The default allows all callers on a server without
// client certificates, and any verified certificate on one with them.
using Authorizer =
    std::function<absl::Status(const grpc::CallbackServerContext&, std::string_view method)>;

// Thread-safe. Must outlive every call that runs on it: destroy the server first. In the all-in-one
// process each service has its own, so that a service never waits for a worker that waits for it.
class Runtime {
 public:
  // Streams that run at once, and dear ones and writes among them: watches go on beside any number
  // of exports and imports.
  static constexpr int kMaxStreams = 64;
  static constexpr int kMaxHeavyStreams = 32;

  // Limits that are not set have the defaults of config.proto.
  Runtime(std::string service, const config::v1::Limits& limits, observe::Metrics& metrics,
          Authorizer authorizer = nullptr);
  ~Runtime();  // waits for everything that runs

  // What unary calls run on.
  WorkerPool& pool();
  // The service's answers at snapshots.
  cache::Answers& answers();
  // Starts work on a thread of its own; false when kMaxStreams run, or kMaxHeavyStreams and it is
  // not cheap. Work must not throw.
  bool StartStream(CallClass call_class, std::function<void()> work);

  // Ends the server streams, which might go on for ever, with UNAVAILABLE, and those that come
  // later too. Other calls go on. rpc::Server::Drain does this for the runtime that it was started
  // with.
  void EndStreams();
  // Calls `callback` when EndStreams is called, at once when it was; like Context::OnCancel.
  [[nodiscard]] Context::Registration OnEndStreams(std::function<void()> callback) const;

  // How many calls run at once at most, streams included: as many sessions of a store let none of
  // them wait for another one's.
  int max_running() const;
  const std::string& service() const;
  absl::Duration default_deadline() const;
  absl::Status Authorize(const grpc::CallbackServerContext& server, std::string_view method) const;
  observe::Metrics& metrics() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace steelyard::rpc
