// What is PostgreSQL's alone: its types, opening, what other writers cause. What every driver must
// do is in tests/contract/sql_driver_contract.cc.

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/sql/driver.h"
#include "tests/services/common/sql/postgres_fixture.h"
#include "tests/support/status_matchers.h"

namespace steelyard::sql {
namespace {

using common::v1::ERROR_REASON_INTERNAL;
using common::v1::ERROR_REASON_OVERLOADED;
using common::v1::ERROR_REASON_STORE_UNAVAILABLE;
using testing::HasReason;
using ::testing::HasSubstr;
using testing::IsOkAndHolds;
using ::testing::Not;
using ::testing::StartsWith;
using testing::StatusIs;

TEST_F(PostgresTest, SaysItsVersion) {
  EXPECT_THAT(database_->Engine(), StartsWith("PostgreSQL 15."));
  EXPECT_THAT(database_->Engine(), Not(HasSubstr("Debian")));
}

TEST_F(PostgresTest, ReadsItsOwnTypes) {
  Do(*connection_, "CREATE TYPE layer AS ENUM ('chips', 'clouds', 'models')");
  ASSERT_OK_AND_ASSIGN(
      const auto rows,
      connection_->Query(
          context_,
          "SELECT 'models'::layer, DATE '2021-07-09', DATE '0033-04-03', 'x'::char(3), "
          "'y'::name, (-500)::SMALLINT, (-70000)::INTEGER, 4000000000::OID, "
          "(-3)::NUMERIC, 120000::NUMERIC(20, 4), 0.5::REAL, NULL::layer, "
          "NULL::DATE, NULL::NUMERIC"));
  ASSERT_THAT(rows->Next(), IsOkAndHolds(true));
  const std::string_view texts[] = {"models", "2021-07-09", "0033-04-03", "x  ", "y"};
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(rows->Text(i), texts[i]);
  }
  const int64_t integers[] = {-500, -70'000, 4'000'000'000, -3, 120'000};
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(rows->Int(5 + i), integers[i]);
  }
  EXPECT_EQ(rows->Double(10), 0.5);
  for (int i = 11; i < 14; ++i) {
    EXPECT_TRUE(rows->IsNull(i));
  }
}

TEST_F(PostgresTest, AFractionIsNoSum) {
  ASSERT_OK_AND_ASSIGN(const auto rows, connection_->Query(context_, "SELECT 0.5"));
  EXPECT_THAT(rows->Next(), HasReason(ERROR_REASON_INTERNAL));
}

TEST_F(PostgresTest, AppendsToItsOwnTypes) {
  Do(*connection_, "CREATE TYPE layer AS ENUM ('chips', 'models')");
  Do(*connection_, "CREATE TABLE t(l layer, d DATE, i SMALLINT, n NUMERIC, f REAL, c CHAR(2))");
  ASSERT_OK(connection_->Begin());
  ASSERT_OK_AND_ASSIGN(const auto appender, connection_->Append("t"));
  ASSERT_OK(appender->Append(std::vector<Value>{std::string("models"), std::string("2021-07-09"),
                                                int64_t{-5}, INT64_MIN, 0.5, std::string("ab")}));
  ASSERT_OK(appender->Append(std::vector<Value>(6)));
  ASSERT_OK(appender->Close());
  ASSERT_OK(connection_->Commit());
  ASSERT_OK_AND_ASSIGN(const auto rows,
                       connection_->Query(context_, "SELECT * FROM t WHERE l = 'models'"));
  ASSERT_THAT(rows->Next(), IsOkAndHolds(true));
  EXPECT_EQ(rows->Text(0), "models");
  EXPECT_EQ(rows->Text(1), "2021-07-09");
  EXPECT_EQ(rows->Int(2), -5);
  EXPECT_EQ(rows->Int(3), INT64_MIN);
  EXPECT_EQ(rows->Double(4), 0.5);
  EXPECT_EQ(rows->Text(5), "ab");
}

TEST_F(PostgresTest, AppendRefusesWhatItsTypesDoNotTake) {
  Do(*connection_, "CREATE TYPE layer AS ENUM ('chips', 'models')");
  Do(*connection_, "CREATE TABLE t(l layer, d DATE, f REAL, s VARCHAR(3), i INTEGER)");
  const std::string chips = "chips";
  const std::string day = "2021-07-09";
  const std::vector<std::vector<Value>> cases = {
      {std::string("cables"), day, 0.5, chips.substr(0, 3), int64_t{1}},
      {chips, std::string("2021-02-29"), 0.5, {}, int64_t{1}},
      {chips, day, 1e300, {}, int64_t{1}},
      {chips, day, 0.5, std::string("four"), int64_t{1}},
      {chips, day, 0.5, std::string("a\0b", 3), int64_t{1}},
      {chips, day, 0.5, {}, int64_t{INT32_MAX} + 1},
  };
  for (size_t i = 0; i < cases.size(); ++i) {
    ASSERT_OK_AND_ASSIGN(Transaction transaction, Transaction::Begin(*connection_));
    ASSERT_OK_AND_ASSIGN(const auto appender, connection_->Append("t"));
    absl::Status status = appender->Append(cases[i]);
    if (status.ok()) {
      status = appender->Close();
    }
    EXPECT_THAT(status, HasReason(ERROR_REASON_INTERNAL)) << i;
    EXPECT_THAT(transaction.Commit(), HasReason(ERROR_REASON_INTERNAL)) << i;
  }
  EXPECT_EQ(Number(*connection_, "SELECT count(*) FROM t"), 0);
}

TEST_F(PostgresTest, TextWithAZeroByteIsRefused) {
  const Value parameters[] = {std::string("a\0b", 3)};
  EXPECT_THAT(connection_->Execute(context_, "SELECT CAST(? AS VARCHAR)", parameters),
              HasReason(ERROR_REASON_INTERNAL));
  EXPECT_EQ(Number(*connection_, "SELECT 1"), 1);
}

TEST_F(PostgresTest, TakesAsManyParametersAsItsProtocolCounts) {
  std::string sql = "SELECT count(*) FROM generate_series(1, 10) i WHERE i IN (0";
  for (int i = 0; i < 65'535; ++i) {
    sql += ", ?";
  }
  sql += ")";
  std::vector<Value> parameters(65'535, int64_t{7});
  ASSERT_OK_AND_ASSIGN(const auto rows, connection_->Query(context_, sql, parameters));
  ASSERT_THAT(rows->Next(), IsOkAndHolds(true));
  EXPECT_EQ(rows->Int(0), 1);
  parameters.emplace_back(int64_t{7});
  EXPECT_THAT(connection_->Query(context_, sql, parameters), HasReason(ERROR_REASON_INTERNAL));
  EXPECT_EQ(Number(*connection_, "SELECT 1"), 1);
}

TEST_F(PostgresTest, TwoWritersOfOneRowConflict) {
  const auto two = Connect(*database_);
  Do(*connection_, "CREATE TABLE t AS SELECT 1 AS i");
  ASSERT_OK(connection_->Begin());
  ASSERT_OK(two->Begin());
  EXPECT_EQ(Number(*two, "SELECT i FROM t"), 1);
  Do(*connection_, "UPDATE t SET i = 2");
  ASSERT_OK(connection_->Commit());
  EXPECT_THAT(two->Execute(context_, "UPDATE t SET i = 3"), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(two->Commit(), HasReason(ERROR_REASON_INTERNAL));
  EXPECT_EQ(Number(*two, "SELECT i FROM t"), 2);
}

TEST_F(PostgresTest, ADeadlockIsAConflict) {
  Serve({"deadlock_timeout=20ms"});
  const auto two = Connect(*database_);
  Do(*connection_, "CREATE TABLE t AS SELECT 1 AS i");
  Do(*connection_, "CREATE TABLE u AS SELECT 1 AS i");
  ASSERT_OK(connection_->Begin());
  ASSERT_OK(two->Begin());
  Do(*connection_, "LOCK TABLE t");
  Do(*two, "LOCK TABLE u");
  absl::Status first;
  std::thread other([&] {
    first = connection_->Execute(context_, "LOCK TABLE u").status();
    connection_->Rollback();
  });
  const absl::Status second = two->Execute(context_, "LOCK TABLE t").status();
  two->Rollback();
  other.join();
  EXPECT_NE(first.ok(), second.ok());
  EXPECT_THAT(first.ok() ? second : first, StatusIs(absl::StatusCode::kAborted));
}

TEST_F(PostgresTest, TwoWritersOfOneKeyConflict) {
  Do(*connection_, "CREATE TABLE t(i BIGINT NOT NULL)");
  Do(*connection_, "CREATE UNIQUE INDEX t_i ON t(i)");
  Do(*connection_, "INSERT INTO t VALUES (1)");
  EXPECT_THAT(connection_->Execute(context_, "INSERT INTO t VALUES (1)"),
              StatusIs(absl::StatusCode::kAborted));
  EXPECT_EQ(Number(*connection_, "SELECT COUNT(*) FROM t"), 1);
}

// As the server says it when its disk is full.
TEST_F(PostgresTest, AFullDiskMakesItUnavailable) {
  EXPECT_THAT(connection_->Execute(context_,
                                   "DO $$ BEGIN RAISE EXCEPTION 'no space left on device' USING "
                                   "ERRCODE = '53100'; END $$"),
              HasReason(ERROR_REASON_STORE_UNAVAILABLE));
  EXPECT_EQ(Number(*connection_, "SELECT 1"), 1);
}

TEST_F(PostgresTest, AServerForReadingOnlyIsUnavailableForWriting) {
  Do(*connection_, "CREATE TABLE t AS SELECT 1 AS i");
  Serve({"default_transaction_read_only=on"});
  EXPECT_EQ(Number(*connection_, "SELECT i FROM t"), 1);
  EXPECT_THAT(connection_->Execute(context_, "DELETE FROM t"),
              HasReason(ERROR_REASON_STORE_UNAVAILABLE));
  EXPECT_EQ(Number(*connection_, "SELECT i FROM t"), 1);
}

TEST_F(PostgresTest, TooMuchSpaceForOneStatementIsOverload) {
  Serve({"temp_file_limit=1MB", "work_mem=64kB"});
  EXPECT_THAT(
      connection_->Execute(context_, "SELECT i FROM generate_series(1, 500000) i ORDER BY -i"),
      HasReason(ERROR_REASON_OVERLOADED));
  EXPECT_EQ(Number(*connection_, "SELECT 1"), 1);
}

TEST_F(PostgresTest, TooManySessionsMakeItUnavailable) {
  Serve({"max_connections=3", "superuser_reserved_connections=0"});
  const auto second = Connect(*database_);
  auto third = Connect(*database_);
  EXPECT_THAT(database_->Connect(), HasReason(ERROR_REASON_STORE_UNAVAILABLE));
  EXPECT_THAT(OpenPostgres({.dsn = server_->dsn()}), HasReason(ERROR_REASON_STORE_UNAVAILABLE));
  // Left to the server's own time, which it takes to notice.
  third.reset();
  absl::StatusOr<std::unique_ptr<Connection>> late = database_->Connect();
  for (int i = 0; i < 1000 && !late.ok(); ++i) {
    late = database_->Connect();
  }
  EXPECT_OK(late);
}

TEST_F(PostgresTest, CommitsAreDurableWhateverTheServersDefault) {
  Serve({"synchronous_commit=off"});
  EXPECT_EQ(Text(*connection_, "SELECT current_setting('synchronous_commit')"), "on");
  Serve({"synchronous_commit=remote_apply"});
  EXPECT_EQ(Text(*connection_, "SELECT current_setting('synchronous_commit')"), "remote_apply");
}

TEST_F(PostgresTest, KeepsItsTablesInTheSchemaAskedFor) {
  const PostgresOptions options = {.dsn = server_->dsn(), .schema = "Fund's \"own\""};
  ASSERT_OK_AND_ASSIGN(const auto database, OpenPostgres(options));
  Do(*Connect(*database), "CREATE TABLE t AS SELECT 7 AS i");
  ASSERT_OK_AND_ASSIGN(const auto again, OpenPostgres(options));
  EXPECT_EQ(Number(*Connect(*again), "SELECT i FROM t"), 7);
  EXPECT_FALSE(connection_->Query(context_, "SELECT i FROM t").ok());
}

TEST_F(PostgresTest, RefusesDatabasesThatDoNotCompareBytes) {
  Do(*connection_,
     "CREATE DATABASE english TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'");
  Do(*connection_, "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1'");
  Do(*connection_, "CREATE DATABASE points TEMPLATE template0 LOCALE 'C.UTF-8'");
  for (const std::string name : {"english", "latin"}) {
    const auto database = OpenPostgres({.dsn = server_->dsn(name)});
    EXPECT_THAT(database, HasReason(ERROR_REASON_STORE_UNAVAILABLE));
    EXPECT_THAT(std::string(database.status().message()), HasSubstr("bytewise"));
    EXPECT_THAT(MetadataOf(database.status(), "database"), StartsWith(name));
  }
  EXPECT_OK(OpenPostgres({.dsn = server_->dsn("points")}));
}

TEST_F(PostgresTest, SaysWhichDatabaseCannotBeReachedAndNoPassword) {
  for (const std::string& dsn : {server_->dsn("missing") + " password=secret",
                                 std::string("postgresql://me:secret@127.0.0.1:1/missing"),
                                 std::string("host=/nonexistent dbname=missing password=secret")}) {
    const auto database = OpenPostgres({.dsn = dsn});
    EXPECT_THAT(database, HasReason(ERROR_REASON_STORE_UNAVAILABLE));
    const std::string message(database.status().message());
    EXPECT_THAT(message, HasSubstr("missing at "));
    EXPECT_THAT(message, Not(HasSubstr("secret")));
  }
  EXPECT_THAT(OpenPostgres({.dsn = "host=x secret"}), HasReason(ERROR_REASON_STORE_UNAVAILABLE));
}

TEST_F(PostgresTest, HoldsFewRowsAtATime) {
  const auto watcher = Connect(*database_);
  ASSERT_OK_AND_ASSIGN(
      const auto rows,
      connection_->Query(context_, "SELECT repeat('x', 1000) FROM generate_series(1, 300000)"));
  int64_t count = 0;
  for (auto more = rows->Next(); more.ok() && *more; more = rows->Next()) {
    if (++count % 100'000 == 1) {
      // The server waits until somebody reads on.
      while (Number(*watcher,
                    "SELECT count(*) FROM pg_stat_activity "
                    "WHERE wait_event = 'ClientWrite'") == 0) {
      }
    }
  }
  EXPECT_EQ(count, 300'000);
}

}  // namespace
}  // namespace steelyard::sql
