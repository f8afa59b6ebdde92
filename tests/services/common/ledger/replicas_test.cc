// Several replicas on one PostgreSQL: each has a ledger of its own.

#include <atomic>
#include <thread>

#include "absl/time/clock.h"
#include "services/common/ledger/replicas.h"
#include "services/common/sql/statement.h"
#include "tests/services/common/ledger/ledger_fixture.h"
#include "tests/support/postgres_server.h"

namespace steelyard::ledger {
namespace {

using ::steelyard::testing::HasReason;
using ::steelyard::testing::IsOkAndHolds;
using ::testing::SizeIs;

const std::vector<Migration> kVersioned = {
    {"versioned_1",
     {"CREATE TABLE rows_a(n BIGINT NOT NULL, from_revision BIGINT NOT NULL, to_revision BIGINT "
      "NOT NULL)"}}};

class SharedLedgerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!testing::PostgresServer::Missing().empty()) {
      GTEST_SKIP() << testing::PostgresServer::Missing();
    }
    server_ = std::make_unique<testing::PostgresServer>();
    ASSERT_OK_AND_ASSIGN(database_, sql::OpenPostgres({.dsn = server_->dsn()}));
    first_ = Open();
    second_ = Open();
  }

  std::unique_ptr<Ledger> Open() {
    auto ledger = Ledger::Open(*database_, clock_, Kind::kFunding, kVersioned);
    EXPECT_OK(ledger);
    return ledger.ok() ? *std::move(ledger) : nullptr;
  }

  // Ends the row there is and writes another.
  Ledger::Body Replace() {
    return [this](sql::Connection& connection, int64_t revision) -> absl::StatusOr<Changes> {
      const sql::Value end[] = {revision, kOpenRevision};
      STEELYARD_RETURN_IF_ERROR(
          connection
              .Execute(context_, "UPDATE rows_a SET to_revision = ? WHERE to_revision = ?", end)
              .status());
      const sql::Value row[] = {revision, revision, kOpenRevision};
      STEELYARD_RETURN_IF_ERROR(
          connection.Execute(context_, "INSERT INTO rows_a VALUES (?, ?, ?)", row).status());
      return Changes{.subjects = 1, .registry_revision = std::nullopt};
    };
  }
  int64_t Commit(Ledger& ledger) {
    const auto revision = ledger.Commit(context_, Replace());
    EXPECT_OK(revision);
    return revision.ok() ? revision->revision : -1;
  }

  int64_t Number(const std::string& sql) {
    const auto connection = *database_->Connect();
    sql::Statement statement;
    statement.Add(sql);
    const auto number = sql::ReadInt(*connection, context_, statement);
    EXPECT_OK(number);
    return number.value_or(-1);
  }

  Context context_ = Context::Background();
  testing::FakeClock clock_;
  std::unique_ptr<testing::PostgresServer> server_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<Ledger> first_;
  std::unique_ptr<Ledger> second_;
};

TEST_F(SharedLedgerTest, ReplicasHaveOneStore) {
  EXPECT_EQ(first_->store_id(), second_->store_id());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM replicas"), 2);
}

TEST_F(SharedLedgerTest, ThoseThatStartAtOnceMakeOneStore) {
  const testing::PostgresServer other;
  ASSERT_OK_AND_ASSIGN(const auto database, sql::OpenPostgres({.dsn = other.dsn()}));
  std::vector<std::unique_ptr<Ledger>> ledgers(6);
  std::vector<std::thread> threads;
  for (std::unique_ptr<Ledger>& ledger : ledgers) {
    threads.emplace_back([&] {
      auto opened = Ledger::Open(*database, clock_, Kind::kFunding, kVersioned);
      EXPECT_OK(opened);
      if (opened.ok()) ledger = *std::move(opened);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::unique_ptr<Ledger>& ledger : ledgers) {
    ASSERT_NE(ledger, nullptr);
    EXPECT_EQ(ledger->store_id(), ledgers[0]->store_id());
  }
}

TEST_F(SharedLedgerTest, CommitsOfAllAreNumberedOneByOne) {
  constexpr int kEach = 40;
  std::atomic<int64_t> sum = 0;
  std::vector<std::thread> threads;
  for (Ledger* ledger : {first_.get(), second_.get(), first_.get(), second_.get()}) {
    threads.emplace_back([&, ledger] {
      for (int i = 0; i < kEach; ++i) sum += Commit(*ledger);
    });
  }
  for (std::thread& thread : threads) thread.join();
  constexpr int64_t kAll = 4 * kEach;
  EXPECT_EQ(sum, kAll * (kAll + 1) / 2);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM revisions"), kAll);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM rows_a"), kAll);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM rows_a WHERE to_revision = 9223372036854775807"), 1);
}

