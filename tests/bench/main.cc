// The main of every benchmark.

#include <iostream>

#include "tests/bench/race.h"

int main(int argc, char** argv) {
  const auto options =
      steelyard::bench::ParseOptions(argc, argv, steelyard::bench::kFlagsOfBenchmark);
  const absl::Status status = steelyard::bench::RunBenchmark(options);
  if (!status.ok()) std::cerr << status << '\n';
  return status.ok() ? 0 : 1;
}
