#include "services/common/rpc/runtime.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <list>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace steelyard::rpc {
namespace {

int WorkersOf(const config::v1::Limits& limits) {
  if (limits.workers() > 0) return limits.workers();
  return std::max(4, 2 * static_cast<int>(std::thread::hardware_concurrency()));
}

absl::Duration DeadlineOf(const config::v1::Limits& limits) {
  if (!limits.has_default_deadline()) return absl::Seconds(30);
  return absl::Seconds(limits.default_deadline().seconds()) +
         absl::Nanoseconds(limits.default_deadline().nanos());
}

}  // namespace

struct Runtime::State {
  void RunWorker();
  void JoinEnded(std::unique_lock<std::mutex>& lock);

  std::string service;
  size_t queue_limit = 0;
  absl::Duration default_deadline;
  observe::Metrics* metrics = nullptr;
  Authorizer authorizer;
  Context streams = Context::Background();  // cancelled by EndStreams

  std::mutex mutex;
  std::condition_variable work_changed;
  std::condition_variable streams_changed;
  std::deque<std::function<void()>> queue;
  size_t idle = 0;  // workers that wait for work or have just been woken for it
  bool stopping = false;
  std::vector<std::thread> workers;
  std::list<std::thread> streams_running;
  std::list<std::thread> streams_ended;  // still to be joined
};

Runtime::Runtime(std::string service, const config::v1::Limits& limits, observe::Metrics& metrics,
                 Authorizer authorizer)
    : state_(std::make_unique<State>()) {
  state_->service = std::move(service);
  state_->queue_limit = limits.queue() > 0 ? static_cast<size_t>(limits.queue()) : 256;
  state_->default_deadline = DeadlineOf(limits);
  state_->metrics = &metrics;
  state_->authorizer = std::move(authorizer);
  metrics.QueueLength(state_->service, 0);
  const int workers = WorkersOf(limits);
  for (int i = 0; i < workers; ++i) {
    state_->workers.emplace_back([state = state_.get()] { state->RunWorker(); });
  }
}

Runtime::~Runtime() {
  EndStreams();
  std::unique_lock lock(state_->mutex);
  state_->stopping = true;
  state_->work_changed.notify_all();
  state_->streams_changed.wait(lock, [this] { return state_->streams_running.empty(); });
  state_->JoinEnded(lock);
  lock.unlock();
  for (std::thread& worker : state_->workers) worker.join();
}

void Runtime::State::RunWorker() {
  std::unique_lock lock(mutex);
  while (true) {
    ++idle;
    work_changed.wait(lock, [this] { return stopping || !queue.empty(); });
    --idle;
    // Work that was admitted is finished even while stopping: somebody waits for it.
    if (queue.empty()) return;
    std::function<void()> work = std::move(queue.front());
    queue.pop_front();
    metrics->QueueLength(service, static_cast<int64_t>(queue.size()));
    lock.unlock();
    work();
    work = nullptr;  // what it holds goes without the lock
    lock.lock();
  }
}

bool Runtime::Submit(std::function<void()> work) {
  {
    const std::lock_guard lock(state_->mutex);
    // What an idle worker is about to take does not wait.
    const size_t limit = state_->queue_limit + state_->idle;
    if (state_->stopping || state_->queue.size() >= limit) return false;
    state_->queue.push_back(std::move(work));
    state_->metrics->QueueLength(state_->service, static_cast<int64_t>(state_->queue.size()));
  }
  state_->work_changed.notify_one();
  return true;
}

void Runtime::State::JoinEnded(std::unique_lock<std::mutex>& lock) {
  std::list<std::thread> ended = std::move(streams_ended);
  streams_ended.clear();
  lock.unlock();
  for (std::thread& thread : ended) thread.join();
  lock.lock();
}

bool Runtime::StartStream(std::function<void()> work) {
  std::unique_lock lock(state_->mutex);
  state_->JoinEnded(lock);
  if (state_->stopping || state_->streams_running.size() >= kMaxStreams) return false;
  const auto self = state_->streams_running.emplace(state_->streams_running.end());
  // The lock is held until the thread is in its place, where it will look for itself.
  *self = std::thread([state = state_.get(), self, work = std::move(work)]() mutable {
    work();
    work = nullptr;
    const std::lock_guard guard(state->mutex);
    state->streams_ended.splice(state->streams_ended.end(), state->streams_running, self);
    state->streams_changed.notify_all();
  });
  return true;
}

void Runtime::EndStreams() { state_->streams.Cancel(); }

Context::Registration Runtime::OnEndStreams(std::function<void()> callback) const {
  return state_->streams.OnCancel(std::move(callback));
}

const std::string& Runtime::service() const { return state_->service; }

absl::Duration Runtime::default_deadline() const { return state_->default_deadline; }

absl::Status Runtime::Authorize(const grpc::CallbackServerContext& server,
                                std::string_view method) const {
  return state_->authorizer ? state_->authorizer(server, method) : absl::OkStatus();
}

observe::Metrics& Runtime::metrics() const { return *state_->metrics; }

}  // namespace steelyard::rpc
