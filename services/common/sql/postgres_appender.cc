// Bulk append to PostgreSQL: rows are gathered in the binary format of COPY. Every batch is a COPY
// of its own, so that appenders of several tables, and statements, can take turns on a connection.

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "services/common/sql/postgres_binary.h"
#include "services/common/sql/postgres_internal.h"
#include "services/common/sql/postgres_statement.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::sql::postgres {
namespace {

// Enough for the cost of a statement not to count.
constexpr size_t kBatchBytes = 1 << 20;
// Signature, flags, length of the header's extension.
constexpr std::string_view kHeader("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);

void PutBytes(std::string* out, std::string_view bytes) {
  PutInteger(out, static_cast<int32_t>(bytes.size()));
  *out += bytes;
}

// False when the value does not fit.
template <typename Integer>
bool PutNarrow(std::string* out, int64_t value) {
  if (value < std::numeric_limits<Integer>::min() || value > std::numeric_limits<Integer>::max()) {
    return false;
  }
  PutInteger(out, static_cast<int32_t>(sizeof(Integer)));
  PutInteger(out, static_cast<Integer>(value));
  return true;
}

// Writes a value as the column's type has it; false when it does not suit the column.
struct Putter {
  std::string* out;
  Oid type;

  bool operator()(std::monostate) const {
    PutInteger(out, int32_t{-1});
    return true;
  }
  bool operator()(int64_t value) const {
    switch (type) {
      case kTypeInt8:
        return PutNarrow<int64_t>(out, value);
      case kTypeInt4:
        return PutNarrow<int32_t>(out, value);
      case kTypeInt2:
        return PutNarrow<int16_t>(out, value);
      case kTypeNumeric:
        PutBytes(out, NumericOfInteger(value));
        return true;
      default:
        return false;
    }
  }
  bool operator()(double value) const {
    if (type == kTypeFloat8) {
      PutInteger(out, static_cast<int32_t>(sizeof value));
      PutInteger(out, std::bit_cast<int64_t>(value));
      return true;
    }
    const auto narrow = static_cast<float>(value);
    PutInteger(out, static_cast<int32_t>(sizeof narrow));
    PutInteger(out, std::bit_cast<int32_t>(narrow));
    return type == kTypeFloat4 && std::isinf(narrow) == std::isinf(value);
  }
  bool operator()(std::string_view value) const {
    if (type == kTypeDate) {
      const auto days = DateOfText(value);
      return days.has_value() && PutNarrow<int32_t>(out, *days);
    }
    PutBytes(out, value);
    return IsText(type) && value.size() <= INT32_MAX;
  }
  bool operator()(bool value) const {
    PutBytes(out, value ? std::string_view("\1", 1) : std::string_view("\0", 1));
    return type == kTypeBool;
  }
};

class PgAppender final : public Appender {
 public:
  PgAppender(Session& session, std::string_view table, std::vector<Oid> types)
      : session_(session),
        transaction_(session.transaction),
        table_(table),
        types_(std::move(types)),
        batch_(kHeader) {
    ++session_.unclosed;
  }

  ~PgAppender() override {
    if (closed_ || !Current()) return;
    --session_.unclosed;
    session_.failed = true;
  }

  absl::Status Append(std::span<const Cell> row) override {
    if (closed_ || !Current() || row.size() != types_.size()) {
      return Defect(StrCat("appending ", row.size(), " values to ", table_, ", which has ",
                           types_.size(), closed_ ? ", after Close" : ""));
    }
    const size_t start = batch_.size();
    PutInteger(&batch_, static_cast<int16_t>(row.size()));
    for (size_t i = 0; i < row.size(); ++i) {
      if (std::visit(Putter{&batch_, types_[i]}, row[i])) continue;
      batch_.resize(start);
      return Defect(StrCat("wrong type or range for column ", i, " of ", table_));
    }
    return batch_.size() >= kBatchBytes ? Write() : absl::OkStatus();
  }

  absl::Status Close() override {
    if (closed_ || !Current()) return Defect("closing an appender twice, or too late");
    if (batch_.size() > kHeader.size()) STEELYARD_RETURN_IF_ERROR(Write());
    closed_ = true;
    --session_.unclosed;
    return absl::OkStatus();
  }

 private:
  bool Current() const { return session_.in_transaction && session_.transaction == transaction_; }

  absl::Status Write() {
    PutInteger(&batch_, int16_t{-1});
    absl::Status status =
        session_.Copy(StrCat("COPY ", QuoteName(table_), " FROM STDIN (FORMAT binary)"), batch_);
    batch_.resize(kHeader.size());
    return status;
  }

  Session& session_;
  const int64_t transaction_;
  const std::string table_;
  const std::vector<Oid> types_;
  std::string batch_;
  bool closed_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Appender>> MakeAppender(Session& session, std::string_view table) {
  STEELYARD_ASSIGN_OR_RETURN(
      const OwnedResult described,
      session.Control(StrCat("SELECT * FROM ", QuoteName(table), " LIMIT 0")));
  std::vector<Oid> types;
  for (int i = 0; i < PQnfields(described.get()); ++i) {
    types.push_back(PQftype(described.get(), i));
  }
  return std::make_unique<PgAppender>(session, table, std::move(types));
}

}  // namespace steelyard::sql::postgres
