#include "services/funding/round_match.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace steelyard::funding {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Round Of(const std::string& id, const std::string& source, PartialDate announced = {2024, 5, 6},
         int64_t minor_units = 100'000, const std::string& currency = "USD") {
  Round round;
  round.id = id;
  round.company = "acme";
  round.announced = announced;
  round.stage = v1::STAGE_SEED;
  round.amount = Money{.minor_units = minor_units, .currency = currency};
  round.sources = {source};
  return round;
}

// One EUR is 1.25 USD on 6 May 2024.
const RateTable& Rates() {
  static const auto& rates = *new RateTable({{.day = PartialDate{2024, 5, 6}.ToDays(),
                                              .currency = "USD",
                                              .rate = 125 * kRateScale / 100}});
  return rates;
}

TEST(RoundMatchTest, DecidesByWhatAgrees) {
  const Round base = Of("a", "press");
  Round undisclosed = Of("b", "wire", {2024, 5, 10});
  undisclosed.amount.reset();
  Round later = undisclosed;
  later.announced = {2024, 5, 20};
  Round other_stage = Of("b", "wire");
  other_stage.stage = v1::STAGE_SERIES_A;
  Round unknown_stage = Of("b", "wire");
  unknown_stage.stage = v1::STAGE_UNKNOWN;
  Round debt = Of("b", "wire");
  debt.kind = common::v1::AMOUNT_KIND_DEBT;
  Round elsewhere = Of("b", "wire");
  elsewhere.company = "beta";
  struct Case {
    std::string name;
    Round other;
    MatchDecision decision;
  };
  const std::vector<Case> cases = {
      {"same", Of("b", "wire"), MatchDecision::kMatch},
      {"four weeks later", Of("b", "wire", {2024, 6, 3}), MatchDecision::kMatch},
      {"five weeks later", Of("b", "wire", {2024, 6, 10}), MatchDecision::kReview},
      {"four months later", Of("b", "wire", {2024, 9, 6}), MatchDecision::kNoMatch},
      {"month only", Of("b", "wire", {2024, 5, 0}), MatchDecision::kMatch},
      {"5 % more", Of("b", "wire", {2024, 5, 6}, 105'000), MatchDecision::kMatch},
      {"15 % more", Of("b", "wire", {2024, 5, 6}, 115'000), MatchDecision::kReview},
      {"twice", Of("b", "wire", {2024, 5, 6}, 200'000), MatchDecision::kNoMatch},
      {"in euros", Of("b", "wire", {2024, 5, 6}, 80'000, "EUR"), MatchDecision::kMatch},
      {"as many euros", Of("b", "wire", {2024, 5, 6}, 100'000, "EUR"), MatchDecision::kReview},
      {"no rate", Of("b", "wire", {2024, 5, 6}, 100'000, "JPY"), MatchDecision::kReview},
      {"undisclosed, near", undisclosed, MatchDecision::kMatch},
      {"undisclosed, two weeks", later, MatchDecision::kReview},
      {"another stage", other_stage, MatchDecision::kReview},
      {"stage unknown", unknown_stage, MatchDecision::kMatch},
      {"a loan", debt, MatchDecision::kNoMatch},
      {"another company", elsewhere, MatchDecision::kNoMatch},
  };
  for (const Case& test : cases) {
    const PairMatch match = MatchRounds(base, test.other, Rates());
    EXPECT_EQ(match.decision, test.decision) << test.name << " scores " << match.score;
    EXPECT_GE(match.score, 0) << test.name;
    EXPECT_LE(match.score, 1) << test.name;
  }
}

TEST(RoundMatchTest, OnlyWhatAgreesInAllScoresOne) {
  EXPECT_DOUBLE_EQ(MatchRounds(Of("a", "x"), Of("b", "y"), Rates()).score, 1);
  EXPECT_LT(MatchRounds(Of("a", "x"), Of("b", "y", {2024, 5, 7}), Rates()).score, 1);
  EXPECT_THAT(MatchRounds(Of("a", "x"), Of("b", "y", {2024, 5, 7}, 102'000), Rates()).reasons,
              ElementsAre("same company", "1 day apart", "both SEED", "amounts 2 % apart"));
}

TEST(RoundMatchTest, NewReportsAreLinkedToTheBest) {
  const std::vector<Round> there = {Of("far", "press", {2024, 4, 20}), Of("near", "press")};
  const auto links = MatchFresh({Of("new", "wire", {2024, 5, 7})}, there, Rates(), {});
  ASSERT_EQ(links.size(), 1U);
  EXPECT_EQ(links[0].round, "new");
  EXPECT_EQ(links[0].related, "near");
  EXPECT_EQ(links[0].origin, v1::LINK_ORIGIN_MATCHED);
}

TEST(RoundMatchTest, WhatIsInDoubtIsNotLinked) {
  const std::vector<Round> twins = {Of("one", "press"), Of("two", "press")};
  EXPECT_THAT(MatchFresh({Of("new", "wire")}, twins, Rates(), {}), IsEmpty());
  EXPECT_THAT(MatchFresh({Of("new", "press")}, {Of("one", "press")}, Rates(), {}), IsEmpty());
  // One report of a source to each round, whichever comes first.
  for (const std::vector<Round>& reports : {std::vector{Of("new", "wire"), Of("more", "wire")},
                                            std::vector{Of("more", "wire"), Of("new", "wire")}}) {
    const auto links = MatchFresh(reports, {Of("one", "press")}, Rates(), {});
    ASSERT_EQ(links.size(), 1U);
    EXPECT_EQ(links[0].round, "more");
  }
  LinkTable decided;
  decided.Put({.round = "one",
               .related = "new",
               .relation = v1::ROUND_RELATION_SAME_AS,
               .holds = false,
               .origin = v1::LINK_ORIGIN_DECIDED});
  EXPECT_THAT(MatchFresh({Of("new", "wire")}, {Of("one", "press")}, Rates(), decided), IsEmpty());
}

TEST(RoundMatchTest, DuplicatesComeBestFirst) {
  Round beta = Of("x", "press");
  beta.company = "beta";
  const std::vector<Round> rounds = {Of("c", "press"), Of("a", "press", {2024, 5, 9}),
                                     Of("b", "press", {2024, 5, 6}, 500'000), beta};
  const auto none = [](const Round&, const Round&) { return false; };
  const auto found = FindDuplicates(rounds, Rates(), none);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].round->id, "a");
  EXPECT_EQ(found[0].other->id, "c");
  const auto all = [](const Round&, const Round&) { return true; };
  EXPECT_THAT(FindDuplicates(rounds, Rates(), all), IsEmpty());
}

}  // namespace
}  // namespace steelyard::funding
