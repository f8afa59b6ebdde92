#include "tests/bench/race.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string_view>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "services/common/status/status.h"

namespace steelyard::bench {
namespace {

constexpr int kWarmUps = 3;

// The smallest value that is at least as large as `share` of all; `sorted` is not empty.
double Quantile(const std::vector<double>& sorted, double share) {
  const auto rank = static_cast<size_t>(share * static_cast<double>(sorted.size()));
  return sorted[std::min(rank, sorted.size() - 1)];
}

[[noreturn]] void Refuse(std::string_view why) {
  std::cerr << why << "; allowed are --seconds N (1 to 3600) and --quick\n";
  std::exit(2);
}

}  // namespace

Options ParseOptions(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--quick") {
      options.time = absl::Seconds(1);
    } else if (word == "--seconds" && i + 1 < argc) {
      int seconds = 0;
      if (!absl::SimpleAtoi(argv[++i], &seconds) || seconds < 1 || seconds > 3600) {
        Refuse("--seconds takes a whole number");
      }
      options.time = absl::Seconds(seconds);
    } else {
      Refuse(std::string("not understood: ").append(word));
    }
  }
  return options;
}

int Main(int argc, char** argv, absl::Status (*run)(const Options&)) {
  const absl::Status status = run(ParseOptions(argc, argv));
  if (!status.ok()) std::cerr << status << '\n';
  return status.ok() ? 0 : 1;
}

void Race::Add(std::string name, std::function<absl::Status()> run) {
  contestants_.push_back({.name = std::move(name), .run = std::move(run), .microseconds = {}});
}

absl::Status Race::RunOnce(Contestant& contestant) {
  const int64_t started = absl::GetCurrentTimeNanos();
  absl::Status status = contestant.run();
  contestant.microseconds.push_back(static_cast<double>(absl::GetCurrentTimeNanos() - started) /
                                    1e3);
  if (status.ok()) return status;
  return {status.code(), absl::StrCat(contestant.name, ": ", status.ToString())};
}

absl::Status Race::Run(absl::Duration time) {
  for (int i = 0; i < kWarmUps; ++i) {
    for (Contestant& contestant : contestants_) {
      STEELYARD_RETURN_IF_ERROR(RunOnce(contestant));
      contestant.microseconds.clear();
    }
  }
  const absl::Time end = absl::Now() + time;
  do {
    for (Contestant& contestant : contestants_) STEELYARD_RETURN_IF_ERROR(RunOnce(contestant));
  } while (absl::Now() < end);
  Print();
  return absl::OkStatus();
}

void Race::Print() {
  std::cout << absl::StrFormat("\n### %s\n\n| | runs | p50 us | p99 us | p50 ratio |\n", title_)
            << "|---|--:|--:|--:|--:|\n";
  double first = 0;
  for (Contestant& contestant : contestants_) {
    std::vector<double>& times = contestant.microseconds;
    std::sort(times.begin(), times.end());
    const double median = Quantile(times, 0.5);
    if (first == 0) first = median;
    std::cout << absl::StrFormat("| %s | %d | %.0f | %.0f | %.2f |\n", contestant.name,
                                 times.size(), median, Quantile(times, 0.99), median / first);
  }
  std::cout.flush();
}

}  // namespace steelyard::bench
