#include "services/common/ledger/ledger.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/snapshot/snapshot.h"
#include "services/common/text/strings.h"
#include "tests/services/common/ledger/ledger_fixture.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace steelyard::ledger {
namespace {

using common::v1::ReadOptions;
using testing::HasReason;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::IsOkAndHolds;
using testing::TempDir;

TEST_F(LedgerTest, ANewStoreIsEmptyAndHasAnIdOfItsOwn) {
  EXPECT_THAT(funding_->store_id(), ::testing::MatchesRegex("[0-9a-f]{8}"));
  EXPECT_EQ(funding_->head().revision, 0);
  ASSERT_OK_AND_ASSIGN(const auto other, sql::OpenDuckDb({}));
  EXPECT_NE(Open(Kind::kFunding, other.get())->store_id(), funding_->store_id());
}

TEST_F(LedgerTest, NumbersCommitsFromOneAndKeepsTheirTimes) {
  const absl::Time start = clock_.Now();
  EXPECT_EQ(Commit(*funding_).revision, 1);
  const Revision second = Commit(*funding_, 40);
  EXPECT_EQ(second.revision, 2);
  EXPECT_EQ(second.registry_revision, 40);
  EXPECT_EQ(second.committed_at, start + absl::Seconds(2));
  const Revision third = Commit(*funding_);
  EXPECT_EQ(third.registry_revision, 40) << "stays what the projection said last";
  EXPECT_EQ(funding_->head().revision, 3);
  EXPECT_EQ(Things(), 3);
}

TEST_F(LedgerTest, ARegistrysRevisionsAreItsOwn) {
  ASSERT_OK_AND_ASSIGN(const auto database, sql::OpenDuckDb({}));
  const auto registry = Open(Kind::kRegistry, database.get());
  EXPECT_EQ(Commit(*registry).registry_revision, 1);
  EXPECT_EQ(Commit(*registry).registry_revision, 2);
  const auto snapshot = registry->Describe(registry->head());
  EXPECT_EQ(snapshot.funding_revision(), 0);
  EXPECT_EQ(snapshot.registry_revision(), 2);
}

TEST_F(LedgerTest, TimesNeverGoBackAndAreWholeMicroseconds) {
  clock_.Advance(absl::Nanoseconds(1'999));
  const Revision first = *funding_->Commit(context_, Write(1));
  EXPECT_EQ(first.committed_at, absl::FromUnixMicros(absl::ToUnixMicros(first.committed_at)));
  clock_.Advance(-absl::Hours(1));
  EXPECT_EQ(funding_->Commit(context_, Write(2))->committed_at, first.committed_at);
}

TEST_F(LedgerTest, NothingChangedKeepsNothing) {
  const Revision before = Commit(*funding_, 7);
  const auto body = [this](sql::Connection& connection, int64_t) -> absl::StatusOr<Changes> {
    STEELYARD_RETURN_IF_ERROR(
        connection.Execute(context_, "INSERT INTO things VALUES (9)").status());
    return Changes{.subjects = 0, .registry_revision = 7};
  };
  ASSERT_OK_AND_ASSIGN(const Revision after, funding_->Commit(context_, body));
  EXPECT_EQ(after.revision, before.revision);
  EXPECT_EQ(after.committed_at, before.committed_at);
  EXPECT_EQ(Things(), 1);
}

TEST_F(LedgerTest, ANewRegistryRevisionAloneIsAChange) {
  ASSERT_OK_AND_ASSIGN(const Revision after,
                       funding_->Commit(context_, [](sql::Connection&, int64_t) {
                         return Changes{.subjects = 0, .registry_revision = 3};
                       }));
  EXPECT_EQ(after.revision, 1);
  EXPECT_EQ(after.registry_revision, 3);
}

TEST_F(LedgerTest, AFailedBodyKeepsNothing) {
  const auto body = [this](sql::Connection& connection, int64_t) -> absl::StatusOr<Changes> {
    STEELYARD_RETURN_IF_ERROR(
        connection.Execute(context_, "INSERT INTO things VALUES (9)").status());
    return MakeError(common::v1::ERROR_REASON_INVALID_AMOUNT, "negative");
  };
  const Ledger::Memory memory = {
      .id = "a", .digest = "d", .reply = [](const Revision&) { return std::string("never"); }};
  EXPECT_THAT(funding_->Commit(context_, body, &memory),
              HasReason(common::v1::ERROR_REASON_INVALID_AMOUNT));
  EXPECT_EQ(Things(), 0);
  EXPECT_EQ(funding_->head().revision, 0);
  EXPECT_THAT(funding_->Recall(context_, Ledger::Memory::Of::kRequest, "a"),
              IsOkAndHolds(::testing::Eq(std::nullopt)));
}

TEST_F(LedgerTest, ReopeningFindsEverything) {
  const TempDir directory;
  std::string id;
  Revision head;
  for (int round = 0; round < 3; ++round) {
    ASSERT_OK_AND_ASSIGN(const auto database,
                         sql::OpenDuckDb({.path = directory.File("f.duckdb")}));
    const auto ledger = Open(Kind::kFunding, database.get());
    if (round > 0) {
      EXPECT_EQ(ledger->store_id(), id);
      EXPECT_EQ(ledger->head().revision, head.revision);
      EXPECT_EQ(ledger->head().committed_at, head.committed_at);
      EXPECT_EQ(ledger->head().registry_revision, head.registry_revision);
    }
    id = ledger->store_id();
    head = Commit(*ledger, round + 10);
  }
}

TEST_F(LedgerTest, RefusesAStoreOfTheOtherKindAndANewerSchema) {
  EXPECT_THAT(Ledger::Open(*database_, clock_, Kind::kRegistry, kMigrations),
              HasReason(common::v1::ERROR_REASON_STORE_UNAVAILABLE));
  const auto newer = Ledger::Open(*database_, clock_, Kind::kFunding, {});
  EXPECT_THAT(newer, HasReason(common::v1::ERROR_REASON_STORE_UNAVAILABLE));
  EXPECT_THAT(std::string(newer.status().message()), HasSubstr("things_1"));
}

TEST_F(LedgerTest, ResolvesTheHeadByDefault) {
  EXPECT_EQ(funding_->Resolve(context_, {})->revision, 0);
  Commit(*funding_);
  EXPECT_EQ(funding_->Resolve(context_, {})->revision, 1);
}

TEST_F(LedgerTest, ResolvesItsOwnTokensForEver) {
  std::vector<std::string> tokens = {funding_->Describe(funding_->head()).token()};
  for (int i = 1; i <= 3; ++i) {
    Commit(*funding_, i * 10);
    tokens.push_back(funding_->Describe(funding_->head()).token());
  }
  for (int64_t i = 0; i <= 3; ++i) {
    ReadOptions read;
    read.set_snapshot(tokens[static_cast<size_t>(i)]);
    ASSERT_OK_AND_ASSIGN(const Revision revision, funding_->Resolve(context_, read));
    EXPECT_EQ(revision.revision, i);
    EXPECT_EQ(revision.registry_revision, i * 10);
    EXPECT_EQ(funding_->Describe(revision).token(), read.snapshot());
  }
}

TEST_F(LedgerTest, FundingRefusesTokensThatAreNotIts) {
  Commit(*funding_, 5);
  const std::string& id = funding_->store_id();
  const struct {
    SnapshotId token;
    ErrorReason reason;
    std::string message;
  } cases[] = {
      {{"00000000", 1, 5}, common::v1::ERROR_REASON_INVALID_SNAPSHOT, "another store"},
      {{"00000000", 0, 5}, common::v1::ERROR_REASON_INVALID_SNAPSHOT, "registry alone"},
      {{id, 1, 4}, common::v1::ERROR_REASON_INVALID_SNAPSHOT, "do not belong together"},
      {{id, 2, 5}, common::v1::ERROR_REASON_SNAPSHOT_OUT_OF_RANGE, "newest revision is 1"},
  };
  for (const auto& test : cases) {
    const auto resolved = ResolveToken(*funding_, test.token);
    EXPECT_THAT(resolved, HasReason(test.reason)) << test.message;
    EXPECT_THAT(std::string(resolved.status().message()), HasSubstr(test.message));
  }
  ReadOptions damaged;
  damaged.set_snapshot("sy1.nonsense");
  EXPECT_THAT(funding_->Resolve(context_, damaged),
              HasReason(common::v1::ERROR_REASON_INVALID_SNAPSHOT));
}

TEST_F(LedgerTest, ARegistryResolvesFundingsTokensToo) {
  ASSERT_OK_AND_ASSIGN(const auto database, sql::OpenDuckDb({}));
  const auto registry = Open(Kind::kRegistry, database.get());
  Commit(*registry);
  Commit(*registry);
  const std::string& id = registry->store_id();
  EXPECT_THAT(ResolveToken(*registry, {id, 0, 1}), IsOkAndHolds(1));
  EXPECT_THAT(ResolveToken(*registry, {"0000abcd", 99, 1}), IsOkAndHolds(1));
  EXPECT_THAT(ResolveToken(*registry, {"0000abcd", 99, 0}), IsOkAndHolds(0))
      << "funding that has not applied anything yet";
  EXPECT_THAT(ResolveToken(*registry, {"0000abcd", 0, 0}), IsOkAndHolds(0));
  EXPECT_THAT(ResolveToken(*registry, {"0000abcd", 0, 1}),
              HasReason(common::v1::ERROR_REASON_INVALID_SNAPSHOT));
  EXPECT_THAT(ResolveToken(*registry, {"0000abcd", 99, 3}),
              HasReason(common::v1::ERROR_REASON_SNAPSHOT_OUT_OF_RANGE));
}

TEST_F(LedgerTest, ResolvesTimes) {
  const absl::Time start = clock_.Now();
  EXPECT_THAT(ResolveTime(*funding_, start),
              HasReason(common::v1::ERROR_REASON_SNAPSHOT_OUT_OF_RANGE));
  for (int i = 0; i < 3; ++i) {
    Commit(*funding_);
  }
  const struct {
    absl::Duration after_start;
    int64_t revision;
  } cases[] = {{absl::Seconds(1), 1},
               {absl::Milliseconds(1999), 1},
               {absl::Seconds(2), 2},
               {absl::Seconds(3), 3},
               {absl::Hours(1), 3}};
  for (const auto& test : cases) {
    EXPECT_THAT(ResolveTime(*funding_, start + test.after_start), IsOkAndHolds(test.revision))
        << test.after_start;
  }
  const auto before = ResolveTime(*funding_, start);
  EXPECT_THAT(before, HasReason(common::v1::ERROR_REASON_SNAPSHOT_OUT_OF_RANGE));
  EXPECT_THAT(std::string(before.status().message()), HasSubstr("2026-01-01T00:00:01"));
  ReadOptions impossible;
  impossible.mutable_as_of()->set_nanos(-1);
  EXPECT_THAT(funding_->Resolve(context_, impossible),
              HasReason(common::v1::ERROR_REASON_INVALID_DATE));
}

TEST_F(LedgerTest, OfCommitsAtOneMomentTheLastIsResolved) {
  ASSERT_OK(funding_->Commit(context_, Write(1)));
  ASSERT_OK(funding_->Commit(context_, Write(2)));
  EXPECT_THAT(ResolveTime(*funding_, clock_.Now()), IsOkAndHolds(2));
}

TEST_F(LedgerTest, ResolvesRevisionsThatLeftMemory) {
  const absl::Time start = clock_.Now();
  for (int64_t i = 1; i <= 1100; ++i) {
    Commit(*funding_, i);
  }
  for (const auto& ledger : {std::move(funding_), Open(Kind::kFunding)}) {
    for (const int64_t revision : {1, 2, 75, 76, 77, 1100}) {
      EXPECT_THAT(ResolveToken(*ledger, {ledger->store_id(), revision, revision}),
                  IsOkAndHolds(revision));
      EXPECT_THAT(ResolveTime(*ledger, start + absl::Seconds(revision) + absl::Milliseconds(1)),
                  IsOkAndHolds(revision));
    }
  }
}

TEST_F(LedgerTest, RemembersWithTheCommitAndWithoutChanges) {
  const auto memory = [](std::string id, Ledger::Memory::Of of) {
    return Ledger::Memory{
        .of = of, .id = std::move(id), .digest = "d1", .reply = [](const Revision& revision) {
          return StrCat("reply at ", revision.revision, std::string("\0\xff", 2));
        }};
  };
  const auto nothing = [](sql::Connection&, int64_t) { return Changes{}; };
  const auto request = memory("r", Ledger::Memory::Of::kRequest);
  const auto import = memory("i", Ledger::Memory::Of::kImport);
  ASSERT_OK(funding_->Commit(context_, Write(1), &request));
  ASSERT_OK(funding_->Commit(context_, nothing, &import));
  for (const auto* one : {&request, &import}) {
    ASSERT_OK_AND_ASSIGN(const auto found, funding_->Recall(context_, one->of, one->id));
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->revision, 1);
    EXPECT_EQ(found->digest, "d1");
    EXPECT_EQ(found->reply, StrCat("reply at 1", std::string("\0\xff", 2)));
  }
  EXPECT_THAT(funding_->Recall(context_, Ledger::Memory::Of::kImport, "r"),
              IsOkAndHolds(::testing::Eq(std::nullopt)))
      << "requests and imports are apart";
}

TEST_F(LedgerTest, AnIdIsCommittedOnce) {
  Ledger::Memory memory = {
      .id = "r", .digest = "d1", .reply = [](const Revision&) { return std::string("reply"); }};
  ASSERT_OK(funding_->Commit(context_, Write(1), &memory));
  EXPECT_THAT(funding_->Commit(context_, Write(2), &memory),
              HasReason(common::v1::ERROR_REASON_STORE_UNAVAILABLE))
      << "trying again finds the answer";
  memory.digest = "d2";
  EXPECT_THAT(funding_->Commit(context_, Write(3), &memory),
              HasReason(common::v1::ERROR_REASON_REQUEST_ID_REUSED));
  EXPECT_EQ(Things(), 1);
}

TEST_F(LedgerTest, CommitsAreSerialised) {
  std::vector<std::thread> threads;
  std::mutex mutex;
  std::set<int64_t> seen;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 25; ++i) {
        const auto revision = funding_->Commit(context_, Write(i));
        ASSERT_THAT(revision, IsOk());
        const std::lock_guard lock(mutex);
        seen.insert(revision->revision);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(seen.size(), 100U);
  EXPECT_EQ(*seen.rbegin(), 100);
  EXPECT_EQ(Things(), 100);
}

TEST_F(LedgerTest, WaitingForTheTurnEndsWithTheContext) {
  const auto body = [this](sql::Connection&, int64_t) -> absl::StatusOr<Changes> {
    // From inside a commit: the turn is taken for as long as this runs.
    std::thread([this] {
      const Context brief = Context::WithDeadline(absl::Now() + absl::Milliseconds(5));
      EXPECT_THAT(funding_->Commit(brief, Write(1)),
                  HasReason(common::v1::ERROR_REASON_DEADLINE_EXCEEDED));
      Context cancelled = Context::Background();
      std::thread canceller([&cancelled] { cancelled.Cancel(); });
      EXPECT_THAT(funding_->Commit(cancelled, Write(1)),
                  HasReason(common::v1::ERROR_REASON_CANCELLED));
      canceller.join();
      EXPECT_THAT(funding_->Recall(context_, Ledger::Memory::Of::kRequest, "x"), IsOk())
          << "reads do not wait";
    }).join();
    return Changes{.subjects = 1};
  };
  EXPECT_OK(funding_->Commit(context_, body));
}

TEST_F(LedgerTest, WaitPastSeesTheNextCommit) {
  Commit(*funding_);
  EXPECT_EQ(funding_->WaitPast(context_, 0, absl::Hours(1))->revision, 1) << "at once";
  std::thread committer([this] { Commit(*funding_); });
  EXPECT_EQ(funding_->WaitPast(context_, 1, absl::Hours(1))->revision, 2);
  committer.join();
}

TEST_F(LedgerTest, WaitPastEndsWithItsTimeOrContext) {
  EXPECT_EQ(funding_->WaitPast(context_, 0, absl::Milliseconds(2))->revision, 0);
  Context cancelled = Context::Background();
  std::thread canceller([&cancelled] { cancelled.Cancel(); });
  EXPECT_EQ(funding_->WaitPast(cancelled, 0, absl::InfiniteDuration())->revision, 0);
  canceller.join();
}

}  // namespace
}  // namespace steelyard::ledger
