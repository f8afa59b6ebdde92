#pragma once

// The funding service as a process of its own over a filled store: how soon it serves, what memory
// it has, how fast it exports, and how cheap and dear callers fare beside each other. All of it
// through gRPC.

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace steelyard::bench {

struct Started {
  absl::Duration to_ready;     // from the start of the process to its first answer; of three starts
  int64_t resident_bytes = 0;  // at rest
};

struct Exported {
  std::string format;
  int64_t rows = 0;
  int64_t bytes = 0;
  absl::Duration time;
  bool complete = true;  // false: broken off after a minute; `rows` is not known then
};

// One class of callers in one mix.
struct Callers {
  int cheap = 0;  // callers of each class at once
  int dear = 0;
  std::string call_class;
  size_t calls = 0;  // answered
  double p50 = 0;    // microseconds
  double p99 = 0;
  int64_t refused = 0;
  int64_t late = 0;  // without an answer when the time was up
};

struct Served {
  Started started;
  std::vector<Exported> exports;
  std::vector<Callers> callers;
  int64_t resident_after = 0;  // after all of it
};

// Serves the store in the directory, whose rounds are World's; each mix of callers has `time`.
absl::StatusOr<Served> MeasureServer(const std::string& directory, int64_t rounds,
                                     absl::Duration time);

}  // namespace steelyard::bench
