#include "services/common/ledger/revisioned.h"

#include "absl/strings/escaping.h"
#include "services/common/ledger/ledger.h"
#include "services/common/status/status.h"
#include "services/common/text/digest.h"
#include "services/common/text/strings.h"

namespace steelyard::ledger {
namespace {

constexpr std::string_view kStaging = "revisioned_staging";

// Fills the session's staging table, which lives until the session ends. `digest_of(i)` may be
// empty.
template <typename KeyOf, typename DigestOf>
absl::Status Stage(sql::Connection& connection, const Context& context, size_t count, KeyOf key_of,
                   DigestOf digest_of) {
  STEELYARD_RETURN_IF_ERROR(PrepareStaging(connection, context));
  STEELYARD_RETURN_IF_ERROR(connection.Execute(context, StrCat("DELETE FROM ", kStaging)).status());
  STEELYARD_ASSIGN_OR_RETURN(auto appender, connection.Append(kStaging));
  std::vector<sql::Value> row(3);
  for (size_t i = 0; i < count; ++i) {
    row[0] = static_cast<int64_t>(i);
    row[1] = key_of(i);
    row[2] = digest_of(i);
    STEELYARD_RETURN_IF_ERROR(appender->Append(row));
  }
  return appender->Close();
}

}  // namespace

absl::Status PrepareStaging(sql::Connection& connection, const Context& context) {
  return connection
      .Execute(context, StrCat("CREATE TEMP TABLE IF NOT EXISTS ", kStaging,
                               "(position BIGINT, key VARCHAR, digest VARCHAR)"))
      .status();
}

std::string ContentDigest(std::string_view canonical) {
  constexpr size_t kBytes = 16;
  return absl::BytesToHexString(
      ToAbsl(std::string_view(text::Sha256(canonical)).substr(0, kBytes)));
}

absl::StatusOr<Changed> ChangedKeys(sql::Connection& connection, const Context& context,
                                    std::string_view table, std::string_view key_column,
                                    std::span<const KeyDigest> subjects) {
  Changed changed;
  if (subjects.empty()) return changed;
  STEELYARD_RETURN_IF_ERROR(Stage(
      connection, context, subjects.size(), [&](size_t i) { return subjects[i].first; },
      [&](size_t i) { return subjects[i].second; }));
  const sql::Value parameters[] = {kOpenRevision};
  STEELYARD_ASSIGN_OR_RETURN(
      auto rows,
      connection.Query(context,
                       StrCat("SELECT s.position, t.digest IS NOT NULL FROM ", kStaging,
                              " s LEFT JOIN (SELECT ", key_column, " AS key, digest FROM ", table,
                              " WHERE to_revision = ?) t ON t.key = s.key "
                              "WHERE t.digest IS NULL OR t.digest <> s.digest ORDER BY s.position"),
                       parameters));
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) return changed;
    const std::string& key = subjects[static_cast<size_t>(rows->Int(0))].first;
    changed.keys.push_back(key);
    if (rows->Bool(1)) changed.replaced.push_back(key);
  }
}

absl::Status StageKeys(sql::Connection& connection, const Context& context,
                       std::span<const std::string> keys) {
  return Stage(
      connection, context, keys.size(), [&](size_t i) { return keys[i]; },
      [](size_t) { return sql::Value(); });
}

absl::StatusOr<int64_t> CloseRows(sql::Connection& connection, const Context& context,
                                  std::span<const std::string_view> tables,
                                  std::string_view key_column, std::span<const std::string> keys,
                                  int64_t revision) {
  if (keys.empty()) return 0;
  STEELYARD_RETURN_IF_ERROR(StageKeys(connection, context, keys));
  int64_t closed = 0;
  for (const std::string_view table : tables) {
    const std::string open = StrCat(" WHERE to_revision = ? AND ", key_column, " IN ", kStagedKeys);
    const sql::Value own[] = {kOpenRevision, revision};
    STEELYARD_ASSIGN_OR_RETURN(
        const int64_t deleted,
        connection.Execute(context, StrCat("DELETE FROM ", table, open, " AND from_revision = ?"),
                           own));
    const sql::Value earlier[] = {revision, kOpenRevision};
    STEELYARD_ASSIGN_OR_RETURN(
        const int64_t ended,
        connection.Execute(context, StrCat("UPDATE ", table, " SET to_revision = ?", open),
                           earlier));
    closed += deleted + ended;
  }
  return closed;
}

}  // namespace steelyard::ledger
