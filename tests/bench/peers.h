#pragma once

// Other engines, asked what Steelyard is asked: their tables hold what is left of a round once
// everything is joined and converted, which is the best case for them.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/funding/reference/exchange_rates.h"
#include "tests/bench/generated_rounds.h"

namespace steelyard::bench {

// The rows of an answer in its order, each with its values joined by '|'; what is unknown is empty.
using Lines = std::vector<std::string>;

// Writes the world as the peers have it, one row for each state of a round: id, company, country,
// layer, sector, stage, year, month ("2015-03"), day, usd, amount, currency, from_rev, to_rev.
// `usd` is the amount in minor units of US dollars, NULL when it is undisclosed or no rate is
// known. Corrected rounds have a state before `corrected` and one from it on. Returns the number of
// rows.
absl::StatusOr<int64_t> WritePeerFile(const World& world, const funding::RateTable& rates,
                                      int64_t corrected, const std::string& path);

// One engine with a table `deals`, and `region_members(region, country, place)`. Not thread-safe.
class Peer {
 public:
  virtual ~Peer() = default;
  virtual const std::string& name() const = 0;
  // Fills the table from such a file with the engine's own bulk load; no index yet.
  virtual absl::Status Load(const std::string& path) = 0;
  // Makes covering indexes for the questions, where that helps the engine, and its statistics.
  virtual absl::Status Index() = 0;
  // Runs statements that give nothing.
  virtual absl::Status Run(const std::string& statement) = 0;
  // The rows of a statement that gives one column of text.
  virtual absl::StatusOr<Lines> Ask(const std::string& statement) = 0;
};

// Its file is in the directory.
absl::StatusOr<std::unique_ptr<Peer>> MakeDuckDbPeer(const std::string& directory);
absl::StatusOr<std::unique_ptr<Peer>> MakeSqlitePeer(const std::string& directory);
// Starts a server of its own on a free socket. UNAVAILABLE, saying why, when none is installed.
absl::StatusOr<std::unique_ptr<Peer>> MakePostgresPeer();

// The table that all of them have, and what makes PostgreSQL's and SQLite's answers come out of
// indexes alone.
extern const char kCreateDeals[];
extern const char kCreateRegions[];
const std::vector<std::string>& CoveringIndexes();

}  // namespace steelyard::bench
