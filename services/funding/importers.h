#pragma once

// Reads files of rounds, exits, links and investors into a draft; nothing here writes. Every row is
// counted and every finding reported. The formats are described in docs/formats/funding.md.

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "services/common/context/context.h"
#include "services/common/ingest/ingest.h"
#include "services/funding/round_spool.h"
#include "services/funding/store.h"

namespace steelyard::funding {

inline constexpr std::string_view kSourcesFormat = "steelyard-sources";
inline constexpr std::string_view kRoundsFormat = "steelyard-rounds";
inline constexpr std::string_view kRoundConflictsFormat = "steelyard-round-conflicts";
inline constexpr std::string_view kExitConflictsFormat = "steelyard-exit-conflicts";
inline constexpr std::string_view kRoundLinksFormat = "steelyard-round-links";
inline constexpr std::string_view kExitsFormat = "steelyard-exits";
inline constexpr std::string_view kInvestorsFormat = "steelyard-investors";
inline constexpr std::string_view kCrunchbaseRoundsFormat = "crunchbase-2013-rounds";

// What an import has brought so far. What it keeps of a round in memory does not depend on what the
// round says. Not thread-safe.
class Draft {
 public:
  // `source` asserts every row that names no source itself. Rounds are kept in `rounds`.
  explicit Draft(std::string source, RoundSpool rounds = RoundSpool());

  const std::string& source() const { return source_; }
  StagedImport& staged() { return staged_; }

  // Rows that follow are of the next file.
  void BeginFile() { ++file_; }

  enum class Outcome { kNew, kRepeated, kDifferent };
  struct Added {
    Outcome outcome = Outcome::kNew;
    // Where the import had it first: the line of the present file, or 0 for an earlier file.
    int64_t line = 0;
  };
  // Adds a round of a line, unless the import has one of its id: kRepeated when it is equal,
  // kDifferent when not.
  Added Add(Round round, int64_t line);
  // The same of an investor's name.
  Outcome Add(Investor investor);
  bool HasRound(std::string_view id) const;

  // What the source says of the round besides, or otherwise than, the rows of rounds: the one
  // amendment of the two, made when there is none.
  Assertion& AmendmentOf(const std::string& round, const std::string& source);
  // Where no source that a row lists bears out a value of it any more, because each of them says
  // something else, the import's own source asserts the row; or the value would be lost. Call it
  // once, at the end.
  absl::Status AssertUnsupported();

  // STORE_UNAVAILABLE when there was no room for a round; nothing of the draft may be written then.
  const absl::Status& status() const { return status_; }

 private:
  // What is kept of an id: two hashes, which no two ids of an import share.
  using Fingerprint = std::array<uint64_t, 2>;
  struct Seen {
    uint64_t content = 0;  // a hash
    int64_t line = 0;
    int file = 0;
  };
  static Fingerprint FingerprintOf(std::string_view id);
  bool LostAValue(const Round& round) const;

  std::string source_;
  StagedImport staged_;
  absl::Status status_;
  int file_ = 0;
  absl::flat_hash_map<Fingerprint, Seen> rounds_;       // by id
  std::unordered_map<std::string, size_t> investors_;   // place in staged_.investors by name
  std::unordered_map<std::string, size_t> amendments_;  // place in staged_.amendments by key
};

// Each reads one file and adds its rows to the draft. IMPORT_MALFORMED when the file cannot be read
// at all; what the reporter or the context ended with when the caller went away.
absl::Status ImportRounds(const Context& context, const ingest::SpooledFile& file,
                          ingest::Reporter& reporter, Draft& draft);
absl::Status ImportExits(const Context& context, const ingest::SpooledFile& file,
                         ingest::Reporter& reporter, Draft& draft);
absl::Status ImportInvestors(const Context& context, const ingest::SpooledFile& file,
                             ingest::Reporter& reporter, Draft& draft);
absl::Status ImportCrunchbaseRounds(const Context& context, const ingest::SpooledFile& file,
                                    ingest::Reporter& reporter, Draft& draft);

absl::Status ImportSources(const Context& context, const ingest::SpooledFile& file,
                           ingest::Reporter& reporter, Draft& draft);

// Rounds that the file names, that the import does not have and the store has at `revision`.
absl::StatusOr<std::set<std::string>> StoredRounds(const Context& context,
                                                   const ingest::SpooledFile& file,
                                                   const RoundStore& store, int64_t revision,
                                                   const Draft& draft);
// Both name rounds of the import, read before, or of the store at `revision`.
absl::Status ImportConflicts(const Context& context, const ingest::SpooledFile& file,
                             const RoundStore& store, int64_t revision, ingest::Reporter& reporter,
                             Draft& draft);
// Rounds, as the file's mapping says.
absl::Status ImportMappedRounds(const Context& context, const ingest::SpooledFile& file,
                                ingest::Reporter& reporter, Draft& draft);

// Links name rounds of the import, read before, or of the store at `revision`.
absl::Status ImportRoundLinks(const Context& context, const ingest::SpooledFile& file,
                              const RoundStore& store, int64_t revision, ingest::Reporter& reporter,
                              Draft& draft);

}  // namespace steelyard::funding
