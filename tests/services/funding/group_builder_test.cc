#include "services/funding/group_builder.h"

#include <optional>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace steelyard::funding {
namespace {

using ::testing::Optional;

constexpr GroupNeeds kAll;
constexpr Cutoffs kTwo = {.largest_k = 2, .mega_round = 40};

AggregateQuery TopTwo() { return {.currency = "USD", .top_k = 2}; }

// Rounds of a company, which all have an amount.
void Add(GroupBuilder& builder, int32_t company, std::initializer_list<int64_t> amounts) {
  for (const int64_t amount : amounts) builder.AddRound(kAll, kTwo, company, true, amount);
}

TEST(GroupBuilderTest, CountsWhatHasNoAmountApart) {
  GroupBuilder builder;
  builder.AddRound(kAll, kTwo, 0, false, std::nullopt);
  builder.AddRound(kAll, kTwo, 0, true, std::nullopt);
  const Group group = builder.Finish(TopTwo(), kAll);
  EXPECT_EQ(group.rounds, 2);
  EXPECT_EQ(group.undisclosed, 1);
  EXPECT_EQ(group.unconverted, 1);
  EXPECT_EQ(group.companies, 1);
  EXPECT_EQ(group.sum, std::nullopt);
  EXPECT_EQ(group.max, std::nullopt);
}

TEST(GroupBuilderTest, PartsMakeWhatTheWholeMakes) {
  GroupBuilder whole;
  GroupBuilder first;
  GroupBuilder second;
  for (GroupBuilder* builder : {&whole, &first}) {
    Add(*builder, 0, {5, 5});
    Add(*builder, 1, {10, 3});
  }
  for (GroupBuilder* builder : {&whole, &second}) {
    Add(*builder, 2, {13});
    Add(*builder, 3, {1, 2, 40});
  }
  first.Merge(kAll, kTwo, std::move(second));
  const Group expected = whole.Finish(TopTwo(), kAll);
  const Group merged = first.Finish(TopTwo(), kAll);
  EXPECT_EQ(merged.companies, 4);
  EXPECT_EQ(merged.median, expected.median);
  EXPECT_THAT(merged.median, Optional(5));
  EXPECT_EQ(merged.hhi, expected.hhi);
  EXPECT_EQ(merged.concentration_ratio, expected.concentration_ratio);
  EXPECT_TRUE(merged.sum_without_largest == Int128{79 - 53});
  EXPECT_TRUE(merged.mega_round_sum == Int128{40});
  EXPECT_TRUE(expected.mega_round_sum == Int128{40});
  ASSERT_EQ(merged.top.size(), 2U);
  EXPECT_EQ(merged.top[0].company, 3);
  // Of equal sums the one with the smaller id.
  EXPECT_EQ(merged.top[1].company, 1);
}

TEST(GroupBuilderTest, MegaRoundsBeginAtAHundredMillionUnitsOfTheCurrency) {
  struct Case {
    std::string currency;
    int64_t least;  // in minor units
  };
  for (const Case& test : {Case{"USD", 10'000'000'000}, Case{"JPY", 100'000'000},
                           Case{"KWD", 100'000'000'000}, Case{"", Cutoffs::kNoMegaRound}}) {
    EXPECT_EQ(CutoffsOf({.currency = test.currency}).mega_round, test.least) << test.currency;
  }
  EXPECT_EQ(CutoffsOf({.currency = "USD"}).largest_k, kDefaultTopK);
  EXPECT_EQ(CutoffsOf(TopTwo()).largest_k, 2U);
}

TEST(GroupBuilderTest, TheSumOfMegaRoundsIsZeroOnlyWhereAmountsAreKnown) {
  GroupBuilder small;
  Add(small, 0, {39, 1});  // two rounds do not make one mega-round
  EXPECT_TRUE(small.Finish(TopTwo(), kAll).mega_round_sum == Int128{0});
  GroupBuilder mixed;
  Add(mixed, 0, {39, 40});
  Add(mixed, 1, {41});
  EXPECT_TRUE(mixed.Finish(TopTwo(), kAll).mega_round_sum == Int128{81});
  GroupBuilder hidden;
  hidden.AddRound(kAll, kTwo, 0, false, std::nullopt);
  EXPECT_EQ(hidden.Finish(TopTwo(), kAll).mega_round_sum, std::nullopt);
}

TEST(GroupBuilderTest, LeavesUnsetWhatIsNotNeeded) {
  constexpr GroupNeeds kSums{.companies = false,
                             .median = false,
                             .without_largest = false,
                             .mega_rounds = false,
                             .hhi = false,
                             .top = false};
  GroupBuilder builder;
  builder.AddRound(kSums, kTwo, 0, true, 7);
  const Group group = builder.Finish(TopTwo(), kSums);
  EXPECT_TRUE(group.sum == Int128{7});
  EXPECT_THAT(group.mean, Optional(7));
  EXPECT_EQ(group.median, std::nullopt);
  EXPECT_EQ(group.mega_round_sum, std::nullopt);
  EXPECT_EQ(group.hhi, std::nullopt);
  EXPECT_TRUE(group.top.empty());
}

}  // namespace
}  // namespace steelyard::funding
