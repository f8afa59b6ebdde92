#include "services/common/sql/statement.h"

#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/text/strings.h"
#include "tests/support/status_matchers.h"

namespace steelyard::sql {
namespace {

using ::steelyard::testing::IsOkAndHolds;
using ::testing::ElementsAre;

class StatementTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(database_, OpenDuckDb({}));
    ASSERT_OK_AND_ASSIGN(connection_, database_->Connect());
    ASSERT_OK(connection_->Execute(context_, "CREATE TABLE numbers(n BIGINT, name VARCHAR)"));
    ASSERT_OK(connection_->Execute(
        context_, "INSERT INTO numbers SELECT i, CAST(i AS VARCHAR) FROM range(5000) r(i)"));
  }

  static Statement Of(std::string_view text, std::vector<Value> values = {}) {
    Statement statement;
    statement.Add(text, std::move(values));
    return statement;
  }

  Context context_ = Context::Background();
  std::unique_ptr<Database> database_;
  std::unique_ptr<Connection> connection_;
};

TEST_F(StatementTest, GrowsWithItsParametersInStep) {
  Statement statement = Of("SELECT name FROM numbers WHERE n > ?", {int64_t{1}});
  statement.Add(" AND name IN ");
  statement.AddList(std::set<std::string>{"1", "2", "3"});
  statement.Add(Of(" AND n < ? ORDER BY n", {int64_t{3}}));
  EXPECT_EQ(statement.sql,
            "SELECT name FROM numbers WHERE n > ? AND name IN (?, ?, ?) AND n < ? ORDER BY n");
  EXPECT_THAT(ReadTexts(*connection_, context_, statement), IsOkAndHolds(ElementsAre("2")));
}

TEST_F(StatementTest, ListsOfAnyLengthAreAskedInParts) {
  std::vector<std::string> names;
  for (int i = 0; i < 2 * static_cast<int>(kMostListed) + 1; ++i) names.push_back(StrCat(2 * i));
  int64_t sum = 0;
  int64_t rows = 0;
  ASSERT_OK(ForEachRowIn(*connection_, context_, Of("SELECT n FROM numbers WHERE name IN"), names,
                         " ORDER BY n", [&](const Rows& row) {
                           sum += row.Int(0);
                           ++rows;
                         }));
  EXPECT_EQ(rows, 2001);
  EXPECT_EQ(sum, int64_t{2000} * 2001);
  ASSERT_OK(ForEachRowIn(*connection_, context_, Of("no SQL"), {}, "",
                         [](const Rows&) { FAIL() << "there is nothing to ask"; }));
}

TEST_F(StatementTest, ReadsTheFirstIntegerOrNothing) {
  EXPECT_THAT(ReadInt(*connection_, context_, Of("SELECT COUNT(*) FROM numbers")),
              IsOkAndHolds(5000));
  EXPECT_THAT(ReadInt(*connection_, context_, Of("SELECT n FROM numbers WHERE n < 0")),
              IsOkAndHolds(0));
}

TEST_F(StatementTest, ErrorsAreThoseOfTheConnection) {
  EXPECT_THAT(ReadTexts(*connection_, context_, Of("SELECT nothing FROM nowhere")),
              testing::HasReason(common::v1::ERROR_REASON_INTERNAL));
}

}  // namespace
}  // namespace steelyard::sql
