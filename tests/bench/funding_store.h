#pragma once

// Funding's own store on disk, filled and asked as the service does it, without RPC.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/common/ledger/ledger.h"
#include "services/common/observe/metrics.h"
#include "services/common/sql/driver.h"
#include "services/common/time/clock.h"
#include "services/funding/columns/columns.h"
#include "services/funding/reference/reference_store.h"
#include "services/funding/store.h"
#include "steelyard/funding/v1/funding.pb.h"
#include "tests/bench/generated_rounds.h"
#include "tests/bench/machine.h"
#include "tests/bench/peers.h"

namespace steelyard::bench {

// Time that something took: by the clock, and of processors over all threads.
struct Spent {
  absl::Duration wall;
  absl::Duration processor;
};
class Watch {
 public:
  Spent Read() const {
    return {.wall = absl::Now() - started_, .processor = ProcessorTime() - processor_};
  }

 private:
  absl::Time started_ = absl::Now();
  absl::Duration processor_ = ProcessorTime();
};

// What an import cost.
struct Imported {
  int64_t rows = 0;     // that were accepted
  int64_t changed = 0;  // rounds
  Spent spent;
  Spent reading;           // of it until the last progress was told, which comes every 10,000 rows
  int64_t peak_bytes = 0;  // of this process, while it ran
};

// What the analytic copy cost and holds.
struct Copied {
  absl::Duration made;      // from nothing
  absl::Duration cube;      // the cube of the default definition, over that
  absl::Duration followed;  // from there to the head, with the cube
  int64_t rows = 0;
  int64_t bytes = 0;  // with the cube
};

// Thread-safe once it is filled.
class FundingStore {
 public:
  // Opens or creates the store in the directory.
  static absl::StatusOr<std::unique_ptr<FundingStore>> Open(const std::string& directory);

  // Reads regions and exchange rates of deploy/dataset, and takes over the world's companies.
  absl::Status Prepare(const World& world);
  // Imports a steelyard-rounds file through the importer of the service. Whoever sends the same
  // bytes again has the same id.
  absl::StatusOr<Imported> Import(const std::string& path, const std::string& import_id);

  // Makes the analytic copy at the head, as the service does by default; RESOURCE_EXHAUSTED when it
  // does not fit. Aggregates are answered from it from then on.
  absl::StatusOr<Copied> MakeCopy();
  // Brings it to the head.
  absl::Status FollowCopy(Copied& copied);

  int64_t head() const { return ledger_->head().revision; }
  absl::StatusOr<std::shared_ptr<const funding::RateTable>> Rates() const;
  // The members of the regions of a question.
  absl::StatusOr<std::vector<funding::v1::ResolvedRegion>> Regions(
      const std::vector<std::string>& terms) const;

  // As the service answers.
  absl::Status Aggregate(const funding::v1::AggregateRoundsRequest& request, int64_t revision,
                         funding::v1::AggregateRoundsResponse& response) const;
  const funding::RoundStore& rounds() const { return *rounds_; }
  sql::Database& database() { return *database_; }

 private:
  FundingStore() = default;
  absl::StatusOr<Imported> ImportFile(const std::string& path, std::string_view format,
                                      std::string_view source, const std::string& import_id);

  SystemClock clock_;
  observe::Metrics metrics_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<sql::Pool> pool_;
  std::unique_ptr<funding::RoundStore> rounds_;
  std::unique_ptr<funding::ReferenceStore> reference_;
  std::unique_ptr<funding::columns::Columns> columns_;  // null before MakeCopy
};

}  // namespace steelyard::bench
