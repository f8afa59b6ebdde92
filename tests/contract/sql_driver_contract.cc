#include "tests/contract/sql_driver_contract.h"

#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "services/common/text/strings.h"
#include "tests/support/status_matchers.h"

namespace steelyard::testing {

using sql::Transaction;
using sql::Value;
using ::testing::HasSubstr;
using ::testing::Not;

// A million million combinations: ends only when it is stopped.
constexpr std::string_view kEndlessRows = "SELECT a.n FROM digits a, digits b, digits c, digits d";
constexpr std::string_view kEndlessSum =
    "SELECT count(*) FROM digits a, digits b, digits c, digits d WHERE a.n * b.n + c.n * d.n = -1";

void SqlDriverContract::SetUp() {
  if (!GetParam().missing.empty()) {
    GTEST_SKIP() << GetParam().missing;
  }
  ASSERT_OK_AND_ASSIGN(database_, GetParam().open(directory_));
  connection_ = Connect();
}

std::unique_ptr<sql::Connection> SqlDriverContract::Connect() {
  auto connection = database_->Connect();
  EXPECT_OK(connection);
  return *std::move(connection);
}

int64_t SqlDriverContract::Do(std::string_view sql, std::span<const Value> parameters) {
  const auto changed = connection_->Execute(context_, sql, parameters);
  EXPECT_OK(changed) << sql;
  return changed.value_or(-1);
}

int64_t SqlDriverContract::Number(sql::Connection& connection, std::string_view sql,
                                  std::span<const Value> parameters) {
  auto rows = connection.Query(context_, sql, parameters);
  EXPECT_OK(rows) << sql;
  if (!rows.ok()) {
    return -1;
  }
  EXPECT_THAT((*rows)->Next(), IsOkAndHolds(true)) << sql;
  return (*rows)->Int(0);
}

void SqlDriverContract::CreateDigits() {
  Do("CREATE TABLE digits(n BIGINT)");
  ASSERT_OK_AND_ASSIGN(Transaction transaction, Transaction::Begin(*connection_));
  ASSERT_OK_AND_ASSIGN(const auto appender, connection_->Append("digits"));
  for (int64_t n = 0; n < 1000; ++n) {
    ASSERT_OK(appender->Append(std::vector<Value>{n}));
  }
  ASSERT_OK(appender->Close());
  ASSERT_OK(transaction.Commit());
}

TEST_P(SqlDriverContract, NamesItsEngine) { EXPECT_THAT(database_->Engine(), HasSubstr(" ")); }

TEST_P(SqlDriverContract, ReadsBackWhatWasBound) {
  Do("CREATE TABLE t(i BIGINT, d DOUBLE PRECISION, s VARCHAR, b BOOLEAN)");
  const std::vector<std::vector<Value>> written = {
      {int64_t{7}, 0.5, std::string("Mistral"), true},
      {INT64_MAX, -1e300, std::string("株式会社トヨタ自動車"), false},
      {INT64_MIN, 0.0, std::string(), true},
      {int64_t{0}, 1.0, std::string("'; DROP TABLE t; --"), false},
  };
  for (const auto& row : written) {
    EXPECT_EQ(Do("INSERT INTO t VALUES (?, ?, ?, ?)", row), 1);
  }
  for (const auto& row : written) {
    const std::vector<Value> key = {row[0]};
    ASSERT_OK_AND_ASSIGN(const auto rows,
                         connection_->Query(context_, "SELECT i, d, s, b FROM t WHERE i = ?", key));
    ASSERT_THAT(rows->Next(), IsOkAndHolds(true));
    EXPECT_EQ(Value(rows->Int(0)), row[0]);
    EXPECT_EQ(Value(rows->Double(1)), row[1]);
    EXPECT_EQ(Value(std::string(rows->Text(2))), row[2]);
    EXPECT_EQ(Value(rows->Bool(3)), row[3]);
    EXPECT_THAT(rows->Next(), IsOkAndHolds(false));
    EXPECT_THAT(rows->Next(), IsOkAndHolds(false)) << "the end stays the end";
  }
}

TEST_P(SqlDriverContract, KeepsNullApartFromZeroAndEmpty) {
  Do("CREATE TABLE t(i BIGINT, d DOUBLE PRECISION, s VARCHAR, b BOOLEAN)");
  const std::vector<Value> nothing(4);
  Do("INSERT INTO t VALUES (?, ?, ?, ?)", nothing);
  ASSERT_OK_AND_ASSIGN(const auto rows, connection_->Query(context_, "SELECT i, d, s, b FROM t"));
  ASSERT_THAT(rows->Next(), IsOkAndHolds(true));
  for (int column = 0; column < 4; ++column) {
    EXPECT_TRUE(rows->IsNull(column)) << column;
  }
}

TEST_P(SqlDriverContract, ReadingANullOrAnotherTypeIsADefect) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  ASSERT_OK_AND_ASSIGN(const auto rows,
                       connection_->Query(context_, "SELECT CAST(NULL AS BIGINT), 'x', 1"));
  ASSERT_THAT(rows->Next(), IsOkAndHolds(true));
  EXPECT_DEATH(rows->Int(0), "NULL");
  EXPECT_DEATH(rows->Int(1), "integer");
  EXPECT_DEATH(rows->Text(2), "text");
  EXPECT_DEATH(rows->Int(3), "column");
}

