#include <memory>
#include <string>
#include <utility>

#include "services/common/status/status.h"
#include "tests/contract/sql_driver_contract.h"
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

 private:
  PostgresServer server_;
  std::unique_ptr<sql::Database> database_;
};

absl::StatusOr<std::unique_ptr<sql::Database>> Open(const TempDir& /*directory*/) {
  auto served = std::make_unique<ServedDatabase>();
  STEELYARD_RETURN_IF_ERROR(served->Open());
  return served;
}

INSTANTIATE_TEST_SUITE_P(Postgres, SqlDriverContract,
                         ::testing::Values(SqlDriver{"Server", Open, PostgresServer::Missing()}),
                         [](const auto& instance) { return instance.param.name; });

}  // namespace
}  // namespace steelyard::testing
