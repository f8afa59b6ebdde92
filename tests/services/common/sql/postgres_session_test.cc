// What sessions make of servers that go, come back, or do not answer.

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/sql/driver.h"
#include "services/common/text/strings.h"
#include "tests/services/common/sql/postgres_fixture.h"
#include "tests/support/status_matchers.h"

namespace steelyard::sql {
namespace {

using common::v1::ERROR_REASON_CANCELLED;
using common::v1::ERROR_REASON_DEADLINE_EXCEEDED;
using common::v1::ERROR_REASON_INTERNAL;
using common::v1::ERROR_REASON_STORE_UNAVAILABLE;
using testing::HasReason;
using testing::IsOkAndHolds;

constexpr std::string_view kEndless =
    "SELECT count(*) FROM generate_series(1, 100000) a, generate_series(1, 100000) b, "
    "generate_series(1, 100000) c";
// How many other sessions run a statement.
constexpr std::string_view kRunning =
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE state = 'active' AND pid <> pg_backend_pid() AND backend_type = 'client backend'";

using PostgresSessionTest = PostgresTest;

TEST_F(PostgresSessionTest, SurvivesTheServersRestart) {
  Do(*connection_, "CREATE TABLE t AS SELECT 7 AS i");
  server_->Stop();
  EXPECT_THAT(connection_->Query(context_, "SELECT i FROM t"),
              HasReason(ERROR_REASON_STORE_UNAVAILABLE));
  EXPECT_THAT(connection_->Begin(), HasReason(ERROR_REASON_STORE_UNAVAILABLE));
  EXPECT_THAT(database_->Connect(), HasReason(ERROR_REASON_STORE_UNAVAILABLE));
  server_->Start();
  EXPECT_EQ(Number(*connection_, "SELECT i FROM t"), 7);
  server_->Stop();
  server_->Start();
  EXPECT_EQ(Number(*connection_, "SELECT i FROM t"), 7) << "and never saw that it was away";
  server_->Stop();
  server_->Start();
  EXPECT_OK(connection_->Begin());
  EXPECT_EQ(Number(*connection_, "SELECT i FROM t"), 7);
  EXPECT_OK(connection_->Commit());
}

TEST_F(PostgresSessionTest, WhatWasCommittedSurvivesKillAndNothingElseDoes) {
  Do(*connection_, "CREATE TABLE t(i BIGINT, s VARCHAR)");
  for (const int64_t count : {50'000, 200'000}) {
    ASSERT_OK(connection_->Begin());
    ASSERT_OK_AND_ASSIGN(const auto appender, connection_->Append("t"));
    for (int64_t i = 0; i < count; ++i) {
      ASSERT_OK(appender->Append(std::vector<Value>{i, std::string("some text")}));
    }
    ASSERT_OK(appender->Close());
    if (count == 50'000) {
      ASSERT_OK(connection_->Commit());
    }
  }
  server_->Kill();
  server_->Start();
  EXPECT_THAT(connection_->Commit(), HasReason(ERROR_REASON_STORE_UNAVAILABLE));
  EXPECT_EQ(Number(*connection_, "SELECT count(*) FROM t"), 50'000);
}

TEST_F(PostgresSessionTest, ATransactionDoesNotOutliveItsConnection) {
  Do(*connection_, "CREATE TABLE t AS SELECT 7 AS i");
  ASSERT_OK(connection_->Begin());
  Do(*connection_, "DELETE FROM t");
  server_->Stop();
  server_->Start();
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(connection_->Query(context_, "SELECT i FROM t"),
                HasReason(ERROR_REASON_STORE_UNAVAILABLE));
    EXPECT_THAT(connection_->Append("t"), HasReason(ERROR_REASON_STORE_UNAVAILABLE));
  }
  EXPECT_THAT(connection_->Commit(), HasReason(ERROR_REASON_STORE_UNAVAILABLE));
  EXPECT_EQ(Number(*connection_, "SELECT i FROM t"), 7);
  ASSERT_OK(connection_->Begin());
  server_->Kill();
  connection_->Rollback();
  server_->Start();
  EXPECT_EQ(Number(*connection_, "SELECT i FROM t"), 7);
}

TEST_F(PostgresSessionTest, AStatementEndsWithItsServer) {
  const auto watcher = Connect(*database_);
  absl::Status status;
  std::thread caller([&] { status = connection_->Execute(context_, kEndless).status(); });
  while (Number(*watcher, kRunning) == 0) {
  }
  server_->Kill();
  caller.join();
  EXPECT_THAT(status, HasReason(ERROR_REASON_STORE_UNAVAILABLE));
  server_->Start();
  EXPECT_EQ(Number(*connection_, "SELECT 1"), 1);
}

TEST_F(PostgresSessionTest, RowsEndWithTheirServer) {
  ASSERT_OK_AND_ASSIGN(
      const auto rows,
      connection_->Query(context_, "SELECT repeat('x', 1000) FROM generate_series(1, 100000)"));
  ASSERT_THAT(rows->Next(), IsOkAndHolds(true));
  server_->Kill();
  absl::StatusOr<bool> more = true;
  while (more.ok() && *more) {
    more = rows->Next();
  }
  EXPECT_THAT(more, HasReason(ERROR_REASON_STORE_UNAVAILABLE));
  EXPECT_THAT(rows->Next(), IsOkAndHolds(false));
}

TEST_F(PostgresSessionTest, AnAdministratorMayEndASession) {
  const auto administrator = Connect(*database_);
  const int64_t session = Number(*connection_, "SELECT pg_backend_pid()");
  Do(*administrator, StrCat("SELECT pg_terminate_backend(", session, ", 10000)"));
  EXPECT_EQ(Number(*connection_, "SELECT 1"), 1);
  absl::Status status;
  std::atomic<bool> ended = false;
  std::thread caller([&] {
    status = connection_->Execute(context_, kEndless).status();
    ended = true;
  });
  // The server forgets what comes before the statement has quite started.
  while (!ended) {
    Do(*administrator,
       "SELECT pg_cancel_backend(pid) FROM pg_stat_activity "
       "WHERE state = 'active' AND pid <> pg_backend_pid()");
  }
  caller.join();
  EXPECT_THAT(status, HasReason(ERROR_REASON_INTERNAL)) << "nobody's context ended";
}

TEST_F(PostgresSessionTest, AServerThatDoesNotAnswerHoldsNobodyUp) {
  const auto watcher = Connect(*database_);
  server_->Freeze();
  const absl::Time start = absl::Now();
  const Context brief = Context::WithDeadline(start + absl::Milliseconds(30));
  EXPECT_THAT(connection_->Execute(brief, kEndless), HasReason(ERROR_REASON_DEADLINE_EXCEEDED))
      << "the process that takes cancellations is frozen";
  EXPECT_THAT(OpenPostgres({.dsn = server_->dsn(), .connect_timeout = absl::Milliseconds(100)}),
              HasReason(ERROR_REASON_STORE_UNAVAILABLE));
  const Context sooner = Context::WithDeadline(absl::Now() + absl::Milliseconds(30));
  EXPECT_THAT(connection_->Execute(sooner, "SELECT 1"), HasReason(ERROR_REASON_DEADLINE_EXCEEDED))
      << "while it connects anew";
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));
  server_->Thaw();
  EXPECT_EQ(Number(*connection_, "SELECT 1"), 1);
  while (Number(*watcher, kRunning) > 0) {
    ASSERT_LT(absl::Now() - start, absl::Minutes(1)) << "the statement goes on without its client";
  }
}

