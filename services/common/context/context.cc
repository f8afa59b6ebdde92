#include "services/common/context/context.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/time/clock.h"
#include "services/common/status/status.h"

namespace steelyard {

struct Context::State {
  explicit State(absl::Time end) : deadline(end) {}

  const absl::Time deadline;
  std::atomic<bool> cancelled = false;

  std::mutex mutex;
  std::condition_variable idle;
  std::map<uint64_t, std::function<void()>> callbacks;
  uint64_t next_id = 1;
  uint64_t running = 0;  // id of the callback that Cancel runs now; 0: none
  std::thread::id runner;
};

Context Context::Background() { return Context(std::make_shared<State>(absl::InfiniteFuture())); }

Context Context::WithDeadline(absl::Time deadline) {
  return Context(std::make_shared<State>(deadline));
}

Context::Context(std::shared_ptr<State> state) : state_(std::move(state)) {}

absl::Time Context::deadline() const { return state_->deadline; }

bool Context::cancelled() const { return state_->cancelled.load(std::memory_order_acquire); }

void Context::Cancel() {
  const std::shared_ptr<State> state = state_;  // a callback may destroy this handle
  std::unique_lock lock(state->mutex);
  if (state->cancelled.exchange(true)) {
    return;
  }
  state->runner = std::this_thread::get_id();
  while (!state->callbacks.empty()) {
    auto node = state->callbacks.extract(state->callbacks.begin());
    state->running = node.key();
    lock.unlock();
    node.mapped()();
    node.mapped() = nullptr;
    lock.lock();
    state->running = 0;
    state->idle.notify_all();
  }
}

absl::Status Context::Check() const {
  if (cancelled()) {
    return MakeError(common::v1::ERROR_REASON_CANCELLED, "the call was cancelled");
  }
  if (state_->deadline != absl::InfiniteFuture() && absl::Now() >= state_->deadline) {
    return MakeError(common::v1::ERROR_REASON_DEADLINE_EXCEEDED, "the call's deadline passed");
  }
  return absl::OkStatus();
}

Context::Registration Context::OnCancel(std::function<void()> callback) const {
  std::unique_lock lock(state_->mutex);
  if (state_->cancelled) {
    lock.unlock();
    callback();
    return {};
  }
  const uint64_t id = state_->next_id++;
  state_->callbacks.emplace(id, std::move(callback));
  return Registration([state = state_, id] {
    std::function<void()> removed;  // destroyed without the lock
    std::unique_lock guard(state->mutex);
    if (auto node = state->callbacks.extract(id); !node.empty()) {
      removed = std::move(node.mapped());
    } else if (state->runner != std::this_thread::get_id()) {
      state->idle.wait(guard, [&state, id] { return state->running != id; });
    }
    guard.unlock();
  });
}

Context::Registration::Registration(std::function<void()> unregister)
    : unregister_(std::move(unregister)) {}

Context::Registration::Registration(Registration&& other) noexcept
    : unregister_(std::exchange(other.unregister_, nullptr)) {}

Context::Registration& Context::Registration::operator=(Registration&& other) noexcept {
  if (this != &other) {
    if (unregister_) {
      unregister_();
    }
    unregister_ = std::exchange(other.unregister_, nullptr);
  }
  return *this;
}

Context::Registration::~Registration() {
  if (unregister_) {
    unregister_();
  }
}

}  // namespace steelyard
