#pragma once

// The server's edge. Every call goes through RunHandler, RunServerStream or RunBidiStream:
// authorise, admit, run on the worker pool, catch, convert, meter, log. gRPC's own threads never
// block.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"
#include "services/common/rpc/call.h"
#include "services/common/rpc/worker_pool.h"

namespace steelyard::rpc {

class Runtime;  // runtime.h: worker pool, stream threads, authoriser, metrics, log, limits
// Every method says of which class it is where it is handed to the edge: CallClass::kDear.

// Makes the names of methods known to the handlers of a server; rpc::Server::Start does this. On a
// server without it Call::method is "unknown".
void InstallEdge(grpc::ServerBuilder& builder);

// Runs `handler` for a unary call on the runtime's workers and finishes the call with its status.
// RESOURCE_EXHAUSTED (OVERLOADED, RetryInfo) at once when the queue of its class is full. A call
// that its caller gives up while it waits, or whose deadline passes, leaves the queue at once and
// never runs. A call that comes without a deadline has the runtime's default one. An exception
// becomes INTERNAL and is logged. The request and reply live until the handler has returned.
grpc::ServerUnaryReactor* RunHandler(Runtime& runtime, grpc::CallbackServerContext* server,
                                     CallClass call_class,
                                     std::function<absl::Status(const Call&)> handler);

// Sends one message of a stream and waits until gRPC has taken it; CANCELLED when the caller went
// away.
template <typename Reply>
using Send = std::function<absl::Status(const Reply&)>;
// Reads the next message of a stream; false at its end. The end is the caller's half-close only if
// Call::context is not cancelled then: a caller that broke off also ends the stream. A message
// above the server's limit does, too, and is told from a half-close only as long as nothing has
// been sent.
template <typename Request>
using Receive = std::function<bool(Request*)>;

// A server stream. Runs `handler` on a thread of its own out of Runtime::kMaxStreams (OVERLOADED
// beyond, and beyond kMaxHeavyStreams of those that are not cheap). No default deadline.
// Runtime::EndStreams cancels the call's context; whatever the handler then returns as CANCELLED
// reaches the caller as UNAVAILABLE. Only the handler's thread may send.
template <typename Reply>
grpc::ServerWriteReactor<Reply>* RunServerStream(
    Runtime& runtime, grpc::CallbackServerContext* server, CallClass call_class,
    std::function<absl::Status(const Call&, const Send<Reply>&)> handler);

// A bidirectional stream, likewise; EndStreams lets it go on.
template <typename Request, typename Reply>
grpc::ServerBidiReactor<Request, Reply>* RunBidiStream(
    Runtime& runtime, grpc::CallbackServerContext* server, CallClass call_class,
    std::function<absl::Status(const Call&, const Receive<Request>&, const Send<Reply>&)> handler);

}  // namespace steelyard::rpc

#include "services/common/rpc/stream_inl.h"  // IWYU pragma: export
