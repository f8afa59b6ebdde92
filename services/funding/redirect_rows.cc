#include "services/funding/redirect_rows.h"

#include <string>
#include <string_view>
#include <vector>

#include "services/common/ledger/revisioned.h"
#include "services/common/sql/statement.h"
#include "services/common/status/status.h"

namespace steelyard::funding {
namespace {

constexpr std::string_view kTable = "company_redirects";

// To go on from with a condition.
sql::Statement Select(int64_t revision) {
  sql::Statement select;
  select.Add(
      "SELECT merged, company_id FROM company_redirects WHERE from_revision <= ? AND ? < "
      "to_revision",
      {revision, revision});
  return select;
}

void Take(const sql::Rows& rows, Redirects& redirects) {
  redirects.emplace(std::string(rows.Text(0)), std::string(rows.Text(1)));
}

}  // namespace

ledger::Migration RedirectMigration() {
  return {.name = "funding/0005-redirects",
          .statements = {"CREATE TABLE company_redirects (merged VARCHAR NOT NULL, company_id "
                         "VARCHAR NOT NULL, from_revision BIGINT NOT NULL, to_revision BIGINT NOT "
                         "NULL)"},
          .placements = {{.table = "company_redirects"}},
          .indexes = {"CREATE INDEX company_redirects_merged ON company_redirects(merged, "
                      "to_revision)",
                      "CREATE UNIQUE INDEX company_redirects_open ON company_redirects(merged) "
                      "WHERE to_revision = 9223372036854775807",
                      // By which a merge finds the reports that it moves.
                      "CREATE INDEX round_assertions_company ON round_assertions(company_id, "
                      "to_revision)"}};
}

absl::StatusOr<Redirects> ReadRedirects(sql::Connection& connection, const Context& context,
                                        int64_t revision) {
  Redirects redirects;
  STEELYARD_RETURN_IF_ERROR(sql::ForEachRow(connection, context, Select(revision),
                                            [&](const sql::Rows& rows) { Take(rows, redirects); }));
  return redirects;
}

absl::StatusOr<Redirects> ReadRedirects(sql::Connection& connection, const Context& context,
                                        int64_t revision, const std::vector<std::string>& ids) {
  Redirects redirects;
  sql::Statement select = Select(revision);
  select.Add(" AND merged IN");
  STEELYARD_RETURN_IF_ERROR(sql::ForEachRowIn(
      connection, context, select, ids, "", [&](const sql::Rows& rows) { Take(rows, redirects); }));
  return redirects;
}

absl::Status WriteRedirects(sql::Connection& connection, const Context& context, int64_t revision,
                            const Redirects& before, const Redirects& after) {
  const std::set<std::string> moved = Moved(before, after);
  if (moved.empty()) return absl::OkStatus();
  const std::vector<std::string> keys(moved.begin(), moved.end());
  const std::string_view tables[] = {kTable};
  STEELYARD_RETURN_IF_ERROR(
      ledger::CloseRows(connection, context, tables, "merged", keys, revision).status());
  STEELYARD_ASSIGN_OR_RETURN(const auto appender, connection.Append(kTable));
  for (const std::string& id : keys) {
    const auto redirect = after.find(id);
    if (redirect == after.end()) continue;
    const sql::Cell row[] = {redirect->first, redirect->second, revision, ledger::kOpenRevision};
    STEELYARD_RETURN_IF_ERROR(appender->Append(row));
  }
  return appender->Close();
}

}  // namespace steelyard::funding
