#pragma once

// What an import has brought of each company: in memory of those that it wrote of last, on disk of
// the others, so that the memory of an import does not grow with what it brings.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/ingest/scratch_file.h"
#include "services/registry/company.h"

namespace steelyard::registry {

// What the import brings of one company; draft.h says what it means.
struct DraftEntry {
  Company values;                      // of its row; names and identifiers: what is added
  std::vector<CompanyName> row_names;  // of the row
  std::vector<CompanyName> mentions;
  Company kept;  // relations, headquarters and periods of which a row was not taken
  unsigned fields = 0;
  bool has_row = false;

  bool operator==(const DraftEntry&) const = default;
};

// Entries by the number of their company. Not thread-safe.
class DraftEntries {
 public:
  // So many are in memory at once; 8 bytes of each other.
  static constexpr size_t kAtOnce = 10'000;
  // `directory`: for the file, that of the system for temporary files when it is empty.
  explicit DraftEntries(size_t at_once = kAtOnce, std::string directory = "");

  // Whether there is one of the company.
  bool Has(uint32_t company) const;
  // That of the company, made if there is none. It stands until the next call. When the disk fails,
  // an entry of no use, and status() says so from then on.
  DraftEntry& At(uint32_t company);
  // Without making one: nullptr.
  DraftEntry* Find(uint32_t company) { return Has(company) ? &At(company) : nullptr; }
  // Hands out the entry of a company, which has none from then on.
  absl::StatusOr<DraftEntry> Take(uint32_t company);
  // STORE_UNAVAILABLE when the disk did not take or give what it should.
  const absl::Status& status() const { return status_; }
  // The companies that have one, by number.
  std::vector<uint32_t> Companies() const;

 private:
  static constexpr int64_t kNowhere = -1;

  bool IsOnDisk(uint32_t company) const {
    return company < offsets_.size() && offsets_[company] != kNowhere;
  }
  absl::Status Spill();
  absl::StatusOr<DraftEntry> Read(uint32_t company) const;

  const size_t at_once_;
  const std::string directory_;
  absl::flat_hash_map<uint32_t, DraftEntry> entries_;
  std::optional<ingest::ScratchFile> file_;
  std::vector<int64_t> offsets_;  // in the file, by company
  absl::Status status_;
  DraftEntry useless_;
};

}  // namespace steelyard::registry
