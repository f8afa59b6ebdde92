#pragma once

// Contestants that do comparable work, in turns, so that all of them meet the same machine in the
// same moment: what counts is the ratio, and that holds on any machine.

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace steelyard::bench {

// What a benchmark's command line says.
struct Options {
  absl::Duration time = absl::Seconds(10);  // for each race
};
// Reads `--seconds N` and `--quick` (one second a race). Ends the process with code 2 when it is
// told anything else.
Options ParseOptions(int argc, char** argv);

// The whole of a benchmark's main: reads the command line, runs, prints a failure; the exit code.
int Main(int argc, char** argv, absl::Status (*run)(const Options&));

// One race. Not thread-safe.
class Race {
 public:
  explicit Race(std::string title) : title_(std::move(title)) {}

  // `run` does the work once. The first contestant is the one that all are compared with.
  void Add(std::string name, std::function<absl::Status()> run);

  // Lets each contestant warm up, runs them in turns for `time`, and prints a Markdown table: the
  // number of runs, p50 and p99 in microseconds, and p50 as a ratio to the first one's. Stops at
  // the first failure and returns it with the contestant's name.
  absl::Status Run(absl::Duration time);

 private:
  struct Contestant {
    std::string name;
    std::function<absl::Status()> run;
    std::vector<double> microseconds;
  };
  absl::Status RunOnce(Contestant& contestant);
  void Print();

  std::string title_;
  std::vector<Contestant> contestants_;
};

}  // namespace steelyard::bench
