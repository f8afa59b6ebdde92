#pragma once

// The server's edge. Every unary call goes through RunHandler: authorise, admit, run on the worker pool,
// catch, convert, meter, log. gRPC's own threads never block.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"
#include "services/common/context/context.h"

namespace steelyard::rpc {

// One call as handlers see it.
struct Call {
  Context context;        // deadline and cancellation of the caller
  std::string method;     // "/steelyard.funding.v1.FundingService/GetRound"
  std::string trace_id;   // 32 hexadecimal digits, from the caller's traceparent or drawn here
  std::string peer;
};

class Runtime;  // services/common/rpc/runtime.h: worker pool, stream threads, authoriser, metrics, log, limits

// Runs `handler` for a unary call on the runtime's workers and finishes the call with its status.
// RESOURCE_EXHAUSTED (OVERLOADED, RetryInfo) at once when the queue is full. An exception becomes
// INTERNAL and is logged. The request and reply live until the handler has returned.
grpc::ServerUnaryReactor* RunHandler(Runtime& runtime, grpc::CallbackServerContext* server,
                                     std::function<absl::Status(const Call&)> handler);

// Sends one message of a stream and waits until gRPC has taken it; CANCELLED when the caller went away.
template <typename Reply>
using Send = std::function<absl::Status(const Reply&)>;
// Reads the next message of a stream; false at its end.
template <typename Request>
using Receive = std::function<bool(Request*)>;

// A server stream. Runs `handler` on a thread of its own out of a bounded number (OVERLOADED beyond).
template <typename Reply>
grpc::ServerWriteReactor<Reply>* RunServerStream(
    Runtime& runtime, grpc::CallbackServerContext* server,
    std::function<absl::Status(const Call&, const Send<Reply>&)> handler);

// A bidirectional stream, likewise.
template <typename Request, typename Reply>
grpc::ServerBidiReactor<Request, Reply>* RunBidiStream(
    Runtime& runtime, grpc::CallbackServerContext* server,
    std::function<absl::Status(const Call&, const Receive<Request>&, const Send<Reply>&)> handler);

}  // namespace steelyard::rpc

#include "services/common/rpc/stream_inl.h"
