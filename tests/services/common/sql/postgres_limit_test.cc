// What the server ends by itself when its client does not: statements and transactions whose
// callers wait no more.

#include <string>
#include <thread>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/sql/driver.h"
#include "tests/services/common/sql/postgres_fixture.h"
#include "tests/support/status_matchers.h"

namespace steelyard::sql {
namespace {

using common::v1::ERROR_REASON_DEADLINE_EXCEEDED;
using common::v1::ERROR_REASON_STORE_UNAVAILABLE;
using testing::HasReason;
using ::testing::HasSubstr;

constexpr std::string_view kEndless =
    "SELECT count(*) FROM generate_series(1, 100000) a, generate_series(1, 100000) b, "
    "generate_series(1, 100000) c";

class PostgresLimitTest : public PostgresTest {
 protected:
  static Context Within(absl::Duration duration) {
    return Context::WithDeadline(absl::Now() + duration);
  }

  // A limit that the server has for a statement of that context, in milliseconds.
  int64_t LimitFor(const Context& context, const std::string& setting = "statement_timeout") {
    const Value parameters[] = {setting};
    const auto rows = connection_->Query(
        context, "SELECT CAST(setting AS BIGINT) FROM pg_settings WHERE name = ?", parameters);
    EXPECT_OK(rows);
    EXPECT_THAT((*rows)->Next(), testing::IsOkAndHolds(true));
    return (*rows)->Int(0);
  }

  // Statements of each kind of deadline, one after the other.
  void ExpectLimitsOfContexts() {
    for (const int64_t seconds : {30, 20, 5, 100, 1, 3600}) {
      const int64_t limit = LimitFor(Within(absl::Seconds(seconds)));
      EXPECT_GE(limit, 1000 * seconds) << "and so stopped too early";
      EXPECT_LE(limit, 2000 * (seconds + 1));
    }
    EXPECT_EQ(LimitFor(context_), 0);
    EXPECT_EQ(LimitFor(context_, "idle_in_transaction_session_timeout"), 600'000);
    EXPECT_EQ(LimitFor(Within(absl::Hours(24 * 365))), 0);
    EXPECT_LE(LimitFor(Within(absl::Seconds(5)), "idle_in_transaction_session_timeout"), 12'000);
  }

  // How many statements of that kind the server was sent.
  int64_t Told(std::string_view sql) const {
    const std::string log = server_->Log();
    int64_t count = 0;
    for (size_t at = 0; (at = log.find(sql, at)) != std::string::npos; ++at) ++count;
    return count;
  }
};

TEST_F(PostgresLimitTest, AStatementThatNobodyCancelsEndsSoonAfterItsDeadline) {
  const auto watcher = Connect(*database_);
  server_->Freeze();  // the process that would take a cancellation
  EXPECT_THAT(connection_->Execute(Within(absl::Milliseconds(30)), kEndless),
              HasReason(ERROR_REASON_DEADLINE_EXCEEDED));
  while (Number(*watcher,
                "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' "
                "AND pid <> pg_backend_pid() AND backend_type = 'client backend'") > 0) {
  }
  server_->Thaw();
  EXPECT_THAT(server_->Log(), HasSubstr("due to statement timeout"));
  EXPECT_EQ(Number(*connection_, "SELECT 1"), 1);
}

TEST_F(PostgresLimitTest, ATransactionThatDoesNotGoOnGivesItsLocksBack) {
  Do(*connection_, "CREATE TABLE t AS SELECT 7 AS i");
  const auto other = Connect(*database_);
  ASSERT_OK(connection_->Begin());
  ASSERT_OK(connection_->Execute(Within(absl::Milliseconds(300)), "DELETE FROM t"));
  EXPECT_OK(other->Execute(Within(absl::Minutes(1)), "UPDATE t SET i = 8"));
  EXPECT_THAT(connection_->Execute(context_, "SELECT i FROM t"),
              HasReason(ERROR_REASON_STORE_UNAVAILABLE));
  EXPECT_THAT(connection_->Commit(), HasReason(ERROR_REASON_STORE_UNAVAILABLE));
  EXPECT_EQ(Number(*connection_, "SELECT i FROM t"), 8);
}

TEST_F(PostgresLimitTest, LimitsAreThoseOfTheStatementsContext) {
  ExpectLimitsOfContexts();
  ASSERT_OK(connection_->Begin());
  ExpectLimitsOfContexts();
  connection_->Rollback();
  ExpectLimitsOfContexts();
}

// A rollback takes settings back, and so does the failure of a transaction.
TEST_F(PostgresLimitTest, LimitsAreKnownAfterWhatWasUndone) {
  for (const std::string_view last : {"SELECT 1", "SELECT 1 / 0"}) {
    EXPECT_LE(LimitFor(Within(absl::Seconds(5))), 12'000);
    ASSERT_OK(connection_->Begin());
    EXPECT_GE(LimitFor(Within(absl::Hours(1))), 3'600'000);
    (void)connection_->Execute(Within(absl::Hours(1)), last);
    connection_->Rollback();
    EXPECT_LE(LimitFor(Within(absl::Seconds(5))), 12'000);
    EXPECT_FALSE(connection_->Execute(Within(absl::Hours(1)), "SELECT 1 / 0").ok());
    EXPECT_GE(LimitFor(Within(absl::Hours(1))), 3'600'000);
  }
}

TEST_F(PostgresLimitTest, CallsWithLikeDeadlinesTellThemOnce) {
  Serve({"log_statement=all"});
  const auto read = [this](absl::Duration deadline) {
    EXPECT_OK(connection_->Execute(Within(deadline), "SELECT 'a point read'"));
  };
  read(absl::Seconds(30));
  const int64_t told = Told("SET statement_timeout");
  for (int i = 0; i < 20; ++i) read(absl::Seconds(20 + i % 11));
  EXPECT_EQ(Told("SET statement_timeout"), told);
  EXPECT_EQ(Told("a point read"), 21);
  read(absl::Seconds(3));
  EXPECT_EQ(Told("SET statement_timeout"), told + 1);
}

// To tell a limit must not be what chooses the rows that a transaction sees.
TEST_F(PostgresLimitTest, ALockWithADeadlineSeesWhatWasCommittedWhileItWaited) {
  Do(*connection_, "CREATE TABLE t AS SELECT 7 AS i");
  const auto other = Connect(*database_);
  ASSERT_OK(other->Begin());
  ASSERT_OK(other->Lock(context_, "t"));
  Do(*other, "UPDATE t SET i = 8");
  ASSERT_OK(connection_->Begin());
  std::thread waiting([&] { EXPECT_OK(connection_->Lock(Within(absl::Seconds(20)), "t")); });
  while (Number(*other, "SELECT count(*) FROM pg_locks WHERE NOT granted") == 0) {
  }
  ASSERT_OK(other->Commit());
  waiting.join();
  EXPECT_EQ(Number(*connection_, "SELECT i FROM t"), 8);
  EXPECT_OK(connection_->Commit());
}

TEST_F(PostgresLimitTest, RowsAreStreamedWithANewLimit) {
  for (const int64_t seconds : {5, 500}) {
    ASSERT_OK_AND_ASSIGN(
        const auto rows,
        connection_->Query(Within(absl::Seconds(seconds)), "SELECT * FROM generate_series(1, 9)"));
    for (int64_t i = 1; i <= 9; ++i) {
      ASSERT_THAT(rows->Next(), testing::IsOkAndHolds(true));
      EXPECT_EQ(rows->Int(0), i);
    }
    EXPECT_THAT(rows->Next(), testing::IsOkAndHolds(false));
  }
}

}  // namespace
}  // namespace steelyard::sql
