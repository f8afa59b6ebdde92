#include "services/funding/amount_list.h"

#include <algorithm>
#include <functional>
#include <random>

#include "gtest/gtest.h"
#include "services/common/money/money.h"

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

// The median by the book.
int64_t Expected(std::vector<int64_t> all) {
  std::sort(all.begin(), all.end());
  const Int128 sum = Int128{all[(all.size() - 1) / 2]} + all[all.size() / 2];
  return static_cast<int64_t>(DivideHalfEven(sum, 2));
}

TEST(AmountListTest, TakesOverOtherListsOfAnySize) {
  std::mt19937 random(7);
  for (const size_t size : {0, 1, 15, 16, 17, 1365, 8191, 8192, 8193, 50'000}) {
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
    EXPECT_EQ(list.Median(), Expected(all)) << size;
  }
}

TEST(AmountListTest, IsExactHoweverAmountsAreSpread) {
  std::mt19937_64 random(11);
  const std::vector<std::function<int64_t()>> draws = {
      [&] { return static_cast<int64_t>(random()); },                         // any number
      [&] { return static_cast<int64_t>(random() >> (random() % 63 + 1)); },  // of any size
      [&] { return static_cast<int64_t>(random() % 3) - 1; },                 // many equal ones
      [&] { return random() % 2 == 0 ? INT64_MIN : INT64_MAX; },              // far apart
      [&] { return INT64_MAX - static_cast<int64_t>(random() % 2000); },      // one class for all
  };
  for (size_t draw = 0; draw < draws.size(); ++draw) {
    for (const int size : {999, 1000, 1001, 10'000, 10'001}) {
      std::vector<int64_t> all;
      for (int i = 0; i < size; ++i) all.push_back(draws[draw]());
      EXPECT_EQ(MedianOf(all), Expected(all)) << draw << " " << size;
    }
  }
}

}  // namespace
}  // namespace steelyard::funding