TEST_P(SqlDriverContract, QuestionMarksInTextNamesAndCommentsAreNoParameters) {
  const std::vector<Value> bound = {std::string("it's ? '"), int64_t{7}};
  ASSERT_OK_AND_ASSIGN(
      const auto rows,
      connection_->Query(context_,
                         "SELECT '?''?' AS \"a?\", /* ? */ CAST(? AS VARCHAR), -- ?\n"
                         "CAST(? AS BIGINT), '\\'",
                         bound));
  ASSERT_THAT(rows->Next(), IsOkAndHolds(true));
  EXPECT_EQ(rows->Text(0), "?'?");
  EXPECT_EQ(rows->Text(1), "it's ? '");
  EXPECT_EQ(rows->Int(2), 7);
  EXPECT_EQ(rows->Text(3), "\\");
}

TEST_P(SqlDriverContract, TextIsComparedByItsBytes) {
  Do("CREATE TABLE t(s VARCHAR)");
  const std::vector<std::string> sorted = {"",   "A", "Z", "Zürich", "_",    "a",  "a-b",
                                           "aa", "z", "Ä", "é",      "東京", "ｚ", "𐐀"};
  const std::vector<std::string> reversed(sorted.rbegin(), sorted.rend());
  for (const std::string& text : reversed) {
    const std::vector<Value> row = {text};
    Do("INSERT INTO t VALUES (?)", row);
  }
  ASSERT_OK_AND_ASSIGN(const auto rows, connection_->Query(context_, "SELECT s FROM t ORDER BY s"));
  for (const std::string& text : sorted) {
    ASSERT_THAT(rows->Next(), IsOkAndHolds(true));
    EXPECT_EQ(rows->Text(0), text);
  }
  const std::vector<Value> bound = {std::string("z")};
  EXPECT_EQ(Number(*connection_, "SELECT count(*) FROM t WHERE s > ?", bound), 5);
}

TEST_P(SqlDriverContract, CountsChangedRows) {
  CreateDigits();
  const std::vector<Value> bound = {int64_t{10}};
  EXPECT_EQ(Do("UPDATE digits SET n = n + 1000 WHERE n < ?", bound), 10);
  EXPECT_EQ(Do("DELETE FROM digits WHERE n >= 1000"), 10);
  EXPECT_EQ(Do("DELETE FROM digits WHERE n >= 1000"), 0);
}

