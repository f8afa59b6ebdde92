#pragma once

// The rows of one file of an import: finds the columns by their names, counts what is read, and
// reports blank and ragged rows, so that an importer sees only rows that it can judge.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/ingest/ingest.h"
#include "services/common/text/csv.h"

namespace steelyard::registry {

// A column that an importer knows.
struct Column {
  std::string_view name;
  bool required = false;
};

// Not thread-safe.
class RowReader {
 public:
  struct Options {
    text::Encoding encoding = text::Encoding::kUtf8;
    std::span<const Column> columns;
    // Whether the file may have columns that the importer does not know. Where it may not, a column
    // whose name was misspelt is an error, and not one that silently stays empty.
    bool others_allowed = false;
  };

  // Opens the file and starts its report. IMPORT_MALFORMED as CsvReader, and for columns that are
  // missing or not known, with file, line and column.
  static absl::StatusOr<std::unique_ptr<RowReader>> Open(const Context& context,
                                                         const ingest::SpooledFile& file,
                                                         const Options& options,
                                                         ingest::Reporter& reporter);

  // Moves to the next row with as many fields as the header; blank rows are counted, ragged ones
  // rejected. False at the end. IMPORT_MALFORMED; CANCELLED and DEADLINE_EXCEEDED when the context
  // ended or nobody reads the findings any more.
  absl::StatusOr<bool> Next();

  // The current row's value in a column (by its place in Options::columns), without spaces around
  // it; empty when the file does not have the column. Valid until the next call of Next.
  std::string_view Cell(size_t column) const;
  bool Has(size_t column) const { return positions_[column] >= 0; }
  int64_t line() const { return csv_->line(); }

  // What becomes of the current row. Each row gets exactly one of these three.
  void Accept() { reporter_.RowAccepted(); }
  void Reject(size_t column, std::string_view reason);
  void Duplicate(std::string_view reason);
  // Findings about a value of it.
  void Repair(size_t column, std::string_view reason);
  void Clear(size_t column, std::string_view reason);
  // Clears the value unless `fault` is empty; whether the value may be used.
  bool ClearIf(size_t column, std::string_view fault);

 private:
  RowReader(const Context& context, std::unique_ptr<text::CsvReader> csv, const Options& options,
            ingest::Reporter& reporter);
  void Find(size_t column, common::v1::ImportAction action, std::string_view reason);

  const Context& context_;
  std::unique_ptr<text::CsvReader> csv_;
  std::span<const Column> columns_;
  std::vector<int> positions_;  // in the file; -1: not there
  ingest::Reporter& reporter_;
};

// The columns of a format, then those of names that are made up, which must outlive them.
std::vector<Column> WithColumns(std::span<const Column> columns,
                                const std::vector<std::string>& names);

// Opens a file and has `take` take each of its rows. The errors of RowReader.
absl::Status ForEachRow(const Context& context, const ingest::SpooledFile& file,
                        const RowReader::Options& options, ingest::Reporter& reporter,
                        const std::function<void(RowReader&)>& take);

}  // namespace steelyard::registry
