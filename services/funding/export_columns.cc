#include "services/funding/export_columns.h"

#include <optional>
#include <utility>

#include "absl/strings/str_replace.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/schema.h"

namespace steelyard::funding {
namespace {

using sql::ParquetColumn;
using sql::ParquetType;

// Every amount of every currency: 19 digits before the point for those without decimals, 4 behind
// it for those with the most.
constexpr int kMoneyPrecision = 23;
constexpr int kMoneyScale = 4;
// What CrossRate::ToDecimal gives.
constexpr int kRatePrecision = 38;
constexpr int kRateScale10 = 10;

ParquetColumn Money(std::string name) {
  return {.name = std::move(name),
          .type = ParquetType::kDecimal,
          .precision = kMoneyPrecision,
          .scale = kMoneyScale};
}

std::vector<ParquetColumn> MakeColumns() {
  const auto of = [](ParquetType type, std::string name) {
    return ParquetColumn{.name = std::move(name), .type = type};
  };
  return {of(ParquetType::kText, "id"),
          of(ParquetType::kText, "company_id"),
          of(ParquetType::kText, "company_name"),
          of(ParquetType::kText, "country"),
          of(ParquetType::kText, "layer"),
          of(ParquetType::kText, "sector"),
          of(ParquetType::kText, "source_category"),
          of(ParquetType::kText, "announced_on"),
          of(ParquetType::kDate, "announced_first"),
          of(ParquetType::kDate, "announced_last"),
          of(ParquetType::kText, "announced_precision"),
          of(ParquetType::kText, "round_label"),
          of(ParquetType::kText, "stage"),
          of(ParquetType::kText, "kind"),
          Money("amount"),
          of(ParquetType::kText, "currency"),
          Money("converted_amount"),
          of(ParquetType::kText, "converted_currency"),
          {.name = "fx_rate",
           .type = ParquetType::kDecimal,
           .precision = kRatePrecision,
           .scale = kRateScale10},
          of(ParquetType::kDate, "fx_rate_date"),
          of(ParquetType::kInteger, "fx_rate_days"),
          Money("post_money"),
          of(ParquetType::kText, "post_money_currency"),
          of(ParquetType::kText, "included_in"),
          of(ParquetType::kTexts, "lead_investors"),
          of(ParquetType::kTexts, "investors"),
          {.name = "participations",
           .type = ParquetType::kTextRows,
           .members = {"investor", "role", "country", "kind"}},
          of(ParquetType::kTexts, "source_ids"),
          of(ParquetType::kText, "note"),
          of(ParquetType::kText, "closed_on"),
          of(ParquetType::kDate, "closed_first"),
          of(ParquetType::kDate, "closed_last"),
          of(ParquetType::kText, "closed_precision"),
          of(ParquetType::kTexts, "aliases")};
}

// Missing when empty.
Cell Text(std::string text) {
  if (text.empty()) return {};
  return text;
}

Cell Decimal(const std::optional<steelyard::Money>& money) {
  if (!money) return {};
  return ToDecimal(*money);
}

Cell Currency(const std::optional<steelyard::Money>& money) {
  return money ? Text(money->currency) : Cell();
}

std::string_view PrecisionName(const PartialDate& date) {
  if (date.month == 0) return "year";
  return date.day == 0 ? "month" : "day";
}

// As the source gave it, its first and last day, and its precision; all missing when unknown.
void AddDate(const std::optional<PartialDate>& date, std::vector<Cell>& cells) {
  if (!date) {
    cells.resize(cells.size() + 4);
    return;
  }
  cells.push_back(Text(date->ToString()));
  cells.emplace_back(int64_t{date->FirstDay().ToDays()});
  cells.emplace_back(int64_t{date->LastDay().ToDays()});
  cells.push_back(Text(std::string(PrecisionName(*date))));
}

std::string RoleName(ParticipationRole role) {
  constexpr std::string_view kPrefix = "PARTICIPATION_ROLE_";
  return v1::ParticipationRole_Name(role).substr(kPrefix.size());
}

std::vector<std::string> Investors(const Round& round, ParticipationRole role) {
  std::vector<std::string> names;
  for (const Participation& participation : round.participations) {
    if (participation.role == role) names.push_back(participation.investor);
  }
  return names;
}

std::string ParticipationsJson(const Round& round) {
  std::string json = "[";
  const auto member = [&json](std::string_view name, std::string_view value) {
    StrAppend(&json, ",", sql::JsonString(name), ":",
              value.empty() ? "null" : sql::JsonString(value));
  };
  for (const Participation& participation : round.participations) {
    StrAppend(&json, json.size() == 1 ? "{" : ",{",
              "\"investor\":", sql::JsonString(participation.investor));
    member("role", RoleName(participation.role));
    member("country", participation.country);
    member("kind", participation.investor_kind);
    json += '}';
  }
  return json + "]";
}

// converted_amount, converted_currency, fx_rate, fx_rate_date, fx_rate_days.
void AddConverted(const Round& round, const Conversion& conversion, const RateTable& rates,
                  std::vector<Cell>& cells) {
  std::optional<CrossRate> rate;
  absl::StatusOr<int64_t> minor_units = 0;
  if (round.amount && !conversion.currency.empty()) {
    rate =
        rates.Lookup(round.amount->currency, conversion.currency, round.announced, conversion.rule);
    if (rate) minor_units = rate->Convert(round.amount->minor_units);
  }
  if (!rate || !minor_units.ok()) {
    cells.resize(cells.size() + 5);
    return;
  }
  cells.emplace_back(ToDecimal({.minor_units = *minor_units, .currency = conversion.currency}));
  cells.emplace_back(conversion.currency);
  cells.emplace_back(rate->ToDecimal());
  cells.push_back(rate->rate_date() ? Cell(int64_t{rate->rate_date()->ToDays()}) : Cell());
  cells.emplace_back(int64_t{rate->days()});
}

// A field as RFC 4180 has it.
std::string CsvField(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos && text.find_first_of(" \t") != 0 &&
      (text.empty() || (text.back() != ' ' && text.back() != '\t'))) {
    return text;
  }
  return StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
}

std::string CsvCell(const ParquetColumn& column, const Cell& cell) {
  if (const auto* number = std::get_if<int64_t>(&cell)) {
    return column.type == ParquetType::kDate
               ? PartialDate::FromDays(static_cast<int32_t>(*number)).ToString()
               : StrCat(*number);
  }
  if (const auto* text = std::get_if<std::string>(&cell)) return CsvField(*text);
  if (const auto* list = std::get_if<std::vector<std::string>>(&cell)) {
    return CsvField(StrJoin(*list, ";"));
  }
  return "";
}

}  // namespace

