// Of what is recorded under each id, wherever it leads.

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/registry/sql_details.h"
#include "services/registry/sql_parts.h"
#include "services/registry/sql_read.h"

namespace steelyard::registry {
namespace {

using sql::Value;

}  // namespace

absl::StatusOr<std::map<std::string, std::string>> SqlReader::Bearers(
    std::span<const std::string> keys) const {
  std::map<std::string, std::string> bearers;
  for (size_t first = 0; first < keys.size(); first += kMostListed) {
    const std::span<const std::string> part =
        keys.subspan(first, std::min(kMostListed, keys.size() - first));
    // A joined company has the identifiers of all its records; these say whose each is.
    for (const std::string_view table : {kSeen.identifiers, kRecords.identifiers}) {
      std::vector<Value> parameters = {revision, revision};
      const std::string which = AndIn("lookup_key", part, parameters);
      STEELYARD_ASSIGN_OR_RETURN(const std::unique_ptr<sql::Rows> rows,
                                 connection.Query(context,
                                                  StrCat("SELECT lookup_key, company FROM ", table,
                                                         " WHERE ", kAtRevision, which),
                                                  parameters));
      while (true) {
        STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
        if (!more) break;
        bearers.insert_or_assign(TextAt(*rows, 0), std::string(IdOfKey(rows->Text(1))));
      }
    }
  }
  return bearers;
}

absl::StatusOr<Directory> SqlReader::ReadOwnership() const {
  Directory directory;
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<Decision> decisions, Decisions());
  directory.redirects = Redirects(decisions);
  // A joined company has the relations of all its records.
  const std::vector<Value> parameters = {revision, revision, static_cast<int64_t>(Facet::kRelation),
                                         StrCat(static_cast<int>(RelationKind::kParent))};
  STEELYARD_ASSIGN_OR_RETURN(
      const std::unique_ptr<sql::Rows> rows,
      connection.Query(context,
                       StrCat("SELECT company, code, source FROM ", kSeen.details, " WHERE ",
                              kAtRevision, " AND facet = ? AND detail = ? AND valid_to IS NULL"),
                       parameters));
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) break;
    Ownership owned{.company = TextAt(*rows, 0),
                    .parent = directory.redirects.SurvivorOf(TextAt(*rows, 1)),
                    .source = TextAt(*rows, 2)};
    if (owned.company != owned.parent) directory.owned.push_back(std::move(owned));
  }
  std::sort(directory.owned.begin(), directory.owned.end());
  return directory;
}

absl::StatusOr<Directory> SqlReader::ReadDirectory() const {
  STEELYARD_ASSIGN_OR_RETURN(Directory directory, ReadOwnership());
  const auto read = [&](std::string_view columns, std::string_view table,
                        const std::function<void(const sql::Rows&)>& take) -> absl::Status {
    const std::vector<Value> parameters = {revision, revision};
    STEELYARD_ASSIGN_OR_RETURN(const std::unique_ptr<sql::Rows> rows,
                               connection.Query(context,
                                                StrCat("SELECT ", columns, " FROM ", table,
                                                       " WHERE ", kAtRevision, " ORDER BY 1"),
                                                parameters));
    while (true) {
      STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
      if (!more) return absl::OkStatus();
      take(*rows);
    }
  };
  STEELYARD_RETURN_IF_ERROR(read("source", "sources", [&](const sql::Rows& rows) {
    directory.sources.push_back(TextAt(rows, 0));
  }));
  KnownCompanies& known = directory.known;
  for (const CompanyTables& tables : {kSeen, kRecords}) {
    STEELYARD_RETURN_IF_ERROR(read("company", tables.companies, [&](const sql::Rows& rows) {
      known.AddCompany(IdOfKey(rows.Text(0)));
    }));
  }
  // A joined company has the identifiers of all its records; these say whose each is.
  for (const CompanyTables& tables : {kSeen, kRecords}) {
    STEELYARD_RETURN_IF_ERROR(
        read("lookup_key, company", tables.identifiers, [&](const sql::Rows& rows) {
          known.Give(rows.Text(0), known.AddCompany(IdOfKey(rows.Text(1))));
        }));
  }
  return directory;
}

}  // namespace steelyard::registry
