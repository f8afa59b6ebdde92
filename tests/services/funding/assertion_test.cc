#include "services/funding/assertion.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/funding/frame.h"

namespace steelyard::funding {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(AssertionTest, EverySourceOfARowSaysAllOfIt) {
  Round round;
  round.id = "r";
  round.company = "acme";
  round.announced = {2024, 5, 0};
  round.stage = v1::STAGE_SEED;
  round.kind = common::v1::AMOUNT_KIND_EQUITY;
  round.sources = {"b", "a"};
  const std::vector<Assertion> assertions = AssertionsOf(round);
  ASSERT_EQ(assertions.size(), 2U);
  EXPECT_EQ(KeyOf(assertions[0]), "r/assertions/b");
  EXPECT_EQ(assertions[1].position, 1);
  // The kind that the stage stands for says nothing more.
  EXPECT_EQ(assertions[0].kind, common::v1::AMOUNT_KIND_UNSPECIFIED);
  round.kind = common::v1::AMOUNT_KIND_UP_TO;
  EXPECT_EQ(AssertionsOf(round)[0].kind, common::v1::AMOUNT_KIND_UP_TO);
  EXPECT_NE(Canonical(assertions[0]), Canonical(AssertionsOf(round)[0]));
}

TEST(AssertionTest, AmendmentsReplaceWhatTheyGive) {
  Assertion said;
  said.label = "Seed";
  said.amount = Money{.minor_units = 1, .currency = "USD"};
  said.participations = {
      {.investor = "A", .role = v1::PARTICIPATION_ROLE_LEAD}, {.investor = "B"}, {.investor = "C"}};
  Assertion later;
  later.amount = Money{.minor_units = 2, .currency = "USD"};
  later.participations = {{.investor = "B", .role = v1::PARTICIPATION_ROLE_LEAD}};
  Amend(later, said);
  EXPECT_EQ(said.label, "Seed");
  EXPECT_EQ(said.amount->minor_units, 2);
  ASSERT_EQ(said.participations.size(), 2U);  // who led says nothing of who took part
  EXPECT_EQ(said.participations[0].investor, "B");
  EXPECT_EQ(said.participations[0].role, v1::PARTICIPATION_ROLE_LEAD);
  EXPECT_EQ(said.participations[1].investor, "C");
}

TEST(FrameTest, PartsComeBack) {
  const std::string text = Frame().Add("a:b").Add(int64_t{-7}).Add("").Add("c").Take();
  EXPECT_THAT(PartsOf(text), ElementsAre("a:b", "-7", "", "c"));
  for (const std::string_view damaged : {"", "x", "5", "5:ab", "99999999999:a", "-1:a"}) {
    EXPECT_THAT(PartsOf(damaged), IsEmpty()) << damaged;
  }
}

RoundLink Link(const std::string& round, const std::string& related,
               RoundRelation relation = v1::ROUND_RELATION_SAME_AS, bool holds = true,
               LinkOrigin origin = v1::LINK_ORIGIN_REPORTED) {
  return {
      .round = round, .related = related, .relation = relation, .holds = holds, .origin = origin};
}

TEST(LinkTableTest, FollowsLinksToTheRoot) {
  LinkTable links;
  EXPECT_TRUE(links.Put(Link("a", "b")));
  EXPECT_TRUE(links.Put(Link("b", "c")));
  EXPECT_TRUE(links.Put(Link("z", "c")));
  EXPECT_EQ(links.RootOf("a"), "c");
  EXPECT_EQ(links.RootOf("x"), "x");
  EXPECT_THAT(links.MembersOf("c"), ElementsAre("c", "a", "b", "z"));
  EXPECT_THAT(links.Aliases(), ElementsAre("a", "b", "z"));
  EXPECT_TRUE(links.LeadsBack(Link("c", "a")));
  EXPECT_FALSE(links.LeadsBack(Link("a", "b")));
}

TEST(LinkTableTest, AReportGoesByOneName) {
  LinkTable links;
  links.Put(Link("a", "b"));
  links.Put(Link("a", "c"));
  EXPECT_EQ(links.RootOf("a"), "c");
  EXPECT_THAT(links.MembersOf("b"), ElementsAre("b"));
  EXPECT_FALSE(links.Find(v1::ROUND_RELATION_SAME_AS, "b", "a")->holds);
  EXPECT_EQ(links.TakeTouched().size(), 2U);
  EXPECT_THAT(links.TakeTouched(), IsEmpty());
}

TEST(LinkTableTest, NamesTheReportsOfAllLinks) {
  LinkTable links;
  EXPECT_FALSE(links.Names("a"));
  links.Put({.round = "a", .related = "b", .relation = v1::ROUND_RELATION_SAME_AS});
  links.Put({.round = "c", .related = "d", .holds = false});
  for (const char* report : {"a", "b", "c", "d"}) EXPECT_TRUE(links.Names(report)) << report;
  EXPECT_FALSE(links.Names("e"));
}

TEST(LinkTableTest, DecisionsOutrankReportsEitherWayRound) {
  LinkTable links;
  links.Put(Link("a", "b"));
  EXPECT_TRUE(
      links.Put(Link("b", "a", v1::ROUND_RELATION_SAME_AS, false, v1::LINK_ORIGIN_DECIDED)));
  EXPECT_EQ(links.RootOf("a"), "a");
  EXPECT_FALSE(links.Put(Link("a", "b")));
  EXPECT_FALSE(links.Put(Link("b", "a")));
  EXPECT_TRUE(links.Put(Link("a", "b", v1::ROUND_RELATION_SAME_AS, true, v1::LINK_ORIGIN_DECIDED)));
  EXPECT_EQ(links.RootOf("a"), "b");
}

TEST(LinkTableTest, ALoadedTableIsTheStoredOne) {
  LinkTable links;
  links.Put(Link("a", "b"));
  links.Put(Link("b", "a", v1::ROUND_RELATION_SAME_AS, false, v1::LINK_ORIGIN_DECIDED));
  links.Put(Link("a", "b", v1::ROUND_RELATION_SAME_AS, true, v1::LINK_ORIGIN_DECIDED));
  LinkTable loaded;
  for (const auto& [key, link] : links.links()) loaded.Load(link);
  EXPECT_EQ(loaded.links(), links.links());
  EXPECT_EQ(loaded.RootOf("a"), "b");
  EXPECT_THAT(loaded.TakeTouched(), IsEmpty());
}

TEST(LinkTableTest, InclusionsAreOfRoots) {
  LinkTable links;
  const RoundRelation in = v1::ROUND_RELATION_INCLUDED_IN;
  links.Put(Link("part", "whole", in));
  links.Put(Link("whole", "big"));
  EXPECT_EQ(links.IncludedIn("part"), "big");
  EXPECT_EQ(links.DirectInclusion("part"), "whole");
  EXPECT_TRUE(links.LeadsBack(Link("big", "part", in)));
  EXPECT_FALSE(links.LeadsBack(Link("big", "other", in)));
  // What is the same round is no part of it.
  links.Put(Link("part", "big"));
  EXPECT_EQ(links.IncludedIn("part"), "");
}

}  // namespace
}  // namespace steelyard::funding
