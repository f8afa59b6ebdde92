#pragma once

// What every import shares: files are spooled to disk as they arrive (memory stays bounded),
// hashed, and handed to the service's importer, which reports progress, findings and counts.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/mapping/mapping.h"
#include "steelyard/common/v1/import.pb.h"

namespace steelyard::ingest {

// A file as it arrived.
struct SpooledFile {
  std::string name;
  std::string format;
  std::string path;  // on this machine, removed after the import
  int64_t size = 0;
  // How to read it; null unless its format is "mapped".
  std::shared_ptr<const mapping::Loaded> mapping = nullptr;
};

struct ImportJob {
  std::string source;
  bool dry_run = false;
  std::vector<SpooledFile> files;
  std::string import_id;  // SHA-256 over source, names of formats, mappings and bytes
};

// Findings of an import that are sent; the rest are counted.
inline constexpr int64_t kMostFindings = 10'000;

// Counts, findings and progress of a running import. Not thread-safe.
class Reporter {
 public:
  using Send = std::function<absl::Status(const common::v1::ImportFinding&)>;
  using SendProgress = std::function<absl::Status(const common::v1::ImportProgress&)>;
  Reporter(Send finding, SendProgress progress);

  // Starts the report of the next file; rows below count for it.
  void BeginFile(const SpooledFile& file, std::string_view encoding);
  void RowRead();  // sends progress every 10,000 rows
  void RowAccepted();
  void RowBlank();
  // Counts a row as rejected without a finding of its own: it is of a sort that the format leaves
  // out, which Unmapped counts.
  void RowLeftOut();
  void WithoutAmount();
  // Adds an amount as read to the file's total of its currency; `duplicate`: also to what was
  // folded.
  void Amount(std::string_view currency, int64_t minor_units, bool duplicate);
  // The current file's values that its mapping does not translate, and how many rows have others.
  void Unmapped(std::vector<common::v1::UnmappedValue> values, int64_t omitted);
  // A finding in the current file. REJECTED and DUPLICATE also count the row; REPAIRED and CLEARED
  // the value. `value` is cut after 200 characters, on a character's boundary.
  void Find(int64_t line, std::string_view column, std::string_view value,
            common::v1::ImportAction action, std::string_view reason);
  // CANCELLED or the like when the caller went away while findings were sent; INVALID_AMOUNT when a
  // file's total exceeds 64 bits. Nothing is sent after an error; importers stop at it now and
  // then.
  const absl::Status& status() const { return status_; }
  // The files' reports in order, and the number of findings not sent. Call once, at the end.
  common::v1::ImportReport TakeReport();

 private:
  common::v1::ImportFileReport& current();

  Send send_;
  SendProgress send_progress_;
  absl::Status status_;
  common::v1::ImportReport report_;
  int64_t rows_read_ = 0;  // over all files
  int64_t findings_sent_ = 0;
};

// The service's half: reads the files, and writes all of them in one commit, or nothing on error.
// Returns the report with snapshot, subjects_changed and already_imported set.
using Importer = std::function<absl::StatusOr<common::v1::ImportReport>(
    const Context&, const ImportJob&, Reporter&)>;

}  // namespace steelyard::ingest
