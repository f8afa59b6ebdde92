#include "tests/bench/funding_report.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace steelyard::bench {
namespace {

constexpr char kSteelyard[] = "Steelyard";
constexpr char kDuckDb[] = "plain DuckDB";
constexpr int64_t kGoalRounds = 10'000'000;
constexpr double kMib = 1024.0 * 1024;

const Standing* Find(const Raced& raced, const std::string& name) {
  const auto found = std::find_if(raced.standings.begin(), raced.standings.end(),
                                  [&](const Standing& standing) { return standing.name == name; });
  return found == raced.standings.end() ? nullptr : &*found;
}

double RowsPerSecond(int64_t rows, absl::Duration time) {
  return static_cast<double>(rows) / std::max(1e-9, absl::ToDoubleSeconds(time));
}

std::string SizeText(int64_t rounds) {
  return absl::StrFormat("%.4g million", static_cast<double>(rounds) / 1e6);
}

// The exponent e for which the cost grows as rows^e.
std::string Exponent(double cost, int64_t rows, double before, int64_t rows_before) {
  if (before <= 0 || cost <= 0) return "-";
  return absl::StrFormat(
      "%.2f", std::log(cost / before) /
                  std::log(static_cast<double>(rows) / static_cast<double>(rows_before)));
}

class Goals {
 public:
  void Add(const std::string& goal, const std::string& measured, bool met, bool at_goal_size) {
    const std::string verdict = met ? "met" : "missed";
    lines_ += absl::StrCat("| ", goal, " | ", measured, " | ", verdict,
                           at_goal_size ? "" : " (at this size only)", " |\n");
  }
  void AddUnknown(const std::string& goal) {
    lines_ += absl::StrCat("| ", goal, " | - | not measured |\n");
  }
  const std::string& lines() const { return lines_; }

