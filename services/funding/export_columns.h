#pragma once

// The columns of an export, schema "rounds/1": what docs/export.md says, as code. Grows by columns
// at the end only; anything else is a new schema.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "services/common/sql/parquet.h"
#include "services/funding/reference/exchange_rates.h"
#include "services/funding/store.h"

namespace steelyard::funding {

inline constexpr std::string_view kExportSchema = "rounds/1";

// The columns in their order.
const std::vector<sql::ParquetColumn>& ExportColumns();

// A value of a column: missing; a number, or a date in days since 1970; a text, a decimal, or rows
// as JSON; a list.
using Cell = std::variant<std::monostate, int64_t, std::string, std::vector<std::string>>;

// How amounts are converted.
struct Conversion {
  std::string currency;  // empty: not at all
  FxRule rule;
};

// The cells of a round, one a column. An amount without a rate has no converted one.
std::vector<Cell> CellsOf(const PlacedRound& placed, const Conversion& conversion,
                          const RateTable& rates);

// The header and a row as CSV, line end included.
std::string CsvHeader();
std::string CsvRow(const std::vector<Cell>& cells);
// The row as a ParquetWriter takes it.
std::vector<sql::Value> ParquetRow(const std::vector<Cell>& cells);

}  // namespace steelyard::funding
