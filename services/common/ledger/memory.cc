#include "services/common/ledger/memory.h"

#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::ledger {
namespace {

// Where a kind of memory is kept.
struct MemoryTable {
  std::string_view select;
  std::string_view insert;
};
MemoryTable TableOf(Ledger::Memory::Of of) {
  if (of == Ledger::Memory::Of::kImport) {
    return {"SELECT revision, digest, report FROM imports WHERE import_id = ?",
            "INSERT INTO imports(import_id, digest, revision, report) VALUES (?, ?, ?, ?)"};
  }
  return {"SELECT revision, digest, reply FROM requests WHERE request_id = ?",
          "INSERT INTO requests(request_id, digest, revision, reply) VALUES (?, ?, ?, ?)"};
}

}  // namespace

absl::StatusOr<std::optional<Remembered>> RecallFrom(sql::Connection& connection,
                                                     const Context& context, Ledger::Memory::Of of,
                                                     std::string_view id) {
  const sql::Value parameters[] = {std::string(id)};
  STEELYARD_ASSIGN_OR_RETURN(auto rows, connection.Query(context, TableOf(of).select, parameters));
  STEELYARD_ASSIGN_OR_RETURN(const bool found, rows->Next());
  if (!found) return std::nullopt;
  Remembered remembered{rows->Int(0), std::string(rows->Text(1)), {}};
  if (!absl::Base64Unescape(ToAbsl(rows->Text(2)), &remembered.reply)) {
    return MakeError(common::v1::ERROR_REASON_INTERNAL, "a remembered reply is damaged");
  }
  return remembered;
}

absl::Status Keep(sql::Connection& connection, const Context& context,
                  const Ledger::Memory& remember, const Revision& revision) {
  const sql::Value parameters[] = {remember.id, remember.digest, revision.revision,
                                   absl::Base64Escape(remember.reply(revision))};
  return connection.Execute(context, TableOf(remember.of).insert, parameters).status();
}

}  // namespace steelyard::ledger
