#include "services/registry/identity.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace steelyard::registry {
namespace {

using ::testing::ElementsAre;
using testing::HasReason;

Decision Merged(const std::string& company, const std::string& into) {
  return AboutMerge(DecisionKind::kMerged, company, into, "", "");
}

TEST(IdentityTest, IdsLeadToTheEndOfTheirChain) {
  const Redirects redirects(std::vector{Merged("a", "b"), Merged("b", "c"), Merged("d", "c"),
                                        AboutMerge(DecisionKind::kSplit, "e", "c", "", ""),
                                        AboutPair(DecisionKind::kDistinct, "x", "a", "", "")});
  EXPECT_EQ(redirects.SurvivorOf("a"), "c");
  EXPECT_EQ(redirects.SurvivorOf("c"), "c");
  EXPECT_EQ(redirects.SurvivorOf("e"), "e");
  EXPECT_EQ(*redirects.IntoOf("a"), "b");
  EXPECT_EQ(redirects.IntoOf("c"), nullptr);
  EXPECT_THAT(redirects.MembersOf("c"), ElementsAre("c", "a", "b", "d"));
  EXPECT_THAT(redirects.MembersOf("x"), ElementsAre("x"));
}

TEST(IdentityTest, PairsAreOneDecisionInEitherOrder) {
  const Decision one = AboutPair(DecisionKind::kDistinct, "b", "a", "s", "c");
  EXPECT_EQ(one, AboutPair(DecisionKind::kDistinct, "a", "b", "s", "c"));
  EXPECT_NE(one.id, AboutPair(DecisionKind::kDistinct, "a", "c", "s", "c").id);
  EXPECT_NE(Canonical(one), Canonical(AboutPair(DecisionKind::kWithdrawn, "a", "b", "s", "c")));
  EXPECT_THAT(After({one, Merged("a", "z")}, std::vector{Merged("a", "y")}),
              ElementsAre(one, Merged("a", "y")));
}

TEST(IdentityTest, AWordIsOneDecisionOfItsIdAndSource) {
  Company record{.id = "a", .display_name = "A", .sources = {"s"}};
  Normalize(record);
  const Decision word = AboutWord(record, "s", "wrong firm");
  EXPECT_EQ(word.kind, DecisionKind::kRetracted);
  EXPECT_EQ(word.company + " " + word.source, "a s");
  EXPECT_EQ(word.other, RetractedContent(record));
  EXPECT_TRUE(word.other.starts_with("=")) << "no id of a company";
  // By company, then what is decided about it alone, then words, then pairs.
  EXPECT_LT(Merged("a", "b").id, word.id);
  EXPECT_LT(word.id, AboutPair(DecisionKind::kDistinct, "a", "b", "", "").id);
  Company said{.id = "a", .display_name = "A", .sources = {"t"}};
  Normalize(said);
  EXPECT_EQ(RetractedContent(said), word.other) << "whoever says it";
  record.city = "Paris";
  EXPECT_NE(RetractedContent(record), word.other);
}

TEST(IdentityTest, DifferentCompaniesStayDifferentWhereverTheyLead) {
  const std::vector<Decision> decisions = {Merged("a", "x"), Merged("b", "y"),
                                           AboutPair(DecisionKind::kDistinct, "a", "b", "", "no")};
  EXPECT_THAT(CheckMerge(decisions, "x", std::vector<std::string>{"y"}),
              HasReason(common::v1::ERROR_REASON_COMPANIES_DISTINCT));
  // Neither are two others that are merged into a third.
  EXPECT_THAT(CheckMerge(decisions, "z", std::vector<std::string>{"x", "y"}),
              HasReason(common::v1::ERROR_REASON_COMPANIES_DISTINCT));
  EXPECT_OK(CheckMerge(decisions, "z", std::vector<std::string>{"x"}));
  EXPECT_OK(CheckMerge(decisions, "x", std::vector<std::string>{"a"}));
  EXPECT_THAT(CheckMerge(decisions, "y", std::vector<std::string>{"a"}),
              HasReason(common::v1::ERROR_REASON_COMPANY_MERGED));
}

}  // namespace
}  // namespace steelyard::registry
