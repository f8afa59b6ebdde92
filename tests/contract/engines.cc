#include "tests/contract/engines.h"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <utility>

#include "services/common/sql/statement.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "tests/support/postgres_server.h"

namespace steelyard::testing {
namespace {

// A database with its server.
class ServedDatabase final : public sql::Database {
 public:
  absl::Status Open() {
    STEELYARD_ASSIGN_OR_RETURN(database_, sql::OpenPostgres({.dsn = server_.dsn()}));
    return absl::OkStatus();
  }
  absl::StatusOr<std::unique_ptr<sql::Connection>> Connect() override {
    return database_->Connect();
  }
  std::string Engine() const override { return database_->Engine(); }
  bool IsShared() const override { return database_->IsShared(); }

 private:
  PostgresServer server_;
  std::unique_ptr<sql::Database> database_;
};

// Drops the schemas of tests that have ended. Those that ended by a signal, as tests of what aborts
// do, leave theirs to the next one.
absl::Status DropSchemasOfTheDead(const std::string& dsn) {
  STEELYARD_ASSIGN_OR_RETURN(const auto database, sql::OpenPostgres({.dsn = dsn}));
  STEELYARD_ASSIGN_OR_RETURN(const auto session, database->Connect());
  const Context context = Context::Background();
  sql::Statement select;
  select.Add(
      "SELECT nspname, CAST(split_part(nspname, '_', 2) AS bigint) FROM pg_namespace WHERE nspname "
      "~ '^contract_[0-9]+_[0-9]+$'");
  std::vector<std::string> dead;
  STEELYARD_RETURN_IF_ERROR(sql::ForEachRow(*session, context, select, [&](const sql::Rows& rows) {
    const auto owner = static_cast<pid_t>(rows.Int(1));
    if (owner == getpid() || kill(owner, 0) == 0) return;
    dead.emplace_back(rows.Text(0));
  }));
  for (const std::string& schema : dead) {
    const std::string drop = StrCat("DROP SCHEMA IF EXISTS ", schema, " CASCADE");
    STEELYARD_RETURN_IF_ERROR(session->Execute(context, drop).status());
  }
  return absl::OkStatus();
}

// A schema of its own in a database that outlives the test.
class BorrowedDatabase final : public sql::Database {
 public:
  explicit BorrowedDatabase(std::string dsn) : dsn_(std::move(dsn)) {}
  ~BorrowedDatabase() override {
    if (database_ == nullptr) return;
    if (const auto session = database_->Connect(); session.ok()) {
      const auto dropped = (*session)->Execute(
          Context::Background(), StrCat("DROP SCHEMA IF EXISTS ", schema_, " CASCADE"));
      if (!dropped.ok()) std::cerr << "left behind: schema " << schema_ << '\n';
    }
  }
  absl::Status Open() {
    STEELYARD_RETURN_IF_ERROR(DropSchemasOfTheDead(dsn_));
    STEELYARD_ASSIGN_OR_RETURN(database_, sql::OpenPostgres({.dsn = dsn_, .schema = schema_}));
    return absl::OkStatus();
  }
  absl::StatusOr<std::unique_ptr<sql::Connection>> Connect() override {
    return database_->Connect();
  }
  std::string Engine() const override { return database_->Engine(); }
  bool IsShared() const override { return database_->IsShared(); }

 private:
  static std::string NextSchema() {
    static std::atomic<int> last = 0;
    return StrCat("contract_", getpid(), "_", ++last);
  }

  const std::string dsn_;
  const std::string schema_ = NextSchema();
  std::unique_ptr<sql::Database> database_;
};

}  // namespace

SqlDriver DuckDbEngine() {
  return {"DuckDb", [](const TempDir&) { return sql::OpenDuckDb({}); }};
}

SqlDriver PostgresEngine() {
  return {"Postgres",
          [](const TempDir&) -> absl::StatusOr<std::unique_ptr<sql::Database>> {
            auto served = std::make_unique<ServedDatabase>();
            STEELYARD_RETURN_IF_ERROR(served->Open());
            return served;
          },
          PostgresServer::Missing()};
}

SqlDriver CitusEngine() {
  const char* const dsn = std::getenv("STEELYARD_TEST_CITUS");
  const bool given = dsn != nullptr && *dsn != '\0';
  return {"Citus",
          [dsn](const TempDir&) -> absl::StatusOr<std::unique_ptr<sql::Database>> {
            auto borrowed = std::make_unique<BorrowedDatabase>(dsn);
            STEELYARD_RETURN_IF_ERROR(borrowed->Open());
            if (borrowed->Engine().find("Citus") == std::string::npos) {
              return absl::FailedPreconditionError(
                  "the database that STEELYARD_TEST_CITUS names has no extension citus");
            }
            return borrowed;
          },
          given ? "" : "STEELYARD_TEST_CITUS names no coordinator of a Citus"};
}

}  // namespace steelyard::testing
