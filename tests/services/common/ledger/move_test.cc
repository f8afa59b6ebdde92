#include "services/common/ledger/move.h"

#include "tests/services/common/ledger/ledger_fixture.h"

namespace steelyard::ledger {
namespace {

using ::steelyard::testing::HasReason;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Pair;

const std::vector<Migration> kTables = {{"all_types",
                                         {"CREATE TABLE things(n BIGINT, x DOUBLE PRECISION, b "
                                          "BOOLEAN, s VARCHAR, from_revision BIGINT "
                                          "NOT NULL, to_revision BIGINT NOT NULL)"}}};
const std::vector<Migration> kOddTables = {{"odd", {"CREATE TABLE odd(d DATE)"}}};

void Ignore(std::string_view /*table*/, int64_t /*rows*/) {}

class MoveTest : public ::testing::Test {
 protected:
  static std::unique_ptr<sql::Database> Database() { return *sql::OpenDuckDb({}); }
  std::unique_ptr<Ledger> Open(sql::Database& database) {
    return *Ledger::Open(database, clock_, Kind::kFunding, kTables);
  }
  // Three rows, of which one has no values, in one commit.
  void Fill(Ledger& ledger) {
    EXPECT_OK(ledger.Commit(
        context_, [&](sql::Connection& session, int64_t revision) -> absl::StatusOr<Changes> {
          STEELYARD_ASSIGN_OR_RETURN(const auto appender, session.Append("things"));
          const sql::Value rows[][6] = {
              {int64_t{-7}, 0.1, true, std::string("Forêt|'\"\\\n"), revision, kOpenRevision},
              {INT64_MAX, -1e308, false, std::string(), revision, kOpenRevision},
              {{}, {}, {}, {}, revision, kOpenRevision}};
          for (const auto& row : rows) STEELYARD_RETURN_IF_ERROR(appender->Append(row));
          STEELYARD_RETURN_IF_ERROR(appender->Close());
          return Changes{.subjects = 3, .registry_revision = 5};
        }));
  }

  Context context_ = Context::Background();
  testing::FakeClock clock_;
  std::unique_ptr<sql::Database> from_ = Database();
  std::unique_ptr<sql::Database> to_ = Database();
};

TEST_F(MoveTest, TheStoreIsTheSameElsewhere) {
  std::string id;
  std::string token;
  {
    const auto ledger = Open(*from_);
    Fill(*ledger);
    id = ledger->store_id();
    token = ledger->Describe(ledger->head()).token();
  }
  int64_t told = 0;
  ASSERT_OK_AND_ASSIGN(const TableRows moved,
                       MoveStore(*from_, *to_, Kind::kFunding, kTables,
                                 [&told](std::string_view table, int64_t rows) {
                                   if (table == "things") told = rows;
                                 }));
  EXPECT_THAT(moved, Contains(Pair("things", 3)));
  EXPECT_THAT(moved, Contains(Pair("revisions", 1)));
  EXPECT_EQ(told, 3);
  const auto ledger = Open(*to_);
  EXPECT_EQ(ledger->store_id(), id);
  EXPECT_EQ(ledger->Describe(ledger->head()).token(), token);
  common::v1::ReadOptions read;
  read.set_snapshot(token);
  EXPECT_OK(ledger->Resolve(context_, read));
  const auto session = *to_->Connect();
  ASSERT_OK_AND_ASSIGN(
      const auto rows,
      session->Query(context_, "SELECT n, x, b, s FROM things ORDER BY n NULLS LAST"));
  EXPECT_TRUE(*rows->Next());
  EXPECT_EQ(rows->Int(0), -7);
  EXPECT_EQ(rows->Double(1), 0.1);
  EXPECT_TRUE(rows->Bool(2));
  EXPECT_EQ(rows->Text(3), "Forêt|'\"\\\n");
  EXPECT_TRUE(*rows->Next());
  EXPECT_TRUE(*rows->Next());
  EXPECT_TRUE(rows->IsNull(0) && rows->IsNull(1) && rows->IsNull(2) && rows->IsNull(3));
  EXPECT_FALSE(*rows->Next());
}

TEST_F(MoveTest, WhatHoldsAStoreIsNotWrittenOver) {
  Fill(*Open(*from_));
  const std::string there = Open(*to_)->store_id();
  const auto moved = MoveStore(*from_, *to_, Kind::kFunding, kTables, Ignore);
  EXPECT_THAT(moved.status(), HasReason(common::v1::ERROR_REASON_STORE_UNAVAILABLE));
  EXPECT_THAT(std::string(moved.status().message()), HasSubstr(there));
  EXPECT_EQ(Open(*to_)->head().revision, 0);
}

TEST_F(MoveTest, OnlyAStoreOfTheKindIsMoved) {
  EXPECT_THAT(MoveStore(*from_, *to_, Kind::kFunding, kTables, Ignore).status(),
              HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  Fill(*Open(*from_));
  EXPECT_THAT(MoveStore(*from_, *to_, Kind::kRegistry, kTables, Ignore).status(),
              HasReason(common::v1::ERROR_REASON_STORE_UNAVAILABLE));
}

TEST_F(MoveTest, AColumnOfAnUnknownTypeIsAnErrorAndNothingIsMoved) {
  { *Ledger::Open(*from_, clock_, Kind::kFunding, kOddTables); }
  EXPECT_THAT(MoveStore(*from_, *to_, Kind::kFunding, kOddTables, Ignore).status(),
              HasReason(common::v1::ERROR_REASON_INTERNAL));
  const auto session = *to_->Connect();
  ASSERT_OK_AND_ASSIGN(const auto rows,
                       session->Query(context_, "SELECT COUNT(*) FROM store_meta"));
  EXPECT_TRUE(*rows->Next());
  EXPECT_EQ(rows->Int(0), 0);
}

}  // namespace
}  // namespace steelyard::ledger
