#include "services/common/text/strings.h"

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"

namespace steelyard {
namespace {

using namespace std::string_view_literals;

TEST(StrCat, TakesEveryKindOfPiece) {
  EXPECT_EQ(StrCat(), "");
  EXPECT_EQ(StrCat("a", "b"sv, std::string("c"), absl::string_view("d"), 5, int64_t{-6}, 7U),
            "abcd5-67");
  EXPECT_EQ(StrCat("a\0b"sv), "a\0b"sv);
}

TEST(StrAppend, Adds) {
  std::string text = "a";
  StrAppend(&text, "b"sv, 1);
  EXPECT_EQ(text, "ab1");
}

TEST(StrJoin, PutsTheSeparatorBetween) {
  EXPECT_EQ(StrJoin(std::vector<std::string>{}, ", "), "");
  EXPECT_EQ(StrJoin(std::vector<std::string>{"", "", ""}, ","), ",,");
  EXPECT_EQ(StrJoin(std::vector<std::string_view>{"a", "b"}, ", "), "a, b");
  EXPECT_EQ(StrJoin(std::set<int>{3, 1}, "+"), "1+3");
}

TEST(Views, GoBothWays) {
  EXPECT_EQ(ToStd(ToAbsl("a\0b"sv)), "a\0b"sv);
  EXPECT_EQ(ToAbsl(std::string_view()), absl::string_view());
}

}  // namespace
}  // namespace steelyard
