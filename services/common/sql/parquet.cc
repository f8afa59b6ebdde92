#include "services/common/sql/parquet.h"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::sql {
namespace {

// Rows that are buffered before they go to the scratch database's file.
constexpr int kScratchMemoryMib = 256;
// Rows of a row group: the engine's own size.
constexpr int kRowGroup = 122'880;

absl::Status CannotSpool(std::string_view why) {
  return MakeRetryableError(
      common::v1::ERROR_REASON_STORE_UNAVAILABLE,
      StrCat("no directory for temporary files can be made on the server: ", why),
      absl::Minutes(1));
}

std::string Quoted(std::string_view text, std::string_view quote) {
  return StrCat(quote, absl::StrReplaceAll(ToAbsl(text), {{ToAbsl(quote), StrCat(quote, quote)}}),
                quote);
}

bool IsNumber(ParquetType type) {
  return type == ParquetType::kInteger || type == ParquetType::kDate;
}

// What makes the column's value of what was appended.
std::string Expression(const ParquetColumn& column, std::string_view staged) {
  switch (column.type) {
    case ParquetType::kText:
    case ParquetType::kInteger:
      return std::string(staged);
    case ParquetType::kDate:
      return StrCat("DATE '1970-01-01' + CAST(", staged, " AS INTEGER)");
    case ParquetType::kDecimal:
      return StrCat("CAST(", staged, " AS DECIMAL(", column.precision, ", ", column.scale, "))");
    case ParquetType::kTexts:
      return StrCat("from_json_strict(", staged, ", '[\"VARCHAR\"]')");
    case ParquetType::kTextRows:
      break;
  }
  std::string structure = "[{";
  for (const std::string& member : column.members) {
    StrAppend(&structure, structure.size() == 2 ? "" : ",", JsonString(member), ":\"VARCHAR\"");
  }
  return StrCat("from_json_strict(", staged, ", ", Quoted(StrCat(structure, "}]"), "'"), ")");
}

class DuckParquetWriter final : public ParquetWriter {
 public:
  DuckParquetWriter(std::string directory, std::vector<ParquetColumn> columns)
      : directory_(std::move(directory)), columns_(std::move(columns)) {}
  ~DuckParquetWriter() override {
    appender_.reset();
    connection_.reset();
    database_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  absl::Status Open() {
    STEELYARD_ASSIGN_OR_RETURN(database_, OpenDuckDb({.path = StrCat(directory_, "/scratch.duckdb"),
                                                      .memory_limit_mib = kScratchMemoryMib,
                                                      .threads = 1}));
    STEELYARD_ASSIGN_OR_RETURN(connection_, database_->Connect());
    std::string table = "CREATE TABLE staged (";
    for (size_t i = 0; i < columns_.size(); ++i) {
      StrAppend(&table, i == 0 ? "c" : ", c", i,
                IsNumber(columns_[i].type) ? " BIGINT" : " VARCHAR");
    }
    STEELYARD_RETURN_IF_ERROR(
        connection_->Execute(Context::Background(), StrCat(table, ")")).status());
    STEELYARD_RETURN_IF_ERROR(connection_->Begin());
    STEELYARD_ASSIGN_OR_RETURN(appender_, connection_->Append("staged"));
    return absl::OkStatus();
  }

  absl::Status Append(std::span<const Value> row) override { return appender_->Append(row); }

  absl::StatusOr<std::string> Finish(
      const Context& context,
      const std::vector<std::pair<std::string, std::string>>& metadata) override {
    STEELYARD_RETURN_IF_ERROR(appender_->Close());
    STEELYARD_RETURN_IF_ERROR(connection_->Commit());
    std::string select;
    for (size_t i = 0; i < columns_.size(); ++i) {
      StrAppend(&select, i == 0 ? "" : ", ", Expression(columns_[i], StrCat("c", i)), " AS ",
                Quoted(columns_[i].name, "\""));
    }
    std::string pairs;
    for (const auto& [key, value] : metadata) {
      StrAppend(&pairs, pairs.empty() ? "" : ", ", Quoted(key, "\""), ": ", Quoted(value, "'"));
    }
    const std::string path = StrCat(directory_, "/export.parquet");
    STEELYARD_RETURN_IF_ERROR(
        connection_
            ->Execute(context, StrCat("COPY (SELECT ", select, " FROM staged) TO ",
                                      Quoted(path, "'"), " (FORMAT parquet, COMPRESSION snappy, ",
                                      "ROW_GROUP_SIZE ", kRowGroup, ", KV_METADATA {", pairs, "})"))
            .status());
    return path;
  }

 private:
  const std::string directory_;
  const std::vector<ParquetColumn> columns_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<Appender> appender_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ParquetWriter>> ParquetWriter::Create(
    std::vector<ParquetColumn> columns) {
  std::error_code error;
  std::string directory =
      StrCat(std::filesystem::temp_directory_path(error).string(), "/steelyard-export-XXXXXX");
  if (error) return CannotSpool(error.message());
  if (::mkdtemp(directory.data()) == nullptr) {
    return CannotSpool(std::generic_category().message(errno));
  }
  auto writer = std::make_unique<DuckParquetWriter>(std::move(directory), std::move(columns));
  STEELYARD_RETURN_IF_ERROR(writer->Open());
  return writer;
}

std::string JsonString(std::string_view text) {
  std::string json = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      json += absl::StrFormat("\\u%04x", static_cast<unsigned>(c));
    } else {
      json += c;
    }
  }
  json += '"';
  return json;
}

}  // namespace steelyard::sql
