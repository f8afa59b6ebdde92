#include "services/funding/round.h"

#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/text/strings.h"
#include "services/funding/remembered_upsert.h"
#include "services/funding/schema.h"
#include "tests/support/status_matchers.h"

namespace steelyard::funding {
namespace {

using ::steelyard::testing::HasReason;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(RoundTest, Ids) {
  for (const char* id : {"a", "acme_2024-05.a", "0"}) EXPECT_TRUE(IsId(id)) << id;
  for (const char* id : {"", "A", "a b", "a/b", "é", "a|b"}) EXPECT_FALSE(IsId(id)) << id;
  EXPECT_TRUE(IsId(std::string(128, 'a')));
  EXPECT_FALSE(IsId(std::string(129, 'a')));
  EXPECT_FALSE(IsId(std::string(65, 'a'), 64));
}

TEST(RoundTest, StagesHaveNames) {
  EXPECT_EQ(Stages().size(), 24U);
  for (const Stage stage : Stages()) EXPECT_EQ(StageOf(StageName(stage)), stage);
  EXPECT_EQ(StageOf("SERIES_K"), std::nullopt);
  EXPECT_EQ(StageOf("UNSPECIFIED"), std::nullopt);
  EXPECT_EQ(StageOf(""), std::nullopt);
  EXPECT_EQ(Kinds().size(), 9U);
  EXPECT_EQ(KindName(common::v1::AMOUNT_KIND_POST_IPO), "POST_IPO");
}

TEST(RoundTest, LeadsComeFirstAndNobodyTwice) {
  const std::vector<Participation> ordered =
      Ordered({{.investor = "b"},
               {.investor = "buyer", .role = v1::PARTICIPATION_ROLE_ACQUIRER},
               {.investor = "a"},
               {.investor = "a", .role = v1::PARTICIPATION_ROLE_LEAD}});
  std::vector<std::string> names;
  for (const Participation& participation : ordered) names.push_back(participation.investor);
  EXPECT_THAT(names, ElementsAre("a", "b", "buyer"));
  EXPECT_EQ(ordered[0].role, v1::PARTICIPATION_ROLE_LEAD);
}

TEST(RoundTest, DifferentRoundsHaveDifferentTexts) {
  const Round round{.id = "a", .company = "b", .announced = {2024, 5, 0}, .sources = {"s"}};
  std::vector<Round> rounds(13, round);
  rounds[1].id = "ab";
  rounds[2].company = "";
  rounds[3].announced = {2024, 5, 1};
  rounds[4].label = "l";
  rounds[5].stage = v1::STAGE_SEED;
  rounds[6].kind = common::v1::AMOUNT_KIND_DEBT;
  rounds[7].amount = Money{.minor_units = 0, .currency = "USD"};
  rounds[8].post_money = Money{.minor_units = 0, .currency = "USD"};
  rounds[9].participations = {{.investor = "i"}};
  rounds[10].sources = {"s", "t"};
  rounds[11].included_in = "c";
  rounds[12].note = "l";
  std::set<std::string> texts;
  for (const Round& other : rounds) texts.insert(Canonical(other));
  EXPECT_EQ(texts.size(), rounds.size());
}

TEST(RoundTest, WhatIsReadOnlyPlaysNoPart) {
  Round round{.id = "a", .participations = {{.investor = "i"}}};
  const std::string text = Canonical(round);
  round.company_name = "A";
  round.participations[0].country = "FR";
  EXPECT_EQ(Canonical(round), text);
}

TEST(RoundTest, DifferentFactsOfCompaniesHaveDifferentTexts) {
  const CompanyFacts acme{.id = "acme", .display_name = "Acme", .country = "FR"};
  // Digests of stored rows are of this text.
  EXPECT_EQ(Canonical(acme), "4:acme4:Acme2:FR1:01:00:");
  std::vector<CompanyFacts> companies(6, acme);
  companies[1].legal_country = "US";
  companies[2].founding_country = "US";
  companies[3].legal_country = companies[3].founding_country = "US";
  companies[4].country = "US";
  companies[5].source_category = "US";
  std::set<std::string> texts;
  for (const CompanyFacts& company : companies) texts.insert(Canonical(company));
  EXPECT_EQ(texts.size(), companies.size());
  // Founded in its country, as is taken of a company that says nothing of it.
  CompanyFacts founded = acme;
  founded.founding_country = "FR";
  EXPECT_EQ(Canonical(founded), Canonical(acme));
}

TEST(SchemaTest, ListsAndDatesComeBack) {
  for (const std::vector<std::string>& list :
       {std::vector<std::string>{}, {"a"}, {"a", "b", "c"}}) {
    EXPECT_EQ(SplitList(JoinList(list)), list);
  }
  for (const PartialDate& date : {PartialDate{2024, 0, 0}, PartialDate{2024, 1, 0},
                                  PartialDate{2024, 1, 1}, PartialDate{1960, 2, 29}}) {
    EXPECT_EQ(DateOf(date.FirstDay().ToDays(), PrecisionOf(date)), date) << date.ToString();
  }
}

TEST(RememberedUpsertTest, ComesBack) {
  const UpsertOutcome outcome{
      .changed = {"a", "b"},
      .revision = {
          .revision = 7, .committed_at = absl::FromUnixMicros(1234567), .registry_revision = 3}};
  ASSERT_OK_AND_ASSIGN(const UpsertOutcome again, DecodeUpsert(EncodeUpsert(outcome)));
  EXPECT_THAT(again.changed, ElementsAre("a", "b"));
  EXPECT_EQ(again.revision.revision, 7);
  EXPECT_EQ(again.revision.committed_at, outcome.revision.committed_at);
  EXPECT_EQ(again.revision.registry_revision, 3);
  ASSERT_OK_AND_ASSIGN(const UpsertOutcome none, DecodeUpsert(EncodeUpsert({})));
  EXPECT_THAT(none.changed, IsEmpty());
  EXPECT_THAT(DecodeUpsert("nonsense"), HasReason(common::v1::ERROR_REASON_INTERNAL));
}

}  // namespace
}  // namespace steelyard::funding
