// Ledger::Compact: what goes, what stays, and who is refused.

#include "services/common/ledger/compact.h"

#include <filesystem>
#include <thread>

#include "tests/services/common/ledger/ledger_fixture.h"
#include "tests/support/temp_dir.h"

namespace steelyard::ledger {
namespace {

using ::steelyard::testing::HasReason;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

const std::vector<Migration> kVersioned = {{"versioned_1",
                                            {"CREATE TABLE rows_a(n BIGINT NOT NULL, from_revision "
                                             "BIGINT NOT NULL, to_revision BIGINT NOT "
                                             "NULL)",
                                             "CREATE TABLE rows_b(n BIGINT NOT NULL, from_revision "
                                             "BIGINT NOT NULL, to_revision BIGINT NOT "
                                             "NULL)",
                                             "CREATE TABLE other(n BIGINT NOT NULL)"}}};

class CompactTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Open();
    for (int64_t revision = 1; revision <= 4; ++revision) Replace();
  }
  void Open() {
    ledger_.reset();
    database_.reset();
    ASSERT_OK_AND_ASSIGN(database_, sql::OpenDuckDb({.path = directory_.File("store.duckdb")}));
    ASSERT_OK_AND_ASSIGN(ledger_, Ledger::Open(*database_, clock_, Kind::kFunding, kVersioned));
  }
  // Ends the rows there are and writes new ones; a second after the commit before.
  void Replace() {
    clock_.Advance(absl::Seconds(1));
    const auto body = [this](sql::Connection& connection,
                             int64_t revision) -> absl::StatusOr<Changes> {
      for (const std::string table : {"rows_a", "rows_b"}) {
        const sql::Value end[] = {revision, kOpenRevision};
        STEELYARD_RETURN_IF_ERROR(
            connection
                .Execute(context_, "UPDATE " + table + " SET to_revision = ? WHERE to_revision = ?",
                         end)
                .status());
        const sql::Value row[] = {revision, revision, kOpenRevision};
        STEELYARD_RETURN_IF_ERROR(
            connection.Execute(context_, "INSERT INTO " + table + " VALUES (?, ?, ?)", row)
                .status());
      }
      return Changes{.subjects = 1, .registry_revision = std::nullopt};
    };
    ASSERT_OK(ledger_->Commit(context_, body));
  }
  absl::StatusOr<Revision> Resolve(int64_t revision) {
    common::v1::ReadOptions read;
    read.set_snapshot(EncodeToken(
        {.store = ledger_->store_id(), .funding_revision = revision, .registry_revision = 0}));
    return ledger_->Resolve(context_, read);
  }
  std::vector<int64_t> Rows() {
    const auto connection = *database_->Connect();
    const auto rows = *connection->Query(context_, "SELECT n FROM rows_a ORDER BY n");
    std::vector<int64_t> found;
    while (*rows->Next()) found.push_back(rows->Int(0));
    return found;
  }

  const Context context_ = Context::Background();
  testing::TempDir directory_;
  testing::FakeClock clock_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<Ledger> ledger_;
};

TEST_F(CompactTest, RowsThatHadEndedGoFromEveryTable) {
  ASSERT_OK_AND_ASSIGN(const Compaction compaction, ledger_->Compact(context_, 3, false));
  EXPECT_THAT(compaction.rows, ElementsAre(Pair("rows_a", 2), Pair("rows_b", 2)));
  EXPECT_EQ(compaction.oldest.revision, 3);
  EXPECT_THAT(Rows(), ElementsAre(3, 4));
  EXPECT_EQ(ledger_->oldest(), 3);
}

