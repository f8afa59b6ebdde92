#pragma once

// The templates of handler.h.

#include <type_traits>
#include <utility>

#include "services/common/rpc/edge.h"
#include "services/common/rpc/handler.h"
#include "services/common/status/status.h"

namespace steelyard::rpc::internal {

inline absl::Status BrokenOff(const Context& context) {
  absl::Status status = context.Check();
  if (!status.ok()) return status;
  return MakeError(common::v1::ERROR_REASON_CANCELLED, "the caller went away");
}

// What both kinds of streams do. `Reactor` is gRPC's base class. As with unary calls, the object
// lives until OnDone, which comes after Finish, which is the last thing that the handler's thread
// does.
template <typename Reactor, typename Reply>
class StreamCall : public Reactor {
 public:
  void OnWriteDone(bool ok) override { write_.Done(ok); }
  void OnCancel() override { edge_.Cancel(); }
  void OnDone() override { delete this; }

 protected:
  StreamCall(Runtime& runtime, grpc::CallbackServerContext* server)
      : edge_(runtime, server, Edge::Deadline::kNone) {}
  ~StreamCall() override = default;

  // Runs `handle`, which calls the handler, on a thread of its own.
  void Start(CallClass call_class, std::function<absl::Status()> handle) {
    absl::Status status = edge_.Authorize();
    if (status.ok()) {
      const bool started =
          edge_.runtime().StartStream(call_class, [this, handle = std::move(handle)] {
            absl::Status result = edge_.Run(handle);
            this->Finish(edge_.End(std::move(result)));
          });
      if (started) return;
      status = edge_.Overloaded("stream");
    }
    this->Finish(edge_.End(std::move(status)));
  }

  absl::Status SendOne(const Reply& reply) {
    STEELYARD_RETURN_IF_ERROR(edge_.call().context.Check());
    sent_ = true;
    write_.Start();
    this->StartWrite(&reply);
    // Cancellation ends the write too, so this never waits for a caller that is gone.
    return write_.Wait() ? absl::OkStatus() : BrokenOff(edge_.call().context);
  }

  Edge edge_;
  bool sent_ = false;  // whether initial metadata, which goes with the first message, has been sent

 private:
  Operation write_;
};

template <typename Reply>
class ServerStreamCall final : public StreamCall<grpc::ServerWriteReactor<Reply>, Reply> {
 public:
  using Handler = std::function<absl::Status(const Call&, const Send<Reply>&)>;
  ServerStreamCall(Runtime& runtime, grpc::CallbackServerContext* server, Handler handler)
      : StreamCall<grpc::ServerWriteReactor<Reply>, Reply>(runtime, server),
        handler_(std::move(handler)) {}

  void Begin(CallClass call_class) {
    this->edge_.EndWithStreams();
    this->Start(call_class, [this] {
      return handler_(this->edge_.call(),
                      [this](const Reply& reply) { return this->SendOne(reply); });
    });
  }

 private:
  const Handler handler_;
};

template <typename Request, typename Reply>
class BidiStreamCall final : public StreamCall<grpc::ServerBidiReactor<Request, Reply>, Reply> {
 public:
  using Handler =
      std::function<absl::Status(const Call&, const Receive<Request>&, const Send<Reply>&)>;
  BidiStreamCall(Runtime& runtime, grpc::CallbackServerContext* server, Handler handler)
      : StreamCall<grpc::ServerBidiReactor<Request, Reply>, Reply>(runtime, server),
        server_(server),
        handler_(std::move(handler)) {}

  void Begin(CallClass call_class) {
    this->Start(call_class, [this] {
      return handler_(
          this->edge_.call(), [this](Request* request) { return ReceiveOne(request); },
          [this](const Reply& reply) { return this->SendOne(reply); });
    });
  }

  void OnSendInitialMetadataDone(bool ok) override { probe_.Done(ok); }
  void OnReadDone(bool ok) override {
    // OnCancel may come later than this; the handler must not take a break-off for the end.
    if (!ok && server_->IsCancelled()) this->edge_.Cancel();
    read_.Done(ok);
  }

 private:
  bool ReceiveOne(Request* request) {
    read_.Start();
    this->StartRead(request);
    if (read_.Wait()) return true;
    // gRPC ends a stream whose message is too large before it says that the call has failed. But it
    // has failed by then, so that sending fails; after a half-close sending works.
    if (!this->sent_) {
      this->sent_ = true;
      probe_.Start();
      this->StartSendInitialMetadata();
      if (!probe_.Wait()) this->edge_.Cancel();
    }
    return false;
  }

  grpc::CallbackServerContext* const server_;
  const Handler handler_;
  Operation read_;
  Operation probe_;
};

}  // namespace steelyard::rpc::internal

namespace steelyard::rpc {

template <typename Reply>
grpc::ServerWriteReactor<Reply>* RunServerStream(
    Runtime& runtime, grpc::CallbackServerContext* server, CallClass call_class,
    std::function<absl::Status(const Call&, const Send<Reply>&)> handler) {
  auto* const call = new internal::ServerStreamCall<Reply>(runtime, server, std::move(handler));
  call->Begin(call_class);
  return call;
}

template <typename Request, typename Reply>
grpc::ServerBidiReactor<Request, Reply>* RunBidiStream(
    Runtime& runtime, grpc::CallbackServerContext* server, CallClass call_class,
    std::function<absl::Status(const Call&, const Receive<Request>&, const Send<Reply>&)> handler) {
  auto* const call =
      new internal::BidiStreamCall<Request, Reply>(runtime, server, std::move(handler));
  call->Begin(call_class);
  return call;
}

}  // namespace steelyard::rpc
