// The copy beside a store: making it, following, its bounds.

#include "services/funding/columns/columns.h"

#include "services/funding/aggregate_rounds.h"
#include "services/funding/validate.h"
#include "tests/services/funding/funding_fixture.h"

namespace steelyard::funding::columns {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ColumnsTest : public FundingFixture {
 protected:
  std::unique_ptr<Columns> Make(int64_t bytes = int64_t{1} << 28) {
    return std::make_unique<Columns>(
        *pool_, *ledger_, *reference_, metrics_,
        Settings{.room = {.bytes = bytes, .rows_a_block = 4}, .threads = 1});
  }
  // The sum of all rounds in whole dollars, from the columns if they can.
  int64_t Sum(Columns& columns, int64_t revision, const Context& context = Context::Background()) {
    v1::AggregateRoundsRequest request;
    request.add_measures(v1::MEASURE_SUM);
    const auto asked = Validate(request);
    EXPECT_OK(asked);
    const auto at = ledger_->At(Context::Background(), revision);
    EXPECT_OK(at);
    v1::AggregateRoundsResponse response;
    *response.mutable_snapshot() = ledger_->Describe(*at);
    last_ = AggregateRounds(context, *rounds_, *reference_, *at, *asked, response, &columns);
    return last_.ok() ? response.rows(0).figures(0).figure().money().units() : -1;
  }
  std::string Metrics() const { return metrics_.Render(); }