TEST_P(SqlDriverContract, SumsAreExactIntegers) {
  Do("CREATE TABLE t(i BIGINT)");
  const std::vector<Value> big = {INT64_MAX - 1};
  Do("INSERT INTO t VALUES (?), (1)", big);
  EXPECT_EQ(Number(*connection_, "SELECT SUM(i) FROM t"), INT64_MAX);
  EXPECT_EQ(Number(*connection_, "SELECT SUM(-i) FROM t"), -INT64_MAX);
  Do("INSERT INTO t VALUES (1)");
  ASSERT_OK_AND_ASSIGN(const auto rows, connection_->Query(context_, "SELECT SUM(i) FROM t"));
  EXPECT_THAT(rows->Next(), HasReason(common::v1::ERROR_REASON_INTERNAL)) << "never wraps around";
  EXPECT_THAT(rows->Next(), IsOkAndHolds(false)) << "an error ends the rows";
}

TEST_P(SqlDriverContract, StreamsManyRowsInOrder) {
  CreateDigits();
  ASSERT_OK_AND_ASSIGN(
      const auto rows,
      connection_->Query(context_,
                         "SELECT a.n * 1000 + b.n AS x, 'row' FROM digits a, digits b ORDER BY x"));
  for (int64_t i = 0; i < 1'000'000; ++i) {
    const auto more = rows->Next();
    ASSERT_TRUE(more.ok() && *more) << i;
    ASSERT_EQ(rows->Int(0), i);
    ASSERT_EQ(rows->Text(1), "row");
  }
  EXPECT_THAT(rows->Next(), IsOkAndHolds(false));
}

TEST_P(SqlDriverContract, ALaterStatementEndsTheRows) {
  CreateDigits();
  ASSERT_OK_AND_ASSIGN(const auto rows, connection_->Query(context_, "SELECT n FROM digits"));
  ASSERT_THAT(rows->Next(), IsOkAndHolds(true));
  Do("DELETE FROM digits WHERE n = 5");
  EXPECT_THAT(rows->Next(), HasReason(common::v1::ERROR_REASON_INTERNAL));
  EXPECT_THAT(rows->Next(), IsOkAndHolds(false));
}

TEST_P(SqlDriverContract, RowsDroppedEarlyLeaveTheSessionUsable) {
  CreateDigits();
  for (int i = 0; i < 3; ++i) {
    ASSERT_OK_AND_ASSIGN(const auto rows, connection_->Query(context_, kEndlessRows));
    ASSERT_THAT(rows->Next(), IsOkAndHolds(true));
  }
  EXPECT_EQ(Number(*connection_, "SELECT count(*) FROM digits"), 1000);
}

TEST_P(SqlDriverContract, RowsDroppedEarlyLeaveTheTransactionGoing) {
  CreateDigits();
  ASSERT_OK_AND_ASSIGN(Transaction transaction, Transaction::Begin(*connection_));
  for (int i = 0; i < 3; ++i) {
    ASSERT_OK_AND_ASSIGN(
        const auto rows,
        connection_->Query(context_, "SELECT a.n, 'some text' FROM digits a, digits b"));
    ASSERT_THAT(rows->Next(), IsOkAndHolds(true));
    Do("INSERT INTO digits VALUES (1000)");
  }
  ASSERT_OK_AND_ASSIGN(const auto last, connection_->Query(context_, "SELECT n FROM digits"));
  ASSERT_THAT(last->Next(), IsOkAndHolds(true));
  EXPECT_OK(transaction.Commit());
  EXPECT_EQ(Number(*connection_, "SELECT count(*) FROM digits"), 1003);
}