TEST_F(CompactTest, OlderTokensAndTimesAreRefusedAndLaterOnesAreNot) {
  const absl::Time first = (*Resolve(1)).committed_at;
  ASSERT_OK(ledger_->Compact(context_, 3, false));
  for (const bool reopened : {false, true}) {
    if (reopened) Open();
    EXPECT_OK(Resolve(0));  // the empty store holds nothing that could be gone
    EXPECT_THAT(Resolve(1), HasReason(common::v1::ERROR_REASON_SNAPSHOT_COMPACTED));
    EXPECT_THAT(Resolve(2), HasReason(common::v1::ERROR_REASON_SNAPSHOT_COMPACTED));
    EXPECT_OK(Resolve(3));
    EXPECT_OK(Resolve(4));
    EXPECT_THAT(ledger_->At(context_, 2), HasReason(common::v1::ERROR_REASON_SNAPSHOT_COMPACTED));
    EXPECT_THAT(ledger_->At(context_, 5),
                HasReason(common::v1::ERROR_REASON_SNAPSHOT_OUT_OF_RANGE));
    common::v1::ReadOptions read;
    read.mutable_as_of()->set_seconds(absl::ToUnixSeconds(first));
    EXPECT_THAT(ledger_->Resolve(context_, read),
                HasReason(common::v1::ERROR_REASON_SNAPSHOT_COMPACTED));
    read.mutable_as_of()->set_seconds(absl::ToUnixSeconds(first) - 10);
    EXPECT_THAT(ledger_->Resolve(context_, read),
                HasReason(common::v1::ERROR_REASON_SNAPSHOT_OUT_OF_RANGE));
    EXPECT_OK(ledger_->Resolve(context_, {}));
    EXPECT_EQ(ledger_->oldest(), 3);
  }
}

TEST_F(CompactTest, ADryRunSaysWhatWouldGoAndTakesNothing) {
  ASSERT_OK_AND_ASSIGN(const Compaction compaction, ledger_->Compact(context_, 4, true));
  EXPECT_THAT(compaction.rows, ElementsAre(Pair("rows_a", 3), Pair("rows_b", 3)));
  EXPECT_EQ(compaction.oldest.revision, 4);
  EXPECT_EQ(ledger_->oldest(), 0);
  EXPECT_THAT(Rows(), ElementsAre(1, 2, 3, 4));
  EXPECT_OK(Resolve(1));
}

TEST_F(CompactTest, WhatIsGoneCannotComeBack) {
  ASSERT_OK(ledger_->Compact(context_, 3, false));
  ASSERT_OK_AND_ASSIGN(const Compaction again, ledger_->Compact(context_, 2, false));
  EXPECT_THAT(again.rows, IsEmpty());
  EXPECT_EQ(again.oldest.revision, 3);
  EXPECT_EQ(ledger_->oldest(), 3);
  EXPECT_THAT(ledger_->Compact(context_, 5, false),
              HasReason(common::v1::ERROR_REASON_SNAPSHOT_OUT_OF_RANGE));
  Replace();
  EXPECT_EQ(ledger_->head().revision, 5);
}

TEST_F(CompactTest, ItWaitsForReadsOfWhatGoes) {
  auto held = std::make_unique<Revision>(*Resolve(2));
  ASSERT_OK_AND_ASSIGN(const Revision later, Resolve(3));  // stays: nobody waits for it
  const Context brief = Context::WithDeadline(absl::Now() + absl::Milliseconds(50));
  EXPECT_THAT(ledger_->Compact(brief, 3, false),
              HasReason(common::v1::ERROR_REASON_DEADLINE_EXCEEDED));
  // Nothing was deleted, and everything is readable again.
  EXPECT_THAT(Rows(), ElementsAre(1, 2, 3, 4));
  EXPECT_OK(Resolve(1));
  std::thread reader([&held] { held.reset(); });
  EXPECT_OK(ledger_->Compact(context_, 3, false));
  reader.join();
  EXPECT_THAT(Rows(), ElementsAre(3, 4));
}

TEST_F(CompactTest, AHoldMayOutliveItsLedger) {
  ASSERT_OK_AND_ASSIGN(const Revision held, Resolve(2));
  Open();
  EXPECT_OK(ledger_->Compact(context_, 3, false));
  EXPECT_EQ(held.revision, 2);
}

}  // namespace
}  // namespace steelyard::ledger
