// One session with PostgreSQL: statements sent and received without blocking in libpq, so that a
// context's end is noticed at any moment.

#include <poll.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "absl/time/clock.h"
#include "services/common/observe/log.h"
#include "services/common/sql/postgres_binary.h"
#include "services/common/sql/postgres_internal.h"
#include "services/common/sql/postgres_statement.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::sql::postgres {
namespace {

// What is left of most rows that are dropped is their end, which is here sooner than the answer to
// a cancellation, for which the server starts a process.
constexpr absl::Duration kDropPatience = absl::Milliseconds(2);
// For a statement to stop, before its connection is given up.
constexpr absl::Duration kInterruptPatience = absl::Seconds(2);
// A cancellation that comes before the server has read the statement is forgotten, so it is
// repeated, ever more seldom.
constexpr absl::Duration kFirstRepeat = absl::Milliseconds(5);
constexpr absl::Duration kLastRepeat = absl::Milliseconds(200);
// For BEGIN, COMMIT, ROLLBACK and a batch of appended rows, which have no deadline of their own.
constexpr absl::Duration kControlPatience = absl::Minutes(1);

// The protocol counts them in 16 bits.
constexpr size_t kMostParameters = 65'535;

// Asks the server to stop what the connection runs; whether that was said within `patience`. On a
// thread of its own, because libpq waits for the server without end, and this one may have gone.
bool RequestCancel(PGconn* connection, absl::Duration patience) {
  struct Call {
    OwnedCancel cancel;
    std::mutex mutex;
    std::condition_variable changed;
    bool done = false;
  };
  auto call = std::make_shared<Call>();
  call->cancel.reset(PQgetCancel(connection));
  if (call->cancel == nullptr) return false;
  std::thread([call] {
    std::array<char, 256> error{};
    PQcancel(call->cancel.get(), error.data(), error.size());
    const std::lock_guard<std::mutex> lock(call->mutex);
    call->done = true;
    call->changed.notify_all();
  }).detach();
  std::unique_lock<std::mutex> lock(call->mutex);
  return call->changed.wait_for(lock, absl::ToChronoMilliseconds(patience),
                                [&call] { return call->done; });
}

// The values of a statement's parameters as libpq takes them: in lists, by column.
class Parameters {
 public:
  explicit Parameters(std::span<const Value> values) : numbers_(values.size()) {
    for (size_t i = 0; i < values.size(); ++i) std::visit(Adder{*this, numbers_[i]}, values[i]);
  }
  bool Send(PGconn* connection, const std::string& sql) const {
    return PQsendQueryParams(connection, sql.c_str(), static_cast<int>(types_.size()),
                             types_.data(), values_.data(), lengths_.data(), formats_.data(),
                             /*resultFormat=*/1) != 0;
  }

 private:
  struct Adder {
    Parameters& list;
    std::string& number;  // where a number's bytes are kept

    void operator()(std::monostate) const { list.Add(0, nullptr, 0); }
    void operator()(int64_t value) const {
      PutInteger(&number, value);
      list.Add(kTypeInt8, number.data(), number.size());
    }
    void operator()(double value) const {
      PutInteger(&number, std::bit_cast<int64_t>(value));
      list.Add(kTypeFloat8, number.data(), number.size());
    }
    void operator()(const std::string& value) const {
      list.Add(kTypeText, value.data(), value.size());
    }
    void operator()(bool value) const {
      number = value ? '\1' : '\0';
      list.Add(kTypeBool, number.data(), number.size());
    }
  };

  void Add(Oid type, const char* value, size_t length) {
    types_.push_back(type);
    values_.push_back(value);
    lengths_.push_back(static_cast<int>(length));
    formats_.push_back(1);
  }

  std::vector<std::string> numbers_;
  std::vector<Oid> types_;
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
};

bool IsError(const PGresult* result) {
  switch (PQresultStatus(result)) {
    case PGRES_SINGLE_TUPLE:
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
    case PGRES_COPY_IN:
      return false;
    default:
      return true;
  }
}

}  // namespace

absl::Status Session::Connect(const Context& context) {
  if (connection_ != nullptr) return absl::OkStatus();
  STEELYARD_ASSIGN_OR_RETURN(connection_, Open(options_, context, waker_));
  limit_.reset();
  return absl::OkStatus();
}

void Session::Disconnect() {
  connection_.reset();
  busy_ = false;
  failed = true;
}

absl::Status Session::Lost() {
  observe::Log(observe::Severity::kWarning, "A session with PostgreSQL was lost",
               {{"statement", sql_}, {"error", std::string(PQerrorMessage(connection_.get()))}});
  Disconnect();
  return Unavailable("was lost during a statement");
}

bool Session::LostWhileIdle() {
  pollfd socket = {.fd = PQsocket(connection_.get()), .events = POLLIN, .revents = 0};
  // The server's last words may come before the end.
  while (poll(&socket, 1, 0) > 0) {
    if (PQconsumeInput(connection_.get()) == 0) return true;
  }
  return PQstatus(connection_.get()) != CONNECTION_OK;
}

absl::Status Session::EndRows(const Context& context) {
  // In a transaction they are received to their end: stopping them would fail it.
  Drop();
  return Finish(context).status();
}