TEST_P(SqlDriverContract, RefusesWrongStatementsWithoutTheEnginesWords) {
  Do("CREATE TABLE t(i BIGINT)");
  const std::vector<Value> one = {int64_t{1}};
  const std::vector<Value> broken = {std::string("\xff\xfe")};
  const struct {
    std::string_view sql;
    std::span<const Value> parameters;
  } cases[] = {
      {"SELEC 1", {}},
      {"SELECT missing_column FROM t", {}},
      {"SELECT * FROM missing_table", {}},
      {"SELECT 1; SELECT 2", {}},
      {"SELECT i FROM t WHERE i = ?", {}},
      {"SELECT i FROM t", one},
      {"SELECT CAST(? AS VARCHAR)", broken},
  };
  for (const auto& test : cases) {
    const auto result = connection_->Execute(context_, test.sql, test.parameters);
    EXPECT_THAT(result, HasReason(common::v1::ERROR_REASON_INTERNAL)) << test.sql;
    EXPECT_THAT(std::string(result.status().message()), Not(HasSubstr("missing"))) << test.sql;
  }
  EXPECT_EQ(Number(*connection_, "SELECT 1"), 1) << "the session goes on";
}

TEST_P(SqlDriverContract, AnErrorWhileFetchingIsTold) {
  CreateDigits();
  const auto rows =
      connection_->Query(context_,
                         "SELECT CAST(CASE WHEN a.n = 999 THEN 'x' ELSE '1' END AS BIGINT) "
                         "FROM digits a, digits b");
  // An engine may meet the value before it gives the first row.
  absl::StatusOr<bool> more = rows.ok() ? true : absl::StatusOr<bool>(rows.status());
  while (more.ok() && *more) {
    more = (*rows)->Next();
  }
  EXPECT_THAT(more, HasReason(common::v1::ERROR_REASON_INTERNAL));
}

TEST_P(SqlDriverContract, CommitsAndRollsBack) {
  Do("CREATE TABLE t(i BIGINT)");
  const auto other = Connect();
  const std::string_view count = "SELECT count(*) FROM t";
  {
    ASSERT_OK_AND_ASSIGN(Transaction transaction, Transaction::Begin(*connection_));
    Do("INSERT INTO t VALUES (1)");
    EXPECT_EQ(Number(*connection_, count), 1);
    EXPECT_EQ(Number(*other, count), 0) << "not committed yet";
  }
  EXPECT_EQ(Number(*connection_, count), 0) << "rolled back when destroyed";
  {
    ASSERT_OK_AND_ASSIGN(Transaction first, Transaction::Begin(*connection_));
    Transaction transaction = std::move(first);
    Do("INSERT INTO t VALUES (1)");
    EXPECT_OK(transaction.Commit());
  }
  EXPECT_EQ(Number(*other, count), 1);
}

TEST_P(SqlDriverContract, ATransactionSeesOneState) {
  CreateDigits();
  const auto other = Connect();
  ASSERT_OK_AND_ASSIGN(Transaction transaction, Transaction::Begin(*other));
  EXPECT_EQ(Number(*other, "SELECT count(*) FROM digits"), 1000);
  Do("DELETE FROM digits WHERE n >= 10");
  EXPECT_EQ(Number(*other, "SELECT count(*) FROM digits"), 1000);
  EXPECT_OK(transaction.Commit());
  EXPECT_EQ(Number(*other, "SELECT count(*) FROM digits"), 10);
}

TEST_P(SqlDriverContract, ATableThatWasRolledBackCanBeMadeAgain) {
  for (int round = 0; round < 3; ++round) {
    ASSERT_OK_AND_ASSIGN(const Transaction transaction, Transaction::Begin(*connection_));
    Do("CREATE TEMP TABLE IF NOT EXISTS staging(i BIGINT)");
    EXPECT_EQ(Number(*connection_, "SELECT count(*) FROM staging"), 0);
    ASSERT_OK_AND_ASSIGN(const auto appender, connection_->Append("staging"));
    EXPECT_OK(appender->Append(std::vector<Value>{int64_t{1}}));
    EXPECT_OK(appender->Close());
  }
}

TEST_P(SqlDriverContract, TransactionsDoNotNest) {
  EXPECT_THAT(connection_->Commit(), HasReason(common::v1::ERROR_REASON_INTERNAL));
  connection_->Rollback();
  ASSERT_OK(connection_->Begin());
  EXPECT_THAT(connection_->Begin(), HasReason(common::v1::ERROR_REASON_INTERNAL));
  EXPECT_OK(connection_->Commit());
}

