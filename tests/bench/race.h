#pragma once

// Contestants that do comparable work, in turns, so that all of them meet the same machine in the
// same moment: what counts is the ratio, and that holds on any machine.

#include <cstdint>
#include <functional>
#include <iostream>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace steelyard::bench {

// What a benchmark's command line says.
struct Options {
  absl::Duration time = absl::Seconds(10);  // for each race
  bool quick = false;
  std::vector<int64_t> sizes;  // empty: the benchmark's own
  // Leaves out the peers that take most of the time at ten million rounds, SQLite and PostgreSQL.
  bool only_duckdb = false;
  std::string question;  // races only questions whose title has this text
};
// What a benchmark can be told, each with all before it: `--seconds N` and `--quick` (one second a
// race); `--rounds N,N,...`; `--only-duckdb` and `--question TEXT`.
enum class Flags { kTime, kSizes, kRaces };
// Ends the process with code 2 when it is told anything else.
Options ParseOptions(int argc, char** argv, Flags flags);

// What each benchmark defines: what it can be told, and what it does. Its main, which all of them
// share, reads the command line, runs, and prints a failure.
extern const Flags kFlagsOfBenchmark;
absl::Status RunBenchmark(const Options& options);

// How a contestant did.
struct Standing {
  std::string name;
  size_t runs = 0;
  double p50 = 0;  // microseconds
  double p99 = 0;
};
// The smallest value that is at least as large as `share` of all; 0 when there are none.
double Quantile(std::vector<double> values, double share);

// One race. Not thread-safe.
class Race {
 public:
  explicit Race(std::string title, std::ostream& out = std::cout)
      : title_(std::move(title)), out_(out) {}

  // `run` does the work once. The first contestant is the one that all are compared with.
  void Add(std::string name, std::function<absl::Status()> run);

  // Lets each contestant warm up, runs them in turns for `time`, and prints a Markdown table: the
  // number of runs, p50 and p99 in microseconds, and p50 as a ratio to the first one's. Who has
  // used up an equal share of the time sits out, but everyone runs three times at least. Stops at
  // the first failure and returns it with the contestant's name.
  absl::Status Run(absl::Duration time);
  // After Run, in the order in which they were added.
  const std::vector<Standing>& standings() const { return standings_; }

 private:
  struct Contestant {
    std::string name;
    std::function<absl::Status()> run;
    std::vector<double> microseconds;
    double spent = 0;  // microseconds, warming up left out
  };
  absl::Status RunOnce(Contestant& contestant);
  absl::Status WarmUp(absl::Duration time);
  void Print();

  const std::string title_;
  std::ostream& out_;
  std::vector<Contestant> contestants_;
  std::vector<Standing> standings_;
};

}  // namespace steelyard::bench
