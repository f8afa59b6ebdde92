#include "services/common/ledger/compact.h"

#include <string_view>

#include "absl/strings/numbers.h"
#include "services/common/ledger/store_meta.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::ledger {
namespace {

constexpr std::string_view kOldestKey = "oldest_revision";

absl::StatusOr<std::vector<std::string>> RevisionedTables(sql::Connection& connection,
                                                          const Context& context) {
  STEELYARD_ASSIGN_OR_RETURN(
      const auto rows,
      connection.Query(context,
                       "SELECT table_name FROM information_schema.columns WHERE column_name = "
                       "'to_revision' AND table_schema = current_schema() ORDER BY table_name"));
  std::vector<std::string> tables;
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) return tables;
    tables.emplace_back(rows->Text(0));
  }
}

}  // namespace

absl::StatusOr<int64_t> ReadOldest(sql::Connection& connection, const Context& context) {
  STEELYARD_ASSIGN_OR_RETURN(const auto text, ReadMeta(connection, context, kOldestKey));
  int64_t oldest = 0;
  if (text && !absl::SimpleAtoi(*text, &oldest)) {
    return MakeError(common::v1::ERROR_REASON_STORE_UNAVAILABLE,
                     StrCat("the store's oldest revision is \"", *text, "\", which is no number"),
                     {{"value", *text}});
  }
  return oldest;
}

absl::Status WriteOldest(sql::Connection& connection, const Context& context, int64_t revision) {
  STEELYARD_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(connection));
  STEELYARD_RETURN_IF_ERROR(connection.Lock(context, "revisions"));
  STEELYARD_RETURN_IF_ERROR(WriteMeta(connection, context, kOldestKey, StrCat(revision)));
  return transaction.Commit();
}

absl::StatusOr<TableRows> CountEnded(sql::Connection& connection, const Context& context,
                                     int64_t revision) {
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<std::string> tables,
                             RevisionedTables(connection, context));
  TableRows ended;
  for (const std::string& table : tables) {
    const sql::Value parameters[] = {revision};
    STEELYARD_ASSIGN_OR_RETURN(
        const auto rows,
        connection.Query(context,
                         StrCat("SELECT COUNT(*) FROM \"", table, "\" WHERE to_revision <= ?"),
                         parameters));
    STEELYARD_RETURN_IF_ERROR(rows->Next().status());
    if (rows->Int(0) > 0) ended.emplace_back(table, rows->Int(0));
  }
  return ended;
}

absl::Status DeleteEnded(sql::Connection& connection, const Context& context, int64_t revision,
                         const TableRows& tables) {
  STEELYARD_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(connection));
  STEELYARD_RETURN_IF_ERROR(connection.Lock(context, "revisions"));
  for (const auto& [table, rows] : tables) {
    const sql::Value parameters[] = {revision};
    STEELYARD_RETURN_IF_ERROR(
        connection
            .Execute(context, StrCat("DELETE FROM \"", table, "\" WHERE to_revision <= ?"),
                     parameters)
            .status());
  }
  STEELYARD_RETURN_IF_ERROR(WriteMeta(connection, context, kOldestKey, StrCat(revision)));
  return transaction.Commit();
}

}  // namespace steelyard::ledger