TEST_P(SqlDriverContract, AFailedStatementFailsItsTransaction) {
  Do("CREATE TABLE t(i BIGINT NOT NULL)");
  {
    ASSERT_OK_AND_ASSIGN(Transaction transaction, Transaction::Begin(*connection_));
    Do("INSERT INTO t VALUES (1)");
    EXPECT_FALSE(connection_->Execute(context_, "INSERT INTO t VALUES (NULL)").ok());
    EXPECT_FALSE(transaction.Commit().ok());
  }
  EXPECT_EQ(Number(*connection_, "SELECT count(*) FROM t"), 0);
}

TEST_P(SqlDriverContract, StopsAtTheDeadline) {
  CreateDigits();
  const Context brief = Context::WithDeadline(absl::Now() + absl::Milliseconds(30));
  EXPECT_THAT(connection_->Execute(brief, kEndlessSum),
              HasReason(common::v1::ERROR_REASON_DEADLINE_EXCEEDED));
  EXPECT_THAT(connection_->Execute(brief, "SELECT 1"),
              HasReason(common::v1::ERROR_REASON_DEADLINE_EXCEEDED))
      << "nothing starts after the deadline";
  EXPECT_EQ(Number(*connection_, "SELECT count(*) FROM digits"), 1000) << "the session goes on";
}

TEST_P(SqlDriverContract, StopsBetweenAndInsideFetches) {
  CreateDigits();
  Context context = Context::Background();
  ASSERT_OK_AND_ASSIGN(const auto rows, connection_->Query(context, kEndlessRows));
  ASSERT_THAT(rows->Next(), IsOkAndHolds(true));
  context.Cancel();
  absl::StatusOr<bool> more = true;
  while (more.ok() && *more) {
    more = rows->Next();
  }
  EXPECT_THAT(more, HasReason(common::v1::ERROR_REASON_CANCELLED));
}

TEST_P(SqlDriverContract, StopsWhenCancelledAtAnyMoment) {
  CreateDigits();
  const auto other = Connect();
  for (int round = 0; round < 20; ++round) {
    Context context = Context::Background();
    std::thread canceller([&] {
      // Statements of another session are the clock: each round cancels a little later.
      for (int i = 0; i < round; ++i) {
        Number(*other, "SELECT count(*) FROM digits");
      }
      context.Cancel();
    });
    EXPECT_THAT(connection_->Execute(context, kEndlessSum),
                HasReason(common::v1::ERROR_REASON_CANCELLED));
    canceller.join();
    EXPECT_EQ(Number(*connection_, "SELECT count(*) FROM digits"), 1000);
  }
}

TEST_P(SqlDriverContract, ManyStatementsAndSchemaChangesAreServed) {
  Do("CREATE TABLE t(i BIGINT)");
  Do("INSERT INTO t VALUES (1)");
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 150; ++i) {
      EXPECT_EQ(Number(*connection_, StrCat("SELECT i + ", i, " FROM t")), i + 1);
    }
  }
  const std::string_view read = "SELECT i FROM t WHERE i > ?";
  const std::vector<Value> zero = {int64_t{0}};
  EXPECT_EQ(Number(*connection_, read, zero), 1);
  Do("ALTER TABLE t ADD COLUMN s VARCHAR");
  EXPECT_EQ(Number(*connection_, read, zero), 1) << "prepared before the change";
  Do("DROP TABLE t");
  EXPECT_FALSE(connection_->Query(context_, read, zero).ok());
}

TEST_P(SqlDriverContract, SessionsWorkAtTheSameTime) {
  CreateDigits();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this] {
      const auto mine = Connect();
      for (int64_t i = 0; i < 100; ++i) {
        const std::vector<Value> bound = {i};
        EXPECT_EQ(Number(*mine, "SELECT count(*) FROM digits WHERE n < ?", bound), i);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

}  // namespace steelyard::testing
