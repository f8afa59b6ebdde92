// Who is meant: how well pairs of names are told apart, beside other measures, and what finding a
// name among many costs, beside pg_trgm and SQLite's full-text index. Times are reported, never
// judged by the exit code.

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "services/common/status/status.h"
#include "services/common/text/fold.h"
#include "services/registry/match/complete.h"
#include "services/registry/match/matcher.h"
#include "tests/bench/generated_names.h"
#include "tests/bench/machine.h"
#include "tests/bench/name_lookups.h"
#include "tests/bench/name_quality.h"
#include "tests/bench/peers.h"
#include "tests/bench/race.h"
#include "tests/support/temp_dir.h"

namespace steelyard::bench {
namespace {

using registry::match::Block;
using registry::match::Index;
using registry::match::NewestMethod;

constexpr int64_t kSizes[] = {10'000, 1'000'000};
constexpr int64_t kQuickSize = 100'000;
constexpr int64_t kDamaged = 20'000;
constexpr int64_t kQueries = 1000;
constexpr size_t kHits = 10;
constexpr size_t kRowsOfInsert = 1000;

// The company that the `query`th question is about.
int64_t Meant(int64_t query, int64_t size) { return query * 7919 % size; }
std::string Asked(int64_t query, int64_t size) {
  return Misspelt(GeneratedName(Meant(query, size)), query);
}

// The index of so many companies. Each thread builds blocks of its own, as the service does.
Index Build(int64_t size, size_t threads) {
  const int64_t rows = Block::kMostRows;
  Index::Blocks blocks(static_cast<size_t>((size + rows - 1) / rows));
  std::vector<std::thread> builders;
  for (size_t thread = 0; thread < threads; ++thread) {
    builders.emplace_back([&, thread] {
      for (size_t i = thread; i < blocks.size(); i += threads) {
        std::vector<registry::match::NamedState> states;
        const auto first = static_cast<int64_t>(i) * rows;
        for (int64_t number = first; number < std::min(size, first + rows); ++number) {
          states.push_back(GeneratedCompany(number));
        }
        blocks[i] = Block::Build(states);
      }
    });
  }
  for (std::thread& builder : builders) builder.join();
  return Index(std::move(blocks));
}

// What of the time is making the companies up.
absl::Duration MakingUp(int64_t size, size_t threads) {
  const absl::Time start = absl::Now();
  std::vector<std::thread> makers;
  for (size_t thread = 0; thread < threads; ++thread) {
    makers.emplace_back([=] {
      size_t bytes = 0;
      for (auto i = static_cast<int64_t>(thread); i < size; i += static_cast<int64_t>(threads)) {
        bytes += GeneratedCompany(i).company.display_name.size();
      }
      if (bytes == 0) std::abort();
    });
  }
  for (std::thread& maker : makers) maker.join();
  return absl::Now() - start;
}

// Names found for a question, the best first.
using Find = std::function<absl::StatusOr<std::vector<std::string>>(const std::string& asked)>;

absl::StatusOr<double> RecallOf(const Find& find, int64_t size, int64_t queries) {
  int64_t found = 0;
  for (int64_t query = 0; query < queries; ++query) {
    STEELYARD_ASSIGN_OR_RETURN(const std::vector<std::string> names, find(Asked(query, size)));
    const std::string meant = GeneratedName(Meant(query, size));
    found += std::find(names.begin(), names.end(), meant) != names.end() ? 1 : 0;
  }
  return static_cast<double>(found) / static_cast<double>(queries);
}

Find FindInIndex(const Index& index) {
  return [&index](const std::string& asked) -> absl::StatusOr<std::vector<std::string>> {
    STEELYARD_ASSIGN_OR_RETURN(
        const auto answer, registry::match::Match(Context::Background(), index, 1, {.name = asked},
                                                  NewestMethod(), kHits));
    std::vector<std::string> names;
    for (const auto& candidate : answer.candidates) names.push_back(candidate.display_name);
    return names;
  };
}

std::string Quoted(const std::string& text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "''"}}), "'");
}

