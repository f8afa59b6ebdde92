#include "services/common/rpc/worker_pool.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"

namespace steelyard::rpc {
namespace {

struct Work {
  CallClass call_class = CallClass::kCheap;
  absl::Time since;
  std::function<void()> run;
};

struct ClassState {
  std::string_view name;
  int running_limit = 0;
  size_t queue_limit = 0;
  int running = 0;  // given to a worker and not ended
  std::map<WorkerPool::Ticket, Work> queue;
};

}  // namespace

std::string_view NameOf(CallClass call_class) {
  switch (call_class) {
    case CallClass::kCheap:
      return "cheap";
    case CallClass::kDear:
      return "dear";
    case CallClass::kWrite:
      return "write";
  }
  return "unknown";
}

struct WorkerPool::State {
  void RunWorker();
  ClassState& Of(CallClass call_class) { return classes.at(static_cast<size_t>(call_class)); }
  // Whether one more call of the class may be given to a worker. With the lock.
  bool MayStart(CallClass call_class);
  // Gives work to a worker. With the lock.
  void Start(ClassState& state, Work work);
  // Starts whatever waits and may start, the oldest first. With the lock.
  void Dispatch();
  void ShowLength(const ClassState& state) const {
    metrics->QueueLength(service, state.name, static_cast<int64_t>(state.queue.size()));
  }
  void ShowRunning(const ClassState& state) const {
    metrics->PoolRunning(service, state.name, state.running);
  }

  std::string service;
  observe::Metrics* metrics = nullptr;
  int heavy_limit = 0;  // of dear calls and writes together

  std::mutex mutex;
  std::condition_variable changed;
  std::array<ClassState, kCallClasses> classes;
  std::deque<Work> ready;  // given to a worker that has not woken yet
  Ticket last_ticket = 0;
  bool stopping = false;
  std::vector<std::thread> workers;
};

WorkerPool::WorkerPool(std::string service, const PoolLimits& limits, observe::Metrics& metrics)
    : state_(std::make_unique<State>()) {
  state_->service = std::move(service);
  state_->metrics = &metrics;
  state_->heavy_limit = std::max(1, limits.workers - 1);
  for (int i = 0; i < kCallClasses; ++i) {
    const auto call_class = static_cast<CallClass>(i);
    ClassState& state = state_->Of(call_class);
    state.name = NameOf(call_class);
    state.queue_limit = limits.dear_queue;
    state_->ShowLength(state);
    state_->ShowRunning(state);
  }
  state_->Of(CallClass::kCheap).running_limit = limits.workers;
  state_->Of(CallClass::kCheap).queue_limit = limits.queue;
  state_->Of(CallClass::kDear).running_limit = std::max(1, limits.workers / 2);
  state_->Of(CallClass::kWrite).running_limit = 1;
  for (int i = 0; i < limits.workers; ++i) {
    state_->workers.emplace_back([state = state_.get()] { state->RunWorker(); });
  }
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->changed.notify_all();
  for (std::thread& worker : state_->workers) worker.join();
}

bool WorkerPool::State::MayStart(CallClass call_class) {
  const int dear = Of(CallClass::kDear).running;
  const int writes = Of(CallClass::kWrite).running;
  const int all = Of(CallClass::kCheap).running + dear + writes;
  if (all >= static_cast<int>(workers.size())) return false;
  if (call_class != CallClass::kCheap && dear + writes >= heavy_limit) return false;
  return Of(call_class).running < Of(call_class).running_limit;
}

void WorkerPool::State::Start(ClassState& state, Work work) {
  ready.push_back(std::move(work));
  ++state.running;
  ShowRunning(state);
  changed.notify_one();
}

void WorkerPool::State::Dispatch() {
  while (true) {
    ClassState* oldest = nullptr;
    for (int i = 0; i < kCallClasses; ++i) {
      ClassState& state = Of(static_cast<CallClass>(i));
      if (state.queue.empty() || !MayStart(static_cast<CallClass>(i))) continue;
      if (oldest == nullptr || state.queue.begin()->first < oldest->queue.begin()->first) {
        oldest = &state;
      }
    }
    if (oldest == nullptr) return;
    Work work = std::move(oldest->queue.begin()->second);
    oldest->queue.erase(oldest->queue.begin());
    ShowLength(*oldest);
    Start(*oldest, std::move(work));
  }
}

void WorkerPool::State::RunWorker() {
  std::unique_lock lock(mutex);
  while (true) {
    // Work that was admitted is finished even while stopping: somebody waits for it. What is queued
    // is dispatched by the worker that ends what it waits for.
    changed.wait(lock, [this] { return stopping || !ready.empty(); });
    if (ready.empty()) return;
    Work work = std::move(ready.front());
    ready.pop_front();
    lock.unlock();
    ClassState& state = Of(work.call_class);
    metrics->PoolWait(service, state.name, absl::Now() - work.since);
    work.run();
    work.run = nullptr;  // what it holds goes without the lock
    lock.lock();
    --state.running;
    ShowRunning(state);
    Dispatch();
  }
}

std::optional<WorkerPool::Ticket> WorkerPool::Submit(CallClass call_class,
                                                     std::function<void()> work) {
  Work taken = {.call_class = call_class, .since = absl::Now(), .run = std::move(work)};
  const std::lock_guard lock(state_->mutex);
  if (state_->stopping) return {};
  ClassState& state = state_->Of(call_class);
  // Whatever waits could not start, so this overtakes nothing that could.
  if (state_->MayStart(call_class)) {
    state_->Start(state, std::move(taken));
    return ++state_->last_ticket;
  }
  if (state.queue.size() >= state.queue_limit) return {};
  state.queue.emplace(++state_->last_ticket, std::move(taken));
  state_->ShowLength(state);
  return state_->last_ticket;
}

bool WorkerPool::Withdraw(Ticket ticket) {
  Work withdrawn;  // goes without the lock
  const std::lock_guard lock(state_->mutex);
  for (ClassState& state : state_->classes) {
    const auto found = state.queue.find(ticket);
    if (found == state.queue.end()) continue;
    withdrawn = std::move(found->second);
    state.queue.erase(found);
    state_->ShowLength(state);
    state_->metrics->PoolDropped(state_->service, state.name);
    return true;
  }
  return false;
}

}  // namespace steelyard::rpc
