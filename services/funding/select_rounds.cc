#include "services/funding/select_rounds.h"

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/round_sql.h"
#include "services/funding/select_parts.h"

namespace steelyard::funding {
namespace {

// PartColumns come after these.
constexpr int kSelectedColumns = 15;

std::string SelectedColumns(const SelectionQuery& query) {
  const DateColumns date = ColumnsOf(query.date_basis);
  // A company's country is the same for all of its rounds, which that of an investor is not.
  Division company = query.division;
  if (company.attribution == common::v1::ATTRIBUTION_INVESTOR_ORIGIN) company = {};
  return StrCat("r.company_id, r.stage, ", date.first, ", ", date.precision,
                ", r.amount_minor, COALESCE(r.currency, ''), r.sources, "
                "COALESCE(c.display_name, r.company_id), ",
                ColumnsOf(company).country, ", ", kLayerColumn, ", ", kSectorColumn,
                ", COALESCE(c.source_category, ''), r.amount_sources, r.amount_low, r.amount_high");
}

SelectedCompany ReadCompany(const sql::Rows& rows) {
  return {.id = std::string(rows.Text(0)),
          .name = std::string(rows.Text(7)),
          .country = std::string(rows.Text(8)),
          .layer = std::string(rows.Text(9)),
          .sector = std::string(rows.Text(10)),
          .source_category = std::string(rows.Text(11))};
}

// Takes the current row into the selection; `numbers` are the places of its companies.
void TakeSelected(const sql::Rows& rows, bool with_id, Dictionary& numbers, Selection& selection) {
  SelectedRound round;
  round.company = numbers.Number(rows.Text(0));
  if (numbers.size() > selection.companies.size()) {
    selection.companies.push_back(ReadCompany(rows));
  }
  round.stage = static_cast<Stage>(rows.Int(1));
  round.date = DateOf(rows.Int(2), rows.Int(3));
  if (!rows.IsNull(4)) round.minor_units = rows.Int(4);
  round.currency = selection.currencies.Number(rows.Text(5));
  round.sources = selection.source_lists.Number(rows.Text(6));
  if (rows.Int(12) > 1) {
    selection.spreads.push_back(
        {.sources = rows.Int(12), .low = rows.Int(13), .high = rows.Int(14)});
    round.spread = static_cast<int32_t>(selection.spreads.size()) - 1;
  }
  if (with_id) {
    round.id = static_cast<int32_t>(selection.ids.size());
    selection.ids.emplace_back(rows.Text(kSelectedColumns));
  }
  selection.rounds.push_back(round);
}

}  // namespace

absl::StatusOr<Selection> SelectFrom(sql::Connection& connection, const Context& context,
                                     int64_t revision, const SelectionQuery& query,
                                     const RoundTables& tables) {
  const Division& division = query.division;
  std::string columns = SelectedColumns(query);
  if (division.divides()) {
    StrAppend(&columns, ", ", PartColumns(division));
  } else if (query.with_ids) {
    columns += ", r.id";
  }
  Statement statement = SelectRounds(columns, revision, tables, Companies::kJoined,
                                     JoinParts(division, revision, tables));
  AddPeriod(query.period, query.date_basis, statement);
  AddScope(query.scope, statement);
  AddCountries(query.countries, statement);
  const CountedColumns counted = ColumnsOf(division);
  AddFilter(query.filter, tables, statement, counted.layer, counted.sector);
  if (!query.with_parts) AddWhole(revision, statement);
  // Ordered here: the engine would move every text of every row to do it.
  Selection selection;
  Dictionary numbers;
  PartReader parts(division, kSelectedColumns, selection);
  STEELYARD_RETURN_IF_ERROR(
      sql::ForEachRow(connection, context, statement, [&](const sql::Rows& rows) {
        if (!division.divides() || parts.IsNew(rows)) {
          TakeSelected(rows, query.with_ids, numbers, selection);
        }
        if (division.divides()) parts.Take(rows);
      }));
  parts.Finish();
  Order(selection);
  return selection;
}

}  // namespace steelyard::funding
