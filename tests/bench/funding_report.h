#pragma once

// The report of the funding benchmark: Markdown, with design's goals beside the figures.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/bench/funding_questions.h"
#include "tests/bench/funding_server.h"
#include "tests/bench/race.h"

namespace steelyard::bench {

// A bulk load of one engine.
struct Loaded {
  std::string engine;
  int64_t rows = 0;
  absl::Duration time;   // until the rows are there
  absl::Duration index;  // and its indexes besides
};

// How one question went.
struct Raced {
  std::string title;
  Goal goal = Goal::kStandardGroupBy;
  bool at_head = true;
  std::vector<Standing> standings;
};

// Everything of one size.
struct SizeResult {
  int64_t rounds = 0;
  int64_t corrections = 0;
  Imported import;
  Imported correction;
  Copied copied;
  std::vector<Loaded> loads;
  std::vector<Raced> races;
  std::string tables;  // of the races, as they printed them
  Served served;
};

// The whole report. `missing` says what could not be measured, and why.
std::string Report(const std::string& machine, absl::Duration race_time,
                   const std::vector<SizeResult>& sizes, const std::vector<std::string>& missing);

}  // namespace steelyard::bench
