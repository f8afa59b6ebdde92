#include "services/funding/moved_rounds.h"

#include "gmock/gmock.h"
#include "tests/services/funding/funding_fixture.h"

namespace steelyard::funding {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Round From(const std::string& id, const std::string& source, const std::string& company = "now") {
  Round round = SomeRound(id, company);
  round.sources = {source};
  return round;
}

RoundLink Same(const std::string& round, const std::string& related,
               v1::LinkOrigin origin = v1::LINK_ORIGIN_MATCHED, bool holds = true) {
  return {.round = round,
          .related = related,
          .relation = v1::ROUND_RELATION_SAME_AS,
          .holds = holds,
          .origin = origin};
}

const RateTable& NoRates() {
  static const auto& rates = *new RateTable(std::vector<DailyRate>());
  return rates;
}

// Reports of companies, by their names, and what redirects make of them.
class PartTest : public ::testing::Test {
 protected:
  void Say(const std::string& report, const std::string& company) {
    reports_.insert(report);
    Assertion said;
    said.round = report;
    said.source = "source-of-" + report;
    said.company = company;
    said.announced = PartialDate{2024, 5, 6};
    said_[report].push_back(said);
  }
  void Silent(const std::string& report) { reports_.insert(report); }
  // Parts by what the ids stood for before and stand for now.
  Parted Parts(const Redirects& before, const Redirects& after) {
    return Part(
        {.reports = reports_, .said = said_, .sources = sources_, .before = before, .after = after},
        links_);
  }
  static std::vector<std::string> Texts(const Parted& parted) {
    std::vector<std::string> texts;
    for (const Arrival& each : parted.arrived) {
      texts.push_back(StrCat(each.round.id, " of ", each.round.company, " from ", each.origin));
    }
    for (const Round& round : parted.stayed) texts.push_back(round.id + " stayed");
    return texts;
  }

  std::set<std::string> reports_;
  std::unordered_map<std::string, std::vector<Assertion>> said_;
  SourceTable sources_;
  LinkTable links_;
};

TEST_F(PartTest, RoundsComeFromTheirCompanies) {
  Say("a", "acme");
  Say("b", "other");
  EXPECT_THAT(Texts(Parts({}, {{"acme", "other"}})),
              ElementsAre("a of other from companies/acme", "b stayed"));
}

TEST_F(PartTest, WhatWasMatchedAcrossCompaniesIsTakenApart) {
  Say("a", "acme");
  Say("x", "other");
  Say("y", "other");
  links_.Put(Same("x", "a"));
  links_.Put(Same("y", "a"));
  // "x" and "y" met through "a" alone: each is a round that nobody knows.
  EXPECT_THAT(Texts(Parts({{"acme", "other"}}, {})),
              ElementsAre("a of acme from companies/other", "x of other from rounds/x",
                          "y of other from rounds/y"));
  EXPECT_EQ(links_.RootOf("x"), "x");
}

TEST_F(PartTest, MatchesWithinACompanyAndOtherLinksStay) {
  Say("a", "acme");
  Say("b", "acme");
  Say("x", "other");
  Say("z", "third");
  links_.Put(Same("b", "a"));
  links_.Put(Same("a", "x"));
  links_.Put(Same("z", "a", v1::LINK_ORIGIN_DECIDED));
  Parts({{"acme", "other"}}, {});
  EXPECT_EQ(links_.RootOf("b"), "a");
  EXPECT_EQ(links_.RootOf("z"), "a") << "a person knew better";
  EXPECT_EQ(links_.RootOf("a"), "a");
}

TEST_F(PartTest, ASilentPartIsOfTheCompanyOfItsFirstMatch) {
  Say("a", "acme");
  Silent("b");
  Say("c", "other");
  links_.Put(Same("a", "b"));
  links_.Put(Same("c", "b"));
  Parts({{"acme", "other"}}, {});
  EXPECT_EQ(links_.RootOf("a"), "b");
  EXPECT_EQ(links_.RootOf("c"), "c");
}

TEST_F(PartTest, ARoundIsOfTheCompanyThatItsReportsMakeTogether) {
  // The hub says "acme", and a report that a person linked to it, later source or not, the rest.
  Say("b", "acme");
  Say("c", "acme");
  Say("y", "acme");
  links_.Put(Same("c", "b", v1::LINK_ORIGIN_DECIDED));
  links_.Put(Same("y", "b"));
  EXPECT_THAT(Texts(Parts({}, {{"acme", "other"}})), ElementsAre("b of other from companies/acme"));
}

TEST(LinkArrivedTest, RoundsThatMeetAreLinkedOnceASource) {
  LinkTable links;
  LinkArrived({{From("a", "press"), "companies/1"}, {From("b", "press"), "companies/2"}},
              {From("x", "wire")}, NoRates(), links);
  EXPECT_EQ(links.RootOf("a"), "x");
  EXPECT_EQ(links.RootOf("b"), "b") << "the round has a report of that source";
}

TEST(LinkArrivedTest, RoundsOfOneOriginDoNotMeetAnew) {
  LinkTable links;
  LinkArrived({{From("a", "press"), "companies/1"}, {From("b", "wire"), "companies/1"}}, {},
              NoRates(), links);
  EXPECT_THAT(links.links(), IsEmpty());
  LinkArrived({{From("a", "press"), "companies/1"}, {From("b", "wire"), "companies/2"}}, {},
              NoRates(), links);
  EXPECT_EQ(links.RootOf("b"), "a");
}

TEST(LinkArrivedTest, AMatchThatEndedIsMadeAgainADecisionIsNot) {
  LinkTable links;
  links.Put(Same("a", "x", v1::LINK_ORIGIN_MATCHED, false));
  LinkArrived({{From("a", "press"), "companies/1"}}, {From("x", "wire")}, NoRates(), links);
  EXPECT_EQ(links.RootOf("a"), "x");
  links.Put(Same("a", "x", v1::LINK_ORIGIN_DECIDED, false));
  LinkArrived({{From("a", "press"), "companies/1"}}, {From("x", "wire")}, NoRates(), links);
  EXPECT_EQ(links.RootOf("a"), "a");
}

// Nobody may join, by way of a third round, what a person said is two.
TEST(LinkArrivedTest, WhatWasDecidedIsNotGotRound) {
  LinkTable links;
  links.Put(Same("a", "b", v1::LINK_ORIGIN_DECIDED, false));
  LinkArrived({{From("a", "press"), "companies/1"}, {From("b", "filing"), "companies/1"}},
              {From("x", "wire")}, NoRates(), links);
  EXPECT_EQ(links.RootOf("a"), "x");
  EXPECT_EQ(links.RootOf("b"), "b");

  LinkTable more;
  more.Put(Same("alias", "c", v1::LINK_ORIGIN_DECIDED, false));
  Round round = From("d", "press");
  round.aliases = {"alias"};
  LinkArrived({{round, "companies/1"}}, {From("c", "wire")}, NoRates(), more);
  EXPECT_EQ(more.RootOf("d"), "d");
}

}  // namespace
}  // namespace steelyard::funding
