#include "tests/contract/funding_round_store_contract.h"

#include <utility>

#include "gmock/gmock.h"
#include "services/common/status/status.h"
#include "services/funding/schema.h"
#include "tests/support/status_matchers.h"

namespace steelyard::testing {

using funding::CompanyFacts;
using funding::ImportOutcome;
using funding::Round;
using funding::RoundQuery;
using funding::RoundStore;
using funding::SelectionQuery;
using funding::StagedImport;
using funding::UpsertOutcome;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

namespace {

std::vector<std::string> IdsOf(const std::vector<Round>& rounds) {
  std::vector<std::string> ids;
  for (const Round& round : rounds) ids.push_back(round.id);
  return ids;
}

RoundStore::Report NoReport() {
  return [](const ImportOutcome&) { return std::string("report"); };
}

}  // namespace

const Context& Now() {
  static const auto& context = *new Context(Context::Background());
  return context;
}

SelectionQuery Equity() {
  SelectionQuery query;
  query.scope = {common::v1::AMOUNT_KIND_EQUITY};
  return query;
}

Round MakeRound(const std::string& id, PartialDate announced) {
  Round round;
  round.id = id;
  round.company = "acme";
  round.company_name = "acme";
  round.announced = announced;
  round.stage = funding::v1::STAGE_SEED;
  round.amount = Money{.minor_units = 100'000'000, .currency = "USD"};
  round.sources = {"press"};
  return round;
}

void RoundStoreContract::SetUp() {
  if (!GetParam().engine.missing.empty()) GTEST_SKIP() << GetParam().engine.missing;
  ASSERT_OK_AND_ASSIGN(database_, GetParam().engine.open(directory_));
  ASSERT_OK_AND_ASSIGN(ledger_, ledger::Ledger::Open(*database_, clock_, ledger::Kind::kFunding,
                                                     funding::FundingMigrations()));
  pool_ = std::make_unique<sql::Pool>(*database_, 4);
  store_ = GetParam().make(*pool_, *ledger_);
}

int64_t RoundStoreContract::Write(const std::vector<Round>& rounds) {
  const auto outcome = store().Upsert(Now(), {.rounds = rounds, .request_id = "", .digest = ""});
  EXPECT_OK(outcome);
  return outcome.ok() ? outcome->revision.revision : 0;
}

int64_t RoundStoreContract::Apply(const std::vector<CompanyFacts>& companies,
                                  int64_t registry_revision) {
  const auto revision = store().ApplyCompanies(Now(), companies, registry_revision);
  EXPECT_OK(revision);
  return revision.ok() ? revision->revision : 0;
}

ImportOutcome RoundStoreContract::Import(const StagedImport& staged, const std::string& id) {
  auto outcome = store().Import(Now(), staged, id, false, NoReport());
  EXPECT_OK(outcome);
  return outcome.ok() ? *std::move(outcome) : ImportOutcome();
}

std::vector<std::string> RoundStoreContract::List(int64_t revision, const RoundQuery& query) {
  const auto page = store().List(Now(), revision, query);
  EXPECT_OK(page);
  return page.ok() ? IdsOf(page->rounds) : std::vector<std::string>();
}

std::vector<std::string> RoundStoreContract::Select(int64_t revision, const SelectionQuery& query) {
  const auto selection = store().Select(Now(), revision, query);
  EXPECT_OK(selection);
  std::vector<std::string> companies;
  if (!selection.ok()) return companies;
  for (const funding::SelectedRound& round : selection->rounds) {
    companies.push_back(selection->companies[static_cast<size_t>(round.company)].id);
  }
  return companies;
}

TEST_P(RoundStoreContract, TheEmptyStoreHoldsNothing) {
  EXPECT_THAT(List(0), IsEmpty());
  EXPECT_THAT(Select(0, Equity()), IsEmpty());
  EXPECT_THAT(store().Get(Now(), 0, "a"), HasReason(common::v1::ERROR_REASON_ROUND_NOT_FOUND));
  EXPECT_THAT(store().Count(Now(), 0), IsOkAndHolds(funding::RoundCounts{}));
  ASSERT_OK_AND_ASSIGN(const auto next, store().NextCommit(Now(), 0));
  EXPECT_FALSE(next.has_value());
}

TEST_P(RoundStoreContract, ARoundComesBackAsItWasWritten) {
  Round round = MakeRound("a", {2024, 5, 0});
  round.label = "Series A2";
  round.kind = common::v1::AMOUNT_KIND_COMMITMENT;
  round.post_money = Money{.minor_units = 9, .currency = "JPY"};
  round.participations = {{.investor = "Lead", .role = funding::v1::PARTICIPATION_ROLE_LEAD},
                          {.investor = "B, \"b\"; b"},
                          {.investor = "A"}};
  round.sources = {"z", "a"};
  round.included_in = "elsewhere";
  round.note = "up to";
  round.closed = PartialDate{2024, 6, 0};
  round.spread = {.sources = 2, .low = 100'000'000, .high = 100'000'000};
  const int64_t revision = Write(round);
  EXPECT_THAT(store().Get(Now(), revision, "a"), IsOkAndHolds(round));
  EXPECT_THAT(store().Count(Now(), revision),
              IsOkAndHolds(funding::RoundCounts{.rounds = 1, .participations = 3}));
}

TEST_P(RoundStoreContract, UndisclosedIsNotZero) {
  Round undisclosed = MakeRound("a");
  undisclosed.amount.reset();
  Round zero = MakeRound("b");
  zero.amount->minor_units = 0;
  const int64_t revision = Write({undisclosed, zero});
  ASSERT_OK_AND_ASSIGN(const Round first, store().Get(Now(), revision, "a"));
  EXPECT_FALSE(first.amount.has_value());
  ASSERT_OK_AND_ASSIGN(const Round second, store().Get(Now(), revision, "b"));
  EXPECT_EQ(second.amount->minor_units, 0);
}

TEST_P(RoundStoreContract, EveryRevisionKeepsItsAnswer) {
  Round round = MakeRound("a");
  round.participations = {{.investor = "One"}};
  const int64_t before = Write(round);
  const Round old = round;
  round.amount->minor_units = 7;
  round.participations = {{.investor = "Two"}, {.investor = "Three"}};
  const int64_t after = Write(round);
  EXPECT_EQ(after, before + 1);
  EXPECT_THAT(store().Get(Now(), before, "a"), IsOkAndHolds(old));
  EXPECT_THAT(store().Get(Now(), after, "a"), IsOkAndHolds(round));
}

TEST_P(RoundStoreContract, EqualRoundsChangeNothing) {
  const int64_t first = Write({MakeRound("a"), MakeRound("b")});
  Round changed = MakeRound("b");
  changed.note = "new";
  ASSERT_OK_AND_ASSIGN(
      const UpsertOutcome outcome,
      store().Upsert(Now(), {.rounds = {MakeRound("a"), changed}, .request_id = "", .digest = ""}));
  EXPECT_THAT(outcome.changed, ElementsAre("b"));
  EXPECT_EQ(outcome.revision.revision, first + 1);
  EXPECT_EQ(Write({MakeRound("a"), changed}), first + 1);
  EXPECT_EQ(head(), first + 1);
}

TEST_P(RoundStoreContract, ValidateOnlySaysWhatWouldChange) {
  Write(MakeRound("a"));
  const RoundStore::Upsertion upsertion{.rounds = {MakeRound("b"), MakeRound("a")},
                                        .request_id = "try",
                                        .digest = "d",
                                        .validate_only = true};
  ASSERT_OK_AND_ASSIGN(const UpsertOutcome outcome, store().Upsert(Now(), upsertion));
  EXPECT_THAT(outcome.changed, ElementsAre("b"));
  EXPECT_EQ(head(), 1);
  ASSERT_OK_AND_ASSIGN(
      const UpsertOutcome real,
      store().Upsert(Now(), {.rounds = {MakeRound("b")}, .request_id = "try", .digest = "e"}));
  EXPECT_EQ(real.revision.revision, 2);
}

TEST_P(RoundStoreContract, ARequestIdIsHonouredOnce) {
  const RoundStore::Upsertion upsertion{
      .rounds = {MakeRound("a"), MakeRound("b")}, .request_id = "r1", .digest = "d1"};
  ASSERT_OK_AND_ASSIGN(const UpsertOutcome first, store().Upsert(Now(), upsertion));
  Round changed = MakeRound("a");
  changed.note = "since";
  Write(changed);
  ASSERT_OK_AND_ASSIGN(const UpsertOutcome again, store().Upsert(Now(), upsertion));
  EXPECT_EQ(again.changed, first.changed);
  EXPECT_EQ(again.revision.revision, first.revision.revision);
  EXPECT_EQ(again.revision.committed_at, first.revision.committed_at);
  EXPECT_EQ(head(), 2);
  EXPECT_THAT(
      store().Upsert(Now(), {.rounds = {MakeRound("a")}, .request_id = "r1", .digest = "d2"}),
      HasReason(common::v1::ERROR_REASON_REQUEST_ID_REUSED));
}

TEST_P(RoundStoreContract, InclusionsMustNotLeadBack) {
  Round a = MakeRound("a");
  Round b = MakeRound("b");
  a.included_in = "b";
  Write({a, b});
  b.included_in = "a";
  EXPECT_THAT(store().Upsert(Now(), {.rounds = {b}, .request_id = "", .digest = ""}),
              HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_EQ(head(), 1);
}

TEST_P(RoundStoreContract, ListsByDateNewestFirst) {
  const int64_t revision = Write({MakeRound("year", {2024, 0, 0}), MakeRound("month", {2024, 1, 0}),
                                  MakeRound("day", {2024, 1, 1}), MakeRound("b", {2025, 1, 1}),
                                  MakeRound("a", {2025, 1, 1})});
  EXPECT_THAT(List(revision), ElementsAre("a", "b", "day", "month", "year"));
  EXPECT_THAT(List(revision, {.order = {{"announced_on", false}}}),
              ElementsAre("year", "month", "day", "a", "b"));
  EXPECT_THAT(List(revision, {.order = {{"id", true}}}),
              ElementsAre("year", "month", "day", "b", "a"));
}

TEST_P(RoundStoreContract, UndisclosedAmountsComeLastEitherWay) {
  Round none = MakeRound("a");
  none.amount.reset();
  Round small = MakeRound("c");
  small.amount->minor_units = 1;
  const int64_t revision = Write({none, MakeRound("b"), small});
  EXPECT_THAT(List(revision, {.order = {{"amount", true}}}), ElementsAre("b", "c", "a"));
  EXPECT_THAT(List(revision, {.order = {{"amount", false}}}), ElementsAre("c", "b", "a"));
}

TEST_P(RoundStoreContract, PagesAreCutFromTheWholeOrder) {
  const int64_t revision = Write({MakeRound("a"), MakeRound("b"), MakeRound("c")});
  ASSERT_OK_AND_ASSIGN(const funding::RoundPage page,
                       store().List(Now(), revision, {.offset = 1, .limit = 1}));
  EXPECT_THAT(IdsOf(page.rounds), ElementsAre("b"));
  EXPECT_EQ(page.total_size, 3);
  EXPECT_THAT(List(revision, {.offset = 3}), IsEmpty());
}

TEST_P(RoundStoreContract, APeriodHoldsOnlyDatesThatLieInItWholly) {
  const int64_t revision = Write({MakeRound("year", {2024, 0, 0}), MakeRound("month", {2024, 2, 0}),
                                  MakeRound("day", {2024, 2, 29})});
  const auto in = [&](PartialDate from, PartialDate to) {
    RoundQuery query;
    query.period = {.from = from, .to = to};
    query.order = {{"id", false}};
    return List(revision, query);
  };
  EXPECT_THAT(in({2024, 1, 1}, {2024, 12, 31}), ElementsAre("day", "month", "year"));
  EXPECT_THAT(in({2024, 1, 1}, {2024, 12, 30}), ElementsAre("day", "month"));
  EXPECT_THAT(in({2024, 2, 1}, {2024, 2, 29}), ElementsAre("day", "month"));
  EXPECT_THAT(in({2024, 2, 2}, {2024, 2, 29}), ElementsAre("day"));
  SelectionQuery query = Equity();
  query.period = {.from = PartialDate{2024, 2, 1}, .to = std::nullopt};
  EXPECT_EQ(Select(revision, query).size(), 2U);
}

TEST_P(RoundStoreContract, ExistingIdsAreGivenOnce) {
  const int64_t revision = Write({MakeRound("a"), MakeRound("b")});
  EXPECT_THAT(store().Existing(Now(), revision, {"b", "x", "a", "b"}),
              IsOkAndHolds(ElementsAre("a", "b")));
  EXPECT_THAT(store().Existing(Now(), 0, {"a"}), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(store().Existing(Now(), revision, {}), IsOkAndHolds(IsEmpty()));
}

TEST_P(RoundStoreContract, SelectsKindsOfMoneyInScope) {
  Round debt = MakeRound("d");
  debt.kind = common::v1::AMOUNT_KIND_DEBT;
  const int64_t revision = Write({MakeRound("a"), debt});
  EXPECT_EQ(Select(revision, Equity()).size(), 1U);
  SelectionQuery both = Equity();
  both.scope.push_back(common::v1::AMOUNT_KIND_DEBT);
  EXPECT_EQ(Select(revision, both).size(), 2U);
}

TEST_P(RoundStoreContract, ARoundIncludedInAnotherCountsOnlyWithoutIt) {
  Round part = MakeRound("part");
  part.included_in = "whole";
  const int64_t alone = Write(part);
  const int64_t together = Write(MakeRound("whole"));
  EXPECT_EQ(Select(alone, Equity()).size(), 1U);
  EXPECT_EQ(Select(together, Equity()).size(), 1U);
  EXPECT_THAT(List(together), ElementsAre("part", "whole"));
  SelectionQuery parts = Equity();
  parts.with_parts = true;
  EXPECT_EQ(Select(together, parts).size(), 2U);
}

TEST_P(RoundStoreContract, SelectionsNameRoundsWhenAsked) {
  Round other = MakeRound("b");
  other.company = "aardvark";
  const int64_t revision = Write({MakeRound("a"), other});
  SelectionQuery query = Equity();
  query.with_ids = true;
  ASSERT_OK_AND_ASSIGN(const auto named, store().Select(Now(), revision, query));
  std::vector<std::string> ids;
  for (const funding::SelectedRound& round : named.rounds) {
    ids.push_back(named.ids.at(static_cast<size_t>(round.id)));
  }
  EXPECT_THAT(ids, ElementsAre("b", "a"));
  ASSERT_OK_AND_ASSIGN(const auto unnamed, store().Select(Now(), revision, Equity()));
  EXPECT_THAT(unnamed.ids, IsEmpty());
  EXPECT_EQ(unnamed.rounds.at(0).id, -1);
}

TEST_P(RoundStoreContract, SelectionsComeByCompanyWithWhatTheyAreGroupedBy) {
  Round other = MakeRound("b");
  other.company = "zeta";
  other.sources = {"x", "y"};
  other.amount = Money{.minor_units = 5, .currency = "EUR"};
  Write({other, MakeRound("a"), MakeRound("c", {2023, 0, 0})});
  const int64_t revision = Apply({{.id = "acme",
                                   .display_name = "Acme",
                                   .country = "FR",
                                   .layers = {"CHIPS", "CLOUD"},
                                   .sectors = {"HEALTH"},
                                   .source_category = "web"}},
                                 1);
  ASSERT_OK_AND_ASSIGN(const funding::Selection selection,
                       store().Select(Now(), revision, Equity()));
  ASSERT_EQ(selection.companies.size(), 2U);
  EXPECT_EQ(selection.companies[0].name, "Acme");
  EXPECT_EQ(selection.companies[0].country, "FR");
  EXPECT_EQ(selection.companies[0].layer, "CHIPS");
  EXPECT_EQ(selection.companies[0].sector, "HEALTH");
  EXPECT_EQ(selection.companies[0].source_category, "web");
  EXPECT_EQ(selection.companies[1].name, "zeta");
  EXPECT_EQ(selection.companies[1].country, "");
  ASSERT_EQ(selection.rounds.size(), 3U);
  EXPECT_EQ(selection.rounds[0].company, 0);
  EXPECT_EQ(selection.rounds[1].company, 0);
  EXPECT_THAT((std::vector{selection.rounds[0].date, selection.rounds[1].date}),
              UnorderedElementsAre(PartialDate{2023, 0, 0}, PartialDate{2024, 5, 6}));
  EXPECT_EQ(selection.rounds[2].company, 1);
  EXPECT_EQ(selection.currencies.Text(selection.rounds[2].currency), "EUR");
  EXPECT_EQ(selection.source_lists.Text(selection.rounds[2].sources), "|x|y|");
}

}  // namespace steelyard::testing