const std::vector<sql::ParquetColumn>& ExportColumns() {
  static const auto& columns = *new std::vector<sql::ParquetColumn>(MakeColumns());
  return columns;
}

std::vector<Cell> CellsOf(const PlacedRound& placed, const Conversion& conversion,
                          const RateTable& rates) {
  const Round& round = placed.round;
  std::vector<Cell> cells = {Text(round.id),
                             Text(round.company),
                             Text(placed.company.name),
                             Text(placed.company.country),
                             Text(placed.company.layer),
                             Text(placed.company.sector),
                             Text(placed.company.source_category)};
  AddDate(round.announced, cells);
  cells.push_back(Text(round.label));
  cells.push_back(Text(StageName(round.stage)));
  cells.push_back(Text(KindName(round.kind)));
  cells.push_back(Decimal(round.amount));
  cells.push_back(Currency(round.amount));
  AddConverted(round, conversion, rates, cells);
  cells.push_back(Decimal(round.post_money));
  cells.push_back(Currency(round.post_money));
  cells.push_back(Text(round.included_in));
  cells.emplace_back(Investors(round, v1::PARTICIPATION_ROLE_LEAD));
  cells.emplace_back(Investors(round, v1::PARTICIPATION_ROLE_PARTICIPANT));
  cells.emplace_back(ParticipationsJson(round));
  cells.emplace_back(round.sources);
  cells.push_back(Text(round.note));
  AddDate(round.closed, cells);
  cells.emplace_back(round.aliases);
  return cells;
}

std::string CsvHeader() {
  std::string header;
  for (const ParquetColumn& column : ExportColumns()) {
    StrAppend(&header, header.empty() ? "" : ",", column.name);
  }
  return header + "\n";
}

std::string CsvRow(const std::vector<Cell>& cells) {
  std::string row;
  for (size_t i = 0; i < cells.size(); ++i) {
    StrAppend(&row, i == 0 ? "" : ",", CsvCell(ExportColumns()[i], cells[i]));
  }
  return row + "\n";
}

std::vector<sql::Value> ParquetRow(const std::vector<Cell>& cells) {
  std::vector<sql::Value> row;
  for (const Cell& cell : cells) {
    if (const auto* number = std::get_if<int64_t>(&cell)) {
      row.emplace_back(*number);
    } else if (const auto* text = std::get_if<std::string>(&cell)) {
      row.emplace_back(*text);
    } else if (const auto* list = std::get_if<std::vector<std::string>>(&cell)) {
      std::vector<std::string> items;
      for (const std::string& item : *list) items.push_back(sql::JsonString(item));
      row.emplace_back(StrCat("[", StrJoin(items, ","), "]"));
    } else {
      row.emplace_back();
    }
  }
  return row;
}

}  // namespace steelyard::funding