absl::Status Session::Send(const Context& context, std::string_view sql,
                           std::span<const Value> parameters, Limits limits) {
  STEELYARD_RETURN_IF_ERROR(context.Check());
  ++statement;
  if (parameters.size() > kMostParameters) {
    return Defect(StrCat(parameters.size(), " parameters; the most is ", kMostParameters));
  }
  const Statement numbered = NumberParameters(sql);
  if (numbered.parameters != parameters.size()) {
    return Defect(StrCat(parameters.size(), " parameters for: ", sql));
  }
  if (busy_) STEELYARD_RETURN_IF_ERROR(EndRows(context));
  if (in_transaction && lost()) return Unavailable("was lost in a transaction");
  if (!in_transaction && connection_ != nullptr && LostWhileIdle()) connection_.reset();
  STEELYARD_RETURN_IF_ERROR(Connect(context));
  sql_ = sql;
  busy_ = true;
  PGconn* const raw = connection_.get();
  const Parameters list(parameters);
  const absl::Duration limit = LimitOf(context);
  const bool sent =
      limits == Limits::kAsTheyAre || Suits(limit_, limit)
          ? list.Send(raw, numbered.sql) && PQsetSingleRowMode(raw) != 0
          : SendLimit(limit) && list.Send(raw, numbered.sql) && PQpipelineSync(raw) != 0;
  return sent ? SendAll(context) : Lost();
}

absl::Status Session::SendAll(const Context& context) {
  int left = 0;
  while ((left = PQflush(connection_.get())) == 1) {
    const auto ready = waker_.Wait(connection_.get(), POLLIN | POLLOUT, context);
    if (!ready.ok()) {
      // Half a statement cannot be taken back.
      Disconnect();
      return ready.status();
    }
    // The server reads no further while nobody reads what it says.
    if (PQconsumeInput(connection_.get()) == 0) return Lost();
  }
  return left < 0 ? Lost() : absl::OkStatus();
}

absl::StatusOr<OwnedResult> Session::Receive(const Context& context) {
  std::optional<OwnedResult> taken;
  while (busy_ && !taken) {
    const auto ready = waker_.AwaitResult(connection_.get(), context);
    if (!ready.ok()) {
      Interrupt();
      failed = true;
      return ready.status();
    }
    taken = Take();
  }
  OwnedResult result = taken ? *std::move(taken) : OwnedResult();
  if (result == nullptr) busy_ = false;
  if (result == nullptr || !IsError(result.get())) return result;
  failed = true;
  absl::Status status = FromServer(result.get(), sql_, context);
  const bool lost = PQstatus(connection_.get()) != CONNECTION_OK || EndsSession(result.get());
  if (lost || !Drain(kInterruptPatience)) Disconnect();
  return status;
}

absl::StatusOr<OwnedResult> Session::Finish(const Context& context) {
  OwnedResult last;
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(OwnedResult result, Receive(context));
    if (result == nullptr) return last;
    last = std::move(result);
  }
}

absl::Status Session::Copy(std::string_view sql, std::string_view data) {
  const Context context = Context::WithDeadline(absl::Now() + kControlPatience);
  // libpq pipelines no COPY, and it runs in a transaction, which has limits by now.
  STEELYARD_RETURN_IF_ERROR(Send(context, sql, {}, Limits::kAsTheyAre));
  STEELYARD_ASSIGN_OR_RETURN(const OwnedResult ready, Receive(context));
  if (PQresultStatus(ready.get()) != PGRES_COPY_IN) return Defect(StrCat("no COPY: ", sql));
  PGconn* const raw = connection_.get();
  // All of it is kept by libpq until the server takes it.
  if (PQputCopyData(raw, data.data(), static_cast<int>(data.size())) != 1 ||
      PQputCopyEnd(raw, nullptr) != 1) {
    return Lost();
  }
  STEELYARD_RETURN_IF_ERROR(SendAll(context));
  return Finish(context).status();
}

absl::StatusOr<OwnedResult> Session::Control(std::string_view sql, Limits limits) {
  const Context context = Context::WithDeadline(absl::Now() + kControlPatience);
  absl::Status status = Send(context, sql, {}, limits);
  if (status.ok()) {
    auto result = Finish(context);
    if (result.ok()) return result;
    status = std::move(result).status();
  }
  if (context.Check().ok()) return status;
  return Unavailable(StrCat("does not answer within ", absl::FormatDuration(kControlPatience)));
}

bool Session::Drain(absl::Duration patience) {
  const absl::Time until = absl::Now() + patience;
  while (busy_) {
    if (PQisBusy(connection_.get()) != 0) {
      const auto ready = waker_.AwaitResult(connection_.get(), Context::WithDeadline(until), until);
      if (!ready.ok() || !*ready) return false;
    }
    const std::optional<OwnedResult> taken = Take();
    if (!taken) continue;
    const PGresult* const result = taken->get();
    busy_ = result != nullptr;
    if (busy_ && IsError(result)) failed = true;
    // Rows that were sent no one waits for; a COPY waits for its rows.
    if (PQresultStatus(result) == PGRES_COPY_IN) PQputCopyEnd(connection_.get(), "given up");
  }
  return true;
}

void Session::Interrupt() {
  const absl::Time until = absl::Now() + kInterruptPatience;
  for (absl::Duration pause = kFirstRepeat; absl::Now() < until;
       pause = std::min(2 * pause, kLastRepeat)) {
    if (!RequestCancel(connection_.get(), until - absl::Now())) break;
    if (Drain(pause)) return;
  }
  observe::Log(observe::Severity::kWarning, "A statement of PostgreSQL did not stop",
               {{"statement", sql_}});
  Disconnect();
}

void Session::Drop() {
  if (!busy_ || Drain(kDropPatience)) return;
  if (!in_transaction) Interrupt();
}

}  // namespace steelyard::sql::postgres
