#include "services/common/sql/interrupter.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/time/clock.h"

namespace steelyard::sql {
namespace {

// An engine forgets an interrupt that comes just before the statement starts, so it is repeated
// until the statement has ended.
constexpr absl::Duration kRepeat = absl::Milliseconds(5);

}  // namespace

Interrupter::Interrupter() : thread_([this] { Run(); }) {}

Interrupter::~Interrupter() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Interrupter::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stopping_) {
    const absl::Time now = absl::Now();
    // The longest wait is bounded, because the library adds it to the present time.
    wake_ = now + absl::Hours(1);
    for (Watched& watched : watched_) {
      if (watched.due <= now) {
        watched.stop();
        watched.due = now + kRepeat;
      }
      wake_ = std::min(wake_, watched.due);
    }
    changed_.wait_for(lock, absl::ToChronoMicroseconds(wake_ - now) + std::chrono::microseconds(1));
  }
}

Interrupter::Guard::Guard(Interrupter& interrupter, const Context& context,
                          std::function<void()> stop)
    : interrupter_(interrupter) {
  bool earlier = false;
  {
    const std::lock_guard<std::mutex> lock(interrupter_.mutex_);
    interrupter_.watched_.push_front({context.deadline(), std::move(stop)});
    watched_ = interrupter_.watched_.begin();
    // Nearly always false: the thread already wakes for an older statement's deadline.
    earlier = watched_->due < interrupter_.wake_;
    if (earlier) interrupter_.wake_ = watched_->due;
  }
  if (earlier) interrupter_.changed_.notify_all();
  cancellation_ = context.OnCancel([this] {
    {
      const std::lock_guard<std::mutex> lock(interrupter_.mutex_);
      watched_->due = absl::InfinitePast();
    }
    interrupter_.changed_.notify_all();
  });
}

Interrupter::Guard::~Guard() {
  // First, and without the mutex, which its callback takes.
  cancellation_ = Context::Registration();
  const std::lock_guard<std::mutex> lock(interrupter_.mutex_);
  interrupter_.watched_.erase(watched_);
}

}  // namespace steelyard::sql
