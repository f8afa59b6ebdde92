// Bulk append to DuckDB: rows are gathered in data chunks of the engine's own size.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "services/common/sql/duckdb_internal.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::sql::duckdb {
namespace {

constexpr idx_t kBits = 64;  // of a word of validity

// One column of the chunk being filled.
struct Column {
  duckdb_type type = DUCKDB_TYPE_INVALID;
  duckdb_vector vector = nullptr;
  void* data = nullptr;
  uint64_t* validity = nullptr;  // nullptr: no NULL so far
};

class DuckAppender final : public Appender {
 public:
  DuckAppender(Session& session, std::string_view table, OwnedAppender appender)
      : session_(session), table_(table), appender_(std::move(appender)) {
    std::vector<duckdb_logical_type> types;
    std::vector<OwnedType> owned(duckdb_appender_column_count(appender_.get()));
    for (idx_t i = 0; i < owned.size(); ++i) {
      OwnedType declared;
      *declared.out() = duckdb_appender_column_type(appender_.get(), i);
      columns_.push_back({.type = ChunkType(duckdb_get_type_id(declared.get()))});
      *owned[i].out() = duckdb_create_logical_type(columns_[i].type);
      types.push_back(owned[i].get());
    }
    *chunk_.out() = duckdb_create_data_chunk(types.data(), types.size());
    Restart();
    ++session_.unclosed;
  }

  ~DuckAppender() override {
    if (closed_) return;
    --session_.unclosed;
    session_.failed = true;
    // Destroying the engine's appender writes what it has buffered; only a transaction undoes that.
    const bool ended = !session_.in_transaction;
    if (ended) Control("BEGIN TRANSACTION");
    appender_.Reset();
    if (ended) Control("ROLLBACK");
  }

  absl::Status Append(std::span<const Cell> row) override {
    if (closed_ || row.size() != columns_.size()) {
      return Defect(StrCat("appending ", row.size(), " values to ", table_, ", which has ",
                           columns_.size(), closed_ ? ", after Close" : ""));
    }
    for (idx_t i = 0; i < row.size(); ++i) {
      if (!Put(columns_[i], row[i])) {
        return Defect(
            StrCat("wrong type, or text that is not UTF-8, for column ", i, " of ", table_));
      }
    }
    return ++size_ == duckdb_vector_size() ? WriteChunk() : absl::OkStatus();
  }

  absl::Status Close() override {
    if (closed_) return Defect("closing an appender twice");
    if (size_ > 0) STEELYARD_RETURN_IF_ERROR(WriteChunk());
    if (duckdb_appender_close(appender_.get()) == DuckDBError) return Failed();
    closed_ = true;
    --session_.unclosed;
    return absl::OkStatus();
  }

 private:
  void Control(const char* sql) const {
    OwnedResult result;
    duckdb_query(session_.connection, sql, result.out());
  }

  // The driver's values as they are; the engine casts to narrower or special types, with its
  // checks.
  static duckdb_type ChunkType(duckdb_type declared) {
    switch (declared) {
      case DUCKDB_TYPE_BOOLEAN:
        return DUCKDB_TYPE_BOOLEAN;
      case DUCKDB_TYPE_FLOAT:
      case DUCKDB_TYPE_DOUBLE:
        return DUCKDB_TYPE_DOUBLE;
      case DUCKDB_TYPE_TINYINT:
      case DUCKDB_TYPE_SMALLINT:
      case DUCKDB_TYPE_INTEGER:
      case DUCKDB_TYPE_BIGINT:
      case DUCKDB_TYPE_HUGEINT:
      case DUCKDB_TYPE_UTINYINT:
      case DUCKDB_TYPE_USMALLINT:
      case DUCKDB_TYPE_UINTEGER:
      case DUCKDB_TYPE_UBIGINT:
        return DUCKDB_TYPE_BIGINT;
      default:
        return DUCKDB_TYPE_VARCHAR;
    }
  }

  // Writes a cell into the present row; false when it does not suit the column.
  bool Put(Column& column, const Cell& cell) const {
    if (const auto* text = std::get_if<std::string_view>(&cell)) {
      return column.type == DUCKDB_TYPE_VARCHAR && PutText(column, *text);
    }
    if (const auto* number = std::get_if<int64_t>(&cell)) {
      if (column.type == DUCKDB_TYPE_BIGINT) static_cast<int64_t*>(column.data)[size_] = *number;
      return column.type == DUCKDB_TYPE_BIGINT;
    }
    if (std::holds_alternative<std::monostate>(cell)) {
      if (column.validity == nullptr) {
        duckdb_vector_ensure_validity_writable(column.vector);
        column.validity = duckdb_vector_get_validity(column.vector);
      }
      column.validity[size_ / kBits] &= ~(uint64_t{1} << (size_ % kBits));
      return true;
    }
    if (const auto* number = std::get_if<double>(&cell)) {
      if (column.type == DUCKDB_TYPE_DOUBLE) static_cast<double*>(column.data)[size_] = *number;
      return column.type == DUCKDB_TYPE_DOUBLE;
    }
    if (column.type == DUCKDB_TYPE_BOOLEAN) {
      static_cast<bool*>(column.data)[size_] = std::get<bool>(cell);
    }
    return column.type == DUCKDB_TYPE_BOOLEAN;
  }

  // False when it is not UTF-8. Short ASCII, which most texts are, needs neither the engine's check
  // nor its memory.
  bool PutText(Column& column, std::string_view text) const {
    duckdb_string_t& place = static_cast<duckdb_string_t*>(column.data)[size_];
    if (text.size() <= sizeof(place.value.inlined.inlined)) {
      duckdb_string_t inlined{};
      inlined.value.inlined.length = static_cast<uint32_t>(text.size());
      unsigned char bits = 0;
      for (size_t i = 0; i < text.size(); ++i) {
        inlined.value.inlined.inlined[i] = text[i];
        bits |= static_cast<unsigned char>(text[i]);
      }
      place = inlined;
      if (bits < 0x80) return true;
    }
    duckdb_vector_assign_string_element_len(column.vector, size_, text.data(), text.size());
    // The engine makes a NULL of text that is not UTF-8, silently.
    column.validity = duckdb_vector_get_validity(column.vector);
    return column.validity == nullptr || duckdb_validity_row_is_valid(column.validity, size_);
  }

  absl::Status WriteChunk() {
    duckdb_data_chunk_set_size(chunk_.get(), size_);
    if (duckdb_append_data_chunk(appender_.get(), chunk_.get()) == DuckDBError) return Failed();
    Restart();
    return absl::OkStatus();
  }

  void Restart() {
    duckdb_data_chunk_reset(chunk_.get());
    size_ = 0;
    for (idx_t i = 0; i < columns_.size(); ++i) {
      columns_[i].vector = duckdb_data_chunk_get_vector(chunk_.get(), i);
      columns_[i].data = duckdb_vector_get_data(columns_[i].vector);
      columns_[i].validity = nullptr;
    }
  }

  absl::Status Failed() {
    return FromEngine(duckdb_appender_error(appender_.get()), StrCat("append to ", table_),
                      nullptr);
  }

  Session& session_;
  const std::string table_;
  OwnedAppender appender_;
  std::vector<Column> columns_;
  OwnedChunk chunk_;
  idx_t size_ = 0;
  bool closed_ = false;
};
}  // namespace

std::unique_ptr<Appender> MakeAppender(Session& session, std::string_view table,
                                       OwnedAppender appender) {
  return std::make_unique<DuckAppender>(session, table, std::move(appender));
}

}  // namespace steelyard::sql::duckdb
