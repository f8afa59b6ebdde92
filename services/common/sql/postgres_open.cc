// Connections to PostgreSQL: waiting for their sockets, opening them, what each is set to.

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "services/common/observe/log.h"
#include "services/common/sql/postgres_internal.h"
#include "services/common/sql/postgres_statement.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::sql::postgres {
namespace {

constexpr int kOldestVersion = 14;

// Until `until`, rounded up, as poll wants it.
int MillisecondsUntil(absl::Time until) {
  const absl::Duration left = std::clamp(until - absl::Now(), absl::ZeroDuration(), absl::Hours(1));
  return static_cast<int>(absl::ToInt64Milliseconds(left + absl::Microseconds(999)));
}

}  // namespace

Waker::Waker() : event_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (event_ < 0) std::abort();  // as when memory runs out: no file can be opened any more
}

Waker::~Waker() { close(event_); }

absl::StatusOr<bool> Waker::Wait(const PGconn* connection, int16_t events, const Context& context,
                                 absl::Time until) {
  STEELYARD_RETURN_IF_ERROR(context.Check());
  // One that libpq has closed gives its error at once.
  if (PQsocket(connection) < 0) return true;
  const Context::Registration registration = context.OnCancel([this] { eventfd_write(event_, 1); });
  until = std::min(until, context.deadline());
  while (true) {
    std::array<pollfd, 2> waited = {{{PQsocket(connection), events, 0}, {event_, POLLIN, 0}}};
    poll(waited.data(), waited.size(), MillisecondsUntil(until));
    eventfd_t ignored = 0;
    if (waited[1].revents != 0) eventfd_read(event_, &ignored);
    STEELYARD_RETURN_IF_ERROR(context.Check());
    if (waited[0].revents != 0) return true;
    if (absl::Now() >= until) return false;
  }
}

absl::StatusOr<bool> Waker::AwaitResult(PGconn* connection, const Context& context,
                                        absl::Time until) {
  while (PQisBusy(connection) != 0) {
    STEELYARD_RETURN_IF_ERROR(context.Check());
    // Before any waiting: while rows are streamed there is mostly something already, and encryption
    // keeps for itself what its socket does not show any more.
    if (PQconsumeInput(connection) == 0) return true;
    if (PQisBusy(connection) == 0) return true;
    STEELYARD_ASSIGN_OR_RETURN(const bool ready, Wait(connection, POLLIN, context, until));
    if (!ready) return false;
  }
  return true;
}

std::string PlaceOf(const PGconn* connection) {
  const auto text = [](const char* part) { return std::string(part == nullptr ? "" : part); };
  std::string name = text(PQdb(connection));
  const std::string host = text(PQhost(connection));
  if (host.empty()) return name;
  return StrCat(name, " at ", host, ":", text(PQport(connection)));
}

