#include "services/common/rpc/proxy.h"

#include <atomic>
#include <map>
#include <mutex>
#include <string_view>
#include <utility>

#include "google/protobuf/descriptor.h"
#include "grpcpp/generic/generic_stub.h"
#include "services/common/rpc/edge.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::rpc {
namespace {

constexpr int kMaxCalls = 1024;

struct Backend {
  std::string name;
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs;
  std::atomic<size_t> next = 0;
};

// What is known of a method: which service, and, if this process has its contract, which kind.
struct Method {
  std::string service;
  std::string label;  // for metrics: callers can invent methods, but not labels
  bool unary = false;
  bool endless = false;  // a server stream
};

Method Describe(const std::string& path) {
  Method method;
  const size_t slash = path.rfind('/');
  if (path.empty() || path[0] != '/' || slash == 0) return method;
  method.service = path.substr(1, slash - 1);
  const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
      StrCat(method.service, ".", path.substr(slash + 1)));
  if (descriptor == nullptr) {
    method.label = StrCat("/", method.service, "/*");
    return method;
  }
  method.label = path;
  method.unary = !descriptor->client_streaming() && !descriptor->server_streaming();
  method.endless = !descriptor->client_streaming() && descriptor->server_streaming();
  return method;
}

std::string_view View(grpc::string_ref text) { return {text.data(), text.size()}; }

// Metadata that gRPC itself sends anew for every hop.
bool BelongsToTheHop(std::string_view key) {
  return key.starts_with("grpc-") || key.starts_with(":") || key == "content-type" ||
         key == "user-agent" || key == "te" || key == "date" || key == "server";
}

// Finishes a call that goes nowhere.
class RefusedCall final : public grpc::ServerGenericBidiReactor {
 public:
  RefusedCall(Edge& edge, absl::Status status) { Finish(edge.End(std::move(status))); }
  void OnDone() override { delete this; }
};

// One call on its way through. The caller's half is finished when the backend's half has ended, and
// its end deletes the whole.
//
// Downstream (backend to caller) reads from the backend and writes to the caller in turn, and ends
// once: when the backend has no more, or the caller takes no more. Upstream likewise in the other
// direction, but it may be cut off by the end of downstream, after which the backend's half must
// not be used any more. `backend_uses_` counts who may use it: downstream until its end, and
// upstream for moments.
class ProxyCall {
 public:
  ProxyCall(Runtime& runtime, grpc::GenericCallbackServerContext* server, const Method& method,
            const std::string& backend, std::atomic<int>& running)
      : server_context_(server),
        backend_(backend),
        running_(running),
        edge_(runtime, server, method.unary ? Edge::Deadline::kDefault : Edge::Deadline::kNone,
              server->method(), method.label),
        unary_(method.unary),
        endless_(method.endless),
        caller_side_(*this),
        backend_side_(*this) {}

  Edge& edge() { return edge_; }

  grpc::ServerGenericBidiReactor* Start(grpc::GenericStub& stub) {
    PrepareBackendContext();
    if (endless_) edge_.EndWithStreams();
    cancel_ = edge_.call().context.OnCancel([this] { backend_context_.TryCancel(); });
    caller_side_.StartRead(&request_);  // begins when gRPC has the reactor
    stub.PrepareBidiStreamingCall(&backend_context_, edge_.call().method, {}, &backend_side_);
    backend_side_.AddHold();
    backend_side_.StartRead(&reply_);
    // Last: the backend's half may end before this returns.
    backend_side_.StartCall();
    return &caller_side_;
  }

 private:
  class CallerSide final : public grpc::ServerGenericBidiReactor {
   public:
    explicit CallerSide(ProxyCall& call) : call_(call) {}
    void OnReadDone(bool ok) override { call_.RequestRead(ok); }
    void OnWriteDone(bool ok) override { call_.ReplyWritten(ok); }
    void OnSendInitialMetadataDone(bool ok) override { call_.Probed(ok); }
    void OnCancel() override { call_.edge_.Cancel(); }
    void OnDone() override { call_.CallerDone(); }

   private:
    ProxyCall& call_;
  };

  class BackendSide final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
   public:
    explicit BackendSide(ProxyCall& call) : call_(call) {}
    void OnReadDone(bool ok) override { call_.ReplyRead(ok); }
    void OnWriteDone(bool ok) override { call_.RequestWritten(ok); }
    void OnDone(const grpc::Status& status) override { call_.BackendDone(status); }

