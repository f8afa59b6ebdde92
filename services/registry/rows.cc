#include "services/registry/rows.h"

#include <algorithm>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/ascii.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::registry {
namespace {

// How often the context is looked at.
constexpr int64_t kRowsBetweenChecks = 1024;

std::string Names(std::span<const Column> columns) {
  std::vector<std::string_view> names;
  for (const Column& column : columns) names.push_back(column.name);
  return StrJoin(names, ", ");
}

absl::Status WrongHeader(const ingest::SpooledFile& file, std::string_view column,
                         std::string_view fault, std::span<const Column> columns) {
  const std::string allowed = Names(columns);
  return MakeError(
      common::v1::ERROR_REASON_IMPORT_MALFORMED,
      StrCat(file.name, ":1: column \"", column, "\" ", fault, "; the columns of ", file.format,
             " are ", allowed),
      {{"file", file.name}, {"line", "1"}, {"column", std::string(column)}, {"allowed", allowed}});
}

absl::Status CheckHeader(const ingest::SpooledFile& file, const RowReader::Options& options,
                         const std::vector<std::string>& header) {
  for (const Column& column : options.columns) {
    if (column.required && std::find(header.begin(), header.end(), column.name) == header.end()) {
      return WrongHeader(file, column.name, "is missing", options.columns);
    }
  }
  if (options.others_allowed) return absl::OkStatus();
  for (const std::string& name : header) {
    const bool known = std::any_of(options.columns.begin(), options.columns.end(),
                                   [&](const Column& column) { return column.name == name; });
    if (!known) return WrongHeader(file, name, "is not known", options.columns);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<RowReader>> RowReader::Open(const Context& context,
                                                           const ingest::SpooledFile& file,
                                                           const Options& options,
                                                           ingest::Reporter& reporter) {
  reporter.BeginFile(file, text::NameOf(options.encoding));
  STEELYARD_ASSIGN_OR_RETURN(
      std::unique_ptr<text::CsvReader> csv,
      text::CsvReader::Open(file.path, file.name, {.encoding = options.encoding}));
  STEELYARD_RETURN_IF_ERROR(CheckHeader(file, options, csv->header()));
  return absl::WrapUnique(new RowReader(context, std::move(csv), options, reporter));
}

RowReader::RowReader(const Context& context, std::unique_ptr<text::CsvReader> csv,
                     const Options& options, ingest::Reporter& reporter)
    : context_(context), csv_(std::move(csv)), columns_(options.columns), reporter_(reporter) {
  const std::vector<std::string>& header = csv_->header();
  for (const Column& column : columns_) {
    const auto found = std::find(header.begin(), header.end(), column.name);
    positions_.push_back(found == header.end() ? -1 : static_cast<int>(found - header.begin()));
  }
}

absl::StatusOr<bool> RowReader::Next() {
  for (int64_t read = 1;; ++read) {
    if (read % kRowsBetweenChecks == 1) STEELYARD_RETURN_IF_ERROR(context_.Check());
    STEELYARD_RETURN_IF_ERROR(reporter_.status());
    STEELYARD_ASSIGN_OR_RETURN(const bool more, csv_->Next());
    if (!more) return false;
    const std::vector<std::string>& fields = csv_->fields();
    if (std::all_of(fields.begin(), fields.end(),
                    [](const std::string& field) { return field.empty(); })) {
      reporter_.RowBlank();
      continue;
    }
    reporter_.RowRead();
    if (fields.size() == csv_->header().size()) return true;
    reporter_.Find(
        line(), "", fields.front(), common::v1::IMPORT_ACTION_REJECTED,
        StrCat("the row has ", fields.size(), " fields, the header ", csv_->header().size()));
  }
}

std::string_view RowReader::Cell(size_t column) const {
  const int position = positions_[column];
  if (position < 0) return "";
  return ToStd(absl::StripAsciiWhitespace(csv_->fields()[static_cast<size_t>(position)]));
}

void RowReader::Find(size_t column, common::v1::ImportAction action, std::string_view reason) {
  reporter_.Find(line(), columns_[column].name, Cell(column), action, reason);
}

void RowReader::Reject(size_t column, std::string_view reason) {
  Find(column, common::v1::IMPORT_ACTION_REJECTED, reason);
}

void RowReader::Duplicate(std::string_view reason) {
  reporter_.Find(line(), "", csv_->fields().front(), common::v1::IMPORT_ACTION_DUPLICATE, reason);
}

void RowReader::Repair(size_t column, std::string_view reason) {
  Find(column, common::v1::IMPORT_ACTION_REPAIRED, reason);
}

void RowReader::Clear(size_t column, std::string_view reason) {
  Find(column, common::v1::IMPORT_ACTION_CLEARED, reason);
}

bool RowReader::ClearIf(size_t column, std::string_view fault) {
  if (fault.empty()) return true;
  Clear(column, fault);
  return false;
}

std::vector<Column> WithColumns(std::span<const Column> columns,
                                const std::vector<std::string>& names) {
  std::vector<Column> all(columns.begin(), columns.end());
  for (const std::string& name : names) all.push_back({name});
  return all;
}

absl::Status ForEachRow(const Context& context, const ingest::SpooledFile& file,
                        const RowReader::Options& options, ingest::Reporter& reporter,
                        const std::function<void(RowReader&)>& take) {
  STEELYARD_ASSIGN_OR_RETURN(const std::unique_ptr<RowReader> row,
                             RowReader::Open(context, file, options, reporter));
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, row->Next());
    if (!more) return absl::OkStatus();
    take(*row);
  }
}

}  // namespace steelyard::registry
