#include "tests/contract/engines.h"

#include <utility>

#include "services/common/status/status.h"
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

}  // namespace steelyard::testing
