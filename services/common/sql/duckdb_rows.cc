// A DuckDB result as rows: decodes its data chunks in place.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/common/sql/duckdb_internal.h"
#include "services/common/status/status.h"

namespace steelyard::sql::duckdb {
namespace {

// One column of the present chunk.
struct Column {
  duckdb_type type = DUCKDB_TYPE_INVALID;    // as the column is declared
  duckdb_type stored = DUCKDB_TYPE_INVALID;  // as its values lie in memory
  std::vector<std::string> names;            // of an ENUM's values
  void* data = nullptr;
  uint64_t* validity = nullptr;
  std::string text;  // a DATE of the present row, written out

  template <typename T>
  const T& At(idx_t row) const {
    return static_cast<const T*>(data)[row];
  }
  bool IsNull(idx_t row) const {
    return validity != nullptr && !duckdb_validity_row_is_valid(validity, row);
  }
};

class DuckRows final : public Rows {
 public:
  DuckRows(Session& session, Context context, OwnedResult result)
      : session_(session),
        statement_(session.statement),
        context_(std::move(context)),
        result_(std::move(result)),
        columns_(duckdb_column_count(result_.out())) {
    for (idx_t i = 0; i < columns_.size(); ++i) {
      Column& column = columns_[i];
      column.type = column.stored = duckdb_column_type(result_.out(), i);
      if (column.type != DUCKDB_TYPE_ENUM) continue;
      OwnedType type;
      *type.out() = duckdb_column_logical_type(result_.out(), i);
      column.stored = duckdb_enum_internal_type(type.get());
      for (idx_t v = 0; v < duckdb_enum_dictionary_size(type.get()); ++v) {
        char* name = duckdb_enum_dictionary_value(type.get(), v);
        column.names.emplace_back(name);
        duckdb_free(name);
      }
    }
  }

  ~DuckRows() override {
    if (ended_ || session_.statement != statement_ || session_.in_transaction) return;
    // The engine goes on holding the query's transaction, which blocks checkpoints, until its rows
    // end. A short chunk is mostly the last one, and asking on costs less than an interruption,
    // which ends the rows after what the engine has ready.
    if (size_ == duckdb_vector_size() || FetchChunk()) {
      duckdb_interrupt(session_.connection);
      while (FetchChunk()) {
      }
    }
  }

  absl::StatusOr<bool> Next() override {
    if (ended_) return false;
    if (session_.statement != statement_) {
      ended_ = true;
      return Defect("rows were read after a later statement of their connection");
    }
    absl::StatusOr<bool> more = ++row_ < size_ ? absl::StatusOr<bool>(true) : NextChunk();
    if (more.ok() && *more) {
      if (absl::Status status = Decode(); !status.ok()) more = std::move(status);
    }
    ended_ = !more.ok() || !*more;
    if (!more.ok()) session_.failed = true;
    return more;
  }

  bool IsNull(int column) const override { return At(column).IsNull(row_); }

  int64_t Int(int column) const override {
    const Column& values = ValueAt(column);
    switch (values.type) {
      case DUCKDB_TYPE_BIGINT:
        return values.At<int64_t>(row_);
      case DUCKDB_TYPE_INTEGER:
        return values.At<int32_t>(row_);
      case DUCKDB_TYPE_SMALLINT:
        return values.At<int16_t>(row_);
      case DUCKDB_TYPE_TINYINT:
        return values.At<int8_t>(row_);
      case DUCKDB_TYPE_UINTEGER:
        return values.At<uint32_t>(row_);
      case DUCKDB_TYPE_USMALLINT:
        return values.At<uint16_t>(row_);
      case DUCKDB_TYPE_UTINYINT:
        return values.At<uint8_t>(row_);
      case DUCKDB_TYPE_UBIGINT:
        return static_cast<int64_t>(values.At<uint64_t>(row_));
      case DUCKDB_TYPE_HUGEINT:
        return static_cast<int64_t>(values.At<duckdb_hugeint>(row_).lower);
      default:
        WrongType(column, "integer");
    }
  }

