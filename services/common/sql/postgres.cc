// PostgreSQL behind the driver interface, through libpq: sessions, transactions, opening.

#include <charconv>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "services/common/observe/log.h"
#include "services/common/sql/postgres_citus.h"
#include "services/common/sql/postgres_internal.h"
#include "services/common/sql/postgres_statement.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::sql {
namespace postgres {
namespace {

// How many rows a statement changed, by its last result.
int64_t Changed(PGresult* result) {
  // A SELECT's own count is of rows that it gave.
  const std::string_view tag = result == nullptr ? "" : PQcmdStatus(result);
  if (tag.empty() || tag.starts_with("SELECT")) return 0;
  const std::string_view count = PQcmdTuples(result);
  int64_t changed = 0;
  std::from_chars(count.data(), count.data() + count.size(), changed);
  return changed;
}

class PgConnection final : public Connection {
 public:
  explicit PgConnection(const PostgresOptions& options, bool distributes = false)
      : session_(options), distributes_(distributes) {}

  absl::Status Open() { return session_.Connect(Context::Background()); }
  std::string place() const { return session_.place(); }

  absl::StatusOr<std::unique_ptr<Rows>> Query(const Context& context, std::string_view sql,
                                              std::span<const Value> parameters) override {
    STEELYARD_RETURN_IF_ERROR(Checked(session_.Send(context, sql, parameters)));
    absl::StatusOr<OwnedResult> first = session_.Receive(context);
    STEELYARD_RETURN_IF_ERROR(Checked(first.status()));
    return MakeRows(session_, context, *std::move(first));
  }

  absl::StatusOr<int64_t> Execute(const Context& context, std::string_view sql,
                                  std::span<const Value> parameters) override {
    STEELYARD_RETURN_IF_ERROR(Checked(session_.Send(context, sql, parameters)));
    const absl::StatusOr<OwnedResult> last = session_.Finish(context);
    STEELYARD_RETURN_IF_ERROR(Checked(last.status()));
    return Changed(last->get());
  }

  absl::StatusOr<std::unique_ptr<Appender>> Append(std::string_view table) override {
    if (!session_.in_transaction) return Defect("Append without a transaction");
    auto appender = MakeAppender(session_, table);
    STEELYARD_RETURN_IF_ERROR(Checked(appender.status()));
    return appender;
  }

  absl::Status Begin() override {
    if (session_.in_transaction) return Defect("Begin inside a transaction");
    // All statements of a transaction see the same rows.
    STEELYARD_RETURN_IF_ERROR(session_
                                  .Control("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ",
                                           Session::Limits::kOfContext)
                                  .status());
    session_.Begun();
    locks_ = false;
    return absl::OkStatus();
  }

  absl::Status Lock(const Context& context, std::string_view table) override {
    if (!session_.in_transaction) return Defect("Lock without a transaction");
    locks_ = true;
    // Unlike a SELECT, this does not choose yet which rows the transaction sees.
    return Execute(context, StrCat("LOCK TABLE ", table, " IN EXCLUSIVE MODE"), {}).status();
  }

  absl::Status Distribute(const Context& context, std::string_view table,
                          std::string_view column) override {
    if (!session_.in_transaction) return Defect("Distribute without a transaction");
    return distributes_ ? DistributeTable(*this, context, table, column) : absl::OkStatus();
  }

  absl::Status AwaitCommits(const Context& context) override {
    if (session_.in_transaction) return Defect("AwaitCommits inside a transaction");
    return distributes_ ? AwaitWholeCommits(*this, context) : absl::OkStatus();
  }

  absl::Status Commit() override {
    if (!session_.in_transaction) return Defect("Commit without a transaction");
    if (session_.lost()) {
      Rollback();
      return Unavailable("was lost in a transaction");
    }
    if (session_.failed || session_.unclosed > 0) {
      Rollback();
      return Defect("Commit after a statement that failed, or with an appender that is not closed");
    }
    if (distributes_ && locks_) STEELYARD_RETURN_IF_ERROR(AnnounceCommit(*this));
    const absl::StatusOr<OwnedResult> ended = session_.Control("COMMIT");
    if (!ended.ok()) {
      Rollback();
      return ended.status();
    }
    if (std::string_view(PQcmdStatus(ended->get())) == "COMMIT") {
      session_.in_transaction = false;
      return absl::OkStatus();
    }
    // A transaction that had failed is rolled back by its COMMIT.
    session_.Undone();
    return Defect("COMMIT of a transaction that had failed");
  }

  void Rollback() override {
    if (!session_.in_transaction) return;
    session_.Undone();
    if (session_.lost()) return;
    // With in_transaction false, rows that are still being sent are stopped first. A session that
    // cannot even roll back is of no use any more, and the server rolls back what it leaves.
    if (!session_.Control("ROLLBACK").ok()) session_.Disconnect();
  }

 private:
  // Engines differ in what a failed statement does to its transaction; here it always fails it.
  absl::Status Checked(absl::Status status) {
    if (!status.ok()) session_.failed = true;
    return status;
  }

