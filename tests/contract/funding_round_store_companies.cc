// Companies that are merged and split, and what becomes of the rounds reported under their ids.

#include <map>
#include <random>
#include <set>
#include <utility>

#include "gmock/gmock.h"
#include "services/common/text/strings.h"
#include "tests/contract/funding_round_store_contract.h"
#include "tests/support/status_matchers.h"

namespace steelyard::testing {

using funding::CompanyFacts;
using funding::Round;
using funding::RoundLink;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

namespace {

CompanyFacts Facts(const std::string& id, std::vector<std::string> merged = {}) {
  CompanyFacts facts;
  facts.id = id;
  facts.display_name = StrCat("The ", id);
  facts.country = id == "acme" ? "FR" : "DE";
  facts.merged = std::move(merged);
  return facts;
}

Round Of(const std::string& id, const std::string& company, const std::string& source,
         int64_t minor_units) {
  Round round = MakeRound(id);
  round.company = company;
  round.sources = {source};
  round.amount->minor_units = minor_units;
  return round;
}

}  // namespace

TEST_P(RoundStoreContract, RoundsOfAMergedCompanyAreThoseOfTheOther) {
  Write({Of("a", "acme", "press", 100), Of("b", "other", "press", 90'000)});
  const int64_t before = Apply({Facts("acme"), Facts("other")}, 1);
  const int64_t merged = Apply({Facts("other", {"acme"})}, 2);
  ASSERT_OK_AND_ASSIGN(const Round round, store().Get(Now(), merged, "a"));
  EXPECT_EQ(round.company, "other");
  EXPECT_EQ(round.company_name, "The other");
  EXPECT_THAT(Select(merged, Equity()), ElementsAre("other", "other"));
  ASSERT_OK_AND_ASSIGN(const auto rounds, store().RoundsOf(Now(), merged, "other"));
  EXPECT_EQ(rounds.size(), 2U);
  EXPECT_THAT(store().RoundsOf(Now(), merged, "acme"), IsOkAndHolds(IsEmpty()));
  // What was said stays as it was said, and the past as it was.
  ASSERT_OK_AND_ASSIGN(const auto said, store().Assertions(Now(), merged, "a", false));
  EXPECT_EQ(said.at(0).assertion.company, "acme");
  EXPECT_THAT(Select(before, Equity()), UnorderedElementsAre("acme", "other"));
}

TEST_P(RoundStoreContract, FollowersSeeWhichRoundsMoved) {
  Write({Of("a", "acme", "press", 100), Of("b", "other", "press", 90'000)});
  const int64_t before = Apply({Facts("acme"), Facts("other")}, 1);
  const int64_t merged = Apply({Facts("other", {"acme"})}, 2);
  ASSERT_OK_AND_ASSIGN(const auto next, store().NextCommit(Now(), before));
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(next->revision, merged);
  ASSERT_OK_AND_ASSIGN(const auto changed, store().ChangedIn(Now(), merged, "", 10));
  ASSERT_EQ(changed.size(), 1U);
  EXPECT_EQ(changed[0].id, "a");
  EXPECT_EQ(changed[0].company, "other");
  EXPECT_THAT(store().RemovedIn(Now(), merged), IsOkAndHolds(IsEmpty()));
  ASSERT_OK_AND_ASSIGN(const auto moved,
                       store().Differences(Now(), before, merged, Equity(), 0, 10));
  ASSERT_EQ(moved.rounds.size(), 1U);
  EXPECT_EQ(moved.rounds[0].before->company.id, "acme");
  EXPECT_EQ(moved.rounds[0].after->company.id, "other");
}

TEST_P(RoundStoreContract, ASplitGivesRoundsBack) {
  Apply({Facts("acme"), Facts("other"), Facts("third")}, 1);
  Write({Of("a", "acme", "press", 100), Of("b", "other", "press", 90'000)});
  Apply({Facts("other", {"acme"})}, 2);
  Apply({Facts("third", {"acme", "other"})}, 3);
  EXPECT_THAT(Select(head(), Equity()), ElementsAre("third", "third"));
  // What was merged into what is split off goes with it.
  Apply({Facts("third"), Facts("other", {"acme"})}, 4);
  EXPECT_THAT(Select(head(), Equity()), ElementsAre("other", "other"));
  Apply({Facts("other"), Facts("acme")}, 5);
  EXPECT_THAT(Select(head(), Equity()), UnorderedElementsAre("acme", "other"));
}

TEST_P(RoundStoreContract, ReportsUnderAMergedIdAreTheOthers) {
  Apply({Facts("other", {"acme"})}, 1);
  Write(Of("a", "acme", "press", 100));
  const int64_t first = head();
  ASSERT_OK_AND_ASSIGN(const Round round, store().Get(Now(), first, "a"));
  EXPECT_EQ(round.company, "other");
  // Reports of the same round find it under either id.
  Write(Of("x", "other", "wire", 100));
  EXPECT_THAT(List(head()), ElementsAre("a"));
  funding::StagedImport staged;
  ASSERT_OK(staged.rounds.Add(Of("y", "acme", "filing", 100)));
  Import(staged, "i");
  ASSERT_OK_AND_ASSIGN(const Round all, store().Get(Now(), head(), "a"));
  EXPECT_THAT(all.aliases, ElementsAre("x", "y"));
  EXPECT_EQ(all.company, "other");
}

TEST_P(RoundStoreContract, RoundsThatMeetAreMatchedAndPartAgain) {
  Write({Of("a", "acme", "press", 100), Of("b", "acme", "wire", 7000)});
  Write(Of("x", "other", "wire", 100));
  Apply({Facts("acme"), Facts("other")}, 1);
  EXPECT_EQ(List(head()).size(), 3U);
  for (int64_t revision = 2; revision < 6; revision += 2) {
    Apply({Facts("other", {"acme"})}, revision);
    EXPECT_THAT(List(head(), {.order = {{"id", false}}}), ElementsAre("b", "x"));
    ASSERT_OK_AND_ASSIGN(const Round met, store().Get(Now(), head(), "a"));
    EXPECT_EQ(met.id, "x");
    EXPECT_THAT(met.sources, UnorderedElementsAre("press", "wire"));
    Apply({Facts("other"), Facts("acme")}, revision + 1);
    EXPECT_THAT(List(head(), {.order = {{"id", false}}}), ElementsAre("a", "b", "x"));
    ASSERT_OK_AND_ASSIGN(const Round parted, store().Get(Now(), head(), "a"));
    EXPECT_EQ(parted.company, "acme");
    EXPECT_THAT(parted.sources, ElementsAre("press"));
  }
}

// What met through a round that leaves is one round still, on either side.
TEST_P(RoundStoreContract, ReportsThatMetThroughAnotherStayTogether) {
  Apply({Facts("acme"), Facts("other")}, 1);
  Write(Of("a", "acme", "press", 100));
  Apply({Facts("other", {"acme"})}, 2);
  Write(Of("x", "other", "wire", 100));
  Write(Of("y", "other", "filing", 100));
  EXPECT_THAT(List(head()), ElementsAre("a"));
  for (int64_t revision = 3; revision < 7; revision += 2) {
    Apply({Facts("other"), Facts("acme")}, revision);
    EXPECT_THAT(List(head(), {.order = {{"id", false}}}), ElementsAre("a", "x"));
    ASSERT_OK_AND_ASSIGN(const Round round, store().Get(Now(), head(), "y"));
    EXPECT_EQ(round.id, "x");
    Apply({Facts("other", {"acme"})}, revision + 1);
    EXPECT_EQ(List(head()).size(), 1U);
  }
}

// A round of which one source says the merged id, and the one that counts another company.
TEST_P(RoundStoreContract, RoundsThatAMergeConcernsAndDoesNotMoveAreMatchedWith) {
  Apply({Facts("acme"), Facts("other")}, 1);
  Write(Of("r", "other", "alpha", 100));
  Write(Of("r", "acme", "press", 100));
  ASSERT_OK_AND_ASSIGN(const Round before, store().Get(Now(), head(), "r"));
  const bool of_other = before.company == "other";
  Write(Of("s", of_other ? "acme" : "other", "filing", 100));
  EXPECT_EQ(List(head()).size(), 2U);
  Apply({of_other ? Facts("other", {"acme"}) : Facts("acme", {"other"})}, 2);
  EXPECT_THAT(List(head()), ElementsAre("r"));
}

TEST_P(RoundStoreContract, RoundsOfSeveralMergedCompaniesMeetEachOther) {
  Apply({Facts("acme"), Facts("firm"), Facts("other")}, 1);
  Write(Of("a", "acme", "press", 100));
  Write(Of("x", "firm", "wire", 100));
  Apply({Facts("other", {"acme", "firm"})}, 2);
  EXPECT_THAT(List(head()), ElementsAre("a"));
}

TEST_P(RoundStoreContract, DecisionsOutlastMerges) {
  Write(Of("a", "acme", "press", 100));
  Write(Of("x", "other", "wire", 100));
  RoundLink different{.round = "a",
                      .related = "x",
                      .relation = funding::v1::ROUND_RELATION_SAME_AS,
                      .holds = false,
                      .origin = funding::v1::LINK_ORIGIN_DECIDED};
  ASSERT_OK(store().Decide(Now(), different));
  Apply({Facts("other", {"acme"})}, 1);
  EXPECT_EQ(List(head()).size(), 2U);
  RoundLink same = different;
  same.holds = true;
  ASSERT_OK(store().Decide(Now(), same));
  Apply({Facts("other"), Facts("acme")}, 2);
  EXPECT_EQ(List(head()).size(), 1U) << "a person knew better";
}

TEST_P(RoundStoreContract, APolicySeesTheSameCompanies) {
  Write(Of("a", "acme", "press", 100));
  Write(Of("a", "acme", "wire", 300));
  Apply({Facts("other", {"acme"})}, 1);
  funding::SourcePolicy policy;
  policy.id = funding::kMedian;
  ASSERT_OK_AND_ASSIGN(const Round round, store().Get(Now(), head(), "a", policy));
  EXPECT_EQ(round.company, "other");
  funding::SelectionQuery query = Equity();
  query.policy = policy;
  EXPECT_THAT(Select(head(), query), ElementsAre("other"));
}

// Whatever was merged and split before, rounds are where the redirects of the day say, no match
// joins rounds of different companies, and reports of one round are one round.
TEST_P(RoundStoreContract, RoundsAreWhereTheRedirectsOfTheDaySay) {
  constexpr int kCompanies = 6;
  std::mt19937 random(7);
  const auto below = [&](int limit) { return static_cast<int>(random() % limit); };
  const auto id = [](int number) { return StrCat("c", number); };
  std::vector<Round> rounds;
  for (int i = 0; i < 24; ++i) {
    rounds.push_back(
        Of(StrCat("r", i), id(i % kCompanies), StrCat("source-", i / 8), 100'000 * (1 + i % 4)));
    rounds.back().announced = {2010 + i % 8, 1, 1};
  }
  // Half of them are there before the first merge.
  Write(std::vector<Round>(rounds.begin(), rounds.begin() + 12));
  size_t written = 12;
  int64_t matched = 0;
  std::vector<int> into(kCompanies);  // which company each stands for
  for (int i = 0; i < kCompanies; ++i) into[static_cast<size_t>(i)] = i;
  for (int64_t revision = 1; revision <= 25; ++revision) {
    const int moved = below(kCompanies);
    into[static_cast<size_t>(moved)] = moved;
    const int target = into[static_cast<size_t>(below(kCompanies))];
    for (int& company : into) {
      if (company == moved && below(2) == 0) company = target;
    }
    // All that stand for another one than themselves stand for one that stands for itself.
    for (int i = 0; i < kCompanies; ++i) {
      const int company = into[static_cast<size_t>(i)];
      if (into[static_cast<size_t>(company)] != company) into[static_cast<size_t>(i)] = i;
    }
    std::map<int, std::vector<std::string>> merged;
    for (int i = 0; i < kCompanies; ++i) {
      std::vector<std::string>& ids = merged[into[static_cast<size_t>(i)]];
      if (into[static_cast<size_t>(i)] != i) ids.push_back(id(i));
    }
    std::vector<CompanyFacts> companies;
    for (const auto& [company, ids] : merged) companies.push_back(Facts(id(company), ids));
    Apply(companies, revision);
    if (written < rounds.size()) Write(rounds[written++]);
    ASSERT_OK_AND_ASSIGN(const auto links, store().Links(Now(), head()));
    const auto expected = [&](const std::string& round) {
      return id(into[static_cast<size_t>(std::stoi(round.substr(1)) % kCompanies)]);
    };
    ASSERT_OK_AND_ASSIGN(const auto page, store().List(Now(), head(), {}));
    size_t listed = 0;
    for (const Round& round : page.rounds) {
      EXPECT_EQ(round.company, expected(round.id)) << round.id << " at " << revision;
      for (const std::string& alias : round.aliases) EXPECT_EQ(round.company, expected(alias));
      listed += 1 + round.aliases.size();
    }
    EXPECT_EQ(listed, written);
    // Day and amount tell rounds of a company apart; who reports them does not.
    std::set<std::string> seen;
    for (const Round& round : page.rounds) {
      EXPECT_TRUE(seen.insert(StrCat(round.company, " ", round.announced.year, " ",
                                     round.amount->minor_units))
                      .second)
          << round.id << " is one round with another, at " << revision;
    }
    for (const auto& [key, link] : links.links()) {
      if (!link.holds) continue;
      EXPECT_EQ(expected(link.round), expected(link.related)) << key;
      ++matched;
    }
  }
  EXPECT_GT(matched, 10);
}

}  // namespace steelyard::testing
