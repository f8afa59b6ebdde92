#include "services/funding/moved_rounds.h"

#include "gmock/gmock.h"
#include "tests/services/funding/funding_fixture.h"

namespace steelyard::funding {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

Round From(const std::string& id, const std::string& source, const std::string& company = "now") {
  Round round = SomeRound(id, company);
  round.sources = {source};
  return round;
}

RoundLink Match(const std::string& round, const std::string& related) {
  return {.round = round,
          .related = related,
          .relation = v1::ROUND_RELATION_SAME_AS,
          .holds = true,
          .origin = v1::LINK_ORIGIN_MATCHED};
}

const RateTable& NoRates() {
  static const auto& rates = *new RateTable(std::vector<DailyRate>());
  return rates;
}

TEST(MovedRoundsTest, OnlyMatchesThatHoldAndNameAReportAreLookedAt) {
  LinkTable links;
  links.Put(Match("a", "b"));
  links.Put(Match("c", "d"));
  RoundLink decided = Match("e", "a");
  decided.origin = v1::LINK_ORIGIN_DECIDED;
  links.Put(decided);
  const auto matches = MatchesOf(links, {"a", "e"});
  ASSERT_THAT(matches, SizeIs(1));
  EXPECT_EQ(matches[0].round, "a");
}

TEST(MovedRoundsTest, MatchesAcrossCompaniesEnd) {
  LinkTable links;
  links.Put(Match("a", "b"));
  links.Put(Match("c", "b"));
  links.Put(Match("d", "b"));
  EndMatches(
      MatchesOf(links, {"b"}),
      [](const std::string& report) {
        if (report == "d") return "";  // nothing is said of it any more
        return report == "a" ? "one" : "other";
      },
      links);
  EXPECT_EQ(links.RootOf("a"), "a");
  EXPECT_EQ(links.RootOf("c"), "b");
  EXPECT_EQ(links.RootOf("d"), "b");
}

TEST(MovedRoundsTest, RoundsThatMeetAreLinkedOnceASource) {
  LinkTable links;
  LinkMoved({{From("a", "press"), "first"}, {From("b", "press"), "second"}}, {From("x", "wire")},
            NoRates(), links);
  EXPECT_EQ(links.RootOf("a"), "x");
  EXPECT_EQ(links.RootOf("b"), "b") << "the round has a report of that source";
}

TEST(MovedRoundsTest, RoundsOfOneFormerCompanyDoNotMeetAnew) {
  LinkTable links;
  LinkMoved({{From("a", "press"), "first"}, {From("b", "wire"), "first"}}, {}, NoRates(), links);
  EXPECT_THAT(links.links(), IsEmpty());
  LinkMoved({{From("a", "press"), "first"}, {From("b", "wire"), "second"}}, {}, NoRates(), links);
  EXPECT_EQ(links.RootOf("b"), "a");
}

TEST(MovedRoundsTest, AMatchThatEndedIsMadeAgainADecisionIsNot) {
  LinkTable links;
  RoundLink ended = Match("a", "x");
  ended.holds = false;
  links.Put(ended);
  LinkMoved({{From("a", "press"), "first"}}, {From("x", "wire")}, NoRates(), links);
  EXPECT_EQ(links.RootOf("a"), "x");
  ended.origin = v1::LINK_ORIGIN_DECIDED;
  links.Put(ended);
  LinkMoved({{From("a", "press"), "first"}}, {From("x", "wire")}, NoRates(), links);
  EXPECT_EQ(links.RootOf("a"), "a");
}

}  // namespace
}  // namespace steelyard::funding
