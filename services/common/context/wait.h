#pragma once

// Waiting on a condition variable no longer than a context lasts.
//
//   CancelWake wake(context, mutex_, changed_);   // declared before the lock, so destroyed after
//   it std::unique_lock lock(mutex_); if (!WaitUntil(changed_, lock, context, [&] { return ready_;
//   })) return context.Check();

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/common/context/context.h"

namespace steelyard {

// Wakes the waiters of a condition variable when the context is cancelled. Must not be destroyed
// while the caller holds the mutex: the callback takes it.
class CancelWake {
 public:
  CancelWake(const Context& context, std::mutex& mutex, std::condition_variable& changed)
      : registration_(context.OnCancel([&mutex, &changed] {
          // Passing through the mutex, so that a waiter cannot miss this between its test and its
          // wait.
          { const std::lock_guard<std::mutex> lock(mutex); }
          changed.notify_all();
        })) {}

 private:
  Context::Registration registration_;
};

// Waits until `ready()` is true, which it returns, or until the context ended or `until` has come:
// then it returns whether ready() is true after all. Holds the lock whenever it calls ready().
template <typename Ready>
bool WaitUntil(std::condition_variable& changed, std::unique_lock<std::mutex>& lock,
               const Context& context, Ready ready, absl::Time until = absl::InfiniteFuture()) {
  until = std::min(until, context.deadline());
  while (!ready()) {
    const absl::Time now = absl::Now();
    if (context.cancelled() || now >= until) return false;
    // A bounded step: the library adds to the end of the wait, which must not overflow.
    changed.wait_for(lock, absl::ToChronoMilliseconds(std::min(until - now, absl::Hours(1))) +
                               std::chrono::milliseconds(1));
  }
  return true;
}

}  // namespace steelyard
