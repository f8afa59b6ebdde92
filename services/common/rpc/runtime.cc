#include "services/common/rpc/runtime.h"

#include <algorithm>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>
#include <utility>

#include "services/common/rpc/keep_grpc.h"

namespace steelyard::rpc {
namespace {

PoolLimits PoolLimitsOf(const config::v1::Limits& limits) {
  PoolLimits pool;
  pool.workers = limits.workers() > 0
                     ? limits.workers()
                     : std::max(4, 2 * static_cast<int>(std::thread::hardware_concurrency()));
  if (limits.queue() > 0) pool.queue = static_cast<size_t>(limits.queue());
  if (limits.dear_queue() > 0) pool.dear_queue = static_cast<size_t>(limits.dear_queue());
  return pool;
}

int64_t BudgetOf(const config::v1::Limits& limits) {
  const int64_t mib = limits.has_answers_mib() ? limits.answers_mib() : 64;
  return mib * 1024 * 1024;
}

absl::Duration DeadlineOf(const config::v1::Limits& limits) {
  if (!limits.has_default_deadline()) return absl::Seconds(30);
  return absl::Seconds(limits.default_deadline().seconds()) +
         absl::Nanoseconds(limits.default_deadline().nanos());
}

}  // namespace

struct Runtime::State {
  void JoinEnded(std::unique_lock<std::mutex>& lock);

  std::string service;
  int workers = 0;
  absl::Duration default_deadline;
  observe::Metrics* metrics = nullptr;
  Authorizer authorizer;
  Context streams = Context::Background();  // cancelled by EndStreams

  std::mutex mutex;
  std::condition_variable streams_changed;
  bool stopping = false;
  int heavy_streams = 0;
  std::list<std::thread> streams_running;
  std::list<std::thread> streams_ended;  // still to be joined
  std::unique_ptr<cache::Answers> answers;
  std::unique_ptr<WorkerPool> pool;
};

Runtime::Runtime(std::string service, const config::v1::Limits& limits, observe::Metrics& metrics,
                 Authorizer authorizer)
    : state_(std::make_unique<State>()) {
  KeepGrpc();
  const PoolLimits pool = PoolLimitsOf(limits);
  state_->service = std::move(service);
  state_->workers = pool.workers;
  state_->default_deadline = DeadlineOf(limits);
  state_->metrics = &metrics;
  state_->authorizer = std::move(authorizer);
  state_->answers = std::make_unique<cache::Answers>(state_->service, BudgetOf(limits), metrics);
  state_->pool = std::make_unique<WorkerPool>(state_->service, pool, metrics);
}

Runtime::~Runtime() {
  EndStreams();
  std::unique_lock lock(state_->mutex);
  state_->stopping = true;
  state_->streams_changed.wait(lock, [this] { return state_->streams_running.empty(); });
  state_->JoinEnded(lock);
  lock.unlock();
  state_->pool.reset();
}

WorkerPool& Runtime::pool() { return *state_->pool; }

cache::Answers& Runtime::answers() { return *state_->answers; }

void Runtime::State::JoinEnded(std::unique_lock<std::mutex>& lock) {
  std::list<std::thread> ended = std::move(streams_ended);
  streams_ended.clear();
  lock.unlock();
  for (std::thread& thread : ended) thread.join();
  lock.lock();
}

bool Runtime::StartStream(CallClass call_class, std::function<void()> work) {
  std::unique_lock lock(state_->mutex);
  state_->JoinEnded(lock);
  const int heavy = call_class == CallClass::kCheap ? 0 : 1;
  if (state_->stopping || state_->streams_running.size() >= kMaxStreams) return false;
  if (state_->heavy_streams + heavy > kMaxHeavyStreams) return false;
  state_->heavy_streams += heavy;
  const auto self = state_->streams_running.emplace(state_->streams_running.end());
  // The lock is held until the thread is in its place, where it will look for itself.
  *self = std::thread([state = state_.get(), self, heavy, work = std::move(work)]() mutable {
    work();
    work = nullptr;
    const std::lock_guard guard(state->mutex);
    state->heavy_streams -= heavy;
    state->streams_ended.splice(state->streams_ended.end(), state->streams_running, self);
    state->streams_changed.notify_all();
  });
  return true;
}

void Runtime::EndStreams() { state_->streams.Cancel(); }

Context::Registration Runtime::OnEndStreams(std::function<void()> callback) const {
  return state_->streams.OnCancel(std::move(callback));
}

int Runtime::max_running() const { return state_->workers + kMaxStreams; }

const std::string& Runtime::service() const { return state_->service; }

absl::Duration Runtime::default_deadline() const { return state_->default_deadline; }

absl::Status Runtime::Authorize(const grpc::CallbackServerContext& server,
                                std::string_view method) const {
  return state_->authorizer ? state_->authorizer(server, method) : absl::OkStatus();
}

observe::Metrics& Runtime::metrics() const { return *state_->metrics; }

}  // namespace steelyard::rpc