 private:
  std::string lines_;
};

void JudgeRaces(const SizeResult& size, Goals& goals) {
  const bool whole = size.rounds >= kGoalRounds;
  for (const Raced& raced : size.races) {
    const Standing* ours = Find(raced, kSteelyard);
    const Standing* duck = Find(raced, kDuckDb);
    if (!raced.at_head || ours == nullptr || duck == nullptr) continue;
    const double ratio = ours->p50 / duck->p50;
    const std::string measured =
        absl::StrFormat("%.2f ms, %.3f x plain DuckDB", ours->p50 / 1000, ratio);
    if (raced.goal == Goal::kStandardGroupBy) {
      goals.Add(absl::StrCat(raced.title, ": 2 ms or less, a tenth of plain DuckDB's time"),
                measured, ours->p50 <= 2000 && ratio <= 0.1, whole);
    } else if (raced.goal == Goal::kOtherAggregate) {
      goals.Add(absl::StrCat(raced.title, ": no slower than plain DuckDB"), measured, ratio <= 1,
                whole);
    }
  }
}

void JudgeGrowth(const std::vector<SizeResult>& sizes, Goals& goals) {
  if (sizes.size() < 2) {
    goals.AddUnknown("cost grows no worse than linearly with rows");
    goals.AddUnknown("a page and a point read do not depend on the table's size");
    return;
  }
  const SizeResult& small = sizes.front();
  const SizeResult& large = sizes.back();
  double worst = 0;
  std::string constant;
  bool constant_met = true;
  const double rows =
      std::log(static_cast<double>(large.rounds) / static_cast<double>(small.rounds));
  for (size_t i = 0; i < large.races.size(); ++i) {
    const Standing* before = Find(small.races[i], kSteelyard);
    const Standing* after = Find(large.races[i], kSteelyard);
    if (before == nullptr || after == nullptr) continue;
    const double exponent = std::log(after->p50 / before->p50) / rows;
    worst = std::max(worst, exponent);
    if (large.races[i].goal != Goal::kConstant || !large.races[i].at_head) continue;
    constant += absl::StrFormat("%s%s: rows^%.2f", constant.empty() ? "" : "; ",
                                large.races[i].title, exponent);
    constant_met = constant_met && exponent < 0.1;
  }
  const bool whole = large.rounds >= kGoalRounds;
  goals.Add("cost grows no worse than linearly with rows",
            absl::StrFormat("at worst rows^%.2f", worst), worst <= 1.05, whole);
  goals.Add("a page and a point read do not depend on the table's size", constant, constant_met,
            whole);
}

std::string GoalTable(const std::vector<SizeResult>& sizes) {
  Goals goals;
  const SizeResult& largest = sizes.back();
  const bool whole = largest.rounds >= kGoalRounds;
  JudgeRaces(largest, goals);
  const double rate = RowsPerSecond(largest.import.rows, largest.import.spent.wall);
  goals.Add("import of 500,000 rows a second, with validation, resolution and history",
            absl::StrFormat("%.0f rows/s, peak %.0f MiB", rate,
                            static_cast<double>(largest.import.peak_bytes) / kMib),
            rate >= 500'000, whole);
  const double ready = absl::ToDoubleSeconds(largest.served.started.to_ready);
  goals.Add("ready in under a second", absl::StrFormat("%.2f s", ready), ready < 1, whole);
  JudgeGrowth(sizes, goals);
  return absl::StrCat("## Goals, at ", SizeText(largest.rounds), " rounds\n\n",
                      "| goal | measured | verdict |\n|---|---|---|\n", goals.lines());
}

std::string LoadTable(const std::vector<SizeResult>& sizes) {
  std::string text =
      "\n## Import\n\nSteelyard's side is the service's importer: reads and checks a CSV file, "
      "matches and resolves, keeps what was said and what was before, and commits durably. The "
      "others load rows that need nothing more, and are not durable (PostgreSQL, SQLite); their "
      "indexes come on top.\n\n"
      "| rounds | | rows | s | rows/s | peak MiB | indexes, s |\n|---|---|--:|--:|--:|--:|--:|\n";
  for (const SizeResult& size : sizes) {
    const auto ours = [&](const char* name, const Imported& imported) {
      text += absl::StrFormat("| %s | %s | %d | %.2f | %.0f | %.0f | |\n", SizeText(size.rounds),
                              name, imported.rows, absl::ToDoubleSeconds(imported.spent.wall),
                              RowsPerSecond(imported.rows, imported.spent.wall),
                              static_cast<double>(imported.peak_bytes) / kMib);
    };
    ours("Steelyard, new rounds", size.import);
    ours("Steelyard, corrections", size.correction);
    for (const Loaded& loaded : size.loads) {
      text += absl::StrFormat("| %s | %s | %d | %.2f | %.0f | | %.2f |\n", SizeText(size.rounds),
                              loaded.engine, loaded.rows, absl::ToDoubleSeconds(loaded.time),
                              RowsPerSecond(loaded.rows, loaded.time),
                              absl::ToDoubleSeconds(loaded.index));
    }
  }
  return text;
}

std::string CopyTable(const std::vector<SizeResult>& sizes) {
  std::string text =
      "\n## Analytic copy\n\nMade of the first import's rounds, with the cube of the default "
      "definition; then it follows the corrections. Aggregates are answered by the engine until it "
      "is there.\n\n| rounds | made, s | cube, s | follows the corrections, s | versions | MiB |\n"
      "|---|--:|--:|--:|--:|--:|\n";
  for (const SizeResult& size : sizes) {
    const Copied& copied = size.copied;
    text += absl::StrFormat("| %s | %.2f | %.2f | %.2f | %d | %.0f |\n", SizeText(size.rounds),
                            absl::ToDoubleSeconds(copied.made), absl::ToDoubleSeconds(copied.cube),
                            absl::ToDoubleSeconds(copied.followed), copied.rows,
                            static_cast<double>(copied.bytes) / kMib);
  }
  return text;
}

std::string ServerTables(const std::vector<SizeResult>& sizes) {
  std::string text =
      "\n## Process: start and memory\n\n"
      "| rounds | start to first answer, s | resident at rest, MiB | after the callers, MiB |\n"
      "|---|--:|--:|--:|\n";
  for (const SizeResult& size : sizes) {
    text += absl::StrFormat("| %s | %.2f | %.0f | %.0f |\n", SizeText(size.rounds),
                            absl::ToDoubleSeconds(size.served.started.to_ready),
                            static_cast<double>(size.served.started.resident_bytes) / kMib,
                            static_cast<double>(size.served.resident_after) / kMib);
  }
  text +=
      "\n## Export over gRPC\n\n| rounds | format | rows | MiB | rows/s |\n|---|---|--:|--:|--:|\n";
  for (const SizeResult& size : sizes) {
    for (const Exported& exported : size.served.exports) {
      text += absl::StrFormat("| %s | %s | ", SizeText(size.rounds), exported.format);
      text += exported.complete ? absl::StrFormat("%d | %.0f | %.0f |\n", exported.rows,
                                                  static_cast<double>(exported.bytes) / kMib,
                                                  RowsPerSecond(exported.rows, exported.time))
                                : absl::StrFormat("broken off after %.0f s | %.0f | |\n",
                                                  absl::ToDoubleSeconds(exported.time),
                                                  static_cast<double>(exported.bytes) / kMib);
    }
  }
  text +=
      "\n## Mixed callers over gRPC\n\nCheap callers read a round each, drawn; dear ones ask for "
      "exact medians, each over another period. Every caller asks again as soon as it has its "
      "answer; late are those without one when the time was up.\n\n| rounds | callers cheap + dear "
      "| class | answers | p50 us | p99 us | refused | "
      "late |\n"
      "|---|---|---|--:|--:|--:|--:|--:|\n";
  for (const SizeResult& size : sizes) {
    for (const Callers& callers : size.served.callers) {
      text +=
          absl::StrFormat("| %s | %d + %d | %s | %d | %.0f | %.0f | %d | %d |\n",
                          SizeText(size.rounds), callers.cheap, callers.dear, callers.call_class,
                          callers.calls, callers.p50, callers.p99, callers.refused, callers.late);
    }
  }
  return text;
}

std::string GrowthTable(const std::vector<SizeResult>& sizes) {
  if (sizes.size() < 2) return "";
  std::string text =
      "\n## Growth\n\np50 in milliseconds at each size; rows^e between the smallest and the "
      "largest: "
      "1 is linear, 0 does not depend on the rows.\n\n| question | engine |";
  for (const SizeResult& size : sizes) absl::StrAppend(&text, " ", SizeText(size.rounds), " |");
  text += " rows^e |\n|---|---|";
  for (size_t i = 0; i <= sizes.size(); ++i) text += "--:|";
  text += "\n";
  for (size_t i = 0; i < sizes.front().races.size(); ++i) {
    const Raced& first = sizes.front().races[i];
    for (const Standing& engine : first.standings) {
      std::string line = absl::StrCat("| ", first.title, first.at_head ? "" : ", past revision",
                                      " | ", engine.name, " |");
      double last = 0;
      for (const SizeResult& size : sizes) {
        const Standing* standing = Find(size.races[i], engine.name);
        last = standing == nullptr ? 0 : standing->p50;
        line += absl::StrFormat(" %.3f |", last / 1000);
      }
      absl::StrAppend(&text, line, " ",
                      Exponent(last, sizes.back().rounds, engine.p50, sizes.front().rounds),
                      " |\n");
    }
  }
  return text;
}

}  // namespace

std::string Report(const std::string& machine, absl::Duration race_time,
                   const std::vector<SizeResult>& sizes, const std::vector<std::string>& missing) {
  std::ostringstream report;
  report << "# Funding: Steelyard beside plain DuckDB, PostgreSQL and SQLite\n\n"
         << "Machine: " << machine << ". Each race had " << absl::FormatDuration(race_time)
         << ". All engines gave the same rows to each question before they were timed.\n\n"
         << "How to read it: compare within a table, where all contestants met the same machine in "
            "turns; ratios hold on other machines, times do not. The peers' tables hold converted, "
            "joined rows, which is the best case for them; Steelyard resolves, converts and "
            "explains. A verdict is about this run, and no assertion.\n\n";
  for (const std::string& what : missing) report << "Not measured: " << what << "\n\n";
  report << GoalTable(sizes) << LoadTable(sizes) << CopyTable(sizes) << ServerTables(sizes)
         << GrowthTable(sizes);
  for (const SizeResult& size : sizes) {
    report << "\n## Races at " << SizeText(size.rounds) << " rounds and " << size.corrections
           << " corrections\n"
           << size.tables;
  }
  return report.str();
}

}  // namespace steelyard::bench
