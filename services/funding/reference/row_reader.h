#pragma once

// Reads an import's CSV file row by row: counts every row for the report, tells blank and broken
// ones, and looks up from time to time whether anybody still waits.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/ingest/ingest.h"
#include "services/common/text/csv.h"

namespace steelyard::funding {

// A column of a format.
struct ColumnSpec {
  std::string_view name;
  bool required;
};

// Not thread-safe; the reporter must outlive it.
class RowReader {
 public:
  // Opens a file, reads its header and starts its report. IMPORT_MALFORMED.
  static absl::StatusOr<RowReader> Open(const Context& context, const ingest::SpooledFile& file,
                                        ingest::Reporter& reporter,
                                        text::Encoding encoding = text::Encoding::kUtf8);

  const std::vector<std::string>& header() const { return csv_->header(); }
  // Position of a column. IMPORT_MALFORMED.
  absl::StatusOr<int> Column(std::string_view name) const { return csv_->Column(name); }
  // Positions of columns in the order of `specs`, -1 for an optional one that is absent.
  // IMPORT_MALFORMED for a required one. A column that is none of them is reported and not read.
  absl::StatusOr<std::vector<int>> Columns(std::span<const ColumnSpec> specs);

  // Moves to the next row that has as many fields as the header, and counts it as read; false at
  // the end. Blank rows are counted, rows of another length rejected.
  absl::StatusOr<bool> Next();
  // The row as it stands, and its first line in the file.
  const std::vector<std::string>& fields() const { return csv_->fields(); }
  int64_t line() const { return csv_->line(); }
  // A field of the row, without spaces around it; empty for a column that is absent (-1).
  std::string_view Field(int column) const;
  // Reports on the row.
  void Find(std::string_view column, std::string_view value, common::v1::ImportAction action,
            std::string_view reason);
  // Reports on the header.
  void FindInHeader(std::string_view column, std::string_view reason);
  void Accept() { reporter_->RowAccepted(); }

 private:
  RowReader(Context context, std::unique_ptr<text::CsvReader> csv, ingest::Reporter& reporter);

  Context context_;
  std::unique_ptr<text::CsvReader> csv_;
  ingest::Reporter* reporter_;
  int64_t rows_ = 0;
};

}  // namespace steelyard::funding
