#include "services/funding/round_sql.h"

#include "absl/strings/str_replace.h"
#include "services/common/text/strings.h"
#include "services/funding/round_filter.h"

namespace steelyard::funding {

DateColumns ColumnsOf(common::v1::DateBasis basis) {
  if (basis == common::v1::DATE_BASIS_CLOSED) {
    return {"COALESCE(r.closed_first, r.announced_first)",
            "COALESCE(r.closed_last, r.announced_last)",
            "COALESCE(r.closed_precision, r.announced_precision)"};
  }
  return {"r.announced_first", "r.announced_last", "r.announced_precision"};
}

void AddPeriod(const DateRange& period, common::v1::DateBasis basis, Statement& statement) {
  const DateColumns date = ColumnsOf(basis);
  if (period.from) {
    statement.Add(StrCat(" AND ", date.first, " >= ?"), {int64_t{period.from->ToDays()}});
  }
  if (period.to) {
    statement.Add(StrCat(" AND ", date.last, " <= ?"), {int64_t{period.to->ToDays()}});
  }
}

void AddFilter(const filter::Predicate& filter, const RoundTables& tables, Statement& statement,
               std::string_view layer, std::string_view sector) {
  // What callers write stands in the parameters; the text is ours.
  const std::string sql = absl::StrReplaceAll(
      filter.sql, {{ToAbsl(kParticipationsTable), ToAbsl(tables.participations)},
                   {ToAbsl(kLayerColumn), ToAbsl(layer)},
                   {ToAbsl(kSectorColumn), ToAbsl(sector)}});
  statement.Add(StrCat(" AND (", sql, ")"), filter.parameters);
}

void AddScope(const std::vector<AmountKind>& scope, Statement& statement) {
  statement.Add(" AND r.kind IN (");
  for (size_t i = 0; i < scope.size(); ++i) {
    statement.Add(i == 0 ? "?" : ", ?", {static_cast<int64_t>(scope[i])});
  }
  statement.Add(")");
}

void AddCountries(const std::vector<std::string>& countries, Statement& statement) {
  if (countries.empty()) return;
  statement.Add(" AND c.country IN (");
  for (size_t i = 0; i < countries.size(); ++i) {
    statement.Add(i == 0 ? "?" : ", ?", {countries[i]});
  }
  statement.Add(")");
}

void AddUpdatedAfter(int64_t revision, int64_t after, Statement& statement) {
  // Asked of the stored rows: what a policy resolved otherwise has no revision of its own.
  statement.Add(
      " AND r.id IN (SELECT o.id FROM rounds o WHERE o.from_revision <= ? AND ? < o.to_revision "
      "AND o.from_revision > ?)",
      {revision, revision, after});
}

void AddWhole(int64_t revision, Statement& statement) {
  statement.Add(
      " AND (r.included_in = '' OR r.included_in NOT IN (SELECT o.id FROM rounds o "
      "WHERE o.from_revision <= ? AND ? < o.to_revision))",
      {revision, revision});
}

}  // namespace steelyard::funding