TEST_F(PostgresSessionTest, WaitingForALockEndsWithTheContext) {
  const auto holder = Connect(*database_);
  Do(*holder, "CREATE TABLE t AS SELECT 7 AS i");
  ASSERT_OK(holder->Begin());
  Do(*holder, "LOCK TABLE t");
  const Context brief = Context::WithDeadline(absl::Now() + absl::Milliseconds(30));
  EXPECT_THAT(connection_->Query(brief, "SELECT i FROM t"),
              HasReason(ERROR_REASON_DEADLINE_EXCEEDED));
  Context context = Context::Background();
  absl::Status status;
  std::thread caller([&] { status = connection_->Query(context, "SELECT i FROM t").status(); });
  while (Number(*holder, "SELECT count(*) FROM pg_locks WHERE NOT granted") == 0) {
  }
  context.Cancel();
  caller.join();
  EXPECT_THAT(status, HasReason(ERROR_REASON_CANCELLED));
  EXPECT_OK(holder->Commit());
  EXPECT_EQ(Number(*connection_, "SELECT i FROM t"), 7);
}

TEST_F(PostgresSessionTest, ParametersLargerThanTheSocketTakes) {
  std::string large;
  large.resize(20'000'000, 'x');
  const Value parameters[] = {large};
  ASSERT_OK_AND_ASSIGN(const auto rows,
                       connection_->Query(context_, "SELECT CAST(? AS VARCHAR)", parameters));
  ASSERT_THAT(rows->Next(), IsOkAndHolds(true));
  EXPECT_TRUE(rows->Text(0) == large);
}

TEST_F(PostgresSessionTest, PooledSessionsSurviveTheServersRestart) {
  Do(*connection_, "CREATE TABLE t AS SELECT 7 AS i");
  Pool pool(*database_, 3);
  {
    std::vector<Pool::Lease> leases;
    for (int i = 0; i < 3; ++i) {
      ASSERT_OK_AND_ASSIGN(Pool::Lease lease, pool.Borrow(context_));
      EXPECT_EQ(Number(*lease, "SELECT i FROM t"), 7);
      leases.push_back(std::move(lease));
    }
    ASSERT_OK(leases[0]->Begin());
    server_->Stop();
  }
  server_->Start();
  std::vector<Pool::Lease> leases;
  for (int i = 0; i < 3; ++i) {
    ASSERT_OK_AND_ASSIGN(Pool::Lease lease, pool.Borrow(context_));
    EXPECT_EQ(Number(*lease, "SELECT i FROM t"), 7);
    leases.push_back(std::move(lease));
  }
}

}  // namespace
}  // namespace steelyard::sql
