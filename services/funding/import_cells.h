#pragma once

// Cells of funding's files: lists, amounts, dates, ids. Each reads one cell of the current row and
// reports what it does not take.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/common/money/money.h"
#include "services/common/time/date.h"
#include "services/funding/reference/row_reader.h"

namespace steelyard::funding {

// A cell with its column's name, for reports.
struct Cell {
  std::string_view column;
  std::string_view value;
};

// Parts between ';', without spaces around them and without empty ones.
std::vector<std::string> SplitCell(std::string_view value);

// Rejects the row, with a finding at the cell.
void Reject(RowReader& row, const Cell& cell, std::string_view reason);
// Drops the value, with a finding at the cell.
void Clear(RowReader& row, const Cell& cell, std::string_view reason);

// An id; false when it was rejected.
bool CheckId(RowReader& row, const Cell& cell);
// A date to the day, month or year, from 1900 to 2100; nullopt when it was rejected.
std::optional<PartialDate> ReadDate(RowReader& row, const Cell& cell);
// Ids of sources, or `otherwise` for an empty cell. Ones that are no ids are cleared; nullopt when
// none is left and the row was rejected.
std::optional<std::vector<std::string>> ReadSources(RowReader& row, const Cell& cell,
                                                    const std::string& otherwise);

// How an amount's cell was read.
struct AmountCell {
  bool ok = true;             // false: there is a value, and `reason` says why it is none
  bool bad_currency = false;  // the fault is the currency's
  std::string reason;
  std::optional<Money> money;  // nullopt: empty, undisclosed
};
// A plain decimal of the currency's unit.
AmountCell ReadAmount(std::string_view amount, std::string_view currency);

}  // namespace steelyard::funding