   private:
    ProxyCall& call_;
  };

  void PrepareBackendContext() {
    const Call& call = edge_.call();
    if (call.context.deadline() != absl::InfiniteFuture()) {
      backend_context_.set_deadline(absl::ToChronoTime(call.context.deadline()));
    }
    backend_context_.AddMetadata("traceparent", MakeTraceparent(call.trace_id));
    for (const char* key : {"tracestate", "authorization"}) {
      const std::string_view value = ClientMetadata(*server_context_, key);
      if (!value.empty()) backend_context_.AddMetadata(key, std::string(value));
    }
  }

  bool UseBackend() {
    int uses = backend_uses_.load();
    while (uses > 0 && !backend_uses_.compare_exchange_weak(uses, uses + 1)) {
    }
    return uses > 0;
  }
  void LeaveBackend() {
    if (backend_uses_.fetch_sub(1) == 1) backend_side_.RemoveHold();
  }

  // Upstream.
  void RequestRead(bool ok) {
    if (!ok && server_context_->IsCancelled()) {
      edge_.Cancel();
      return;
    }
    if (!UseBackend()) return;
    if (ok) {
      backend_side_.StartWrite(&request_);
    } else if (unary_ || !Probe()) {
      backend_side_.StartWritesDone();
    }
    LeaveBackend();
  }
  // A stream that a message above the server's limit has broken looks like one that the caller has
  // closed, and must not be handed on as such. But sending to its caller fails; see ReceiveOne in
  // stream_inl.h. False when that cannot be tried any more.
  bool Probe() {
    const std::lock_guard lock(send_mutex_);
    if (std::exchange(sent_, true)) return false;
    caller_side_.StartSendInitialMetadata();
    return true;
  }
  void Probed(bool ok) {
    if (!ok) {
      edge_.Cancel();
    } else if (UseBackend()) {
      backend_side_.StartWritesDone();
      LeaveBackend();
    }
  }
  void RequestWritten(bool ok) {
    // After a failed write the backend's status is on its way.
    if (!ok || !UseBackend()) return;
    request_.Clear();
    caller_side_.StartRead(&request_);
    LeaveBackend();
  }

  // Downstream.
  void ReplyRead(bool ok) {
    if (ok) {
      const std::lock_guard lock(send_mutex_);
      sent_ = true;
      caller_side_.StartWrite(&reply_);
    } else {
      LeaveBackend();
    }
  }
  void ReplyWritten(bool ok) {
    if (ok) {
      reply_.Clear();
      backend_side_.StartRead(&reply_);
    } else {
      backend_context_.TryCancel();
      LeaveBackend();
    }
  }

  void BackendDone(const grpc::Status& status) {
    cancel_ = {};
    grpc::Status answer = edge_.EndHandedOn(status, backend_);
    for (const auto& [key, value] : backend_context_.GetServerTrailingMetadata()) {
      if (BelongsToTheHop(View(key))) continue;
      server_context_->AddTrailingMetadata(std::string(View(key)), std::string(View(value)));
    }
    // Last: the caller's half may end, and this with it, before the call returns.
    caller_side_.Finish(std::move(answer));
  }

  // gRPC's server waits for this before it ends; nothing of a call may come later.
  void CallerDone() {
    running_.fetch_sub(1);
    delete this;
  }

  grpc::GenericCallbackServerContext* const server_context_;
  const std::string& backend_;
  std::atomic<int>& running_;
  Edge edge_;
  const bool unary_;
  const bool endless_;
  grpc::ClientContext backend_context_;
  Context::Registration cancel_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer reply_;
  // Initial metadata goes with the first message or the probe, whichever is first. gRPC runs no
  // callback inside the calls that this guards.
  std::mutex send_mutex_;
  bool sent_ = false;
  std::atomic<int> backend_uses_ = 1;
  CallerSide caller_side_;
  BackendSide backend_side_;
};

class Proxy final : public grpc::CallbackGenericService {
 public:
  Proxy(std::vector<ProxyRoute> routes, Runtime& runtime) : runtime_(runtime) {
    for (ProxyRoute& route : routes) {
      Backend& backend = backends_[route.service];
      backend.name = std::move(route.backend);
      for (auto& channel : route.channels) {
        backend.stubs.push_back(std::make_unique<grpc::GenericStub>(std::move(channel)));
      }
    }
  }

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* server) override {
    const Method method = Describe(server->method());
    const auto found = backends_.find(method.service);
    if (found == backends_.end()) {
      Edge edge(runtime_, server, Edge::Deadline::kNone, server->method(), "unknown");
      return new RefusedCall(edge, Unknown(server->method()));
    }
    Backend& backend = found->second;
    // Whoever deletes the call counts it down again.
    const bool full = running_.fetch_add(1) >= kMaxCalls;
    auto call = std::make_unique<ProxyCall>(runtime_, server, method, backend.name, running_);
    absl::Status status = call->edge().Authorize();
    if (status.ok() && full) status = call->edge().Overloaded("proxied");
    if (!status.ok()) {
      running_.fetch_sub(1);
      return new RefusedCall(call->edge(), std::move(status));
    }
    grpc::GenericStub& stub = *backend.stubs[backend.next.fetch_add(1) % backend.stubs.size()];
    return call.release()->Start(stub);
  }

 private:
  absl::Status Unknown(const std::string& method) const {
    std::vector<std::string_view> served;
    for (const auto& [service, backend] : backends_) served.push_back(service);
    const std::string list = StrJoin(served, ", ");
    return MakeError(
        common::v1::ERROR_REASON_METHOD_UNKNOWN,
        StrCat("the method \"", method, "\" is not known here; services handed on: ", list),
        {{"method", method}, {"services", list}});
  }

  Runtime& runtime_;
  std::map<std::string, Backend> backends_;
  std::atomic<int> running_ = 0;
};

}  // namespace

std::unique_ptr<grpc::CallbackGenericService> MakeProxy(std::vector<ProxyRoute> routes,
                                                        Runtime& runtime) {
  return std::make_unique<Proxy>(std::move(routes), runtime);
}

}  // namespace steelyard::rpc
