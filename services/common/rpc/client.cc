#include "services/common/rpc/client.h"

#include <condition_variable>
#include <mutex>
#include <utility>

#include "services/common/rpc/edge.h"
#include "services/common/rpc/keep_grpc.h"
#include "services/common/rpc/sanitizer_order.h"
#include "services/common/rpc/tls.h"
#include "services/common/status/status.h"

namespace steelyard::rpc {
namespace {

// No "timeout" key: gRPC 1.51 lets calls with short ones fail at once.
constexpr char kServiceConfig[] = R"({
  "loadBalancingConfig": [{"round_robin": {}}],
  "methodConfig": [{
    "name": [{}],
    "retryPolicy": {
      "maxAttempts": 3,
      "initialBackoff": "0.05s",
      "maxBackoff": "1s",
      "backoffMultiplier": 3,
      "retryableStatusCodes": ["UNAVAILABLE"]
    }
  }],
  "retryThrottling": {"maxTokens": 100, "tokenRatio": 0.1}
})";

constexpr int kSecond = 1000;  // milliseconds

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeChannel(const std::string& target,
                                                           const config::v1::Tls& tls) {
  STEELYARD_ASSIGN_OR_RETURN(const auto credentials, ChannelCredentials(tls));
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(kServiceConfig);
  // Servers answer pings no closer than 30 s.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 60 * kSecond);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20 * kSecond);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  // A restarted backend is found again within seconds; the default would let it take minutes.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kSecond / 10);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 3 * kSecond);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5 * kSecond);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetMaxReceiveMessageSize(-1);
  KeepGrpc();
  SanitizerOrder();
  return grpc::CreateCustomChannel(target, credentials, arguments);
}

OutgoingContext::OutgoingContext(const Call& call) {
  if (call.context.deadline() != absl::InfiniteFuture()) {
    context_.set_deadline(absl::ToChronoTime(call.context.deadline()));
  }
  const std::string trace_id = call.trace_id.empty() ? DrawTraceId() : call.trace_id;
  context_.AddMetadata("traceparent", MakeTraceparent(trace_id));
  registration_ = call.context.OnCancel([this] { context_.TryCancel(); });
  SanitizerOrder();
}

struct FanOut::State {
  struct Entry {
    Entry(const Call& call, std::string_view name, bool needed)
        : service(name), required(needed), context(call) {}
    std::string service;
    bool required;
    OutgoingContext context;
    absl::Status status;
    bool done = false;
  };

  explicit State(Call made_in) : call(std::move(made_in)) {}
  void Done(size_t index, const grpc::Status& status);
  // The contexts of the calls that still run. With the lock held; they live as long as the state.
  std::vector<grpc::ClientContext*> Running();
  void WaitForAll(std::unique_lock<std::mutex>& lock) {
    changed.wait(lock, [this] { return pending == 0; });
  }

  const Call call;
  bool required = true;
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::unique_ptr<Entry>> entries;
  int pending = 0;
  absl::Status failure;
};

std::vector<grpc::ClientContext*> FanOut::State::Running() {
  std::vector<grpc::ClientContext*> running;
  for (const auto& entry : entries) {
    if (!entry->done) running.push_back(entry->context.get());
  }
  return running;
}

void FanOut::State::Done(size_t index, const grpc::Status& status) {
  SanitizerOrder();
  std::vector<grpc::ClientContext*> cancelled;
  {
    const std::lock_guard lock(mutex);
    Entry& entry = *entries[index];
    entry.status = FromGrpcStatus(status, entry.service);
    entry.done = true;
    if (entry.required && !entry.status.ok() && failure.ok()) {
      failure = entry.status;
      cancelled = Running();
    }
  }
  // Without the lock: cancelling may call Done for the others on this very thread. This call counts
  // as pending until then, so nobody destroys their contexts meanwhile.
  for (grpc::ClientContext* context : cancelled) context->TryCancel();
  const std::lock_guard lock(mutex);
  --pending;
  changed.notify_all();  // under the lock: the waiter may destroy this
}

FanOut::FanOut(const Call& call) : state_(std::make_unique<State>(call)) {}

FanOut::~FanOut() {
  std::unique_lock lock(state_->mutex);
  const std::vector<grpc::ClientContext*> running = state_->Running();
  lock.unlock();
  for (grpc::ClientContext* context : running) context->TryCancel();
  lock.lock();
  state_->WaitForAll(lock);
}

int FanOut::Add(std::string_view service, const Start& start) {
  auto entry = std::make_unique<State::Entry>(state_->call, service, state_->required);
  grpc::ClientContext* const context = entry->context.get();
  std::unique_lock lock(state_->mutex);
  const size_t index = state_->entries.size();
  state_->entries.push_back(std::move(entry));
  if (!state_->failure.ok()) {
    state_->entries[index]->done = true;
    state_->entries[index]->status =
        MakeError(common::v1::ERROR_REASON_CANCELLED, "another call that was needed has failed");
    return static_cast<int>(index);
  }
  ++state_->pending;
  lock.unlock();
  start(context,
        [state = state_.get(), index](const grpc::Status& status) { state->Done(index, status); });
  return static_cast<int>(index);
}

std::vector<absl::Status> FanOut::Wait() {
  std::unique_lock lock(state_->mutex);
  state_->WaitForAll(lock);
  std::vector<absl::Status> statuses;
  for (const auto& entry : state_->entries) statuses.push_back(entry->status);
  return statuses;
}

void FanOut::Optional() { state_->required = false; }

absl::Status FanOut::Failure() const {
  const std::lock_guard lock(state_->mutex);
  return state_->failure;
}

absl::Status Invoke(const Call& call, std::string_view service, const Start& start) {
  STEELYARD_RETURN_IF_ERROR(call.context.Check());
  FanOut one(call);
  one.Add(service, start);
  return one.Wait().front();
}

}  // namespace steelyard::rpc
