#pragma once

// Writing Parquet files: typed columns, Snappy compression, key-value metadata. The engine does it,
// on one thread of a scratch database of its own, so that equal rows give equal bytes on every
// machine.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/sql/driver.h"

namespace steelyard::sql {

// What a column holds, and how its values are given; every column takes NULL.
enum class ParquetType {
  kText,      // VARCHAR; given as text
  kInteger,   // INT64; given as an integer
  kDate,      // DATE; given as an integer: days since 1970-01-01
  kDecimal,   // DECIMAL(precision, scale); given as text, such as "-1.50"
  kTexts,     // LIST of VARCHAR; given as a JSON array of strings
  kTextRows,  // LIST of STRUCT of VARCHAR, whose fields are `members`; given as a JSON array of
              // objects
};

struct ParquetColumn {
  std::string name;
  ParquetType type = ParquetType::kText;
  int precision = 0;  // of kDecimal, 1 to 38
  int scale = 0;      // likewise, 0 to precision
  std::vector<std::string> members = {};
};

// One file on its way. Rows are kept on disk, so that memory stays bounded however many there are.
// Not thread-safe.
class ParquetWriter {
 public:
  // Makes a private directory in the system's directory for temporary files; it goes away with the
  // writer, and the file with it. STORE_UNAVAILABLE when it cannot be made.
  static absl::StatusOr<std::unique_ptr<ParquetWriter>> Create(std::vector<ParquetColumn> columns);
  virtual ~ParquetWriter() = default;
  // One value for each column, in their order.
  virtual absl::Status Append(std::span<const Value> row) = 0;
  // Writes the file, rows in the order they were appended, and returns its path. Call once; nothing
  // may be appended afterwards. A value that its column does not hold is INTERNAL; a full disk is
  // STORE_UNAVAILABLE.
  virtual absl::StatusOr<std::string> Finish(
      const Context& context, const std::vector<std::pair<std::string, std::string>>& metadata) = 0;
};

// A string as JSON, with its quotes; `text` is UTF-8.
std::string JsonString(std::string_view text);

}  // namespace steelyard::sql