TEST_F(SharedLedgerTest, ATokenOfAnotherReplicaIsKnownAtOnce) {
  for (int i = 0; i < 20; ++i) {
    ASSERT_OK_AND_ASSIGN(const Revision revision, first_->Commit(context_, Replace()));
    common::v1::ReadOptions read;
    read.set_snapshot(first_->Describe(revision).token());
    ASSERT_OK_AND_ASSIGN(const Revision resolved, second_->Resolve(context_, read));
    EXPECT_EQ(resolved.revision, revision.revision);
    EXPECT_EQ(resolved.committed_at, revision.committed_at);
  }
  EXPECT_THAT(second_->At(context_, 21), HasReason(common::v1::ERROR_REASON_SNAPSHOT_OUT_OF_RANGE));
}

TEST_F(SharedLedgerTest, ATimeIsTheSameRevisionToAll) {
  Commit(*first_);
  clock_.Advance(absl::Seconds(10));
  Commit(*first_);
  common::v1::ReadOptions read;
  read.mutable_as_of()->set_seconds(absl::ToUnixSeconds(clock_.Now()) + 1);
  ASSERT_OK_AND_ASSIGN(const Revision resolved, second_->Resolve(context_, read));
  EXPECT_EQ(resolved.revision, 2);
}

TEST_F(SharedLedgerTest, WaitingEndsWithACommitOfAnother) {
  std::thread writer([&] { Commit(*first_); });
  ASSERT_OK_AND_ASSIGN(const Revision head, second_->WaitPast(context_, 0, absl::Minutes(1)));
  EXPECT_EQ(head.revision, 1);
  writer.join();
}