absl::Status Fill(Peer& peer, int64_t size, bool transaction) {
  if (transaction) STEELYARD_RETURN_IF_ERROR(peer.Run("BEGIN"));
  for (int64_t first = 0; first < size; first += kRowsOfInsert) {
    std::string insert = "INSERT INTO names(name) VALUES ";
    const int64_t last = std::min<int64_t>(size, first + kRowsOfInsert);
    for (int64_t i = first; i < last; ++i) {
      absl::StrAppend(&insert, i == first ? "" : ",", "(", Quoted(GeneratedName(i)), ")");
    }
    STEELYARD_RETURN_IF_ERROR(peer.Run(insert));
  }
  return transaction ? peer.Run("COMMIT") : absl::OkStatus();
}

absl::Status FillPostgres(Peer& peer, int64_t size) {
  STEELYARD_RETURN_IF_ERROR(peer.Run("CREATE EXTENSION pg_trgm"));
  STEELYARD_RETURN_IF_ERROR(peer.Run("CREATE TABLE names(name TEXT NOT NULL)"));
  STEELYARD_RETURN_IF_ERROR(Fill(peer, size, false));
  STEELYARD_RETURN_IF_ERROR(
      peer.Run("CREATE INDEX names_trgm ON names USING gin (name gin_trgm_ops)"));
  return peer.Run("ANALYZE names");
}

Find FindInPostgres(Peer& peer) {
  return [&peer](const std::string& asked) {
    return peer.Ask(absl::StrCat("SELECT name FROM names WHERE name % ", Quoted(asked),
                                 " ORDER BY similarity(name, ", Quoted(asked),
                                 ") DESC, name LIMIT ", kHits));
  };
}

absl::Status FillSqlite(Peer& peer, int64_t size) {
  STEELYARD_RETURN_IF_ERROR(
      peer.Run("CREATE VIRTUAL TABLE names USING fts5(name, tokenize='trigram')"));
  return Fill(peer, size, true);
}

Find FindInSqlite(Peer& peer) {
  return [&peer](const std::string& asked) {
    std::vector<std::string> trigrams;
    const std::string folded = text::Fold(asked);
    for (size_t i = 0; i + 3 <= folded.size(); ++i) {
      const std::string trigram = folded.substr(i, 3);
      if (text::IsUtf8(trigram)) trigrams.push_back(absl::StrCat("\"", trigram, "\""));
    }
    if (trigrams.empty()) trigrams.emplace_back("\"\"");
    return peer.Ask(absl::StrCat("SELECT name FROM names WHERE names MATCH ",
                                 Quoted(absl::StrJoin(trigrams, " OR ")), " ORDER BY rank LIMIT ",
                                 kHits));
  };
}

void AddTo(Race& race, const std::string& name, const Find& find, int64_t size) {
  race.Add(name, [=, query = int64_t{0}]() mutable {
    return find(Asked(query++ % kQueries, size)).status();
  });
}

absl::Status MeasureSize(int64_t size, const Options& options) {
  const size_t threads = std::max(1U, std::thread::hardware_concurrency());
  const absl::Duration making_up = MakingUp(size, threads);
  const absl::Time start = absl::Now();
  const Index index = Build(size, threads);
  const absl::Duration built = absl::Now() - start - making_up;
  std::cout << absl::StrFormat(
      "\n## %d names\n\nIndex built in %.2f s on %d threads, %.1f MB, %.1f bytes a name.\n\n", size,
      absl::ToDoubleSeconds(built), threads, static_cast<double>(index.bytes()) / 1e6,
      static_cast<double>(index.bytes()) / static_cast<double>(size));

  std::vector<std::pair<std::string, Find>> finders = {{"Steelyard", FindInIndex(index)}};
  const testing::TempDir directory;
  absl::StatusOr<std::unique_ptr<Peer>> postgres = absl::UnavailableError("left out");
  absl::StatusOr<std::unique_ptr<Peer>> sqlite = postgres.status();
  if (!options.only_duckdb) {
    postgres = MakePostgresPeer();
    sqlite = MakeSqlitePeer(directory.path());
    if (postgres.ok()) {
      STEELYARD_RETURN_IF_ERROR(FillPostgres(**postgres, size));
      finders.emplace_back("pg_trgm", FindInPostgres(**postgres));
    } else {
      std::cout << "without pg_trgm: " << postgres.status().message() << "\n";
    }
    STEELYARD_RETURN_IF_ERROR(sqlite.status());
    STEELYARD_RETURN_IF_ERROR(FillSqlite(**sqlite, size));
    finders.emplace_back("FTS5 with trigrams", FindInSqlite(**sqlite));
  }
  for (const auto& [name, find] : finders) {
    const int64_t queries = name == "Steelyard" ? kQueries : std::min<int64_t>(kQueries, 100);
    STEELYARD_ASSIGN_OR_RETURN(const double recall, RecallOf(find, size, queries));
    std::cout << absl::StrFormat("recall@%d of %d names with one slip: %s %.3f\n", kHits, queries,
                                 name, recall);
  }
  Race race(absl::StrCat("Who is meant, among ", size, " names"));
  for (const auto& [name, find] : finders) AddTo(race, name, find, size);
  STEELYARD_RETURN_IF_ERROR(race.Run(options.time));

  Race completing(absl::StrCat("Completing what is typed, among ", size, " names"));
  completing.Add("Steelyard", [&, query = int64_t{0}]() mutable {
    const std::string folded = text::Fold(Asked(query % kQueries, size));
    const auto letters = static_cast<int>(1 + query++ % 8);
    registry::match::Complete(index, 1, text::Truncate(folded, letters), kHits + 1);
    return absl::OkStatus();
  });
  return completing.Run(options.time);
}

