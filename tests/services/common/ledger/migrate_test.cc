#include "services/common/ledger/migrate.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace steelyard::ledger {
namespace {

using testing::HasReason;
using ::testing::HasSubstr;
using testing::IsOkAndHolds;

class MigrateTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(database_, sql::OpenDuckDb({}));
    ASSERT_OK_AND_ASSIGN(connection_, database_->Connect());
  }

  std::vector<std::string> Listed() {
    std::vector<std::string> names;
    const auto rows =
        *connection_->Query(context_, "SELECT name FROM schema_migrations ORDER BY position");
    while (*rows->Next()) {
      names.emplace_back(rows->Text(0));
    }
    return names;
  }

  Context context_ = Context::Background();
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<sql::Connection> connection_;
};

const Migration kFirst = {"a_1", {"CREATE TABLE a(n BIGINT)", "INSERT INTO a VALUES (1)"}};
const Migration kSecond = {"a_2", {"INSERT INTO a VALUES (2)"}};

TEST_F(MigrateTest, RunsEachStepOnceAndInOrder) {
  ASSERT_OK(Migrate(*connection_, std::vector{kFirst}, false));
  ASSERT_OK(Migrate(*connection_, std::vector{kFirst}, false));
  ASSERT_OK(Migrate(*connection_, std::vector{kFirst, kSecond}, false));
  EXPECT_THAT(Listed(), ::testing::ElementsAre("ledger_1_tables", "ledger_2_replicas",
                                               "ledger_3_indexes", "a_1", "a_2"));
  const auto rows = *connection_->Query(context_, "SELECT SUM(n) FROM a");
  ASSERT_THAT(rows->Next(), IsOkAndHolds(true));
  EXPECT_EQ(rows->Int(0), 3);
}

TEST_F(MigrateTest, AFailedStepLeavesNothingOfItself) {
  const Migration broken = {"a_2", {"INSERT INTO a VALUES (2)", "INSERT INTO missing VALUES (2)"}};
  EXPECT_FALSE(Migrate(*connection_, std::vector{kFirst, broken}, false).ok());
  EXPECT_THAT(Listed(), ::testing::ElementsAre("ledger_1_tables", "ledger_2_replicas",
                                               "ledger_3_indexes", "a_1"));
  EXPECT_OK(Migrate(*connection_, std::vector{kFirst, kSecond}, false));
}

TEST_F(MigrateTest, RefusesASchemaOfTheFuture) {
  ASSERT_OK(Migrate(*connection_, std::vector{kFirst, kSecond}, false));
  const absl::Status status = Migrate(*connection_, std::vector{kFirst}, false);
  EXPECT_THAT(status, HasReason(common::v1::ERROR_REASON_STORE_UNAVAILABLE));
  EXPECT_THAT(std::string(status.message()), HasSubstr("newer than this program"));
  EXPECT_EQ(MetadataOf(status, "migration"), "a_2");
}

TEST_F(MigrateTest, RefusesAGap) {
  ASSERT_OK(Migrate(*connection_, std::vector{kFirst, kSecond}, false));
  const Migration between = {"a_1b", {"INSERT INTO a VALUES (7)"}};
  EXPECT_THAT(Migrate(*connection_, std::vector{kFirst, between, kSecond}, false),
              HasReason(common::v1::ERROR_REASON_STORE_UNAVAILABLE));
}

}  // namespace
}  // namespace steelyard::ledger
