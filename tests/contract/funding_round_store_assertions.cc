// The third part of the contract: what sources say, links, retractions, policies.

#include <utility>

#include "gmock/gmock.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "tests/contract/funding_round_store_contract.h"
#include "tests/support/spool_of.h"
#include "tests/support/status_matchers.h"

namespace steelyard::testing {

using funding::Assertion;
using funding::Round;
using funding::RoundLink;
using funding::SourcePolicy;
using funding::StagedImport;
using funding::StoredAssertion;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

namespace {

Round Reported(const std::string& id, const std::string& source, int64_t minor_units,
               PartialDate announced = {2024, 5, 6}) {
  Round round = MakeRound(id, announced);
  round.sources = {source};
  round.amount->minor_units = minor_units;
  return round;
}

RoundLink Decision(const std::string& round, const std::string& related, bool holds = true) {
  return {.round = round,
          .related = related,
          .relation = funding::v1::ROUND_RELATION_SAME_AS,
          .holds = holds,
          .origin = funding::v1::LINK_ORIGIN_DECIDED,
          .reason = "seen"};
}

// "a/press 1..2" and "a/press 2.. retracted".
std::vector<std::string> TextOf(const std::vector<StoredAssertion>& assertions) {
  std::vector<std::string> texts;
  for (const StoredAssertion& stored : assertions) {
    const bool open = stored.to_revision == ledger::kOpenRevision;
    texts.push_back(StrCat(stored.assertion.round, "/", stored.assertion.source, " ",
                           stored.from_revision, "..", open ? "" : StrCat(stored.to_revision),
                           stored.assertion.retracted ? " retracted" : ""));
  }
  return texts;
}

}  // namespace

TEST_P(RoundStoreContract, SourcesStandBesideEachOther) {
  Write(Reported("a", "press", 100));
  const int64_t revision = Write(Reported("a", "wire", 120));
  ASSERT_OK_AND_ASSIGN(const Round round, store().Get(Now(), revision, "a"));
  EXPECT_EQ(round.amount->minor_units, 100);  // equally listed: by id
  EXPECT_THAT(round.sources, ElementsAre("press", "wire"));
  EXPECT_EQ(round.spread, (funding::AmountSpread{.sources = 2, .low = 100, .high = 120}));
  ASSERT_OK_AND_ASSIGN(const auto said, store().Assertions(Now(), revision, "a", false));
  EXPECT_THAT(TextOf(said), ElementsAre("a/press 1..", "a/wire 2.."));
  EXPECT_THAT(store().Assertions(Now(), revision, "b", false),
              HasReason(common::v1::ERROR_REASON_ROUND_NOT_FOUND));
}

TEST_P(RoundStoreContract, TheOrderOfWritingDoesNotDecide) {
  Write(Reported("a", "wire", 120));
  const int64_t revision = Write(Reported("a", "press", 100));
  ASSERT_OK_AND_ASSIGN(const Round round, store().Get(Now(), revision, "a"));
  EXPECT_EQ(round.amount->minor_units, 100);
  EXPECT_THAT(round.sources, ElementsAre("press", "wire"));
}

TEST_P(RoundStoreContract, ALaterAssertionReplacesAndTheEarlierOneIsKept) {
  const int64_t first = Write(Reported("a", "press", 100));
  const int64_t second = Write(Reported("a", "press", 110));
  ASSERT_OK_AND_ASSIGN(const auto now, store().Assertions(Now(), second, "a", false));
  EXPECT_THAT(TextOf(now), ElementsAre("a/press 2.."));
  ASSERT_OK_AND_ASSIGN(const auto all, store().Assertions(Now(), second, "a", true));
  EXPECT_THAT(TextOf(all), ElementsAre("a/press 1..2", "a/press 2.."));
  EXPECT_EQ(all[0].assertion.amount->minor_units, 100);
  // As it was seen then: nothing had ended.
  ASSERT_OK_AND_ASSIGN(const auto then, store().Assertions(Now(), first, "a", true));
  EXPECT_THAT(TextOf(then), ElementsAre("a/press 1.."));
}

TEST_P(RoundStoreContract, ARetractionLeavesNothingInItsPlace) {
  const int64_t before = Write({Reported("a", "press", 100), Reported("b", "press", 100)});
  Write(Reported("a", "wire", 120));
  std::vector<std::string> retracted;
  ASSERT_OK(
      store().Retract(Now(), {.round = "a", .sources = {"press"}, .reason = "hoax"}, retracted));
  EXPECT_THAT(retracted, ElementsAre("press"));
  ASSERT_OK_AND_ASSIGN(const Round left, store().Get(Now(), head(), "a"));
  EXPECT_EQ(left.amount->minor_units, 120);
  EXPECT_THAT(left.sources, ElementsAre("wire"));
  ASSERT_OK_AND_ASSIGN(const auto said, store().Assertions(Now(), head(), "a", false));
  EXPECT_THAT(TextOf(said), ElementsAre("a/press 3.. retracted", "a/wire 2.."));
  EXPECT_EQ(said[0].assertion.reason, "hoax");

  ASSERT_OK(store().Retract(Now(), {.round = "a", .sources = {}, .reason = "gone"}, retracted));
  EXPECT_THAT(retracted, ElementsAre("wire"));
  EXPECT_THAT(store().Get(Now(), head(), "a"), HasReason(common::v1::ERROR_REASON_ROUND_NOT_FOUND));
  EXPECT_THAT(List(head()), ElementsAre("b"));
  EXPECT_THAT(store().RemovedIn(Now(), head()), IsOkAndHolds(ElementsAre("a")));
  EXPECT_THAT(store().Existing(Now(), head(), {"a", "b"}), IsOkAndHolds(ElementsAre("b")));
  EXPECT_OK(store().Get(Now(), before, "a"));
  EXPECT_THAT(store().Retract(Now(), {.round = "a", .sources = {}, .reason = "again"}, retracted),
              HasReason(common::v1::ERROR_REASON_ROUND_NOT_FOUND));
}

TEST_P(RoundStoreContract, WhatWasRetractedStaysSoUntilTheSourceSaysSomethingElse) {
  Write(Reported("a", "press", 100));
  std::vector<std::string> retracted;
  ASSERT_OK(store().Retract(Now(), {.round = "a", .sources = {}, .reason = "hoax"}, retracted));
  EXPECT_EQ(Write(Reported("a", "press", 100)), 2);
  EXPECT_THAT(List(head()), IsEmpty());
  Write(Reported("a", "press", 101));
  EXPECT_THAT(List(head()), ElementsAre("a"));
}

TEST_P(RoundStoreContract, ReportsOfOneRoundAreLinked) {
  Write(Reported("a", "press", 100'000'000));
  const int64_t revision = Write(Reported("x-1", "wire", 101'000'000, {2024, 5, 9}));
  EXPECT_THAT(List(revision), ElementsAre("a"));
  ASSERT_OK_AND_ASSIGN(const Round round, store().Get(Now(), revision, "x-1"));
  EXPECT_EQ(round.id, "a");
  EXPECT_THAT(round.aliases, ElementsAre("x-1"));
  EXPECT_THAT(round.sources, ElementsAre("press", "wire"));
  ASSERT_OK_AND_ASSIGN(const auto links, store().Links(Now(), revision));
  const RoundLink* link = links.Find(funding::v1::ROUND_RELATION_SAME_AS, "a", "x-1");
  ASSERT_NE(link, nullptr);
  EXPECT_EQ(link->origin, funding::v1::LINK_ORIGIN_MATCHED);
  EXPECT_EQ(link->reason, "same company, 3 days apart, both SEED, amounts 1 % apart");
  // The round was there before under its own name alone.
  ASSERT_OK_AND_ASSIGN(const Round before, store().Get(Now(), revision - 1, "a"));
  EXPECT_THAT(before.aliases, IsEmpty());
}

TEST_P(RoundStoreContract, ReportsOfOneSourceAreNotLinked) {
  Write(Reported("a", "press", 100));
  EXPECT_EQ(List(Write(Reported("b", "press", 100))).size(), 2U);
}

TEST_P(RoundStoreContract, DecisionsOutlastWhatIsReportedLater) {
  Write(Reported("a", "press", 100));
  Write(Reported("x-1", "wire", 100));
  ASSERT_OK(store().Decide(Now(), Decision("a", "x-1", false)));
  EXPECT_THAT(List(head(), {.order = {{"id", false}}}), ElementsAre("a", "x-1"));
  StagedImport links;
  links.links = {{.round = "x-1", .related = "a", .relation = funding::v1::ROUND_RELATION_SAME_AS}};
  Import(links, "i1");
  EXPECT_EQ(List(head()).size(), 2U);
  Write(Reported("x-1", "wire", 101));
  EXPECT_EQ(List(head()).size(), 2U);
  // A later decision takes the place of an earlier one, and may turn it round.
  ASSERT_OK(store().Decide(Now(), Decision("a", "x-1")));
  ASSERT_OK_AND_ASSIGN(const Round round, store().Get(Now(), head(), "a"));
  EXPECT_EQ(round.id, "x-1");
  EXPECT_THAT(store().RemovedIn(Now(), head()), IsOkAndHolds(ElementsAre("a")));
  const int64_t decided = head();
  ASSERT_OK(store().Decide(Now(), Decision("a", "x-1")));
  EXPECT_EQ(head(), decided);
}

TEST_P(RoundStoreContract, DecisionsAreAboutRoundsThatExistAndLeadNowhereBack) {
  Write({Reported("a", "press", 100), Reported("b", "press", 900), Reported("c", "press", 5000)});
  EXPECT_THAT(store().Decide(Now(), Decision("a", "x")),
              HasReason(common::v1::ERROR_REASON_ROUND_NOT_FOUND));
  ASSERT_OK(store().Decide(Now(), Decision("a", "b")));
  ASSERT_OK(store().Decide(Now(), Decision("b", "c")));
  EXPECT_THAT(store().Decide(Now(), Decision("c", "a")),
              HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(List(head()), ElementsAre("c"));
  ASSERT_OK_AND_ASSIGN(const Round round, store().Get(Now(), head(), "a"));
  EXPECT_THAT(round.aliases, ElementsAre("a", "b"));
  ASSERT_OK(store().Decide(Now(), Decision("b", "c", false)));
  EXPECT_THAT(List(head(), {.order = {{"id", false}}}), ElementsAre("b", "c"));
}

TEST_P(RoundStoreContract, PartsFollowTheRoundThatTheirWholeBecomes) {
  Round part = Reported("part", "press", 10);
  part.included_in = "whole";
  Write({part, Reported("whole", "press", 500), Reported("big", "press", 900)});
  ASSERT_OK(store().Decide(Now(), Decision("whole", "big")));
  ASSERT_OK_AND_ASSIGN(const Round round, store().Get(Now(), head(), "part"));
  EXPECT_EQ(round.included_in, "big");
  RoundLink apart = Decision("part", "whole", false);
  apart.relation = funding::v1::ROUND_RELATION_INCLUDED_IN;
  ASSERT_OK(store().Decide(Now(), apart));
  ASSERT_OK_AND_ASSIGN(const Round alone, store().Get(Now(), head(), "part"));
  EXPECT_EQ(alone.included_in, "");
  Write(part);
  ASSERT_OK_AND_ASSIGN(const Round still, store().Get(Now(), head(), "part"));
  EXPECT_EQ(still.included_in, "");
}

TEST_P(RoundStoreContract, AmendmentsSayWhatTheySayAndNothingElse) {
  Round round = Reported("a", "press", 100);
  round.sources = {"press", "wire"};
  StagedImport staged;
  staged.rounds = SpoolOf({round});
  Assertion otherwise;
  otherwise.round = "a";
  otherwise.source = "wire";
  otherwise.amount = Money{.minor_units = 140, .currency = "USD"};
  Assertion besides;
  besides.round = "a";
  besides.source = "blog";
  besides.position = funding::kAmendmentPosition;
  besides.closed = PartialDate{2024, 7, 0};
  staged.amendments = {otherwise, besides};
  Import(staged, "i1");
  ASSERT_OK_AND_ASSIGN(const Round now, store().Get(Now(), head(), "a"));
  EXPECT_EQ(now.amount->minor_units, 100);
  EXPECT_EQ(now.closed, (PartialDate{2024, 7, 0}));
  EXPECT_THAT(now.sources, ElementsAre("press", "wire", "blog"));
  EXPECT_EQ(now.spread.high, 140);
  // Later, on what is stored.
  StagedImport later;
  otherwise.amount->minor_units = 150;
  later.amendments = {otherwise};
  EXPECT_EQ(Import(later, "i2").subjects_changed, 1);
  ASSERT_OK_AND_ASSIGN(const auto said, store().Assertions(Now(), head(), "a", false));
  ASSERT_EQ(said.size(), 3U);
  EXPECT_EQ(said[2].assertion.amount->minor_units, 150);
  EXPECT_EQ(said[2].assertion.company, "acme");
}

TEST_P(RoundStoreContract, ReadsUnderAnyPolicy) {
  Round second = Reported("a", "wire", 300);
  second.participations = {{.investor = "Fund"}};
  Write({Reported("a", "press", 100), Reported("b", "press", 7)});
  Write(second);
  const int64_t revision = Write(Reported("a", "zine", 200));
  SourcePolicy policy;
  policy.id = funding::kPriority;
  policy.priority = {"wire"};
  ASSERT_OK_AND_ASSIGN(const Round wire, store().Get(Now(), revision, "a", policy));
  EXPECT_EQ(wire.amount->minor_units, 300);
  EXPECT_EQ(wire.participations[0].investor, "Fund");
  EXPECT_THAT(wire.sources, ElementsAre("wire", "press", "zine"));
  policy = {};
  policy.rules["amount"] = funding::kMedian;
  funding::RoundQuery query{.policy = policy, .order = {{"amount", true}}};
  ASSERT_OK_AND_ASSIGN(const auto page, store().List(Now(), revision, query));
  ASSERT_EQ(page.rounds.size(), 2U);
  EXPECT_EQ(page.rounds[0].amount->minor_units, 200);
  EXPECT_EQ(page.rounds[0].participations.size(), 1U);
  EXPECT_EQ(page.rounds[1].amount->minor_units, 7);
  funding::SelectionQuery select;
  select.scope = {common::v1::AMOUNT_KIND_EQUITY};
  select.policy = policy;
  ASSERT_OK_AND_ASSIGN(const auto selection, store().Select(Now(), revision, select));
  int64_t sum = 0;
  for (const auto& round : selection.rounds) sum += *round.minor_units;
  EXPECT_EQ(sum, 207);
  // Then as now: one revision, one answer.
  ASSERT_OK_AND_ASSIGN(const Round before, store().Get(Now(), 2, "a", policy));
  EXPECT_EQ(before.amount->minor_units, 100);
}

TEST_P(RoundStoreContract, SourcesAreRankedByWhatIsKnownOfThem) {
  Write({Reported("a", "aaa", 100)});
  Write({Reported("a", "bbb", 300)});
  StagedImport staged;
  staged.sources = {{"aaa", {.published = std::nullopt, .kind = "editorial"}},
                    {"bbb", {.published = PartialDate{2024, 6, 0}, .kind = "article"}}};
  EXPECT_GT(Import(staged, "i1").subjects_changed, 0);
  ASSERT_OK_AND_ASSIGN(const Round round, store().Get(Now(), head(), "a"));
  EXPECT_EQ(round.amount->minor_units, 300);  // editorial knowledge comes last
  ASSERT_OK_AND_ASSIGN(const auto sources, store().Sources(Now(), head()));
  EXPECT_EQ(sources, staged.sources);
  EXPECT_THAT(store().Sources(Now(), 2), IsOkAndHolds(IsEmpty()));
}

TEST_P(RoundStoreContract, CountsByTheClosingDateWhenAsked) {
  Round round = MakeRound("a", {2024, 12, 20});
  round.closed = PartialDate{2025, 1, 0};
  const int64_t revision = Write({round, MakeRound("b", {2024, 5, 6})});
  funding::SelectionQuery query;
  query.scope = {common::v1::AMOUNT_KIND_EQUITY};
  query.period = {.from = PartialDate{2024, 1, 1}, .to = PartialDate{2024, 12, 31}};
  EXPECT_EQ(Select(revision, query).size(), 2U);
  query.date_basis = common::v1::DATE_BASIS_CLOSED;
  EXPECT_EQ(Select(revision, query).size(), 1U);
  query.period = {.from = PartialDate{2025, 1, 1}, .to = PartialDate{2025, 1, 31}};
  EXPECT_EQ(Select(revision, query).size(), 1U);
}

TEST_P(RoundStoreContract, RoundsOfACompanyComeInOrder) {
  Round other = MakeRound("z");
  other.company = "aaa";
  const int64_t revision = Write({MakeRound("b"), MakeRound("a", {2020, 1, 1}), other});
  ASSERT_OK_AND_ASSIGN(const auto acme, store().RoundsOf(Now(), revision, "acme"));
  ASSERT_EQ(acme.size(), 2U);
  EXPECT_EQ(acme[0].id, "a");
  ASSERT_OK_AND_ASSIGN(const auto all, store().RoundsOf(Now(), revision, ""));
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].id, "z");
}

}  // namespace steelyard::testing