TEST_F(SharedLedgerTest, ARequestIsCommittedOnceByAll) {
  const auto once = [&](Ledger& ledger) {
    const Ledger::Memory memory{.of = Ledger::Memory::Of::kRequest,
                                .id = "r1",
                                .digest = "d",
                                .reply = [](const Revision&) { return std::string("reply"); }};
    return ledger.Commit(context_, Replace(), &memory).status();
  };
  std::atomic<int> committed = 0;
  std::vector<std::thread> threads;
  for (Ledger* ledger : {first_.get(), second_.get(), first_.get(), second_.get()}) {
    threads.emplace_back([&, ledger] {
      const absl::Status status = once(*ledger);
      if (status.ok()) ++committed;
      if (!status.ok()) EXPECT_THAT(status, HasReason(common::v1::ERROR_REASON_STORE_UNAVAILABLE));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(committed, 1);
  ASSERT_OK_AND_ASSIGN(const auto remembered,
                       second_->Recall(context_, Ledger::Memory::Of::kRequest, "r1"));
  ASSERT_TRUE(remembered.has_value());
  EXPECT_EQ(remembered->revision, 1);
}

TEST_F(SharedLedgerTest, ACompactionWaitsForReadersOfOtherReplicas) {
  for (int i = 0; i < 3; ++i) Commit(*first_);
  auto held = second_->At(context_, 1);
  ASSERT_OK(held);
  const Context soon = Context::WithDeadline(absl::Now() + absl::Seconds(3));
  EXPECT_THAT(first_->Compact(soon, 3, false),
              HasReason(common::v1::ERROR_REASON_DEADLINE_EXCEEDED));
  EXPECT_EQ(Number("SELECT COUNT(*) FROM rows_a"), 3);
  *held = Revision();
  ASSERT_OK_AND_ASSIGN(const Compaction done, first_->Compact(context_, 3, false));
  EXPECT_EQ(done.oldest.revision, 3);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM rows_a"), 1);
  EXPECT_THAT(second_->At(context_, 2), HasReason(common::v1::ERROR_REASON_SNAPSHOT_COMPACTED));
  EXPECT_OK(second_->At(context_, 3));
}

TEST_F(SharedLedgerTest, AReplicaThatLeftIsNotWaitedFor) {
  Commit(*first_);
  Commit(*second_);
  second_.reset();
  EXPECT_EQ(Number("SELECT COUNT(*) FROM replicas"), 1);
  EXPECT_OK(first_->Compact(context_, 2, false));
}

TEST_F(SharedLedgerTest, TheDeadAreNotWaitedForLongerThanTheirLease) {
  const auto connection = *database_->Connect();
  ASSERT_OK(Beat(*connection, context_, "dead", 0));
  ASSERT_OK(AwaitReplicas(*connection, context_, "self", 0));
  ASSERT_OK(Leave(*connection, context_, "nobody"));
  const Context soon = Context::WithDeadline(absl::Now() + absl::Milliseconds(300));
  EXPECT_THAT(AwaitReplicas(*connection, soon, "self", 5),
              HasReason(common::v1::ERROR_REASON_DEADLINE_EXCEEDED));
  first_.reset();
  second_.reset();
  EXPECT_OK(AwaitReplicas(*connection, context_, "self", 5, absl::Milliseconds(200)));
  EXPECT_THAT(ReadReplicas(*connection, context_), IsOkAndHolds(SizeIs(0)));
}

TEST_F(SharedLedgerTest, TheNewestRevisionIsThatOfAll) {
  for (int64_t i = 1; i <= 20; ++i) {
    Commit(i % 2 == 0 ? *first_ : *second_);
    ASSERT_OK_AND_ASSIGN(const Revision newest, (i % 2 == 0 ? *second_ : *first_).Newest(context_));
    EXPECT_EQ(newest.revision, i);
  }
}

TEST_F(SharedLedgerTest, AConflictAsksToTryAgain) {
  const auto conflict = [](sql::Connection&, int64_t) -> absl::StatusOr<Changes> {
    return absl::AbortedError("two writers");
  };
  EXPECT_THAT(first_->Commit(context_, conflict),
              HasReason(common::v1::ERROR_REASON_STORE_UNAVAILABLE));
  EXPECT_EQ(Commit(*first_), 1);
}

TEST_F(SharedLedgerTest, NoTwoCommitsHaveOneNumber) {
  Commit(*first_);
  const auto connection = *database_->Connect();
  EXPECT_THAT(connection->Execute(context_, "INSERT INTO revisions VALUES (1, 0, 0)"),
              testing::StatusIs(absl::StatusCode::kAborted));
}

TEST_F(SharedLedgerTest, SaysWhetherTheDatabaseAnswers) {
  const auto await = [&](bool answers) {
    const absl::Time until = absl::Now() + absl::Minutes(1);
    while (first_->answers() != answers && absl::Now() < until) {
      // Returns when the context ends, since nothing is committed.
      const auto ignored = first_->WaitPast(context_, 1'000'000, absl::Milliseconds(20));
    }
    return first_->answers() == answers;
  };
  EXPECT_TRUE(first_->answers());
  server_->Stop();
  EXPECT_TRUE(await(false));
  server_->Start();
  EXPECT_TRUE(await(true));
}

TEST_F(SharedLedgerTest, WhatAllowsNoChangesCanBeRead) {
  Commit(*first_);
  server_->Stop();
  server_->Set({"default_transaction_read_only=on"});
  server_->Start();
  EXPECT_THAT(first_->Commit(context_, Replace()),
              HasReason(common::v1::ERROR_REASON_STORE_UNAVAILABLE));
  EXPECT_OK(first_->Resolve(context_, {}));
  ASSERT_OK_AND_ASSIGN(const Revision newest, first_->Newest(context_));
  EXPECT_EQ(newest.revision, 1);
  // A process that starts has to write.
  EXPECT_THAT(Ledger::Open(*database_, clock_, Kind::kFunding, kVersioned),
              HasReason(common::v1::ERROR_REASON_STORE_UNAVAILABLE));
  server_->Stop();
  server_->Set({});
  server_->Start();
  EXPECT_EQ(Commit(*second_), 2);
}

TEST_F(SharedLedgerTest, ADatabaseThatIsGoneAndBackIsFollowedAgain) {
  Commit(*first_);
  server_->Kill();
  EXPECT_THAT(first_->Commit(context_, Replace()),
              HasReason(common::v1::ERROR_REASON_STORE_UNAVAILABLE));
  server_->Start();
  EXPECT_EQ(Commit(*second_), 2);
  ASSERT_OK_AND_ASSIGN(const Revision head, first_->WaitPast(context_, 1, absl::Minutes(1)));
  EXPECT_EQ(head.revision, 2);
  EXPECT_EQ(Commit(*first_), 3);
}

}  // namespace
}  // namespace steelyard::ledger
