#include "services/common/sql/postgres_citus.h"

#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::sql::postgres {
namespace {

// Of the advisory locks that announce commits; the second number is the schema's.
constexpr std::string_view kLockOf = "(1398031193, hashtext(current_schema()::text))";

absl::Status Run(Connection& connection, const Context& context, const std::string& sql,
                 std::span<const Value> parameters = {}) {
  return connection.Execute(context, sql, parameters).status();
}

}  // namespace

absl::StatusOr<std::string> CitusVersion(Connection& connection) {
  STEELYARD_ASSIGN_OR_RETURN(
      const auto rows,
      connection.Query(Context::Background(),
                       "SELECT extversion FROM pg_extension WHERE extname = 'citus'", {}));
  STEELYARD_ASSIGN_OR_RETURN(const bool found, rows->Next());
  return found ? std::string(rows->Text(0)) : std::string();
}

absl::Status DistributeTable(Connection& connection, const Context& context, std::string_view table,
                             std::string_view column) {
  // Tables of both kinds can be made in one transaction only if it has one session with a machine.
  STEELYARD_RETURN_IF_ERROR(
      Run(connection, context, "SET LOCAL citus.multi_shard_modify_mode TO 'sequential'"));
  if (column.empty()) {
    const Value parameters[] = {std::string(table)};
    return Run(connection, context, "SELECT create_reference_table(CAST(? AS text)::regclass)",
               parameters);
  }
  const Value parameters[] = {std::string(table), std::string(column)};
  return Run(connection, context, "SELECT create_distributed_table(CAST(? AS text)::regclass, ?)",
             parameters);
}

absl::Status AnnounceCommit(Connection& connection) {
  return Run(connection, Context::Background(), StrCat("SELECT pg_advisory_xact_lock", kLockOf));
}

absl::Status AwaitWholeCommits(Connection& connection, const Context& context) {
  STEELYARD_RETURN_IF_ERROR(
      Run(connection, context, StrCat("SELECT pg_advisory_xact_lock_shared", kLockOf)));
  return Run(connection, context, "SELECT recover_prepared_transactions()");
}

}  // namespace steelyard::sql::postgres
