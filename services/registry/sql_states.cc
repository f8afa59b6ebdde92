// What companies were.

#include <utility>

#include "services/common/status/status.h"
#include "services/registry/sql_read.h"

namespace steelyard::registry {

absl::StatusOr<std::vector<CompanyState>> SqlReader::States(const std::string& id, int64_t offset,
                                                            int limit) const {
  const std::vector<sql::Value> parameters = {id, revision, int64_t{limit}, offset};
  std::vector<CompanyState> states;
  {
    STEELYARD_ASSIGN_OR_RETURN(
        const std::unique_ptr<sql::Rows> rows,
        connection.Query(context,
                         "SELECT from_revision, to_revision FROM companies WHERE company = "
                         "? AND "
                         "from_revision <= ? ORDER BY from_revision DESC LIMIT ? OFFSET ?",
                         parameters));
    while (true) {
      STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
      if (!more) break;
      const int64_t end = rows->Int(1);
      states.push_back({.company = {},
                        .from_revision = rows->Int(0),
                        .to_revision = end <= revision ? end : ledger::kOpenRevision});
    }
  }
  for (CompanyState& state : states) {
    const SqlReader then{connection, context, state.from_revision};
    STEELYARD_ASSIGN_OR_RETURN(std::vector<Company> companies, then.Companies(std::vector{id}));
    if (!companies.empty()) state.company = std::move(companies.front());
  }
  return states;
}

}  // namespace steelyard::registry
