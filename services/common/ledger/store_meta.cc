#include "services/common/ledger/store_meta.h"

#include <random>

#include "absl/strings/str_format.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::ledger {
namespace {

std::string DrawStoreId() {
  std::random_device device;
  return absl::StrFormat("%08x", std::uniform_int_distribution<uint32_t>()(device));
}

std::string_view NameOf(Kind kind) { return kind == Kind::kRegistry ? "registry" : "funding"; }

}  // namespace

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

absl::StatusOr<std::string> Identify(sql::Connection& connection, Kind kind) {
  const Context context = Context::Background();
  STEELYARD_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(connection));
  STEELYARD_RETURN_IF_ERROR(connection.Lock(context, "store_meta"));
  STEELYARD_ASSIGN_OR_RETURN(auto id, ReadMeta(connection, context, "store_id"));
  if (!id) {
    id = DrawStoreId();
    STEELYARD_RETURN_IF_ERROR(WriteMeta(connection, context, "store_id", *id));
    STEELYARD_RETURN_IF_ERROR(WriteMeta(connection, context, "kind", NameOf(kind)));
    STEELYARD_RETURN_IF_ERROR(transaction.Commit());
    return *id;
  }
  STEELYARD_ASSIGN_OR_RETURN(const auto found, ReadMeta(connection, context, "kind"));
  if (found != NameOf(kind)) {
    return MakeError(
        common::v1::ERROR_REASON_STORE_UNAVAILABLE,
        StrCat("this is a store of kind ", found.value_or("unknown"), ", not ", NameOf(kind)));
  }
  return *id;
}

}  // namespace steelyard::ledger
