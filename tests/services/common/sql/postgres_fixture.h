#pragma once

// A PostgreSQL server and a session with it, for the tests of the driver.

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "services/common/sql/driver.h"
#include "tests/support/postgres_server.h"
#include "tests/support/status_matchers.h"

namespace steelyard::sql {

class PostgresTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!testing::PostgresServer::Missing().empty()) {
      GTEST_SKIP() << testing::PostgresServer::Missing();
    }
    Serve({});
  }

  // Starts the server, anew with other settings if it runs.
  void Serve(std::vector<std::string> settings) {
    if (server_ == nullptr) {
      server_ = std::make_unique<testing::PostgresServer>(std::move(settings));
    } else {
      server_->Stop();
      server_->Set(std::move(settings));
      server_->Start();
    }
    ASSERT_OK_AND_ASSIGN(database_, OpenPostgres({.dsn = server_->dsn()}));
    connection_ = Connect(*database_);
  }

  static std::unique_ptr<Connection> Connect(Database& database) {
    auto connection = database.Connect();
    EXPECT_OK(connection);
    return *std::move(connection);
  }

  // Runs a statement that must succeed.
  void Do(Connection& connection, std::string_view sql) {
    EXPECT_OK(connection.Execute(context_, sql)) << sql;
  }

  // The first row's first column.
  int64_t Number(Connection& connection, std::string_view sql) {
    const auto rows = First(connection, sql);
    return rows == nullptr ? -1 : rows->Int(0);
  }
  std::string Text(Connection& connection, std::string_view sql) {
    const auto rows = First(connection, sql);
    return rows == nullptr ? "" : std::string(rows->Text(0));
  }

  std::unique_ptr<testing::PostgresServer> server_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Connection> connection_;
  const Context context_ = Context::Background();

 private:
  std::unique_ptr<Rows> First(Connection& connection, std::string_view sql) {
    auto rows = connection.Query(context_, sql);
    EXPECT_OK(rows) << sql;
    if (!rows.ok()) return nullptr;
    EXPECT_THAT((*rows)->Next(), testing::IsOkAndHolds(true)) << sql;
    return *std::move(rows);
  }
};

}  // namespace steelyard::sql