absl::StatusOr<std::vector<NamePair>> ReadIng(const std::string& misc) {
  const testing::TempDir unpacked;
  const std::string path = unpacked.path() + "/pairs.csv";
  const std::string gzip =
      absl::StrCat("gzip -dc '", misc, "/ing_emm_namepairs.csv.gz' > '", path, "'");
  if (std::system(gzip.c_str()) != 0) {  // NOLINT(cert-env33-c,concurrency-mt-unsafe)
    return absl::InvalidArgumentError(
        absl::StrCat("cannot unpack ing_emm_namepairs.csv.gz in ", misc));
  }
  return ReadPairs(path, PairColumns{"gt_name", "name", "correct", "True"});
}

// Sets that are not part of Steelyard, from the directory that STEELYARD_TEST_DATA names.
absl::Status ReportGivenSets() {
  const char* const data = std::getenv("STEELYARD_TEST_DATA");
  if (data == nullptr) {
    std::cout << "\nSTEELYARD_TEST_DATA names no directory: without names_misc and "
                 "name-suggestion-index\n";
    return absl::OkStatus();
  }
  const std::string misc = absl::StrCat(data, "/names_misc");
  STEELYARD_ASSIGN_OR_RETURN(
      const auto pairs,
      ReadPairs(misc + "/eason_test_data.csv", PairColumns{"Name_x", "Name_y", "Targets", "1"}));
  ReportQuality("Pairs of company_name_matcher", pairs, true);
  STEELYARD_ASSIGN_OR_RETURN(const auto sites, ReadClusters(misc + "/dedupe_orgs_true_ids.slim.csv",
                                                            "True Id", "Site name"));
  ReportQuality("Sites of Chicago's child care (dedupe), by neighbours", sites, false);
  STEELYARD_ASSIGN_OR_RETURN(const auto dutch, ReadIng(misc));
  ReportQuality("Dutch pairs that ING's matcher is trained on", dutch, true);
  STEELYARD_ASSIGN_OR_RETURN(const LookupSet dnb, ReadDnb(misc));
  STEELYARD_RETURN_IF_ERROR(ReportLookups(dnb));
  STEELYARD_ASSIGN_OR_RETURN(const LookupSet brands,
                             ReadBrands(absl::StrCat(data, "/nsi/nsi_brands.tar.gz")));
  return ReportLookups(brands);
}

}  // namespace

const Flags kFlagsOfBenchmark = Flags::kRaces;

absl::Status RunBenchmark(const Options& options) {
  std::cout << Machine() << "; load " << Load() << "\n";
  const std::string pairs =
      absl::StrCat(STEELYARD_SOURCE_DIR, "/tests/fixtures/names_os/organizations.csv");
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<NamePair> organizations, ReadPairs(pairs));
  ReportQuality("Organisations of the OpenSanctions name bench", organizations, true);
  STEELYARD_RETURN_IF_ERROR(ReportLookups(DamagedNames(kDamaged)));
  STEELYARD_RETURN_IF_ERROR(ReportGivenSets());
  std::vector<int64_t> sizes = options.sizes;
  if (sizes.empty() && options.quick) sizes = {kQuickSize};
  if (sizes.empty()) sizes.assign(std::begin(kSizes), std::end(kSizes));
  for (const int64_t size : sizes) STEELYARD_RETURN_IF_ERROR(MeasureSize(size, options));
  return absl::OkStatus();
}

}  // namespace steelyard::bench
