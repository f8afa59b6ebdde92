#pragma once

// A clock that stands still until the test moves it.

#include <mutex>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/common/time/clock.h"

namespace steelyard::testing {

// Thread-safe.
class FakeClock final : public Clock {
 public:
  // 2026-01-01T00:00:00Z unless told otherwise.
  FakeClock() : FakeClock(absl::FromCivil(absl::CivilDay(2026, 1, 1), absl::UTCTimeZone())) {}
  explicit FakeClock(absl::Time now) : now_(now) {}

  absl::Time Now() const override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  void Set(absl::Time now) {
    const std::lock_guard lock(mutex_);
    now_ = now;
  }
  void Advance(absl::Duration duration) {
    const std::lock_guard lock(mutex_);
    now_ += duration;
  }

 private:
  mutable std::mutex mutex_;
  absl::Time now_;
};

}  // namespace steelyard::testing
