// A PostgreSQL result as rows, received one by one in the binary format and read in place.

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/common/sql/postgres_binary.h"
#include "services/common/sql/postgres_internal.h"
#include "services/common/status/status.h"

namespace steelyard::sql::postgres {
namespace {

// The first number that a server gives to types that are not its own.
constexpr Oid kFirstOfUsers = 16'384;

struct Column {
  Oid type = 0;
  int64_t number = 0;  // a NUMERIC of the present row
  std::string text;    // a DATE of the present row, written out
};

class PgRows final : public Rows {
 public:
  PgRows(Session& session, Context context, OwnedResult first)
      : session_(session),
        statement_(session.statement),
        context_(std::move(context)),
        row_(std::move(first)),
        columns_(static_cast<size_t>(PQnfields(row_.get()))) {
    for (size_t i = 0; i < columns_.size(); ++i) {
      columns_[i].type = PQftype(row_.get(), static_cast<int>(i));
    }
  }

  ~PgRows() override {
    if (session_.statement == statement_) session_.Drop();
  }

  absl::StatusOr<bool> Next() override {
    if (ended_) return false;
    absl::StatusOr<bool> more = session_.statement == statement_ ? Advance() : Late();
    ended_ = !more.ok() || !*more;
    if (!more.ok()) session_.failed = true;
    return more;
  }

  bool IsNull(int column) const override {
    At(column);
    return PQgetisnull(row_.get(), 0, column) != 0;
  }

  int64_t Int(int column) const override {
    const Column& values = ValueAt(column);
    const char* bytes = PQgetvalue(row_.get(), 0, column);
    switch (values.type) {
      case kTypeInt8:
        return ReadInteger<int64_t>(bytes);
      case kTypeInt4:
        return ReadInteger<int32_t>(bytes);
      case kTypeInt2:
        return ReadInteger<int16_t>(bytes);
      case kTypeOid:
        return ReadInteger<uint32_t>(bytes);
      case kTypeNumeric:
        return values.number;
      default:
        WrongType(column, "integer");
    }
  }

  double Double(int column) const override {
    const Column& values = ValueAt(column);
    const char* bytes = PQgetvalue(row_.get(), 0, column);
    if (values.type == kTypeFloat8) return std::bit_cast<double>(ReadInteger<int64_t>(bytes));
    if (values.type == kTypeFloat4) return std::bit_cast<float>(ReadInteger<int32_t>(bytes));
    WrongType(column, "double");
  }

  bool Bool(int column) const override {
    if (ValueAt(column).type != kTypeBool) WrongType(column, "boolean");
    return *PQgetvalue(row_.get(), 0, column) != 0;
  }

  std::string_view Text(int column) const override {
    const Column& values = ValueAt(column);
    if (values.type == kTypeDate) return values.text;
    if (!IsText(values.type)) WrongType(column, "text");
    return BytesAt(column);
  }

 private:
  const Column& At(int column) const {
    if (column < 0 || static_cast<size_t>(column) >= columns_.size()) WrongType(column, "a column");
    return columns_[static_cast<size_t>(column)];
  }

  const Column& ValueAt(int column) const {
    if (IsNull(column)) WrongType(column, "a value, not NULL");
    return At(column);
  }

  std::string_view BytesAt(int column) const {
    return {PQgetvalue(row_.get(), 0, column),
            static_cast<size_t>(PQgetlength(row_.get(), 0, column))};
  }

  static absl::Status Late() {
    return Defect("rows were read after a later statement of their connection");
  }

  absl::StatusOr<bool> Advance() {
    // The first row came with the answer to the query.
    if (started_) {
      STEELYARD_ASSIGN_OR_RETURN(row_, session_.Receive(context_));
    }
    started_ = true;
    if (PQresultStatus(row_.get()) == PGRES_SINGLE_TUPLE) {
      STEELYARD_RETURN_IF_ERROR(Decode());
      return true;
    }
    // What follows the rows may still be an error, of the statement's commit.
    STEELYARD_RETURN_IF_ERROR(session_.Finish(context_).status());
    return false;
  }

  // What Int and Text must find ready: dates in words, and wide integers within their bounds.
  absl::Status Decode() {
    for (size_t i = 0; i < columns_.size(); ++i) {
      Column& column = columns_[i];
      const int index = static_cast<int>(i);
      const bool decoded = column.type == kTypeDate || column.type == kTypeNumeric;
      if (!decoded || PQgetisnull(row_.get(), 0, index) != 0) continue;
      if (column.type == kTypeDate) {
        column.text = TextOfDate(ReadInteger<int32_t>(PQgetvalue(row_.get(), 0, index)));
      } else if (const auto number = IntegerOfNumeric(BytesAt(index))) {
        column.number = *number;
      } else {
        return MakeError(common::v1::ERROR_REASON_INTERNAL,
                         "a stored sum exceeds 64 bits, or is not whole");
      }
    }
    return absl::OkStatus();
  }

  Session& session_;
  const int64_t statement_;
  const Context context_;
  OwnedResult row_;
  std::vector<Column> columns_;
  bool started_ = false;
  bool ended_ = false;
};

}  // namespace

bool IsText(Oid type) {
  switch (type) {
    case kTypeText:
    case kTypeVarchar:
    case kTypeBpchar:
    case kTypeName:
    case kTypeUnknown:
      return true;
    default:
      return type >= kFirstOfUsers;
  }
}

std::unique_ptr<Rows> MakeRows(Session& session, const Context& context, OwnedResult first) {
  return std::make_unique<PgRows>(session, context, std::move(first));
}

}  // namespace steelyard::sql::postgres
