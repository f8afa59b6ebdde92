// What the server does by itself when nobody is left to cancel a statement: its client has stopped,
// or hangs, or the network between them drops everything.
//
// A session's limits are settings of it, and told when a statement needs other ones, in the same
// packet: as the first part of a pipeline whose second part is the statement. Calls mostly have
// like deadlines, so mostly there is nothing to tell.

#include <algorithm>
#include <optional>
#include <string>

#include "absl/time/clock.h"
#include "services/common/sql/postgres_internal.h"
#include "services/common/text/strings.h"

namespace steelyard::sql::postgres {
namespace {

// For the cancellation by the client to come first.
constexpr absl::Duration kGrace = absl::Seconds(1);
// The server counts milliseconds in 31 bits; who has more time has no limit.
constexpr absl::Duration kLongest = absl::Hours(24 * 20);
// Between two statements of a transaction, whose locks others may wait for.
constexpr absl::Duration kLongestPause = absl::Minutes(10);

// In the server's unit; its 0 is none.
int64_t Milliseconds(absl::Duration limit) {
  return limit == absl::InfiniteDuration() ? 0 : absl::ToInt64Milliseconds(limit);
}

}  // namespace

absl::Duration LimitOf(const Context& context) {
  const absl::Duration left = context.deadline() - absl::Now();
  if (left > kLongest) return absl::InfiniteDuration();
  return absl::Ceil(std::max(left, absl::ZeroDuration()) + kGrace, absl::Milliseconds(1));
}

bool Suits(std::optional<absl::Duration> set, absl::Duration wanted) {
  return set && wanted <= *set && *set <= 2 * wanted;
}

// Not by a SELECT, which would choose the rows that a transaction sees before its Lock. Each part
// has a Sync of its own: outside a transaction it is kept whatever becomes of the statement.
bool Session::SendLimit(absl::Duration limit) {
  PGconn* const raw = connection_.get();
  const auto send = [raw](const std::string& sql) {
    return PQsendQueryParams(raw, sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 1) != 0;
  };
  syncs_ = 2;
  limit_ = limit;
  return PQenterPipelineMode(raw) != 0 &&
         send(StrCat("SET statement_timeout TO ", Milliseconds(limit))) &&
         send(StrCat("SET idle_in_transaction_session_timeout TO ",
                     Milliseconds(std::min(limit, kLongestPause)))) &&
         PQpipelineSync(raw) != 0;
}

// The next of what libpq has ready: a result of the statement, or none at its end; nullopt when it
// is not the statement's.
std::optional<OwnedResult> Session::Take() {
  PGconn* const raw = connection_.get();
  OwnedResult result(PQgetResult(raw));
  if (PQpipelineStatus(raw) == PQ_PIPELINE_OFF || PQstatus(raw) != CONNECTION_OK) return result;
  const ExecStatusType status = PQresultStatus(result.get());
  if (status == PGRES_PIPELINE_SYNC) {
    if (--syncs_ == 0) {
      PQexitPipelineMode(raw);
      return OwnedResult();
    }
    PQsetSingleRowMode(raw);
    return std::nullopt;
  }
  if (result == nullptr) return std::nullopt;
  if (syncs_ == 1) return result;
  // Such as a cancellation that was meant for the statement. It runs under older limits.
  if (status != PGRES_COMMAND_OK) limit_.reset();
  return std::nullopt;
}

void Session::Begun() {
  in_transaction = true;
  failed = false;
  unclosed = 0;
  ++transaction;
  outer_limit_ = limit_;
}

void Session::Undone() {
  in_transaction = false;
  limit_ = outer_limit_;
}

}  // namespace steelyard::sql::postgres
