// The part of the drivers' contract that is about bulk appends.

#include <cstdint>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "services/common/text/strings.h"
#include "tests/contract/sql_driver_contract.h"
#include "tests/support/status_matchers.h"

namespace steelyard::testing {

using sql::Transaction;
using sql::Value;

TEST_P(SqlDriverContract, AppendsInBulk) {
  Do("CREATE TABLE t(i BIGINT, d DOUBLE PRECISION, s VARCHAR, b BOOLEAN, k INTEGER)");
  ASSERT_OK_AND_ASSIGN(Transaction transaction, Transaction::Begin(*connection_));
  ASSERT_OK_AND_ASSIGN(const auto appender, connection_->Append("t"));
  int64_t sum = 0;
  int64_t small_sum = 0;
  for (int64_t i = 0; i < 10'000; ++i) {
    std::vector<Value> row(5);
    if (i % 3 != 0) {
      sum += i;
      small_sum += i % 100;
      row = {i, static_cast<double>(i) / 2, StrCat("name ", i), i % 2 == 0, i % 100};
    }
    ASSERT_OK(appender->Append(row));
  }
  ASSERT_OK(appender->Close());
  const std::string_view sums =
      "SELECT count(*), count(i), SUM(i), count(s), SUM(CASE WHEN b THEN 1 ELSE 0 END), SUM(k), "
      "MAX(d) FROM t";
  ASSERT_OK_AND_ASSIGN(const auto rows, connection_->Query(context_, sums));
  ASSERT_THAT(rows->Next(), IsOkAndHolds(true));
  EXPECT_EQ(rows->Int(0), 10'000);
  EXPECT_EQ(rows->Int(1), 6'666);
  EXPECT_EQ(rows->Int(2), sum);
  EXPECT_EQ(rows->Int(3), 6'666);
  EXPECT_EQ(rows->Int(4), 3'333);
  EXPECT_EQ(rows->Int(5), small_sum);
  EXPECT_EQ(rows->Double(6), 4'999.0);
  EXPECT_OK(transaction.Commit());
  const std::vector<Value> key = {int64_t{9'998}};
  ASSERT_OK_AND_ASSIGN(const auto last,
                       connection_->Query(context_, "SELECT s FROM t WHERE i = ?", key));
  ASSERT_THAT(last->Next(), IsOkAndHolds(true));
  EXPECT_EQ(last->Text(0), "name 9998");
}

TEST_P(SqlDriverContract, AppendsTextsOfEveryLength) {
  Do("CREATE TABLE t(i BIGINT, s VARCHAR)");
  ASSERT_OK_AND_ASSIGN(Transaction transaction, Transaction::Begin(*connection_));
  ASSERT_OK_AND_ASSIGN(const auto appender, connection_->Append("t"));
  std::vector<std::string> texts;
  for (size_t length = 0; length < 40; ++length) {
    texts.emplace_back(length, 'x');
    texts.push_back(StrCat(texts.back(), "東京"));
  }
  for (const std::string& text : texts) {
    const sql::Cell row[] = {static_cast<int64_t>(text.size()), text};
    ASSERT_OK(appender->Append(row));
    const sql::Cell none[] = {int64_t{-1}, {}};
    ASSERT_OK(appender->Append(none));
  }
  ASSERT_OK(appender->Close());
  ASSERT_OK_AND_ASSIGN(const auto rows, connection_->Query(context_, "SELECT i, s FROM t"));
  std::vector<std::string> read;
  size_t nulls = 0;
  while (true) {
    ASSERT_OK_AND_ASSIGN(const bool more, rows->Next());
    if (!more) break;
    if (rows->IsNull(1)) {
      ++nulls;
      continue;
    }
    read.emplace_back(rows->Text(1));
    EXPECT_EQ(rows->Int(0), static_cast<int64_t>(read.back().size()));
  }
  EXPECT_THAT(read, ::testing::UnorderedElementsAreArray(texts));
  EXPECT_EQ(nulls, texts.size());
}

TEST_P(SqlDriverContract, AppendersAndStatementsTakeTurns) {
  Do("CREATE TABLE parents(i BIGINT)");
  Do("CREATE TABLE children(i BIGINT, s VARCHAR)");
  ASSERT_OK_AND_ASSIGN(Transaction transaction, Transaction::Begin(*connection_));
  ASSERT_OK_AND_ASSIGN(const auto parents, connection_->Append("parents"));
  ASSERT_OK_AND_ASSIGN(const auto children, connection_->Append("children"));
  const std::string text(100, 'x');
  for (int64_t i = 0; i < 20'000; ++i) {
    ASSERT_OK(parents->Append(std::vector<Value>{i}));
    ASSERT_OK(children->Append(std::vector<Value>{i, text}));
    if (i % 5'000 == 0) {
      Do("INSERT INTO parents VALUES (-1)");
    }
  }
  ASSERT_OK(parents->Close());
  ASSERT_OK(children->Close());
  ASSERT_OK(transaction.Commit());
  EXPECT_EQ(Number(*connection_, "SELECT count(*) FROM parents"), 20'004);
  EXPECT_EQ(Number(*connection_, "SELECT SUM(i) FROM children"), 199'990'000);
}

TEST_P(SqlDriverContract, AppendsToTemporaryTables) {
  ASSERT_OK_AND_ASSIGN(Transaction transaction, Transaction::Begin(*connection_));
  Do("CREATE TEMP TABLE staged(s VARCHAR)");
  ASSERT_OK_AND_ASSIGN(const auto appender, connection_->Append("staged"));
  ASSERT_OK(appender->Append(std::vector<Value>{std::string("x")}));
  ASSERT_OK(appender->Close());
  EXPECT_EQ(Number(*connection_, "SELECT count(*) FROM staged"), 1);
}

TEST_P(SqlDriverContract, AppendRefusesWhatDoesNotFit) {
  Do("CREATE TABLE t(i BIGINT, s VARCHAR, k SMALLINT)");
  EXPECT_THAT(connection_->Append("t"), HasReason(common::v1::ERROR_REASON_INTERNAL))
      << "outside a transaction";
  const std::vector<std::vector<Value>> cases = {
      {int64_t{1}, std::string("x")},
      {int64_t{1}, std::string("x"), int64_t{1}, int64_t{1}},
      {std::string("1"), std::string("x"), int64_t{1}},
      {int64_t{1}, int64_t{1}, int64_t{1}},
      {1.0, std::string("x"), int64_t{1}},
      {true, std::string("x"), int64_t{1}},
      {int64_t{1}, std::string("broken \xff\xfe text"), int64_t{1}},
      {int64_t{1}, std::string("\xff"), int64_t{1}},
      {int64_t{1}, std::string("x"), int64_t{70'000}},
  };
  for (const auto& row : cases) {
    ASSERT_OK_AND_ASSIGN(Transaction transaction, Transaction::Begin(*connection_));
    ASSERT_OK_AND_ASSIGN(const auto appender, connection_->Append("t"));
    absl::Status status = appender->Append(row);
    if (status.ok()) {
      status = appender->Close();
    }
    EXPECT_THAT(status, HasReason(common::v1::ERROR_REASON_INTERNAL)) << row.size();
  }
  ASSERT_OK_AND_ASSIGN(Transaction transaction, Transaction::Begin(*connection_));
  EXPECT_THAT(connection_->Append("missing"), HasReason(common::v1::ERROR_REASON_INTERNAL));
}

TEST_P(SqlDriverContract, AnAppenderThatWasNotClosedSpoilsTheTransaction) {
  Do("CREATE TABLE t(i BIGINT)");
  ASSERT_OK_AND_ASSIGN(Transaction transaction, Transaction::Begin(*connection_));
  {
    ASSERT_OK_AND_ASSIGN(const auto appender, connection_->Append("t"));
    for (int64_t i = 0; i < 5'000; ++i) {
      ASSERT_OK(appender->Append(std::vector<Value>{i}));
    }
  }
  EXPECT_THAT(transaction.Commit(), HasReason(common::v1::ERROR_REASON_INTERNAL));
  EXPECT_EQ(Number(*connection_, "SELECT count(*) FROM t"), 0);
  ASSERT_OK_AND_ASSIGN(Transaction next, Transaction::Begin(*connection_));
  EXPECT_OK(next.Commit()) << "only that transaction";
  std::unique_ptr<sql::Appender> late;
  {
    ASSERT_OK_AND_ASSIGN(Transaction other, Transaction::Begin(*connection_));
    ASSERT_OK_AND_ASSIGN(late, connection_->Append("t"));
    for (int64_t i = 0; i < 5'000; ++i) {
      ASSERT_OK(late->Append(std::vector<Value>{i}));
    }
    EXPECT_THAT(other.Commit(), HasReason(common::v1::ERROR_REASON_INTERNAL)) << "still open";
  }
  late.reset();
  EXPECT_EQ(Number(*connection_, "SELECT count(*) FROM t"), 0);
}

}  // namespace steelyard::testing
