#include "services/funding/reference/row_reader.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::funding {
namespace {

constexpr int64_t kRowsBetweenChecks = 1000;
constexpr int64_t kHeaderLine = 1;

std::string_view Trim(std::string_view text) {
  return ToStd(absl::StripAsciiWhitespace(ToAbsl(text)));
}

bool IsBlank(const std::vector<std::string>& fields) {
  return std::all_of(fields.begin(), fields.end(),
                     [](const std::string& field) { return Trim(field).empty(); });
}

}  // namespace

RowReader::RowReader(Context context, std::unique_ptr<text::CsvReader> csv,
                     ingest::Reporter& reporter)
    : context_(std::move(context)), csv_(std::move(csv)), reporter_(&reporter) {}

absl::StatusOr<RowReader> RowReader::Open(const Context& context, const ingest::SpooledFile& file,
                                          ingest::Reporter& reporter, text::Encoding encoding) {
  STEELYARD_ASSIGN_OR_RETURN(std::unique_ptr<text::CsvReader> csv,
                             text::CsvReader::Open(file.path, file.name, {.encoding = encoding}));
  reporter.BeginFile(file, text::NameOf(encoding));
  return RowReader(context, std::move(csv), reporter);
}

absl::StatusOr<std::vector<int>> RowReader::Columns(std::span<const ColumnSpec> specs) {
  std::vector<int> columns;
  for (const ColumnSpec& spec : specs) {
    absl::StatusOr<int> column = csv_->Column(spec.name);
    if (!column.ok() && spec.required) {
      return column.status();
    }
    columns.push_back(column.value_or(-1));
  }
  for (const std::string& name : header()) {
    if (std::none_of(specs.begin(), specs.end(),
                     [&](const ColumnSpec& spec) { return spec.name == name; })) {
      FindInHeader(name, "the format has no such column; it is not read");
    }
  }
  return columns;
}

absl::StatusOr<bool> RowReader::Next() {
  while (true) {
    if (++rows_ % kRowsBetweenChecks == 0) {
      STEELYARD_RETURN_IF_ERROR(context_.Check());
    }
    STEELYARD_RETURN_IF_ERROR(reporter_->status());
    STEELYARD_ASSIGN_OR_RETURN(const bool more, csv_->Next());
    if (!more) {
      return false;
    }
    if (IsBlank(csv_->fields())) {
      reporter_->RowBlank();
      continue;
    }
    reporter_->RowRead();
    if (csv_->fields().size() == header().size()) {
      return true;
    }
    Find("", "", common::v1::IMPORT_ACTION_REJECTED,
         StrCat("the row has ", csv_->fields().size(), " fields where the header has ",
                header().size()));
  }
}

std::string_view RowReader::Field(int column) const {
  return column < 0 ? std::string_view() : Trim(csv_->fields()[static_cast<size_t>(column)]);
}

void RowReader::Find(std::string_view column, std::string_view value,
                     common::v1::ImportAction action, std::string_view reason) {
  reporter_->Find(csv_->line(), column, value, action, reason);
}

void RowReader::FindInHeader(std::string_view column, std::string_view reason) {
  reporter_->Find(kHeaderLine, column, column, common::v1::IMPORT_ACTION_CLEARED, reason);
}

}  // namespace steelyard::funding
