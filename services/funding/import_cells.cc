#include "services/funding/import_cells.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "services/common/text/strings.h"
#include "services/funding/round.h"

namespace steelyard::funding {
namespace {

constexpr size_t kLongestSourceId = 64;

}  // namespace

std::vector<std::string> SplitCell(std::string_view value) {
  std::vector<std::string> parts;
  if (value.empty()) return parts;
  for (const absl::string_view part : absl::StrSplit(ToAbsl(value), ';')) {
    const absl::string_view trimmed = absl::StripAsciiWhitespace(part);
    if (!trimmed.empty()) parts.emplace_back(trimmed);
  }
  return parts;
}

void Reject(RowReader& row, const Cell& cell, std::string_view reason) {
  row.Find(cell.column, cell.value, common::v1::IMPORT_ACTION_REJECTED, reason);
}

void Clear(RowReader& row, const Cell& cell, std::string_view reason) {
  row.Find(cell.column, cell.value, common::v1::IMPORT_ACTION_CLEARED, reason);
}

bool CheckId(RowReader& row, const Cell& cell) {
  if (IsId(cell.value)) return true;
  Reject(row, cell, "must be 1 to 128 lower-case letters, digits, '.', '_' or '-'");
  return false;
}

std::optional<PartialDate> ReadDate(RowReader& row, const Cell& cell) {
  absl::StatusOr<PartialDate> date = ParseEventDate(cell.value);
  if (date.ok()) return *date;
  Reject(row, cell,
         StrCat("must be YYYY, YYYY-MM or YYYY-MM-DD: ", ToStd(date.status().message())));
  return std::nullopt;
}

std::optional<std::vector<std::string>> ReadSources(RowReader& row, const Cell& cell,
                                                    const std::string& otherwise) {
  std::vector<std::string> named = SplitCell(cell.value);
  if (named.empty()) return std::vector<std::string>{otherwise};
  std::vector<std::string> sources;
  for (std::string& source : named) {
    if (IsId(source, kLongestSourceId)) {
      sources.push_back(std::move(source));
    } else {
      Clear(row, {cell.column, source},
            "must be 1 to 64 lower-case letters, digits, '.', '_' or '-'");
    }
  }
  if (!sources.empty()) return sources;
  Reject(row, cell, "none of the sources has a valid id");
  return std::nullopt;
}

AmountCell ReadAmount(std::string_view amount, std::string_view currency) {
  AmountCell cell;
  if (amount.empty()) return cell;
  if (const auto digits = MinorDigits(currency); !digits.ok()) {
    return {.ok = false,
            .bad_currency = true,
            .reason = std::string(digits.status().message()),
            .money = std::nullopt};
  }
  absl::StatusOr<Money> money = ParseMoney(amount, currency);
  if (!money.ok()) {
    return {.ok = false,
            .bad_currency = false,
            .reason = std::string(money.status().message()),
            .money = std::nullopt};
  }
  cell.money = *std::move(money);
  return cell;
}

}  // namespace steelyard::funding
