#include "services/funding/round_sql.h"

#include "services/common/text/strings.h"

namespace steelyard::funding {

void AddPeriod(const DateRange& period, Statement& statement) {
  if (period.from) {
    statement.Add(" AND r.announced_first >= ?", {int64_t{period.from->ToDays()}});
  }
  if (period.to) statement.Add(" AND r.announced_last <= ?", {int64_t{period.to->ToDays()}});
}

void AddFilter(const filter::Predicate& filter, Statement& statement) {
  statement.Add(StrCat(" AND (", filter.sql, ")"), filter.parameters);
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

void AddWhole(int64_t revision, Statement& statement) {
  statement.Add(
      " AND (r.included_in = '' OR r.included_in NOT IN (SELECT o.id FROM rounds o "
      "WHERE o.from_revision <= ? AND ? < o.to_revision))",
      {revision, revision});
}

}  // namespace steelyard::funding
