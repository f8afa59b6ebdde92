#include "services/registry/parents.h"

#include "gmock/gmock.h"
#include "services/common/text/strings.h"

namespace steelyard::registry {
namespace {

TEST(ParentsTest, AParentThatEndedIsNone) {
  Relation relation{.kind = RelationKind::kParent, .object = "a", .valid = {}, .source = ""};
  EXPECT_TRUE(IsParent(relation));
  relation.valid.to = PartialDate{2020, 0, 0};
  EXPECT_FALSE(IsParent(relation));
  relation = {.kind = RelationKind::kSuccessor, .object = "a", .valid = {}, .source = ""};
  EXPECT_FALSE(IsParent(relation));
}

TEST(ParentsTest, CompaniesThatOwnOneAnotherAreInACircle) {
  const auto circles = CirclesOf(
      {{"a", {"b"}}, {"b", {"c"}}, {"c", {"a", "top"}}, {"x", {"a"}}, {"self", {"self"}}});
  EXPECT_EQ(circles.at("a"), circles.at("b"));
  EXPECT_EQ(circles.at("a"), circles.at("c"));
  EXPECT_NE(circles.at("a"), circles.at("x"));
  EXPECT_NE(circles.at("a"), circles.at("top"));
  EXPECT_EQ(circles.size(), 6U);
}

// No recursion, and no step twice.
TEST(ParentsTest, AChainOfAHundredThousandIsNoBurden) {
  Parents chain;
  for (int i = 0; i < 100'000; ++i) chain[StrCat(i)] = {StrCat(i + 1)};
  EXPECT_EQ(CirclesOf(chain).size(), 100'001U);
  chain["100000"] = {"0"};
  const auto circle = CirclesOf(chain);
  EXPECT_EQ(circle.at("0"), circle.at("77777"));
}

}  // namespace
}  // namespace steelyard::registry
