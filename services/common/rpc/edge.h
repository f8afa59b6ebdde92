#pragma once

// What all kinds of calls share on their way through the server's edge. For the files of this
// directory; handlers see handler.h.

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"
#include "services/common/rpc/call.h"
#include "services/common/rpc/runtime.h"

namespace steelyard::rpc {

// W3C Trace Context (https://www.w3.org/TR/trace-context/), version 00.
//
// The trace id of a header, if it is valid: 32 lower-case hexadecimal digits, not all of them 0.
std::optional<std::string> TraceIdOf(std::string_view traceparent);
std::string DrawTraceId();
// The header for an outgoing call of a trace, with a span id drawn for it.
std::string MakeTraceparent(std::string_view trace_id);

// The metadata that tells gRPC's retries to give up: they belong to the hop next to the failure.
inline constexpr char kPushbackKey[] = "grpc-retry-pushback-ms";
inline constexpr char kNoRetry[] = "-1";

// The value of a key of the metadata that came with a call; empty when absent.
std::string_view ClientMetadata(const grpc::CallbackServerContext& server, std::string_view key);

// When the caller gives up; InfiniteFuture when it does not.
absl::Time DeadlineOf(const grpc::CallbackServerContext& server);

// "NOT_FOUND".
std::string_view NameOfCode(grpc::StatusCode code);

// From a call's arrival to its end. Lives in the call's reactor.
class Edge {
 public:
  // What becomes of a call whose caller set no deadline.
  enum class Deadline { kDefault, kNone };
  // `method` as handlers see it; `label` names it in metrics, where it must be one of few.
  Edge(Runtime& runtime, grpc::CallbackServerContext* server, Deadline deadline);
  Edge(Runtime& runtime, grpc::CallbackServerContext* server, Deadline deadline, std::string method,
       std::string label);

  Runtime& runtime() const { return runtime_; }
  const Call& call() const { return call_; }

  // Whether the caller may make this call.
  absl::Status Authorize() const;
  // Refuses the call because too many are running; counts it under what it would have run as.
  absl::Status Overloaded(std::string_view what) const;
  // The caller is gone.
  void Cancel() { call_.context.Cancel(); }
  // Ties the call to Runtime::EndStreams.
  void EndWithStreams();
  // Calls the handler unless the call is over already; exceptions become INTERNAL.
  absl::Status Run(const std::function<absl::Status()>& handler) const;
  // The call's status for its caller. Counts and logs the call; call once, right before Finish.
  grpc::Status End(absl::Status status);
  // Likewise for the status that a backend gave. One with details is handed on as it is; one
  // without was made by gRPC and is told in our terms.
  grpc::Status EndHandedOn(const grpc::Status& status, std::string_view backend);

 private:
  absl::Status Translate(absl::Status status) const;
  grpc::Status Finish(const absl::Status& status, grpc::Status answer);

  Runtime& runtime_;
  grpc::CallbackServerContext* const server_;
  const absl::Time started_;
  Call call_;
  const std::string label_;
  std::atomic<bool> ended_with_streams_ = false;
  Context::Registration end_streams_;
};

// One operation of a stream that a thread waits for and gRPC reports as done.
class Operation {
 public:
  void Start() {
    const std::lock_guard lock(mutex_);
    done_ = false;
  }
  void Done(bool ok) {
    const std::lock_guard lock(mutex_);
    done_ = true;
    ok_ = ok;
    // Under the lock: the waiter may end the call, and this object with it.
    changed_.notify_all();
  }
  // Waits for Done and returns what it was told.
  bool Wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return done_; });
    return ok_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;
  bool ok_ = false;
};

}  // namespace steelyard::rpc
