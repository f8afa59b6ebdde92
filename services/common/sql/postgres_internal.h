#pragma once

// What the files of the PostgreSQL driver share. The only file that includes libpq-fe.h: everything
// of the engine stays inside services/common/sql/postgres*.

#include <libpq-fe.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/common/context/context.h"
#include "services/common/sql/defect.h"
#include "services/common/sql/driver.h"

namespace steelyard::sql::postgres {

struct Destroy {
  void operator()(PGconn* connection) const { PQfinish(connection); }
  void operator()(PGresult* result) const { PQclear(result); }
  void operator()(PGcancel* cancel) const { PQfreeCancel(cancel); }
};
using OwnedConnection = std::unique_ptr<PGconn, Destroy>;
using OwnedResult = std::unique_ptr<PGresult, Destroy>;
using OwnedCancel = std::unique_ptr<PGcancel, Destroy>;

// The server's types that the driver knows, by the numbers that they have in every database.
enum Type : Oid {
  kTypeBool = 16,
  kTypeName = 19,
  kTypeInt8 = 20,
  kTypeInt2 = 21,
  kTypeInt4 = 23,
  kTypeText = 25,
  kTypeOid = 26,
  kTypeFloat4 = 700,
  kTypeFloat8 = 701,
  kTypeUnknown = 705,
  kTypeBpchar = 1042,
  kTypeVarchar = 1043,
  kTypeDate = 1082,
  kTypeNumeric = 1700,
};
// Whether a value's binary form is its text. So it is of an ENUM, the type of a user's own that
// stores are made of.
bool IsText(Oid type);

// The error for a failed result, whose text is logged with what was being done. A statement that
// was stopped becomes what ended the context.
absl::Status FromServer(const PGresult* result, std::string_view doing, const Context& context);
// Whether the session had better not be used for anything else after that error.
bool EndsSession(const PGresult* result);
// STORE_UNAVAILABLE.
absl::Status Unavailable(std::string_view why, std::string_view database = "");

// Waits until a connection's socket is ready for one of `events` (as of poll), until `until` at
// most, and no longer than the context; whether it is ready. Connections share no Waker.
class Waker {
 public:
  Waker();
  ~Waker();
  Waker(const Waker&) = delete;
  Waker& operator=(const Waker&) = delete;
  absl::StatusOr<bool> Wait(const PGconn* connection, int16_t events, const Context& context,
                            absl::Time until = absl::InfiniteFuture());
  // Likewise until PQgetResult has something to say, if only that the connection is lost.
  absl::StatusOr<bool> AwaitResult(PGconn* connection, const Context& context,
                                   absl::Time until = absl::InfiniteFuture());

 private:
  int event_ = -1;  // written to when the context is cancelled
};

// "steelyard at db.example:5432"; never a password.
std::string PlaceOf(const PGconn* connection);

// The connection string, from the file if the options name one.
absl::StatusOr<std::string> DsnOf(const PostgresOptions& options);

// Connects and prepares the session: UTF-8, durable commits, the schema. STORE_UNAVAILABLE, naming
// the database, when it cannot be reached, refuses, or is too old.
absl::StatusOr<OwnedConnection> Open(const PostgresOptions& options, const Context& context,
                                     Waker& waker);

// How long the server may take for a statement of this context: a little longer than its caller
// waits, because the caller cancels by itself as long as it is there. Infinite without a deadline.
absl::Duration LimitOf(const Context& context);
// Whether the limit that is set, if it is known, is as good as the one that is wanted.
bool Suits(std::optional<absl::Duration> set, absl::Duration wanted);

// One session: sends statements and receives their results, and replaces its connection when that
// is lost. What its rows and appenders need of it.
class Session {
 public:
  // Counts statements; rows of an older one have ended.
  int64_t statement = 0;
  // Counts transactions; appenders of an older one are of no use.
  int64_t transaction = 0;
  bool in_transaction = false;
  bool failed = false;  // something in this transaction did: it must not be committed
  int unclosed = 0;     // appenders of this transaction with rows that are not written yet

  // Whether a statement brings the limits of its context along, or runs under those that there are.
  enum class Limits { kOfContext, kAsTheyAre };

  explicit Session(PostgresOptions options) : options_(std::move(options)) {}
  // Connects unless it is connected.
  absl::Status Connect(const Context& context);

  // Sends a statement. Rows of the one before end first; a lost connection is replaced, outside a
  // transaction.
  absl::Status Send(const Context& context, std::string_view sql,
                    std::span<const Value> parameters = {}, Limits limits = Limits::kOfContext);
  // The next result of the statement: a row (PGRES_SINGLE_TUPLE), the state after all of them, or
  // none at the end. An error ends the statement.
  absl::StatusOr<OwnedResult> Receive(const Context& context);
  // Receives everything and keeps the last result.
  absl::StatusOr<OwnedResult> Finish(const Context& context);
  // Sends a COPY ... FROM STDIN and its data, and receives everything.
  absl::Status Copy(std::string_view sql, std::string_view data);
  // Sends a statement that has no deadline of its own, as COMMIT, and receives everything.
  absl::StatusOr<OwnedResult> Control(std::string_view sql, Limits limits = Limits::kAsTheyAre);
  // After BEGIN, and after what has undone it.
  void Begun();
  void Undone();
  // The statement's rows are wanted no more.
  void Drop();
  // Goes on with a new connection.
  void Disconnect();
  // Whether there is no connection, which fails a transaction.
  bool lost() const {
    return connection_ == nullptr || PQstatus(connection_.get()) != CONNECTION_OK;
  }
  std::string place() const { return PlaceOf(connection_.get()); }

 private:
  absl::Status EndRows(const Context& context);
  absl::Status SendAll(const Context& context);
  bool LostWhileIdle();
  absl::Status Lost();
  bool Drain(absl::Duration patience);
  void Interrupt();
  bool SendLimit(absl::Duration limit);
  std::optional<OwnedResult> Take();

  const PostgresOptions options_;
  OwnedConnection connection_;  // none when it was lost
  Waker waker_;
  std::string sql_;    // of the present statement, for the log
  bool busy_ = false;  // the present statement's results are not all received
  // What the server was told last, if it is known, and what it goes back to with the transaction.
  std::optional<absl::Duration> limit_;
  std::optional<absl::Duration> outer_limit_;
  int syncs_ = 0;  // ends of pipelined parts that are still to come
};

// `first` is the statement's first result.
std::unique_ptr<Rows> MakeRows(Session& session, const Context& context, OwnedResult first);
// Inside a transaction.
absl::StatusOr<std::unique_ptr<Appender>> MakeAppender(Session& session, std::string_view table);

}  // namespace steelyard::sql::postgres
