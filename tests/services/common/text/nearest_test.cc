#include "services/common/text/nearest.h"

#include <array>

#include "gtest/gtest.h"

namespace steelyard::text {
namespace {

// Reference values: Wagner and Fischer's and those of textbooks.
TEST(NearestTest, CountsEdits) {
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3);
  EXPECT_EQ(EditDistance("sunday", "saturday"), 3);
  EXPECT_EQ(EditDistance("", "abc"), 3);
  EXPECT_EQ(EditDistance("abc", ""), 3);
  EXPECT_EQ(EditDistance("abc", "abc"), 0);
  EXPECT_EQ(EditDistance("ab", "ba"), 2);
}

TEST(NearestTest, GivesTheFirstOfTheNearest) {
  constexpr std::array<std::string_view, 4> kWords = {"rounds", "funding", "mean", "bean"};
  EXPECT_EQ(Nearest("fundin", kWords, 2), "funding");
  EXPECT_EQ(Nearest("lean", kWords, 2), "mean");
  EXPECT_EQ(Nearest("funding", kWords, 0), "funding");
  EXPECT_EQ(Nearest("population", kWords, 2), "");
  EXPECT_EQ(Nearest("x", {}, 2), "");
}

}  // namespace
}  // namespace steelyard::text
