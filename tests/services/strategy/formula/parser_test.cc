#include "services/strategy/formula/parser.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "tests/support/status_matchers.h"

namespace steelyard::strategy::formula {
namespace {

using ::steelyard::testing::HasReason;
using ::testing::HasSubstr;

std::string Canonical(std::string_view expression) {
  const absl::StatusOr<Node> tree = Parse(expression);
  return tree.ok() ? Spell(*tree) : std::string(ToStd(tree.status().message()));
}

struct Spelling {
  std::string_view written;
  std::string_view canonical;
};

TEST(ParserTest, SpellsWhatItReads) {
  for (const Spelling& spelling : std::vector<Spelling>{
           {"1", "1"},
           {" 119e9 USD ", "1.19e+11 USD"},
           {"5 percent", "5 percent"},
           {"3 USD@constant_2021", "3 USD@constant_2021"},
           {"1+2*3", "1 + 2 * 3"},
           {"(1+2)*3", "(1 + 2) * 3"},
           {"1-(2-3)", "1 - (2 - 3)"},
           {"1-2-3", "1 - 2 - 3"},
           {"2^3^2", "2 ^ 3 ^ 2"},
           {"(2^3)^2", "(2 ^ 3) ^ 2"},
           {"-2^2", "-2 ^ 2"},
           {"2^-1", "2 ^ -1"},
           {"funding[US,2025]", "funding[US, 2025]"},
           {"funding[EUROPE,2015..2025,layer=CHIPS;CLOUD]",
            "funding[EUROPE, 2015..2025, layer=CHIPS;CLOUD]"},
           {"ai_investment[EU27@2020-02-01, 2025-Q1]", "ai_investment[EU27@2020-02-01, 2025-Q1]"},
           {"funding[US,2025,filter='stage = \"SEED\"']",
            "funding[US, 2025, filter='stage = \"SEED\"']"},
           {"a[US,2025]>10*a[CN,2025]", "a[US, 2025] > 10 * a[CN, 2025]"},
           {"1<2 and not 3<4 or 5<6", "1 < 2 and not 3 < 4 or 5 < 6"},
           {"1<2 and (3<4 or 5<6)", "1 < 2 and (3 < 4 or 5 < 6)"},
           {"funding[EUROPE,2024,origin=US;'']", "funding[EUROPE, 2024, origin=US;'']"},
           {"share(funding[US,2025],layer=CHIPS)", "share(funding[US, 2025], layer=CHIPS)"},
           {"all(a[L,2025]>1 for L in US,CN)", "all(a[US, 2025] > 1, a[CN, 2025] > 1)"},
           {"any(rank(f[*,2025,layer=L],of=US)==1 for L in A)",
            "any(rank(f[*, 2025, layer=A], of=US) == 1)"}}) {
    EXPECT_EQ(Canonical(spelling.written), spelling.canonical) << spelling.written;
    EXPECT_EQ(Canonical(spelling.canonical), spelling.canonical);
  }
}

struct Mistake {
  std::string_view written;
  int position;
  std::string_view says;
};

TEST(ParserTest, SaysWhereItIsWrongAndWhatIsAllowedThere) {
  for (const Mistake& mistake : std::vector<Mistake>{
           {"", 0, "the formula ends where a number, a figure or a function is expected"},
           {"1 +", 3, "the formula ends"},
           {"1 2", 2, "'2' is not expected here; an operator"},
           {"(1", 2, "the formula ends where ')' is expected"},
           {"1 = 2", 2, "== is equality"},
           {"1.2.3", 0, "is no number"},
           {"1e999", 0, "is no number"},
           {"10USD", 2, "put a space before a unit"},
           {"funding", 0, "'funding' is neither a figure, funding[US, 2025], nor a function"},
           {"funding[US]", 10, "',' and a year is expected here"},
           {"funding[US, 25]", 12, "2025, 2015..2025, 2025-Q1 or 2025-04"},
           {"funding[US, 2025-13]", 12, "a period is expected here"},
           {"funding[US, 2025-Q5]", 12, "a period is expected here"},
           {"funding[US, 2025..2015]", 12, "ends in 2015, before it starts in 2025"},
           {"funding[US, 2025-Q1..2025-Q2]", 12, "a range is of whole years"},
           {"funding[US, 2025, CHIPS]", 18, "an option such as layer=CHIPS is expected here"},
           {"funding[US, 2025, layer=]", 24, "a value is expected here"},
           {"funding[US, 2025, layer=A, layer=B]", 27, "'layer' stands there twice"},
           {"funding[US, 2025", 16, "the formula ends where ',' or ']' is expected"},
           {"funding['US, 2025]", 8, "the text that begins here does not end"},
           {"f(k=5, 1)", 7, "options stand last"},
           {"all(1 < 2 for , in A)", 14, "the name of a variable is expected here"},
           {"all(1 < 2 for L on A)", 16, "'in' is expected here"},
           {"1 \xff 2", 2, "is not expected here"}}) {
    const absl::StatusOr<Node> tree = Parse(mistake.written);
    ASSERT_FALSE(tree.ok()) << mistake.written;
    EXPECT_THAT(tree.status(), HasReason(common::v1::ERROR_REASON_INVALID_FORMULA));
    EXPECT_THAT(std::string(ToStd(tree.status().message())), HasSubstr(std::string(mistake.says)))
        << mistake.written;
    EXPECT_EQ(MetadataOf(tree.status(), "position"), StrCat(mistake.position)) << mistake.written;
  }
}

TEST(ParserTest, NamesThePlaceOfEachPart) {
  const Node tree = Parse("  2 * (a[US,2025] + 1)").value();
  EXPECT_EQ(tree.offset, 2U);
  EXPECT_EQ(tree.length, 20U);
  EXPECT_EQ(tree.children[1].offset, 6U);
  EXPECT_EQ(tree.children[1].children[0].offset, 7U);
  EXPECT_EQ(tree.children[1].children[0].length, 10U);
  EXPECT_EQ(tree.children[1].children[0].figure.region_position, 9U);
}

std::string Times(std::string_view text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) StrAppend(&out, text);
  return out;
}

TEST(ParserTest, HasLimits) {
  const auto refused = [](const std::string& expression, std::string_view says) {
    const absl::StatusOr<Node> tree = Parse(expression);
    EXPECT_THAT(tree.status(), HasReason(common::v1::ERROR_REASON_INVALID_FORMULA));
    EXPECT_THAT(std::string(ToStd(tree.status().message())), HasSubstr(std::string(says)));
  };
  EXPECT_TRUE(Parse(Times("(", kMostDepth) + "1" + Times(")", kMostDepth)).ok());
  refused(Times("(", kMostDepth + 1) + "1", "nested more than 32 deep");
  refused(Times("-", kMostDepth + 1) + "1", "nested more than 32 deep");
  refused(Times("not ", kMostDepth + 1) + "1<2", "nested more than 32 deep");
  refused(Times("2^", kMostDepth + 1) + "1", "nested more than 32 deep");
  refused(Times("min(", kMostDepth + 1) + "1", "nested more than 32 deep");
  EXPECT_TRUE(Parse("1" + Times("+1", kMostHeight)).ok());
  refused("1" + Times("+1", kMostHeight + 1), "more than 50 operators one upon the other");
  const std::string tens = "(1" + Times("+1", 49) + ")";
  EXPECT_TRUE(Parse(tens + "+" + tens).ok());
  refused(tens + "+" + tens + "+" + tens, "more than 200 operations and figures");
  EXPECT_TRUE(Parse("a[US,2025]" + Times("+a[US,2025]", 39)).ok());
  refused("a[US,2025]" + Times("+a[US,2025]", 40), "more than 40 figures");
  refused("all(a[L,2025]+a[L,2025]>1 for L in A" + Times(",B", 20) + ")", "written out, more than");
  refused(Times(" ", Limits().bytes) + "1", "at most 4000 bytes");
}

}  // namespace
}  // namespace steelyard::strategy::formula
