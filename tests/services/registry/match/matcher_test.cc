#include "services/registry/match/matcher.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/status/status.h"
#include "tests/services/registry/match/fixture.h"
#include "tests/support/status_matchers.h"

namespace steelyard::registry::match {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

Company Detailed() {
  Company deepl = Named("deepl", "DeepL",
                        {{"DeepL SE", "de", NameKind::kLegal, ""},
                         {"Profond", "fr", NameKind::kMachineTranslation, ""}});
  deepl.country = "DE";
  deepl.city = "Cologne";
  deepl.website = "https://www.deepl.com";
  deepl.founded_on = PartialDate{.year = 2017};
  deepl.sectors = {"LANGUAGE"};
  deepl.identifiers = {{"lei", "529900T8BM49AURSDO55", ""}, {"wikidata", "Q43968444", ""}};
  return deepl;
}

class MatcherTest : public ::testing::Test {
 protected:
  Answer Ask(const Query& query, int64_t revision = 1) {
    const auto answer = Match(Context::Background(), index_, revision, query, NewestMethod(), 5);
    EXPECT_OK(answer);
    return answer.ok() ? *answer : Answer();
  }
  Answer Ask(std::string_view name) { return Ask(Query{.name = std::string(name)}); }

  const Index index_ = IndexOf(
      {
          Since(1, Detailed()),
          Since(1, Named("bfl", "Black Forest Labs")),
          Since(1, Named("elevenlabs", "ElevenLabs")),
          Since(1, Named("nebius", "Nebius Group",
                         {{"Nébius", "fr", NameKind::kMachineTranslation, ""}})),
          Since(1, Named("mistral", "Mistral AI")),
          Since(1, Named("toyota", "トヨタ自動車株式会社")),
          Since(1, Named("fund-2", "Growth Fund II")),
          Since(1, Named("fund-3", "Growth Fund III")),
          Since(2, Named("later", "Later Labs")),
      },
      3);
};

TEST_F(MatcherTest, FindsTheSameName) {
  const Answer answer = Ask("mistral ai");
  ASSERT_FALSE(answer.candidates.empty());
  EXPECT_EQ(answer.candidates[0].company, "mistral");
  EXPECT_EQ(answer.candidates[0].matched->text, "Mistral AI");
  EXPECT_EQ(answer.decision, Decision::kMatch);
}

TEST_F(MatcherTest, FindsTranslationsOfItsOwn) {
  const Answer forest = Ask("Laboratoires de la Forêt-Noire");
  ASSERT_FALSE(forest.candidates.empty());
  EXPECT_EQ(forest.candidates[0].company, "bfl");
  EXPECT_GT(forest.candidates[0].name_features[static_cast<size_t>(NameFeature::kTranslated)], 0);
  const Answer eleven = Ask("OnzeLabs");
  ASSERT_FALSE(eleven.candidates.empty());
  EXPECT_EQ(eleven.candidates[0].company, "elevenlabs");
  const Answer toyota = Ask("Toyota Motor Corporation");
  ASSERT_FALSE(toyota.candidates.empty());
  EXPECT_EQ(toyota.candidates[0].company, "toyota");
}

TEST_F(MatcherTest, DecoysDoNotMatchByThemselves) {
  for (const std::string name :
       {"Deep", "Nebula", "Forest Labs Ltd", "Labs", "AI", "Growth Fund"}) {
    EXPECT_NE(Ask(name).decision, Decision::kMatch) << name;
  }
  // The machine's translation of a name is no name to translate again.
  const Answer deep = Ask("Tief");
  EXPECT_NE(deep.decision, Decision::kMatch);
}

TEST_F(MatcherTest, NumbersTellFundsApart) {
  const Answer answer = Ask("Growth Fund III");
  ASSERT_FALSE(answer.candidates.empty());
  EXPECT_EQ(answer.candidates[0].company, "fund-3");
  EXPECT_EQ(answer.decision, Decision::kMatch);
  for (const Candidate& candidate : answer.candidates) {
    if (candidate.company == "fund-2") EXPECT_NE(candidate.decision, Decision::kMatch);
  }
}

TEST_F(MatcherTest, WhatElseIsKnownCounts) {
  const auto score = [&](const Query& query) {
    const Answer answer = Ask(query);
    return answer.candidates.empty() ? 0 : answer.candidates[0].score;
  };
  const Query bare{.name = "Depl"};
  Query query = bare;
  query.country = "DE";
  EXPECT_GT(score(query), score(bare));
  query.country = "FR";
  EXPECT_LT(score(query), score(bare));
  query = bare;
  query.domain = "deepl.com";
  EXPECT_GT(score(query), score(bare));
  query = bare;
  query.city = "cologne";
  query.founded_year = 2017;
  query.sectors = {"LANGUAGE"};
  EXPECT_GT(score(query), score(bare));
}

TEST_F(MatcherTest, AnEqualIdentifierDecidesAndAnotherOneVetoes) {
  const Answer agrees = Ask({.name = "Somebody", .identifiers = {"lei:529900t8bm49aursdo55"}});
  ASSERT_FALSE(agrees.candidates.empty());
  EXPECT_EQ(agrees.candidates[0].company, "deepl");
  EXPECT_EQ(agrees.decision, Decision::kMatch);

  const Answer conflicts = Ask({.name = "DeepL SE", .identifiers = {"lei:969500aaaaaaaaaaaa07"}});
  ASSERT_FALSE(conflicts.candidates.empty());
  EXPECT_EQ(conflicts.decision, Decision::kNoMatch);

  const Answer both =
      Ask({.name = "DeepL SE", .identifiers = {"lei:529900t8bm49aursdo55", "wikidata:q1"}});
  ASSERT_FALSE(both.candidates.empty());
  EXPECT_EQ(both.candidates[0].decision, Decision::kReview);
}

TEST_F(MatcherTest, ANameIsNotNeeded) {
  const Answer answer = Ask({.domain = "deepl.com"});
  ASSERT_THAT(answer.candidates, SizeIs(1));
  EXPECT_EQ(answer.candidates[0].company, "deepl");
  EXPECT_FALSE(answer.candidates[0].matched.has_value());
}

TEST_F(MatcherTest, ALegalFormAloneIsNobody) {
  const Answer answer = Ask("Limited");
  EXPECT_TRUE(answer.only_legal_form);
  EXPECT_NE(answer.decision, Decision::kMatch);
}

TEST_F(MatcherTest, ReadsARevision) {
  EXPECT_EQ(Ask({.name = "Later Labs"}, 2).decision, Decision::kMatch);
  EXPECT_NE(Ask({.name = "Later Labs"}, 1).decision, Decision::kMatch);
  EXPECT_THAT(Ask({.name = "Mistral AI"}, 0).candidates, IsEmpty());
}

TEST_F(MatcherTest, EndsWithItsCaller) {
  Context context = Context::Background();
  context.Cancel();
  EXPECT_THAT(Match(context, index_, 1, {.name = "Mistral"}, NewestMethod(), 5),
              testing::HasReason(common::v1::ERROR_REASON_CANCELLED));
}

TEST_F(MatcherTest, OfEquallyLikelyOnesTheMostAlikeComesFirst) {
  const Index index = IndexOf(std::vector<NamedState>{Since(1, Named("a", "Gaylord Ltd")),
                                                      Since(1, Named("b", "Gaylord Inc"))});
  const auto answer =
      Match(Context::Background(), index, 1, {.name = "Gaylord Icn"}, NewestMethod(), 5);
  ASSERT_OK(answer);
  ASSERT_EQ(answer->candidates.size(), 2U);
  EXPECT_EQ(answer->candidates[0].score, answer->candidates[1].score);
  EXPECT_EQ(answer->candidates[0].company, "b");
}

TEST_F(MatcherTest, TwoThatAreEquallyLikelyAreForAPerson) {
  const Index index = IndexOf({Since(1, Named("a", "Apollo")), Since(1, Named("b", "Apollo"))});
  const auto answer = Match(Context::Background(), index, 1, {.name = "Apollo"}, NewestMethod(), 5);
  ASSERT_OK(answer);
  EXPECT_EQ(answer->candidates[0].decision, Decision::kMatch);
  EXPECT_EQ(answer->decision, Decision::kReview);
}

}  // namespace
}  // namespace steelyard::registry::match
