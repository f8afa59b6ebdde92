#include "tests/bench/race.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string_view>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "services/common/status/status.h"

namespace steelyard::bench {
namespace {

constexpr int kWarmUps = 3;
constexpr size_t kFewestRuns = 3;
constexpr int64_t kFewestRounds = 1000;
constexpr int64_t kMostRounds = 10'000'000;

[[noreturn]] void Refuse(std::string_view why, Flags flags) {
  std::cerr << why << "; allowed are --seconds N (1 to 3600), --quick";
  if (flags >= Flags::kSizes) std::cerr << ", --rounds N,N,... (1000 to 10000000, rising)";
  if (flags >= Flags::kRaces) std::cerr << ", --only-duckdb, --question TEXT";
  std::cerr << '\n';
  std::exit(2);
}

std::vector<int64_t> ParseSizes(std::string_view text, Flags flags) {
  std::vector<int64_t> parsed;
  for (const absl::string_view part :
       absl::StrSplit(absl::string_view(text.data(), text.size()), ',')) {
    int64_t size = 0;
    const bool good = absl::SimpleAtoi(part, &size) && size >= kFewestRounds &&
                      size <= kMostRounds && (parsed.empty() || size > parsed.back());
    if (!good) Refuse("--rounds takes whole numbers, the smaller first", flags);
    parsed.push_back(size);
  }
  return parsed;
}

}  // namespace

double Quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const auto rank = static_cast<size_t>(share * static_cast<double>(values.size()));
  return values[std::min(rank, values.size() - 1)];
}

Options ParseOptions(int argc, char** argv, Flags flags) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--quick") {
      options.quick = true;
      options.time = absl::Seconds(1);
    } else if (word == "--seconds" && i + 1 < argc) {
      int seconds = 0;
      if (!absl::SimpleAtoi(argv[++i], &seconds) || seconds < 1 || seconds > 3600) {
        Refuse("--seconds takes a whole number", flags);
      }
      options.time = absl::Seconds(seconds);
    } else if (flags >= Flags::kSizes && word == "--rounds" && i + 1 < argc) {
      options.sizes = ParseSizes(argv[++i], flags);
    } else if (flags >= Flags::kRaces && word == "--only-duckdb") {
      options.only_duckdb = true;
    } else if (flags >= Flags::kRaces && word == "--question" && i + 1 < argc) {
      options.question = argv[++i];
    } else {
      Refuse(std::string("not understood: ").append(word), flags);
    }
  }
  return options;
}

void Race::Add(std::string name, std::function<absl::Status()> run) {
  contestants_.push_back({.name = std::move(name), .run = std::move(run), .microseconds = {}});
}

absl::Status Race::RunOnce(Contestant& contestant) {
  const int64_t started = absl::GetCurrentTimeNanos();
  absl::Status status = contestant.run();
  contestant.microseconds.push_back(static_cast<double>(absl::GetCurrentTimeNanos() - started) /
                                    1e3);
  contestant.spent += contestant.microseconds.back();
  if (status.ok()) return status;
  return {status.code(), absl::StrCat(contestant.name, ": ", status.ToString())};
}

absl::Status Race::WarmUp(absl::Duration time) {
  const absl::Time end = absl::Now() + time;
  for (int i = 0; i < kWarmUps && (i == 0 || absl::Now() < end); ++i) {
    for (Contestant& contestant : contestants_) {
      STEELYARD_RETURN_IF_ERROR(RunOnce(contestant));
      contestant.microseconds.clear();
      contestant.spent = 0;
    }
  }
  return absl::OkStatus();
}

absl::Status Race::Run(absl::Duration time) {
  STEELYARD_RETURN_IF_ERROR(WarmUp(time));
  const double share = absl::ToDoubleMicroseconds(time) /
                       static_cast<double>(std::max<size_t>(1, contestants_.size()));
  for (bool ran = true; ran;) {
    ran = false;
    for (Contestant& contestant : contestants_) {
      if (contestant.spent >= share && contestant.microseconds.size() >= kFewestRuns) continue;
      ran = true;
      STEELYARD_RETURN_IF_ERROR(RunOnce(contestant));
    }
  }
  Print();
  return absl::OkStatus();
}

void Race::Print() {
  out_ << absl::StrFormat("\n### %s\n\n| | runs | p50 us | p99 us | p50 ratio |\n", title_)
       << "|---|--:|--:|--:|--:|\n";
  for (const Contestant& contestant : contestants_) {
    standings_.push_back({.name = contestant.name,
                          .runs = contestant.microseconds.size(),
                          .p50 = Quantile(contestant.microseconds, 0.5),
                          .p99 = Quantile(contestant.microseconds, 0.99)});
    const Standing& standing = standings_.back();
    out_ << absl::StrFormat("| %s | %d | %.0f | %.0f | %.2f |\n", standing.name, standing.runs,
                            standing.p50, standing.p99, standing.p50 / standings_.front().p50);
  }
  out_.flush();
}

}  // namespace steelyard::bench