  Session session_;
  const bool distributes_;  // tables may be spread over machines
  bool locks_ = false;      // this transaction called Lock
};

class PgDatabase final : public Database {
 public:
  PgDatabase(PostgresOptions options, std::string engine, bool distributes)
      : options_(std::move(options)), engine_(std::move(engine)), distributes_(distributes) {}

  absl::StatusOr<std::unique_ptr<Connection>> Connect() override {
    auto connection = std::make_unique<PgConnection>(options_, distributes_);
    STEELYARD_RETURN_IF_ERROR(connection->Open());
    return connection;
  }

  std::string Engine() const override { return engine_; }
  bool IsShared() const override { return true; }

 private:
  const PostgresOptions options_;
  const std::string engine_;
  const bool distributes_;
};

// Text must be compared as bytes, as the suite's own code does: small letters behind capitals,
// letters with accents behind both, and characters of four bytes behind those of three.
constexpr std::string_view kBytewise =
    "SELECT 'Z' < 'a' AND 'a-c' < 'ab' AND 'z' < '~' AND '~' < U&'\\00e9' "
    "AND U&'\\ff5a' < U&'\\+010400'";

absl::StatusOr<bool> IsTrue(Connection& connection, std::string_view sql) {
  STEELYARD_ASSIGN_OR_RETURN(const auto rows, connection.Query(Context::Background(), sql, {}));
  STEELYARD_RETURN_IF_ERROR(rows->Next().status());
  return rows->Bool(0);
}

absl::Status CheckText(PgConnection& connection) {
  // Literals of other encodings do not even have all of these characters.
  STEELYARD_ASSIGN_OR_RETURN(bool bytewise,
                             IsTrue(connection, "SELECT getdatabaseencoding() = 'UTF8'"));
  if (bytewise) {
    STEELYARD_ASSIGN_OR_RETURN(bytewise, IsTrue(connection, kBytewise));
  }
  if (bytewise) return absl::OkStatus();
  return Unavailable(
      "does not keep UTF-8, or does not compare it bytewise; create it with ENCODING 'UTF8' "
      "LOCALE 'C' TEMPLATE template0",
      connection.place());
}

absl::Status WarnOfLooseCommits(Connection& connection) {
  STEELYARD_ASSIGN_OR_RETURN(const bool waits,
                             IsTrue(connection, "SELECT current_setting('fsync') = 'on'"));
  if (!waits) {
    observe::Log(observe::Severity::kWarning,
                 "PostgreSQL runs with fsync = off: commits may be lost when its machine fails");
  }
  return absl::OkStatus();
}

// "PostgreSQL 15.20", of "15.20 (Debian 15.20-0+deb12u1)".
absl::StatusOr<std::string> EngineOf(Connection& connection) {
  STEELYARD_ASSIGN_OR_RETURN(
      const auto rows,
      connection.Query(Context::Background(), "SELECT current_setting('server_version')", {}));
  STEELYARD_RETURN_IF_ERROR(rows->Next().status());
  const std::string_view version = rows->Text(0);
  return StrCat("PostgreSQL ", version.substr(0, version.find(' ')));
}

// Two that open the database at once may both find no schema; one of them then creates it.
absl::Status CreateSchema(Connection& connection, const std::string& schema) {
  if (schema.empty()) return absl::OkStatus();
  const Context context = Context::Background();
  const Value name[] = {schema};
  absl::Status created;
  for (int attempt = 0; attempt < 2; ++attempt) {
    STEELYARD_ASSIGN_OR_RETURN(
        const auto found,
        connection.Query(context, "SELECT 1 FROM pg_namespace WHERE nspname = ?", name));
    STEELYARD_ASSIGN_OR_RETURN(const bool exists, found->Next());
    if (exists) return absl::OkStatus();
    created = connection.Execute(context, "CREATE SCHEMA " + QuoteName(schema)).status();
  }
  return created;
}

}  // namespace
}  // namespace postgres

absl::StatusOr<std::unique_ptr<Database>> OpenPostgres(const PostgresOptions& options) {
  postgres::PgConnection connection(options);
  STEELYARD_RETURN_IF_ERROR(connection.Open());
  STEELYARD_RETURN_IF_ERROR(postgres::CheckText(connection));
  STEELYARD_RETURN_IF_ERROR(postgres::WarnOfLooseCommits(connection));
  STEELYARD_ASSIGN_OR_RETURN(std::string engine, postgres::EngineOf(connection));
  STEELYARD_ASSIGN_OR_RETURN(const std::string citus, postgres::CitusVersion(connection));
  if (!citus.empty()) StrAppend(&engine, " with Citus ", citus);
  STEELYARD_RETURN_IF_ERROR(postgres::CreateSchema(connection, options.schema));
  return std::make_unique<postgres::PgDatabase>(options, std::move(engine), !citus.empty());
}

}  // namespace steelyard::sql