  observe::Metrics metrics_;
  absl::Status last_;
};

TEST_F(ColumnsTest, TheEngineAnswersUntilThereIsACopy) {
  Upsert({SomeRound("a")});
  const auto columns = Make();
  EXPECT_EQ(Sum(*columns, head()), 1'000'000);
  EXPECT_THAT(Metrics(), HasSubstr("answered_by=\"engine\",service=\"funding\"} 1"));
  ASSERT_OK(columns->CatchUp(Context::Background(), head()));
  EXPECT_EQ(Sum(*columns, head()), 1'000'000);
  EXPECT_THAT(Metrics(), HasSubstr("answered_by=\"columns\",service=\"funding\"} 1"));
  EXPECT_THAT(Metrics(), HasSubstr("steelyard_analytic_copy_rows{service=\"funding\"} 1"));
}

TEST_F(ColumnsTest, AQuestionPastTheCopyBringsItUpToDate) {
  const auto columns = Make();
  Upsert({SomeRound("a")});
  ASSERT_OK(columns->CatchUp(Context::Background(), head()));
  const int64_t before = head();
  Upsert({SomeRound("b"), SomeRound("c", "zeta")});
  EXPECT_EQ(Sum(*columns, head()), 3'000'000);
  EXPECT_EQ(columns->copy()->revision, head());
  EXPECT_EQ(Sum(*columns, before), 1'000'000);
  EXPECT_THAT(Metrics(), Not(HasSubstr("engine")));
}

TEST_F(ColumnsTest, BlocksThatACommitDoesNotTouchAreShared) {
  std::vector<Round> rounds;
  for (int i = 0; i < 40; ++i) {
    rounds.push_back(SomeRound(StrCat("r", i), StrCat("c", i / 4)));
  }
  Upsert(rounds);
  const auto columns = Make();
  ASSERT_OK(columns->CatchUp(Context::Background(), head()));
  const auto before = columns->copy();
  ASSERT_GT(before->blocks.size(), 8U);
  Upsert({SomeRound("new", "c3")});
  ASSERT_OK(columns->CatchUp(Context::Background(), head()));
  const auto after = columns->copy();
  size_t shared = 0;
  for (const auto& block : before->blocks) {
    shared += static_cast<size_t>(std::count(after->blocks.begin(), after->blocks.end(), block));
  }
  EXPECT_EQ(shared, before->blocks.size() - 1);
}

TEST_F(ColumnsTest, WithoutRoomTheEngineAnswers) {
  Upsert({SomeRound("a"), SomeRound("b")});
  const auto columns = Make(64);
  ASSERT_OK(columns->CatchUp(Context::Background(), head()));
  EXPECT_EQ(columns->copy(), nullptr);
  EXPECT_EQ(Sum(*columns, head()), 2'000'000);
  EXPECT_THAT(Metrics(), HasSubstr("answered_by=\"engine\",service=\"funding\"} 1"));
  EXPECT_THAT(Metrics(), HasSubstr("steelyard_analytic_copy_rows{service=\"funding\"} 0"));
}

TEST_F(ColumnsTest, ACopyThatOutgrowsItsRoomIsGivenUp) {
  Upsert({SomeRound("a")});
  const auto columns = Make(2'000);
  ASSERT_OK(columns->CatchUp(Context::Background(), head()));
  ASSERT_NE(columns->copy(), nullptr);
  std::vector<Round> rounds;
  for (int i = 0; i < 100; ++i) rounds.push_back(SomeRound(StrCat("r", i)));
  Upsert(rounds);
  EXPECT_EQ(Sum(*columns, head()), 101'000'000);
  EXPECT_EQ(columns->copy(), nullptr);
}

TEST_F(ColumnsTest, ACubeIsMadeForAValuationThatIsAskedForAgain) {
  Upsert({SomeRound("a")});
  const auto columns = Make();
  ASSERT_OK(columns->CatchUp(Context::Background(), head()));
  EXPECT_EQ(Sum(*columns, head()), 1'000'000);
  EXPECT_EQ(columns->cubes(), 0U);
  EXPECT_EQ(Sum(*columns, head()), 1'000'000);
  EXPECT_EQ(columns->cubes(), 1U);
  const int64_t before = head();
  Upsert({SomeRound("b")});
  EXPECT_EQ(Sum(*columns, head()), 2'000'000);
  EXPECT_THAT(Metrics(), HasSubstr("answered_by=\"cube\",service=\"funding\"} 2"));
  // A cube has moved on; the one before is right for the past.
  EXPECT_EQ(Sum(*columns, before), 1'000'000);
  EXPECT_EQ(columns->cubes(), 2U);
  EXPECT_THAT(Metrics(), HasSubstr("answered_by=\"cube\",service=\"funding\"} 3"));
}

TEST_F(ColumnsTest, ACubeIsMadeForAPastRevisionThatIsAskedForAgain) {
  Upsert({SomeRound("a")});
  const int64_t past = head();
  Upsert({SomeRound("b")});
  Upsert({SomeRound("c")});
  const auto columns = Make();
  ASSERT_OK(columns->CatchUp(Context::Background(), head()));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Sum(*columns, past), 1'000'000);
  EXPECT_EQ(columns->cubes(), 1U);
  EXPECT_THAT(Metrics(), HasSubstr("answered_by=\"columns\",service=\"funding\"} 1"));
  EXPECT_THAT(Metrics(), HasSubstr("answered_by=\"cube\",service=\"funding\"} 2"));
  EXPECT_EQ(Sum(*columns, head()), 3'000'000);
  EXPECT_THAT(Metrics(), HasSubstr("answered_by=\"columns\",service=\"funding\"} 2"));
}

TEST_F(ColumnsTest, WhatHasNoRoomBesideTheCopyIsNotMadeAgainAndAgain) {
  std::vector<Round> rounds;
  for (int i = 0; i < 40; ++i) rounds.push_back(SomeRound(StrCat("r", i), StrCat("c", i)));
  Upsert(rounds);
  int64_t bytes = 0;
  {
    const auto whole = Make();
    ASSERT_OK(whole->CatchUp(Context::Background(), head()));
    bytes = whole->bytes();
  }
  const auto columns = Make(bytes);
  ASSERT_OK(columns->CatchUp(Context::Background(), head()));
  ASSERT_NE(columns->copy(), nullptr);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(Sum(*columns, head()), 40'000'000);
  EXPECT_EQ(columns->cubes(), 0U);
  EXPECT_LE(columns->bytes(), bytes);
  EXPECT_THAT(Metrics(), HasSubstr("answered_by=\"columns\",service=\"funding\"} 4"));
}

TEST_F(ColumnsTest, TheLargestAmountIsFoundAgainWhenItGoes) {
  Round large = SomeRound("large");
  large.amount->minor_units = 900'000'000;
  Upsert({SomeRound("small"), large});
  const auto columns = Make();
  ASSERT_OK(columns->CatchUp(Context::Background(), head()));
  Sum(*columns, head());
  Sum(*columns, head());
  ASSERT_EQ(columns->cubes(), 1U);
  large.amount->minor_units = 50'000'000;
  Upsert({large});
  v1::AggregateRoundsRequest request;
  request.add_measures(v1::MEASURE_MAX);
  ASSERT_OK_AND_ASSIGN(const auto asked, Validate(request));
  ASSERT_OK_AND_ASSIGN(const auto at, ledger_->At(Context::Background(), head()));
  v1::AggregateRoundsResponse response;
  ASSERT_OK(AggregateRounds(Context::Background(), *rounds_, *reference_, at, asked, response,
                            columns.get()));
  EXPECT_EQ(response.rows(0).figures(0).figure().money().units(), 1'000'000);
  EXPECT_THAT(Metrics(), HasSubstr("answered_by=\"cube\",service=\"funding\"} 2"));
}

TEST_F(ColumnsTest, WhatWasCompactedAwaySinceTheCopyMakesItAnew) {
  const auto columns = Make();
  Upsert({SomeRound("a")});
  ASSERT_OK(columns->CatchUp(Context::Background(), head()));
  Round changed = SomeRound("a");
  changed.amount->minor_units = 300'000'000;
  Upsert({changed});
  Upsert({SomeRound("b")});
  ASSERT_OK(ledger_->Compact(Context::Background(), head(), /*dry_run=*/false));
  EXPECT_EQ(Sum(*columns, head()), 4'000'000);
  EXPECT_EQ(columns->copy()->revision, head());
  EXPECT_EQ(columns->copy()->rows, 2);
}

TEST_F(ColumnsTest, ACancelledQuestionEnds) {
  Upsert({SomeRound("a")});
  const auto columns = Make();
  ASSERT_OK(columns->CatchUp(Context::Background(), head()));
  Context context = Context::WithDeadline(absl::InfiniteFuture());
  context.Cancel();
  EXPECT_EQ(Sum(*columns, head(), context), -1);
  EXPECT_EQ(last_.code(), absl::StatusCode::kCancelled);
}

TEST_F(ColumnsTest, FollowsInTheBackground) {
  Upsert({SomeRound("a")});
  const auto columns = Make();
  columns->Start();
  // The background's turn ends before ours begins, or ours leaves it nothing to do.
  ASSERT_OK(columns->CatchUp(Context::Background(), head()));
  Upsert({SomeRound("b")});
  EXPECT_EQ(Sum(*columns, head()), 2'000'000);
}

}  // namespace
}  // namespace steelyard::funding::columns
