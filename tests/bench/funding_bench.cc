// Funding beside plain DuckDB, PostgreSQL and SQLite: the same questions over the same rounds, and
// what it costs to get rounds in and out. Every engine must give the same rows to each question;
// that is checked, and fails the run. Times are reported, never judged by the exit code.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/common/status/status.h"
#include "tests/bench/funding_questions.h"
#include "tests/bench/funding_report.h"
#include "tests/bench/funding_server.h"
#include "tests/bench/funding_store.h"
#include "tests/bench/generated_rounds.h"
#include "tests/bench/machine.h"
#include "tests/bench/peers.h"
#include "tests/bench/race.h"
#include "tests/support/temp_dir.h"

namespace steelyard::bench {
namespace {

constexpr int64_t kSizes[] = {100'000, 1'000'000, 10'000'000};
constexpr int64_t kQuickSize = 100'000;

using Peers = std::vector<std::unique_ptr<Peer>>;

void Say(const std::string& what) {
  std::cerr << absl::FormatTime("%H:%M:%S ", absl::Now(), absl::LocalTimeZone()) << what << '\n';
}

// The engines that are there; says of those that are not why.
absl::StatusOr<Peers> MakePeers(const std::string& directory, bool only_duckdb,
                                std::vector<std::string>& missing) {
  Peers peers;
  STEELYARD_ASSIGN_OR_RETURN(peers.emplace_back(), MakeDuckDbPeer(directory));
  if (only_duckdb) {
    if (missing.empty()) missing.emplace_back("SQLite and PostgreSQL, by --only-duckdb");
    return peers;
  }
  STEELYARD_ASSIGN_OR_RETURN(peers.emplace_back(), MakeSqlitePeer(directory));
  absl::StatusOr<std::unique_ptr<Peer>> postgres = MakePostgresPeer();
  if (postgres.ok()) {
    peers.push_back(*std::move(postgres));
  } else if (missing.empty()) {
    missing.push_back(absl::StrCat("PostgreSQL: ", postgres.status().ToString()));
  }
  return peers;
}

absl::Status LoadPeers(const Peers& peers, const FundingStore& store, const std::string& path,
                       int64_t rows, SizeResult& result) {
  STEELYARD_ASSIGN_OR_RETURN(const auto regions, store.Regions(RegionTerms()));
  for (const auto& peer : peers) {
    Say(absl::StrCat("loading ", peer->name()));
    const absl::Time started = absl::Now();
    STEELYARD_RETURN_IF_ERROR(peer->Load(path));
    const absl::Time loaded = absl::Now();
    STEELYARD_RETURN_IF_ERROR(peer->Index());
    result.loads.push_back({.engine = peer->name(),
                            .rows = rows,
                            .time = loaded - started,
                            .index = absl::Now() - loaded});
    for (size_t i = 0; i < regions.size(); ++i) {
      for (const std::string& member : regions[i].members()) {
        STEELYARD_RETURN_IF_ERROR(
            peer->Run(absl::StrCat("INSERT INTO region_members VALUES ('", regions[i].term(),
                                   "', '", member, "', ", i, ")")));
      }
    }
  }
  return absl::OkStatus();
}

// The first row in which two answers differ.
absl::Status Same(const std::string& title, const Lines& ours, const Peer& peer,
                  const Lines& theirs) {
  if (ours == theirs) return absl::OkStatus();
  const size_t most = std::max(ours.size(), theirs.size());
  for (size_t i = 0; i < most; ++i) {
    const std::string one = i < ours.size() ? ours[i] : "(no row)";
    const std::string other = i < theirs.size() ? theirs[i] : "(no row)";
    if (one == other) continue;
    return absl::InternalError(absl::StrCat(title, ": row ", i, " is ", one, " in Steelyard and ",
                                            other, " in ", peer.name()));
  }
  return absl::OkStatus();
}

bool IsAsked(const Question& question, const Options& options) {
  return question.title.find(options.question) != std::string::npos;
}

// Whether any question is asked; if not, an error that lists them.
absl::Status CheckAsked(const Options& options) {
  std::string titles;
  for (const Question& question : Questions()) {
    if (IsAsked(question, options)) return absl::OkStatus();
    absl::StrAppend(&titles, "\n  ", question.title);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--question: no title has \"", options.question, "\"; they are:", titles));
}

absl::Status RaceAll(const FundingStore& store, const Peers& peers, int64_t past,
                     const Options& options, SizeResult& result) {
  std::ostringstream tables;
  for (const Question& question : Questions()) {
    if (!IsAsked(question, options)) continue;
    for (const int64_t revision : {store.head(), past}) {
      const bool at_head = revision == store.head();
      const std::string title = absl::StrCat(question.title, at_head ? "" : ", past revision");
      const std::string valid = ValidAt(revision, store.head());
      Say(title);
      STEELYARD_ASSIGN_OR_RETURN(const Lines ours, question.ask(store, revision));
      Race race(title, tables);
      for (const auto& peer : peers) {
        const std::string statement = question.sql(*peer, valid);
        STEELYARD_ASSIGN_OR_RETURN(const Lines theirs, peer->Ask(statement));
        STEELYARD_RETURN_IF_ERROR(Same(title, ours, *peer, theirs));
        race.Add(peer->name(), [&peer, statement] { return peer->Ask(statement).status(); });
      }
      race.Add("Steelyard", [&] { return question.ask(store, revision).status(); });
      STEELYARD_RETURN_IF_ERROR(race.Run(options.time));
      result.races.push_back({.title = question.title,
                              .goal = question.goal,
                              .at_head = at_head,
                              .standings = race.standings()});
    }
  }
  result.tables = tables.str();
  return absl::OkStatus();
}

int64_t RowsIn(const World& world) {
  int64_t corrections = 0;
  for (int64_t i = 0; i < world.rounds(); ++i) corrections += world.Correction(i) ? 1 : 0;
  return corrections;
}

absl::StatusOr<SizeResult> MeasureSize(int64_t rounds, const Options& options,
                                       std::vector<std::string>& missing) {
  const testing::TempDir directory;
  // PostgreSQL, which reads a file of it, runs as another user when this one is root.
  std::filesystem::permissions(directory.path(), std::filesystem::perms::others_exec,
                               std::filesystem::perm_options::add);
  const World world(rounds);
  SizeResult result = {.rounds = rounds, .corrections = RowsIn(world)};
  const std::string first = directory.File("rounds.csv");
  const std::string second = directory.File("corrections.csv");
  Say(absl::StrCat(rounds, " rounds: importing"));
  STEELYARD_RETURN_IF_ERROR(world.WriteRounds(first));
  STEELYARD_RETURN_IF_ERROR(world.WriteCorrections(second));
  {
    STEELYARD_ASSIGN_OR_RETURN(const auto store, FundingStore::Open(directory.path()));
    STEELYARD_RETURN_IF_ERROR(store->Prepare(world));
    STEELYARD_ASSIGN_OR_RETURN(result.import, store->Import(first, "rounds"));
    const int64_t past = store->head();
    STEELYARD_ASSIGN_OR_RETURN(result.copied, store->MakeCopy());
    STEELYARD_ASSIGN_OR_RETURN(result.correction, store->Import(second, "corrections"));
    STEELYARD_RETURN_IF_ERROR(store->FollowCopy(result.copied));
    std::filesystem::remove(first);
    std::filesystem::remove(second);

    STEELYARD_ASSIGN_OR_RETURN(const auto rates, store->Rates());
    const std::string path = directory.File("peers.csv");
    STEELYARD_ASSIGN_OR_RETURN(const int64_t rows,
                               WritePeerFile(world, *rates, store->head(), path));
    STEELYARD_ASSIGN_OR_RETURN(const Peers peers,
                               MakePeers(directory.path(), options.only_duckdb, missing));
    STEELYARD_RETURN_IF_ERROR(LoadPeers(peers, *store, path, rows, result));
    std::filesystem::remove(path);
    STEELYARD_RETURN_IF_ERROR(RaceAll(*store, peers, past, options, result));
  }
  Say("the service as a process");
  STEELYARD_ASSIGN_OR_RETURN(result.served, MeasureServer(directory.path(), rounds, options.time));
  return result;
}

}  // namespace

const Flags kFlagsOfBenchmark = Flags::kRaces;

absl::Status RunBenchmark(const Options& options) {
  STEELYARD_RETURN_IF_ERROR(CheckAsked(options));
  std::vector<int64_t> sizes = options.sizes;
  if (sizes.empty() && options.quick) sizes = {kQuickSize};
  if (sizes.empty()) sizes.assign(std::begin(kSizes), std::end(kSizes));
  std::vector<SizeResult> results;
  std::vector<std::string> missing;
  for (const int64_t rounds : sizes) {
    STEELYARD_ASSIGN_OR_RETURN(SizeResult result, MeasureSize(rounds, options, missing));
    results.push_back(std::move(result));
  }
  const std::string report = Report(Machine(), options.time, results, missing);
  std::cout << report;
  const std::filesystem::path file = std::filesystem::path(STEELYARD_SOURCE_DIR) / "build/bench";
  std::filesystem::create_directories(file);
  std::ofstream(file / "funding.md") << report;
  Say(absl::StrCat("the report is in ", (file / "funding.md").string()));
  return absl::OkStatus();
}

}  // namespace steelyard::bench
