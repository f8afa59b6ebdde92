#include "services/common/ledger/migrate.h"

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "services/common/context/context.h"
#include "services/common/sql/statement.h"
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
            "revision BIGINT NOT NULL, reply VARCHAR NOT NULL)"}},
          {"ledger_2_replicas",
           {"CREATE TABLE replicas(replica VARCHAR NOT NULL, beat BIGINT NOT NULL, "
            "oldest_read BIGINT NOT NULL)"}},
          // No two commits have a number, whatever else goes wrong.
          {.name = "ledger_3_indexes",
           .statements = {},
           .indexes = {"CREATE UNIQUE INDEX revisions_number ON revisions(revision)",
                       "CREATE INDEX revisions_time ON revisions(committed_at_us)",
                       "CREATE UNIQUE INDEX imports_id ON imports(import_id)",
                       "CREATE UNIQUE INDEX requests_id ON requests(request_id)",
                       "CREATE UNIQUE INDEX store_meta_key ON store_meta(key)"}}};
}

absl::Status Unavailable(std::string_view why, std::string_view name) {
  return MakeError(common::v1::ERROR_REASON_STORE_UNAVAILABLE,
                   StrCat("the store's schema ", why, " step ", name),
                   {{"migration", std::string(name)}});
}

// Two replicas that start at once may both find the table missing; the second to make it is told
// that it is there, and finds it when it looks again.
absl::Status CreateList(sql::Connection& connection, const Context& context) {
  absl::Status created;
  for (int attempt = 0; attempt < 3; ++attempt) {
    created = connection
                  .Execute(context,
                           "CREATE TABLE IF NOT EXISTS schema_migrations("
                           "name VARCHAR NOT NULL, position BIGINT NOT NULL)")
                  .status();
    if (created.ok()) break;
  }
  return created;
}

absl::StatusOr<std::set<std::string>> Applied(sql::Connection& connection, const Context& context) {
  STEELYARD_RETURN_IF_ERROR(CreateList(connection, context));
  STEELYARD_ASSIGN_OR_RETURN(auto rows,
                             connection.Query(context, "SELECT name FROM schema_migrations"));
  std::set<std::string> names;
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) return names;
    names.emplace(rows->Text(0));
  }
}

// Runs a step unless another replica has done so since the list was read.
absl::Status Apply(sql::Connection& connection, const Context& context, const Migration& step,
                   bool with_indexes) {
  STEELYARD_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(connection));
  STEELYARD_RETURN_IF_ERROR(connection.Lock(context, "schema_migrations"));
  sql::Statement listed;
  listed.Add("SELECT COUNT(*) FROM schema_migrations WHERE name = ?", {std::string(step.name)});
  STEELYARD_ASSIGN_OR_RETURN(const int64_t done, sql::ReadInt(connection, context, listed));
  if (done > 0) return absl::OkStatus();
  for (const std::string_view statement : step.statements) {
    STEELYARD_RETURN_IF_ERROR(connection.Execute(context, statement).status());
  }
  for (const Migration::Placement& placement : step.placements) {
    STEELYARD_RETURN_IF_ERROR(connection.Distribute(context, placement.table, placement.column));
  }
  if (with_indexes) {
    for (const std::string_view index : step.indexes) {
      STEELYARD_RETURN_IF_ERROR(connection.Execute(context, index).status());
    }
  }
  const sql::Value parameters[] = {std::string(step.name)};
  STEELYARD_RETURN_IF_ERROR(
      connection
          .Execute(context,
                   "INSERT INTO schema_migrations(name, position) "
                   "SELECT CAST(? AS VARCHAR), COUNT(*) + 1 FROM schema_migrations",
                   parameters)
          .status());
  return transaction.Commit();
}

}  // namespace

absl::Status Migrate(sql::Connection& connection, std::span<const Migration> migrations,
                     bool with_indexes) {
  const Context context = Context::Background();
  STEELYARD_ASSIGN_OR_RETURN(std::set<std::string> applied, Applied(connection, context));
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
    STEELYARD_RETURN_IF_ERROR(Apply(connection, context, *step, with_indexes));
  }
  return absl::OkStatus();
}

}  // namespace steelyard::ledger
