#include "services/common/ledger/store_meta.h"

#include "services/common/status/status.h"

namespace steelyard::ledger {

absl::StatusOr<std::optional<std::string>> ReadMeta(sql::Connection& connection,
                                                    const Context& context, std::string_view key) {
  const sql::Value parameters[] = {std::string(key)};
  STEELYARD_ASSIGN_OR_RETURN(
      auto rows,
      connection.Query(context, "SELECT value FROM store_meta WHERE key = ?", parameters));
  STEELYARD_ASSIGN_OR_RETURN(const bool found, rows->Next());
  if (!found) return std::nullopt;
  return std::string(rows->Text(0));
}

absl::Status WriteMeta(sql::Connection& connection, const Context& context, std::string_view key,
                       std::string_view value) {
  const sql::Value old[] = {std::string(key)};
  STEELYARD_RETURN_IF_ERROR(
      connection.Execute(context, "DELETE FROM store_meta WHERE key = ?", old).status());
  const sql::Value parameters[] = {std::string(key), std::string(value)};
  return connection.Execute(context, "INSERT INTO store_meta(key, value) VALUES (?, ?)", parameters)
      .status();
}

}  // namespace steelyard::ledger
