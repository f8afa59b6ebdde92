#include "services/funding/amount_list.h"

#include <algorithm>
#include <random>

#include "gtest/gtest.h"

namespace steelyard::funding {
namespace {

void AddAll(AmountList& list, const std::vector<int64_t>& amounts) {
  for (const int64_t amount : amounts) list.Add(amount);
}

int64_t MedianOf(const std::vector<int64_t>& amounts) {
  AmountList list;
  AddAll(list, amounts);
  return list.Median();
}

TEST(AmountListTest, TheMedianOfAnOddNumberIsTheOneInTheMiddle) {
  EXPECT_EQ(MedianOf({7}), 7);
  EXPECT_EQ(MedianOf({9, 1, 5}), 5);
  EXPECT_EQ(MedianOf({5, 5, 1, 9, 5}), 5);
}

TEST(AmountListTest, TheMedianOfAnEvenNumberIsRoundedHalfToEven) {
  EXPECT_EQ(MedianOf({4, 2}), 3);
  EXPECT_EQ(MedianOf({1, 2}), 2);
  EXPECT_EQ(MedianOf({2, 3}), 2);
  EXPECT_EQ(MedianOf({INT64_MAX, INT64_MAX}), INT64_MAX);
}

TEST(AmountListTest, AsksAgainAndGrowsOnAfterAMedian) {
  AmountList list;
  AddAll(list, {3, 1, 2});
  EXPECT_EQ(list.Median(), 2);
  EXPECT_EQ(list.Median(), 2);
  AddAll(list, {10, 11});
  EXPECT_EQ(list.Median(), 3);
}

TEST(AmountListTest, TakesOverOtherListsOfAnySize) {
  std::mt19937 random(7);
  for (const size_t size : {0, 1, 15, 16, 17, 8191, 8192, 8193, 50'000}) {
    std::vector<int64_t> all;
    AmountList list;
    for (int part = 0; part < 3; ++part) {
      AmountList more;
      for (size_t i = 0; i < size; ++i) {
        all.push_back(static_cast<int64_t>(random()));
        more.Add(all.back());
      }
      list.Append(more);
      // What was taken over is not lost to what comes after, on either side.
      for (AmountList* one : {&list, &more}) {
        all.push_back(static_cast<int64_t>(random()));
        one->Add(all.back());
      }
      list.Append(more);
    }
    std::sort(all.begin(), all.end());
    const int64_t above = all[all.size() / 2];
    const int64_t below = all[(all.size() - 1) / 2];
    const int64_t whole = (below + above) / 2;
    const bool is_half = (below + above) % 2 != 0;
    EXPECT_EQ(list.Median(), is_half && whole % 2 != 0 ? whole + 1 : whole) << size;
  }
}

}  // namespace
}  // namespace steelyard::funding
