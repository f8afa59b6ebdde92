#pragma once

// Where the time comes from, so that tests can set it.

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace steelyard {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
};

// The machine's clock.
class SystemClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
};

}  // namespace steelyard