namespace {

// Keywords for libpq, which takes them as two lists. Those of the connection string come between
// what it may change and what it may not.
OwnedConnection StartConnecting(const std::string& dsn) {
  const std::pair<const char*, const char*> keywords[] = {
      {"fallback_application_name", "steelyard"},
      // A server or a network that has gone is noticed within seconds.
      {"keepalives_idle", "15"},
      {"keepalives_interval", "5"},
      {"keepalives_count", "3"},
      {"tcp_user_timeout", "30000"},
      {"dbname", dsn.c_str()},
      {"client_encoding", "UTF8"},
      {nullptr, nullptr},
  };
  std::vector<const char*> names;
  std::vector<const char*> values;
  for (const auto& [name, value] : keywords) {
    names.push_back(name);
    values.push_back(value);
  }
  return OwnedConnection(PQconnectStartParams(names.data(), values.data(), /*expand_dbname=*/1));
}

absl::Status CannotConnect(const PGconn* connection) {
  observe::Log(
      observe::Severity::kError, "PostgreSQL cannot be reached",
      {{"database", PlaceOf(connection)}, {"error", std::string(PQerrorMessage(connection))}});
  return Unavailable("cannot be reached or refuses a session; the log has the reason",
                     PlaceOf(connection));
}

absl::StatusOr<OwnedConnection> Establish(const PostgresOptions& options, const Context& context,
                                          Waker& waker) {
  STEELYARD_ASSIGN_OR_RETURN(const std::string dsn, DsnOf(options));
  OwnedConnection connection = StartConnecting(dsn);
  if (connection == nullptr) return Unavailable("cannot be reached: there is no memory");
  PGconn* const raw = connection.get();
  if (PQstatus(raw) == CONNECTION_BAD) return CannotConnect(raw);
  const absl::Time until = absl::Now() + options.connect_timeout;
  for (auto step = PGRES_POLLING_WRITING; step != PGRES_POLLING_OK; step = PQconnectPoll(raw)) {
    if (step == PGRES_POLLING_FAILED) return CannotConnect(raw);
    const int16_t events = step == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    STEELYARD_ASSIGN_OR_RETURN(const bool ready, waker.Wait(raw, events, context, until));
    if (!ready) {
      return Unavailable(
          StrCat("does not answer within ", absl::FormatDuration(options.connect_timeout)),
          PlaceOf(raw));
    }
  }
  return connection;
}

// Notices, such as that a table to be created is there already.
void LogNotice(void* /*unused*/, const PGresult* result) {
  observe::Log(observe::Severity::kDebug, "PostgreSQL says",
               {{"notice", std::string(PQresultErrorMessage(result))}});
}

// Runs a statement of the driver's own on a connection that is not a session's yet.
absl::StatusOr<OwnedResult> Run(PGconn* connection, const std::string& sql, const Context& context,
                                Waker& waker, absl::Time until) {
  OwnedResult result;
  if (PQsendQuery(connection, sql.c_str()) == 0) return CannotConnect(connection);
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool ready, waker.AwaitResult(connection, context, until));
    if (!ready) return CannotConnect(connection);
    OwnedResult next(PQgetResult(connection));
    if (next == nullptr) return result;
    result = std::move(next);
  }
}

// Commits wait for the disk whatever the server's default is, and for its replicas if that is more.
constexpr std::string_view kPrepareSession =
    "SELECT set_config('synchronous_commit', CASE current_setting('synchronous_commit') "
    "  WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false), "
    "set_config('standard_conforming_strings', 'on', false), "
    "set_config('TimeZone', 'UTC', false), "
    // A statement stops soon after its client has died.
    "set_config('client_connection_check_interval', '1s', false), "
    // So do the statements and locks of one whose machine has gone.
    "set_config('tcp_keepalives_idle', '15', false), "
    "set_config('tcp_keepalives_interval', '5', false), "
    "set_config('tcp_keepalives_count', '3', false), "
    "set_config('tcp_user_timeout', '30s', false)";

}  // namespace

absl::StatusOr<OwnedConnection> Open(const PostgresOptions& options, const Context& context,
                                     Waker& waker) {
  STEELYARD_ASSIGN_OR_RETURN(OwnedConnection connection, Establish(options, context, waker));
  PQsetNoticeReceiver(connection.get(), LogNotice, nullptr);
  const int version = PQserverVersion(connection.get()) / 10'000;
  if (version < kOldestVersion) {
    return Unavailable(StrCat("is of PostgreSQL ", version, "; the oldest that serves is ",
                              kOldestVersion, "; it has to be upgraded"),
                       PlaceOf(connection.get()));
  }
  std::string sql(kPrepareSession);
  if (!options.schema.empty()) {
    StrAppend(&sql, "; SET search_path TO ", QuoteName(options.schema));
  }
  const absl::Time until = absl::Now() + options.connect_timeout;
  STEELYARD_ASSIGN_OR_RETURN(const OwnedResult set,
                             Run(connection.get(), sql, context, waker, until));
  const ExecStatusType status = PQresultStatus(set.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
    const absl::Status refused = FromServer(set.get(), "preparing a session", context);
    return Annotate(refused, PlaceOf(connection.get()));
  }
  PQsetnonblocking(connection.get(), 1);
  return connection;
}

}  // namespace steelyard::sql::postgres
