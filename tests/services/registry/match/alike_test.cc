#include "services/registry/match/alike.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/services/registry/match/fixture.h"
#include "tests/support/status_matchers.h"

namespace steelyard::registry::match {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::string> Pairs(const absl::StatusOr<std::vector<Alike>>& found) {
  std::vector<std::string> pairs;
  EXPECT_OK(found);
  if (!found.ok()) return pairs;
  for (const Alike& alike : *found) {
    EXPECT_GE(alike.score, NewestMethod().review_threshold);
    pairs.push_back(alike.company + " " + alike.other + ": " + alike.name + " | " +
                    alike.other_name);
  }
  return pairs;
}

std::vector<NamedState> States() {
  return {Since(1, Named("a", "BlueHorizon AG")), Since(1, Named("b", "Blue Horizon")),
          Since(1, Named("c", "Blue Horizn AG")), Since(1, Named("d", "Газпром")),
          Since(1, Named("e", "Gazprom PAO")),    Since(1, Named("f", "Green Horizon"))};
}

absl::StatusOr<std::vector<Alike>> All(const Index& index, int64_t revision = 1,
                                       size_t most = 100) {
  return FindAlike(Context::Background(), index, revision, NewestMethod(), most);
}

absl::StatusOr<std::vector<Alike>> To(const Index& index, const std::string& company) {
  return FindAlikeTo(Context::Background(), index, 1, NewestMethod(), company, 10);
}

TEST(FindAlikeTest, FindsTheSameWordsHoweverTheyAreWritten) {
  for (const size_t in_a_block : {1U, 2U, 100U}) {
    EXPECT_THAT(Pairs(All(IndexOf(States(), in_a_block))),
                ElementsAre("a b: BlueHorizon AG | Blue Horizon", "d e: Газпром | Gazprom PAO"));
  }
}

TEST(FindAlikeTest, LooksAtNoMoreThanIsAsked) {
  EXPECT_THAT(Pairs(All(IndexOf(States()), 1, 1)),
              ElementsAre("a b: BlueHorizon AG | Blue Horizon"));
  EXPECT_THAT(Pairs(All(IndexOf(States()), 1, 0)), IsEmpty());
}

TEST(FindAlikeTest, WordsOfManyTellNothing) {
  std::vector<NamedState> states;
  for (size_t i = 0; i <= kMostOfSameWords; ++i) {
    states.push_back(Since(1, Named("c" + std::to_string(100 + i), "Blue Horizon AG")));
  }
  EXPECT_THAT(Pairs(All(IndexOf(states))), IsEmpty());
  states.pop_back();
  EXPECT_THAT(Pairs(All(IndexOf(states), 1, 1000)),
              SizeIs(kMostOfSameWords * (kMostOfSameWords - 1) / 2));
}

TEST(FindAlikeTest, SymbolsAreNoNames) {
  const CompanyName symbol = {
      .text = "BLU", .language = "und", .kind = NameKind::kTicker, .source = ""};
  const std::vector<NamedState> states = {Since(1, Named("a", "Blue Horizon", {symbol})),
                                          Since(1, Named("b", "Blu"))};
  EXPECT_THAT(Pairs(All(IndexOf(states))), IsEmpty());
}

TEST(FindAlikeTest, ReadsARevision) {
  const std::vector<NamedState> states = {Since(1, Named("a", "Blue Horizon AG"), 3),
                                          Since(2, Named("b", "Blue Horizon"))};
  const Index index = IndexOf(states);
  EXPECT_THAT(Pairs(All(index, 1)), IsEmpty());
  EXPECT_THAT(Pairs(All(index, 2)), SizeIs(1));
  EXPECT_THAT(Pairs(All(index, 3)), IsEmpty());
}

TEST(FindAlikeTest, EndsWithItsCaller) {
  Context context = Context::Background();
  context.Cancel();
  EXPECT_FALSE(FindAlike(context, IndexOf(States()), 1, NewestMethod(), 10).ok());
}

TEST(FindAlikeToTest, FindsSlipsAsWell) {
  const Index index = IndexOf(States());
  EXPECT_THAT(Pairs(To(index, "c")), ElementsAre("c a: Blue Horizn AG | BlueHorizon AG",
                                                 "c b: Blue Horizn AG | Blue Horizon"));
  EXPECT_THAT(Pairs(To(index, "f")), IsEmpty());
  EXPECT_THAT(Pairs(To(index, "nobody")), IsEmpty());
}

}  // namespace
}  // namespace steelyard::registry::match
