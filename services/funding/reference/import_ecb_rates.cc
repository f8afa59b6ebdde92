#include "services/funding/reference/import_ecb_rates.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "services/common/money/money.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/reference/statistics.h"

namespace steelyard::funding {
namespace {

constexpr std::string_view kDateColumn = "Date";
constexpr std::string_view kNotQuoted = "N/A";

struct CurrencyColumn {
  int position;
  std::string currency;
};

using Day = std::map<std::string, int64_t>;  // rates by currency

std::vector<CurrencyColumn> CurrencyColumns(RowReader& rows) {
  std::vector<CurrencyColumn> columns;
  for (size_t i = 0; i < rows.header().size(); ++i) {
    const std::string& name = rows.header()[i];
    if (name.empty() || name == kDateColumn) {
      continue;  // the empty one stands after the comma at the end
    }
    if (MinorDigits(name).ok()) {
      columns.push_back({static_cast<int>(i), name});
    } else {
      rows.FindInHeader(name, "is no ISO 4217 code; the column is not read");
    }
  }
  return columns;
}

Day ReadRates(RowReader& rows, const std::vector<CurrencyColumn>& columns) {
  Day day;
  for (const CurrencyColumn& column : columns) {
    const std::string_view text = rows.Field(column.position);
    if (text.empty() || text == kNotQuoted) {
      continue;
    }
    if (const std::optional<int64_t> rate = ParseRate(text)) {
      day.emplace(column.currency, *rate);
    } else {
      rows.Find(column.currency, text, common::v1::IMPORT_ACTION_CLEARED,
                "must be a positive number of at most 8 decimals below 100,000,000, or N/A");
    }
  }
  return day;
}

std::map<int32_t, Day> DaysOf(const std::vector<DailyRate>& rates) {
  std::map<int32_t, Day> days;
  for (const DailyRate& rate : rates) {
    days[rate.day].emplace(rate.currency, rate.rate);
  }
  return days;
}

}  // namespace

std::optional<int64_t> ParseRate(std::string_view text) {
  constexpr Int128 kStep = 10'000;  // from 12 decimals to 8
  static_assert(kValueDecimals - kRateDecimals == 4);
  const absl::StatusOr<Int128> value = ParseValue(text);
  if (!value.ok() || *value <= 0 || *value % kStep != 0 ||
      *value / kStep >= static_cast<Int128>(kMaxRate) * kRateScale) {
    return std::nullopt;
  }
  return static_cast<int64_t>(*value / kStep);
}

absl::Status ParseEcbRates(RowReader rows, StagedReference& staged) {
  STEELYARD_ASSIGN_OR_RETURN(const int date_column, rows.Column(kDateColumn));
  const std::vector<CurrencyColumn> columns = CurrencyColumns(rows);
  std::map<int32_t, Day> known = DaysOf(staged.rates);
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows.Next());
    if (!more) {
      return absl::OkStatus();
    }
    STEELYARD_RETURN_IF_ERROR(CheckStaged(staged.rates.size(), "exchange rates"));
    const std::string date_text(rows.Field(date_column));
    const absl::StatusOr<PartialDate> date = ParseDate(date_text);
    if (!date.ok() || !date->IsDay()) {
      rows.Find(kDateColumn, date_text, common::v1::IMPORT_ACTION_REJECTED,
                "must be a day, such as 2026-04-13");
      continue;
    }
    Day rates = ReadRates(rows, columns);
    const auto [entry, is_new] = known.emplace(date->ToDays(), Day());
    if (!is_new) {
      const bool equal = entry->second == rates;
      rows.Find(kDateColumn, date_text,
                equal ? common::v1::IMPORT_ACTION_DUPLICATE : common::v1::IMPORT_ACTION_REJECTED,
                equal ? "repeats an earlier row of the import"
                      : "an earlier row of the import has this day and other rates");
      continue;
    }
    for (const auto& [currency, rate] : rates) {
      staged.rates.push_back({date->ToDays(), currency, rate});
    }
    entry->second = std::move(rates);
    rows.Accept();
  }
}

}  // namespace steelyard::funding
