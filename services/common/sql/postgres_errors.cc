// What the server's errors mean to callers of the driver.

#include <set>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "services/common/observe/log.h"
#include "services/common/sql/postgres_internal.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::sql::postgres {
namespace {

constexpr absl::Duration kRetryAfter = absl::Seconds(1);

std::string Field(const PGresult* result, int field) {
  const char* text = PQresultErrorField(result, field);
  return text == nullptr ? "" : text;
}

// Empty for errors that libpq itself tells: nearly always that the connection was lost.
std::string CodeOf(const PGresult* result) { return Field(result, PG_DIAG_SQLSTATE); }

bool IsUnavailable(std::string_view code) {
  // A statement with the wrong number of parameters is told as a broken protocol, and is none.
  if (code.starts_with("08")) return code != "08P01";
  // Class 57 is the operator's intervention; 57014 is the end of a single statement.
  if (code.starts_with("57")) return code != "57014";
  // Out of disk or of connections; files that cannot be read; a server for reading only; a
  // transaction whose session was ended because it did not go on.
  return code.empty() || code.starts_with("53") || code.starts_with("58") || code == "25006" ||
         code == "25P03" || code == "XX001" || code == "XX002";
}

bool IsConflict(std::string_view code) {
  static const auto& codes = *new std::set<std::string_view>{
      "40001",  // could not serialize
      "40P01",  // deadlock
      "23505",  // the same key was written meanwhile
      "55P03",  // a lock was not to be had in time
  };
  return codes.count(code) > 0;
}

// Of memory, or of the space that a statement may take on disk.
bool IsOutOfMemory(std::string_view code) { return code == "53200" || code == "53400"; }

}  // namespace

absl::Status FromServer(const PGresult* result, std::string_view doing, const Context& context) {
  const std::string code = CodeOf(result);
  // A statement that was cancelled, or a transaction that waited too long for its next one.
  if (code == "57014" || code == "25P03") STEELYARD_RETURN_IF_ERROR(context.Check());
  observe::Log(observe::Severity::kError, "PostgreSQL refused a statement",
               {{"statement", std::string(doing)},
                {"code", code},
                {"error", code.empty() ? PQresultErrorMessage(result)
                                       : Field(result, PG_DIAG_MESSAGE_PRIMARY)},
                {"detail", Field(result, PG_DIAG_MESSAGE_DETAIL)}});
  if (IsConflict(code)) return absl::AbortedError("two writers changed the same rows; try again");
  if (IsOutOfMemory(code)) {
    return MakeRetryableError(common::v1::ERROR_REASON_OVERLOADED,
                              "the store has not enough memory for this request", kRetryAfter);
  }
  if (code == "53100") return Unavailable("cannot do this: its disk is full");
  if (code == "25006") return Unavailable("allows no changes: it is for reading only");
  if (IsUnavailable(code)) return Unavailable("cannot do this now; the log has the reason");
  return MakeError(common::v1::ERROR_REASON_INTERNAL, "the store refused a statement");
}

bool EndsSession(const PGresult* result) {
  const std::string code = CodeOf(result);
  // Another server may have taken over from one that allows no changes any more.
  return code.empty() || code.starts_with("08") || code == "25006" || code == "25P03" ||
         code == "53300" || (code.starts_with("57") && code != "57014");
}

absl::Status Unavailable(std::string_view why, std::string_view database) {
  ErrorMetadata metadata;
  if (!database.empty()) metadata.emplace_back("database", std::string(database));
  return MakeRetryableError(
      common::v1::ERROR_REASON_STORE_UNAVAILABLE,
      StrCat("the store's database ", database, database.empty() ? "" : " ", why), kRetryAfter,
      std::move(metadata));
}

}  // namespace steelyard::sql::postgres
