// Decisions about who is who, and which companies look as if one were needed.

#include <algorithm>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/registry/sql_parts.h"
#include "services/registry/sql_read.h"

namespace steelyard::registry {

absl::StatusOr<std::vector<Decision>> SqlReader::Decisions() const {
  const std::vector<sql::Value> parameters = {revision, revision};
  STEELYARD_ASSIGN_OR_RETURN(
      const std::unique_ptr<sql::Rows> rows,
      connection.Query(context,
                       StrCat("SELECT decision, kind, company, other, source, comment, "
                              "from_revision FROM identity_decisions WHERE ",
                              kAtRevision),
                       parameters));
  std::vector<Decision> decisions;
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) break;
    decisions.push_back({.id = TextAt(*rows, 0),
                         .kind = static_cast<DecisionKind>(rows->Int(1)),
                         .company = TextAt(*rows, 2),
                         .other = TextAt(*rows, 3),
                         .source = TextAt(*rows, 4),
                         .comment = TextAt(*rows, 5),
                         .revision = rows->Int(6)});
  }
  std::sort(decisions.begin(), decisions.end(),
            [](const Decision& a, const Decision& b) { return a.id < b.id; });
  return decisions;
}

absl::StatusOr<std::vector<CompanyPair>> SqlReader::LookAlikes(int limit) const {
  // What stands between user and port of an address: its domain as DomainOf gives it, if in ASCII.
  const std::string host = "^https?://([^/?#]*@)?(www[.])?([^/:?#]+).*$";
  const std::vector<sql::Value> parameters = {revision, revision,     revision,      revision,
                                              host,     revision,     revision,      revision,
                                              revision, kMostSharing, int64_t{limit}};
  STEELYARD_ASSIGN_OR_RETURN(const std::unique_ptr<sql::Rows> rows, connection.Query(context, R"(
          WITH evidence AS MATERIALIZED (
            SELECT n.company AS company, c.country AS country, 'name:' || n.folded AS shared
            FROM company_names n
            JOIN companies c ON c.company = n.company
                 AND c.from_revision <= ? AND c.to_revision > ?
            WHERE n.from_revision <= ? AND n.to_revision > ? AND n.folded <> '' AND n.kind <> 9
            UNION
            SELECT company, '',
                   'domain:' || rtrim(regexp_replace(lower(website), ?, '\3'), '.')
            FROM companies
            WHERE from_revision <= ? AND to_revision > ? AND website <> ''
            UNION
            SELECT company, '', lookup_key
            FROM company_identifiers
            WHERE from_revision <= ? AND to_revision > ? AND scheme = 'domain'),
          telling AS MATERIALIZED (
            SELECT shared FROM evidence GROUP BY shared
            HAVING count(*) BETWEEN 2 AND ?)
          SELECT a.company, b.company
          FROM telling t
          JOIN evidence a ON a.shared = t.shared
          JOIN evidence b ON b.shared = t.shared AND a.company < b.company
               AND (a.country = b.country OR a.country = '' OR b.country = '')
          GROUP BY a.company, b.company
          ORDER BY count(*) DESC, a.company, b.company
          LIMIT ?)",
                                                                                     parameters));
  std::vector<CompanyPair> pairs;
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) return pairs;
    pairs.emplace_back(TextAt(*rows, 0), TextAt(*rows, 1));
  }
}

}  // namespace steelyard::registry
