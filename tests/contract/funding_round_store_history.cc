// The contract of a store of rounds: reads of everything, of the past, and of what differs.

#include <utility>

#include "gmock/gmock.h"
#include "tests/contract/funding_round_store_contract.h"
#include "tests/support/status_matchers.h"

namespace steelyard::testing {
namespace {

using funding::CompanyFacts;
using funding::HistoryQuery;
using funding::PlacedRound;
using funding::Round;
using funding::RoundDifference;
using funding::RoundMatch;
using funding::RoundQuery;
using funding::RoundState;
using funding::SelectionQuery;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

CompanyFacts Acme(const std::string& country) {
  return {.id = "acme",
          .display_name = "Acme AG",
          .country = country,
          .layers = {"CHIPS"},
          .sectors = {"HEALTH"},
          .source_category = "hardware"};
}

Round WithAmount(Round round, int64_t minor_units) {
  round.amount = Money{.minor_units = minor_units, .currency = "USD"};
  return round;
}

// "a[1,3)" for each state; the end is empty while it is open.
std::vector<std::string> Spans(const std::vector<RoundState>& states) {
  std::vector<std::string> spans;
  for (const RoundState& state : states) {
    const bool open = state.to == ledger::kOpenRevision;
    spans.push_back(state.round.id + "[" + std::to_string(state.from) + "," +
                    (open ? "" : std::to_string(state.to)) + ")");
  }
  return spans;
}

TEST_P(RoundStoreContract, ScanGivesEveryRoundOncePageByPage) {
  std::vector<Round> rounds;
  for (int i = 0; i < 25; ++i) rounds.push_back(MakeRound("r" + std::to_string(100 + i)));
  rounds.push_back(MakeRound("old", {1999, 0, 0}));
  const int64_t revision = Write(rounds);
  Write(MakeRound("r100x"));  // later than the revision read
  RoundMatch match;
  match.period.from = PartialDate{2000, 1, 1};
  std::vector<std::string> ids;
  while (true) {
    ASSERT_OK_AND_ASSIGN(const std::vector<PlacedRound> page,
                         store().Scan(Now(), revision, match, ids.empty() ? "" : ids.back(), 10));
    for (const PlacedRound& placed : page) ids.push_back(placed.round.id);
    if (page.size() < 10) break;
  }
  ASSERT_EQ(ids.size(), 25U);
  for (int i = 0; i < 25; ++i)
    EXPECT_EQ(ids[static_cast<size_t>(i)], rounds[static_cast<size_t>(i)].id);
}

TEST_P(RoundStoreContract, ScanJoinsTheCompanyOfTheRevision) {
  Round round = MakeRound("a");
  round.participations = {{.investor = "L"}};
  const int64_t unknown = Write(round);
  const int64_t known = Apply({Acme("FR")}, 1);
  ASSERT_OK_AND_ASSIGN(const auto before, store().Scan(Now(), unknown, {}, "", 10));
  ASSERT_EQ(before.size(), 1U);
  EXPECT_EQ(before[0].company.id, "acme");
  EXPECT_EQ(before[0].company.name, "acme");
  EXPECT_EQ(before[0].company.country, "");
  ASSERT_OK_AND_ASSIGN(const auto after, store().Scan(Now(), known, {}, "", 10));
  ASSERT_EQ(after.size(), 1U);
  EXPECT_EQ(after[0].company.name, "Acme AG");
  EXPECT_EQ(after[0].company.country, "FR");
  EXPECT_EQ(after[0].company.layer, "CHIPS");
  EXPECT_EQ(after[0].company.sector, "HEALTH");
  EXPECT_EQ(after[0].company.source_category, "hardware");
  EXPECT_EQ(after[0].round.participations.size(), 1U);
}

TEST_P(RoundStoreContract, ListingsLeaveOutWhatHasNotChangedSince) {
  Write({MakeRound("a"), MakeRound("b")});
  const int64_t second = Write(WithAmount(MakeRound("a"), 1));
  Write(MakeRound("c"));
  RoundQuery query;
  query.order = {{"id", false}};
  query.updated_after = 1;
  EXPECT_THAT(List(second, query), ElementsAre("a"));
  EXPECT_THAT(List(head(), query), ElementsAre("a", "c"));
  query.updated_after = head();
  EXPECT_THAT(List(head(), query), IsEmpty());
}

TEST_P(RoundStoreContract, HistoryGivesEveryStateWithItsInterval) {
  Round first = MakeRound("a");
  first.participations = {{.investor = "One"}};
  Write(first);
  Round second = WithAmount(MakeRound("a"), 5);
  second.participations = {{.investor = "Two"}, {.investor = "Three"}};
  Write({second, MakeRound("b")});
  Write(WithAmount(MakeRound("b"), 7));
  ASSERT_OK_AND_ASSIGN(const auto all, store().History(Now(), head(), {}));
  EXPECT_THAT(Spans(all.states), ElementsAre("a[1,2)", "a[2,)", "b[2,3)", "b[3,)"));
  EXPECT_EQ(all.total_size, 4);
  ASSERT_EQ(all.states[0].round.participations.size(), 1U);
  EXPECT_EQ(all.states[0].round.participations[0].investor, "One");
  EXPECT_EQ(all.states[1].round.participations.size(), 2U);
  EXPECT_EQ(all.states[1].round.amount->minor_units, 5);
  EXPECT_EQ(all.states[0].to_time, all.states[1].from_time);
  // What came later is not seen, nor that it ended a state.
  ASSERT_OK_AND_ASSIGN(const auto then, store().History(Now(), 2, {}));
  EXPECT_THAT(Spans(then.states), ElementsAre("a[1,2)", "a[2,)", "b[2,)"));
}

TEST_P(RoundStoreContract, HistoryMatchesByAnyStateAndCanBeCutAndPaged) {
  Write({MakeRound("a", {1999, 1, 1}), MakeRound("b")});
  Write(MakeRound("a", {2024, 1, 1}));
  Write(MakeRound("a", {2024, 1, 2}));
  HistoryQuery query;
  query.match.period.to = PartialDate{2000, 12, 31};
  ASSERT_OK_AND_ASSIGN(const auto matched, store().History(Now(), head(), query));
  EXPECT_THAT(Spans(matched.states), ElementsAre("a[1,2)", "a[2,3)", "a[3,)"));
  // A state that is left out does not match either.
  query.since = 2;
  ASSERT_OK_AND_ASSIGN(const auto cut, store().History(Now(), head(), query));
  EXPECT_THAT(Spans(cut.states), IsEmpty());
  query = {.match = {}, .since = 2, .offset = 1, .limit = 1};
  ASSERT_OK_AND_ASSIGN(const auto page, store().History(Now(), head(), query));
  EXPECT_THAT(Spans(page.states), ElementsAre("a[3,)"));
  EXPECT_EQ(page.total_size, 3);
}

TEST_P(RoundStoreContract, DifferencesAreWhatIsSelectedDifferently) {
  Round noted = MakeRound("noted");
  Round debt = MakeRound("debt");
  debt.kind = common::v1::AMOUNT_KIND_DEBT;
  Round part = MakeRound("part");
  part.included_in = "whole";
  Write({MakeRound("same"), MakeRound("bigger"), noted, debt, part});
  const int64_t from = head();
  noted.note = "only the note";
  debt.amount.reset();
  Write({WithAmount(MakeRound("bigger"), 9), noted, debt, MakeRound("whole")});
  ASSERT_OK_AND_ASSIGN(const auto differences,
                       store().Differences(Now(), from, head(), Equity(), 0, 10));
  EXPECT_EQ(differences.total_size, 3);
  ASSERT_EQ(differences.rounds.size(), 3U);
  const RoundDifference& bigger = differences.rounds[0];
  EXPECT_EQ(bigger.id, "bigger");
  EXPECT_TRUE(bigger.counted && bigger.counts && bigger.rewritten);
  EXPECT_EQ(bigger.before->round.amount->minor_units, 100'000'000);
  EXPECT_EQ(bigger.after->round.amount->minor_units, 9);
  const RoundDifference& inner = differences.rounds[1];
  EXPECT_EQ(inner.id, "part");
  EXPECT_TRUE(inner.counted && !inner.counts && !inner.rewritten);
  const RoundDifference& whole = differences.rounds[2];
  EXPECT_EQ(whole.id, "whole");
  EXPECT_FALSE(whole.counted || whole.before.has_value());
  EXPECT_TRUE(whole.counts && whole.after.has_value());
  ASSERT_OK_AND_ASSIGN(const auto page, store().Differences(Now(), from, head(), Equity(), 1, 1));
  ASSERT_EQ(page.rounds.size(), 1U);
  EXPECT_EQ(page.rounds[0].id, "part");
  EXPECT_EQ(page.total_size, 3);
}

TEST_P(RoundStoreContract, SelectionsMayNameCountries) {
  Round other = MakeRound("b");
  other.company = "unknown";
  Write({MakeRound("a"), other});
  Apply({Acme("FR")}, 1);
  SelectionQuery query = Equity();
  EXPECT_THAT(Select(head(), query), ElementsAre("acme", "unknown"));
  query.countries = {"DE", "FR"};
  EXPECT_THAT(Select(head(), query), ElementsAre("acme"));
  query.countries = {"DE"};
  EXPECT_THAT(Select(head(), query), IsEmpty());
}

TEST_P(RoundStoreContract, DifferencesSeeCompaniesMove) {
  Write(MakeRound("a"));
  const int64_t from = Apply({Acme("FR")}, 1);
  Apply({Acme("DE")}, 2);
  ASSERT_OK_AND_ASSIGN(const auto moved, store().Differences(Now(), from, head(), Equity(), 0, 10));
  ASSERT_EQ(moved.rounds.size(), 1U);
  EXPECT_FALSE(moved.rounds[0].rewritten);
  EXPECT_EQ(moved.rounds[0].before->company.country, "FR");
  EXPECT_EQ(moved.rounds[0].after->company.country, "DE");
  ASSERT_OK_AND_ASSIGN(const auto none,
                       store().Differences(Now(), head(), head(), Equity(), 0, 10));
  EXPECT_THAT(none.rounds, IsEmpty());
}

}  // namespace
}  // namespace steelyard::testing