  double Double(int column) const override {
    const Column& values = ValueAt(column);
    if (values.type == DUCKDB_TYPE_DOUBLE) return values.At<double>(row_);
    if (values.type == DUCKDB_TYPE_FLOAT) return values.At<float>(row_);
    WrongType(column, "double");
  }

  bool Bool(int column) const override {
    const Column& values = ValueAt(column);
    if (values.type != DUCKDB_TYPE_BOOLEAN) WrongType(column, "boolean");
    return values.At<bool>(row_);
  }

  std::string_view Text(int column) const override {
    const Column& values = ValueAt(column);
    if (values.type == DUCKDB_TYPE_DATE) return values.text;
    if (values.type == DUCKDB_TYPE_ENUM) return values.names[EnumAt(values)];
    if (values.type != DUCKDB_TYPE_VARCHAR) WrongType(column, "text");
    auto* text = &static_cast<duckdb_string_t*>(values.data)[row_];
    return {duckdb_string_t_data(text), duckdb_string_t_length(*text)};
  }

 private:
  const Column& At(int column) const {
    if (column < 0 || static_cast<size_t>(column) >= columns_.size()) WrongType(column, "a column");
    return columns_[static_cast<size_t>(column)];
  }

  const Column& ValueAt(int column) const {
    if (At(column).IsNull(row_)) WrongType(column, "a value, not NULL");
    return columns_[static_cast<size_t>(column)];
  }

  size_t EnumAt(const Column& values) const {
    switch (values.stored) {
      case DUCKDB_TYPE_UTINYINT:
        return values.At<uint8_t>(row_);
      case DUCKDB_TYPE_USMALLINT:
        return values.At<uint16_t>(row_);
      default:
        return values.At<uint32_t>(row_);
    }
  }

  // False at the end, and on an error, which the result then has.
  bool FetchChunk() {
    const Interrupter::Guard guard = session_.Interruptible(context_);
    chunk_.Reset();
    *chunk_.out() = duckdb_fetch_chunk(*result_.out());
    return chunk_.get() != nullptr;
  }

  absl::StatusOr<bool> NextChunk() {
    STEELYARD_RETURN_IF_ERROR(context_.Check());
    do {
      if (!FetchChunk()) {
        const char* text = duckdb_result_error(result_.out());
        if (text != nullptr && *text != '\0') return FromEngine(text, "fetching rows", &context_);
        return false;
      }
      size_ = duckdb_data_chunk_get_size(chunk_.get());
    } while (size_ == 0);
    row_ = 0;
    for (idx_t i = 0; i < columns_.size(); ++i) {
      duckdb_vector vector = duckdb_data_chunk_get_vector(chunk_.get(), i);
      columns_[i].data = duckdb_vector_get_data(vector);
      columns_[i].validity = duckdb_vector_get_validity(vector);
    }
    return true;
  }

  // What Int and Text must find ready: dates in words, and wide integers within their bounds.
  absl::Status Decode() {
    for (Column& column : columns_) {
      if (column.IsNull(row_)) continue;
      bool fits = true;
      if (column.type == DUCKDB_TYPE_HUGEINT) {
        const auto& value = column.At<duckdb_hugeint>(row_);
        fits = value.upper == (static_cast<int64_t>(value.lower) < 0 ? -1 : 0);
      } else if (column.type == DUCKDB_TYPE_UBIGINT) {
        fits = column.At<uint64_t>(row_) <= INT64_MAX;
      } else if (column.type == DUCKDB_TYPE_DATE) {
        const duckdb_date_struct date = duckdb_from_date(column.At<duckdb_date>(row_));
        column.text = absl::StrFormat("%04d-%02d-%02d", date.year, date.month, date.day);
      }
      if (!fits) {
        return MakeError(common::v1::ERROR_REASON_INTERNAL, "a stored sum exceeds 64 bits");
      }
    }
    return absl::OkStatus();
  }

  Session& session_;
  const int64_t statement_;
  const Context context_;
  OwnedResult result_;
  std::vector<Column> columns_;
  OwnedChunk chunk_;
  idx_t row_ = 0;
  idx_t size_ = 0;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<Rows> MakeRows(Session& session, const Context& context, OwnedResult result) {
  return std::make_unique<DuckRows>(session, context, std::move(result));
}

}  // namespace steelyard::sql::duckdb
