#pragma once

// A ledger over a database in memory, with a clock that the test moves.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/ledger/ledger.h"
#include "services/common/snapshot/snapshot.h"
#include "services/common/status/status.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"

namespace steelyard::ledger {

inline const std::vector<Migration> kMigrations = {
    {"things_1", {"CREATE TABLE things(n BIGINT NOT NULL)"}}};

class LedgerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(database_, sql::OpenDuckDb({}));
    funding_ = Open(Kind::kFunding);
  }

  std::unique_ptr<Ledger> Open(Kind kind, sql::Database* database = nullptr) {
    auto ledger =
        Ledger::Open(database == nullptr ? *database_ : *database, clock_, kind, kMigrations);
    EXPECT_OK(ledger);
    return *std::move(ledger);
  }

  // A body that writes one row.
  Ledger::Body Write(int64_t n, std::optional<int64_t> registry_revision = std::nullopt) {
    return [this, n, registry_revision](sql::Connection& connection,
                                        int64_t) -> absl::StatusOr<Changes> {
      const sql::Value parameters[] = {n};
      STEELYARD_RETURN_IF_ERROR(
          connection.Execute(context_, "INSERT INTO things VALUES (?)", parameters).status());
      return Changes{.subjects = 1, .registry_revision = registry_revision};
    };
  }

  // Commits a row, a second after the commit before.
  Revision Commit(Ledger& ledger, std::optional<int64_t> registry_revision = std::nullopt) {
    clock_.Advance(absl::Seconds(1));
    const auto revision = ledger.Commit(context_, Write(0, registry_revision));
    EXPECT_OK(revision);
    return *revision;
  }

  int64_t Things() {
    const auto connection = *database_->Connect();
    const auto rows = *connection->Query(context_, "SELECT count(*) FROM things");
    EXPECT_THAT(rows->Next(), testing::IsOkAndHolds(true));
    return rows->Int(0);
  }

  absl::StatusOr<int64_t> ResolveToken(const Ledger& ledger, const SnapshotId& id) {
    common::v1::ReadOptions read;
    read.set_snapshot(EncodeToken(id));
    STEELYARD_ASSIGN_OR_RETURN(const Revision revision, ledger.Resolve(context_, read));
    return revision.revision;
  }

  absl::StatusOr<int64_t> ResolveTime(const Ledger& ledger, absl::Time time) {
    common::v1::ReadOptions read;
    read.mutable_as_of()->set_seconds(absl::ToUnixSeconds(time));
    read.mutable_as_of()->set_nanos(static_cast<int32_t>(
        (time - absl::FromUnixSeconds(absl::ToUnixSeconds(time))) / absl::Nanoseconds(1)));
    STEELYARD_ASSIGN_OR_RETURN(const Revision revision, ledger.Resolve(context_, read));
    return revision.revision;
  }

  Context context_ = Context::Background();
  testing::FakeClock clock_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<Ledger> funding_;
};

}  // namespace steelyard::ledger
