#include "services/common/ledger/migrate.h"

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "services/common/context/context.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::ledger {
namespace {

std::vector<Migration> OwnMigrations() {
  return {{"ledger_1_tables",
           {"CREATE TABLE store_meta(key VARCHAR NOT NULL, value VARCHAR NOT NULL)",
            "CREATE TABLE revisions(revision BIGINT NOT NULL, committed_at_us BIGINT NOT NULL, "
            "registry_revision BIGINT NOT NULL)",
            "CREATE TABLE imports(import_id VARCHAR NOT NULL, digest VARCHAR NOT NULL, "
            "revision BIGINT NOT NULL, report VARCHAR NOT NULL)",
            "CREATE TABLE requests(request_id VARCHAR NOT NULL, digest VARCHAR NOT NULL, "
            "revision BIGINT NOT NULL, reply VARCHAR NOT NULL)"}}};
}

absl::Status Unavailable(std::string_view why, std::string_view name) {
  return MakeError(common::v1::ERROR_REASON_STORE_UNAVAILABLE,
                   StrCat("the store's schema ", why, " step ", name),
                   {{"migration", std::string(name)}});
}

absl::StatusOr<std::set<std::string>> Applied(sql::Connection& connection, const Context& context) {
  STEELYARD_RETURN_IF_ERROR(connection
                                .Execute(context,
                                         "CREATE TABLE IF NOT EXISTS schema_migrations("
                                         "name VARCHAR NOT NULL, position BIGINT NOT NULL)")
                                .status());
  STEELYARD_ASSIGN_OR_RETURN(auto rows,
                             connection.Query(context, "SELECT name FROM schema_migrations"));
  std::set<std::string> names;
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) return names;
    names.emplace(rows->Text(0));
  }
}

absl::Status Apply(sql::Connection& connection, const Context& context, const Migration& step,
                   int64_t position) {
  STEELYARD_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(connection));
  for (const std::string_view statement : step.statements) {
    STEELYARD_RETURN_IF_ERROR(connection.Execute(context, statement).status());
  }
  const sql::Value parameters[] = {std::string(step.name), position};
  STEELYARD_RETURN_IF_ERROR(
      connection
          .Execute(context, "INSERT INTO schema_migrations(name, position) VALUES (?, ?)",
                   parameters)
          .status());
  return transaction.Commit();
}

}  // namespace

absl::Status Migrate(sql::Connection& connection, std::span<const Migration> migrations) {
  const Context context = Context::Background();
  STEELYARD_ASSIGN_OR_RETURN(std::set<std::string> applied, Applied(connection, context));
  auto position = static_cast<int64_t>(applied.size());
  const std::vector<Migration> own = OwnMigrations();
  std::vector<const Migration*> missing;
  for (const std::span<const Migration> steps : {std::span<const Migration>(own), migrations}) {
    const Migration* gap = nullptr;
    for (const Migration& step : steps) {
      if (applied.erase(std::string(step.name)) == 0) {
        gap = &step;
        missing.push_back(&step);
      } else if (gap != nullptr) {
        return Unavailable("has run a later step but not", gap->name);
      }
    }
  }
  if (!applied.empty()) {
    return Unavailable("is newer than this program, which does not know", *applied.begin());
  }
  for (const Migration* step : missing) {
    STEELYARD_RETURN_IF_ERROR(Apply(connection, context, *step, ++position));
  }
  return absl::OkStatus();
}

}  // namespace steelyard::ledger
