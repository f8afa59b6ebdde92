// What the driver does on Citus alone. The stores' contracts run there too, see engines.h.

#include <thread>

#include "gtest/gtest.h"
#include "services/common/ledger/ledger.h"
#include "services/common/sql/driver.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/common/time/clock.h"
#include "tests/contract/engines.h"
#include "tests/support/status_matchers.h"

namespace steelyard::testing {
namespace {

class CitusTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const SqlDriver citus = CitusEngine();
    if (!citus.missing.empty()) GTEST_SKIP() << "not tested: " << citus.missing;
    auto database = citus.open(directory_);
    ASSERT_OK(database);
    database_ = *std::move(database);
    connection_ = *database_->Connect();
  }

  int64_t Number(std::string_view sql) {
    const auto rows = connection_->Query(context_, sql);
    EXPECT_OK(rows);
    EXPECT_THAT((*rows)->Next(), IsOkAndHolds(true));
    return (*rows)->Int(0);
  }

  TempDir directory_;
  Context context_ = Context::Background();
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<sql::Connection> connection_;
};

TEST_F(CitusTest, IsConfigured) {
  EXPECT_THAT(database_->Engine(), ::testing::HasSubstr(" with Citus "));
  EXPECT_GE(Number("SELECT COUNT(*) FROM citus_get_active_worker_nodes()"), 2);
}

TEST_F(CitusTest, ATableIsSpreadByItsColumnOrCopied) {
  ASSERT_OK(connection_->Begin());
  ASSERT_OK(connection_->Execute(context_, "CREATE TABLE large(k VARCHAR, n BIGINT)"));
  ASSERT_OK(connection_->Execute(context_, "CREATE TABLE joined(k VARCHAR, m BIGINT)"));
  ASSERT_OK(connection_->Execute(context_, "CREATE TABLE small(k VARCHAR)"));
  ASSERT_OK(connection_->Distribute(context_, "large", "k"));
  ASSERT_OK(connection_->Distribute(context_, "joined", "k"));
  ASSERT_OK(connection_->Distribute(context_, "small", ""));
  ASSERT_OK(connection_->Commit());
  constexpr std::string_view kSpread =
      " FROM pg_dist_partition WHERE partmethod = 'h' AND logicalrelid IN "
      "('large'::regclass, 'joined'::regclass)";
  EXPECT_EQ(Number(StrCat("SELECT COUNT(*)", kSpread)), 2);
  EXPECT_EQ(Number(StrCat("SELECT COUNT(DISTINCT colocationid)", kSpread)), 1);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM pg_dist_partition WHERE partmethod = 'n' AND "
                   "logicalrelid = 'small'::regclass"),
            1);
}

// A commit that announced itself is waited for, also by who has seen a part of it already.
TEST_F(CitusTest, WhoAwaitsCommitsWaitsForTheOneBeingMade) {
  ASSERT_OK(connection_->Execute(context_, "CREATE TABLE t(n BIGINT)"));
  const auto other = *database_->Connect();
  ASSERT_OK(connection_->Begin());
  ASSERT_OK(connection_->Execute(
      context_, "SELECT pg_advisory_xact_lock(1398031193, hashtext(current_schema()::text))"));
  const Context soon = Context::WithDeadline(absl::Now() + absl::Milliseconds(50));
  EXPECT_EQ(other->AwaitCommits(soon).code(), absl::StatusCode::kDeadlineExceeded);
  ASSERT_OK(connection_->Commit());
  EXPECT_OK(other->AwaitCommits(context_));
}

// Each commit writes a row of every company, so that every machine has a part in it; another
// replica that sees its revision must see all of the rows.
TEST_F(CitusTest, ReplicasSeeACommitWholly) {
  constexpr int kCommits = 100;
  constexpr int kRows = 32;
  const ledger::Migration migrations[] = {
      {.name = "parts",
       .statements = {"CREATE TABLE parts(company VARCHAR, revision BIGINT)"},
       .placements = {{.table = "parts", .column = "company"}}}};
  const SystemClock clock;
  const auto open = [&] {
    return *ledger::Ledger::Open(*database_, clock, ledger::Kind::kFunding, migrations);
  };
  const std::unique_ptr<ledger::Ledger> writer = open();
  const std::unique_ptr<ledger::Ledger> reader = open();
  std::thread commits([&] {
    for (int i = 0; i < kCommits; ++i) {
      EXPECT_OK(writer->Commit(
          context_,
          [&](sql::Connection& connection, int64_t revision) -> absl::StatusOr<ledger::Changes> {
            const sql::Value parameters[] = {revision};
            STEELYARD_RETURN_IF_ERROR(
                connection
                    .Execute(context_,
                             StrCat("INSERT INTO parts SELECT CAST(n AS VARCHAR), ? FROM "
                                    "generate_series(1, ",
                                    kRows, ") n"),
                             parameters)
                    .status());
            return ledger::Changes{.subjects = kRows, .registry_revision = std::nullopt};
          }));
    }
  });
  for (int64_t head = 0; head < kCommits;) {
    // A number that the replica does not know yet makes it look at once.
    if (!reader->At(context_, head + 1).ok()) continue;
    head = reader->head().revision;
    EXPECT_EQ(Number(StrCat("SELECT COUNT(*) FROM parts WHERE revision <= ", head)), head * kRows);
  }
  commits.join();
}

}  // namespace
}  // namespace steelyard::testing
