// Whatever answers an aggregate gives the same bytes: the engine, a copy of columns that followed
// every commit, one that was made just now, and that on several threads.

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "services/common/observe/metrics.h"
#include "services/common/text/strings.h"
#include "tests/contract/aggregate_paths.h"
#include "tests/support/status_matchers.h"

namespace steelyard::testing {
namespace {

using funding::columns::Columns;

constexpr int kCommits = 24;
constexpr int kQuestionsARevision = 6;

class AggregatePathsTest : public ::testing::TestWithParam<SqlDriver> {
 protected:
  // Small blocks, so that small worlds have many.
  std::unique_ptr<Columns> MakeColumns(FundingWorld& world, size_t threads) {
    return std::make_unique<Columns>(
        *world.pool, *world.ledger, *world.reference, metrics_,
        funding::columns::Settings{.room = {.bytes = 1 << 28, .rows_a_block = 7},
                                   .threads = threads});
  }

  observe::Metrics metrics_;
};

TEST_P(AggregatePathsTest, EveryPathGivesTheSameBytes) {
  if (!GetParam().missing.empty()) GTEST_SKIP() << GetParam().missing;
  FundingWorld world(GetParam());
  Writer writer(world, 4711);
  const auto followed = MakeColumns(world, 1);
  ASSERT_OK(followed->CatchUp(Context::Background(), 0));
  writer.Begin();
  for (int i = 0; i < kCommits; ++i) {
    // Sometimes two commits come at once.
    if (i % 3 != 0) ASSERT_OK(followed->CatchUp(Context::Background(), world.head()));
    writer.CommitSomething();
  }
  ASSERT_OK(followed->CatchUp(Context::Background(), world.head()));
  const auto fresh = MakeColumns(world, 3);
  ASSERT_OK(fresh->CatchUp(Context::Background(), world.head()));
  ASSERT_NE(fresh->copy(), nullptr);
  EXPECT_GT(fresh->copy()->blocks.size(), 5U);
  EXPECT_EQ(fresh->copy()->rows, followed->copy()->rows);
  uint32_t number = 0;
  for (int64_t revision = 1; revision <= world.head(); ++revision) {
    const int questions = revision == world.head() ? 150 : kQuestionsARevision;
    for (int i = 0; i < questions; ++i) {
      const std::string question = DrawQuestion(++number);
      SCOPED_TRACE(StrCat("revision ", revision, ": ", question));
      const std::string expected = Ask(world, question, revision, nullptr);
      // Asked three times, so that a cube is made where one can be.
      for (int time = 0; time < 3; ++time) {
        ASSERT_EQ(Ask(world, question, revision, followed.get()), expected);
        ASSERT_EQ(Ask(world, question, revision, fresh.get()), expected);
      }
    }
  }
  const std::string metrics = metrics_.Render();
  EXPECT_EQ(metrics.find("answered_by=\"engine\""), std::string::npos);
  EXPECT_NE(metrics.find("answered_by=\"columns\""), std::string::npos);
  EXPECT_NE(metrics.find("answered_by=\"cube\""), std::string::npos);
}

// Cubes go along with every commit.
TEST_P(AggregatePathsTest, CubesFollowEveryCommit) {
  if (!GetParam().missing.empty()) GTEST_SKIP() << GetParam().missing;
  FundingWorld world(GetParam());
  Writer writer(world, 1789);
  writer.Begin();
  const auto columns = MakeColumns(world, 1);
  ASSERT_OK(columns->CatchUp(Context::Background(), world.head()));
  std::vector<std::string> questions;
  for (uint32_t number = 0; questions.size() < 8; ++number) {
    const std::string question = DrawQuestion(number);
    const size_t before = columns->cubes();
    for (int time = 0; time < 2; ++time) Ask(world, question, world.head(), columns.get());
    if (columns->cubes() > before) questions.push_back(question);
  }
  EXPECT_EQ(columns->cubes(), 8U);
  for (int i = 0; i < 2 * kCommits; ++i) {
    writer.CommitSomething();
    ASSERT_OK(columns->CatchUp(Context::Background(), world.head()));
    for (const std::string& question : questions) {
      SCOPED_TRACE(StrCat("commit ", i, ": ", question));
      ASSERT_EQ(Ask(world, question, world.head(), columns.get()),
                Ask(world, question, world.head(), nullptr));
    }
  }
  EXPECT_GE(columns->cubes(), 8U);
}

// Nobody waits for the answer of a call that was cancelled.
TEST_P(AggregatePathsTest, ACancelledQuestionEnds) {
  if (!GetParam().missing.empty()) GTEST_SKIP() << GetParam().missing;
  FundingWorld world(GetParam());
  Writer writer(world, 7);
  writer.Begin();
  const auto columns = MakeColumns(world, 1);
  ASSERT_OK(columns->CatchUp(Context::Background(), world.head()));
  Context cancelled = Context::Background();
  cancelled.Cancel();
  for (Columns* const path : {columns.get(), static_cast<Columns*>(nullptr)}) {
    EXPECT_EQ(Ask(world, "measures: MEASURE_MEDIAN", world.head(), path, cancelled),
              Says(cancelled.Check()));
  }
  EXPECT_NE(Ask(world, "measures: MEASURE_MEDIAN", world.head(), columns.get()),
            Says(cancelled.Check()));
}

INSTANTIATE_TEST_SUITE_P(Engines, AggregatePathsTest,
                         ::testing::Values(DuckDbEngine(), PostgresEngine()),
                         NameOfParameter<::testing::TestParamInfo<SqlDriver>>);

}  // namespace
}  // namespace steelyard::testing
