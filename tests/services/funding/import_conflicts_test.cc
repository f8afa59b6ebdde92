#include <string>

#include "gmock/gmock.h"
#include "tests/services/funding/funding_fixture.h"

namespace steelyard::funding {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ImportConflictsTest : public FundingFixture {};

constexpr char kRounds[] =
    "id,company_id,announced_on,stage,amount,currency,lead_investors,investors,source_ids,closed_"
    "on,kind\n"
    "a,acme,2024-05-06,SEED,1000000,USD,Lead,Other,press;wire,2024-06,UP_TO\n"
    "b,acme,2024-09,SERIES_A,,,,,press,,\n";

constexpr char kConflicts[] =
    "round_id,field,value,currency,source_id\n"
    "a,amount,900000,EUR,wire\n"
    "a,announced_on,2024-05-07,,wire\n"
    "a,lead_investors,Other,,blog\n"
    "b,amount,70000000,EUR,blog\n";

TEST_F(ImportConflictsTest, WhatOtherSourcesSayIsKeptBesideAndFillsGaps) {
  ASSERT_OK(Import({{"steelyard-rounds", kRounds}, {"steelyard-round-conflicts", kConflicts}}));
  EXPECT_THAT(Findings(), IsEmpty());
  const Round a = Get("a");
  EXPECT_EQ(a.amount->currency, "USD");
  EXPECT_EQ(a.kind, common::v1::AMOUNT_KIND_UP_TO);
  EXPECT_EQ(a.closed, (PartialDate{2024, 6, 0}));
  EXPECT_EQ(a.participations[0].investor, "Lead");
  EXPECT_THAT(a.sources, ElementsAre("press", "wire", "blog"));
  const Round b = Get("b");
  EXPECT_EQ(b.amount->minor_units, 7'000'000'000);
  SourcePolicy wire;
  wire.id = kPriority;
  wire.priority = {"wire", "blog"};
  ASSERT_OK_AND_ASSIGN(const Round otherwise,
                       rounds_->Get(Context::Background(), head(), "a", wire));
  EXPECT_EQ(*otherwise.amount, (Money{.minor_units = 90'000'000, .currency = "EUR"}));
  EXPECT_EQ(otherwise.announced, (PartialDate{2024, 5, 7}));
  EXPECT_EQ(otherwise.participations[0].investor, "Lead");  // wire lists it as the row does
}

TEST_F(ImportConflictsTest, TheStoreHasRoundsThatTheFileMayName) {
  ASSERT_OK(Import({{"steelyard-rounds", kRounds}}));
  ASSERT_OK_AND_ASSIGN(const auto report, Import({{"steelyard-round-conflicts", kConflicts}}));
  EXPECT_EQ(report.files(0).rows_accepted(), 4);
  EXPECT_EQ(Get("b").amount->minor_units, 7'000'000'000);
}

TEST_F(ImportConflictsTest, ARowThatNoSourceBearsOutIsTheImportsOwn) {
  ASSERT_OK(Import({{"steelyard-rounds",
                     "id,company_id,announced_on,stage,amount,currency,source_ids\n"
                     "a,acme,2024-05-06,SEED,180,USD,press\n"},
                    {"steelyard-round-conflicts",
                     "round_id,field,value,currency,source_id\n"
                     "a,amount,156,EUR,press\n"}},
                   false, "desk"));
  ASSERT_OK_AND_ASSIGN(const auto said,
                       rounds_->Assertions(Context::Background(), head(), "a", false));
  ASSERT_EQ(said.size(), 2U);
  EXPECT_EQ(said[0].assertion.source, "desk");
  EXPECT_EQ(said[0].assertion.amount->minor_units, 18'000);
  EXPECT_EQ(said[1].assertion.amount->currency, "EUR");
}

TEST_F(ImportConflictsTest, BadRowsAreRejectedWithTheirPlace) {
  ASSERT_OK(Import({{"steelyard-rounds", kRounds},
                    {"steelyard-round-conflicts",
                     "round_id,field,value,currency,source_id\n"
                     "x,amount,1,USD,wire\n"
                     "a,size,1,USD,wire\n"
                     "a,amount,1,XXQ,wire\n"
                     "a,amount,ten,USD,wire\n"
                     "a,announced_on,1201-13,,wire\n"
                     "a,announced_on,1201-12,,wire\n"
                     "a,closed_on,2101,,wire\n"
                     "a,stage,SERIES_Z,,wire\n"
                     "a,amount,,USD,wire\n"
                     "a,amount,1,USD,Not A Source\n"
                     "a,amount,5,USD,wire\n"
                     "a,amount,6,USD,wire\n"}}));
  EXPECT_THAT(Findings(),
              ElementsAre("1.csv:2 round_id REJECTED x", "1.csv:3 field REJECTED size",
                          "1.csv:4 currency REJECTED XXQ", "1.csv:5 value REJECTED ten",
                          "1.csv:6 value REJECTED 1201-13", "1.csv:7 value REJECTED 1201-12",
                          "1.csv:8 value REJECTED 2101", "1.csv:9 value REJECTED SERIES_Z",
                          "1.csv:10 value REJECTED ", "1.csv:11 source_id REJECTED Not A Source",
                          "1.csv:13 value REJECTED 6"));
  EXPECT_THAT(findings_[5].reason(), HasSubstr("must be a date from 1900 to 2100"));
  EXPECT_THAT(findings_[6].reason(), HasSubstr("must be a date from 1900 to 2100"));
}

TEST_F(ImportConflictsTest, SourcesAreKeptForRanking) {
  ASSERT_OK(Import({{"steelyard-sources",
                     "id,publisher,title,url,published_on,kind\n"
                     "press,Press,T,,2024-05,article\n"
                     "wire,Wire,T,,not a date,editorial\n"
                     "press,Again,T,,2024,article\n"
                     "Bad Id,B,T,,,article\n"}}));
  EXPECT_THAT(Findings(), ElementsAre("0.csv:3 published_on CLEARED not a date",
                                      "0.csv:4 id REJECTED press", "0.csv:5 id REJECTED Bad Id"));
  ASSERT_OK_AND_ASSIGN(const SourceTable sources, rounds_->Sources(Context::Background(), head()));
  ASSERT_EQ(sources.size(), 2U);
  EXPECT_EQ(sources.at("press").published, (PartialDate{2024, 5, 0}));
  EXPECT_EQ(sources.at("wire").kind, "editorial");
}

TEST_F(ImportConflictsTest, LinksMaySayThatRoundsAreTheSame) {
  ASSERT_OK(Import({{"steelyard-rounds", kRounds},
                    {"steelyard-round-links",
                     "round_id,related_round_id,relation\n"
                     "b,a,SAME_AS\n"
                     "b,a,SAME_AS\n"
                     "a,b,SAME_AS\n"
                     "a,b,LIKE\n"}}));
  EXPECT_THAT(Findings(),
              ElementsAre("1.csv:3 round_id DUPLICATE b", "1.csv:4 related_round_id REJECTED b",
                          "1.csv:5 relation REJECTED LIKE"));
  EXPECT_EQ(Get("b").id, "a");
}

TEST_F(ImportConflictsTest, BadKindsAndClosingDatesAreCleared) {
  ASSERT_OK(Import({{"steelyard-rounds",
                     "id,company_id,announced_on,stage,amount,currency,closed_on,kind\n"
                     "a,acme,2024,DEBT,1,USD,2024-13,MONEY\n"}}));
  EXPECT_THAT(Findings(),
              ElementsAre("0.csv:2 kind CLEARED MONEY", "0.csv:2 closed_on CLEARED 2024-13"));
  EXPECT_EQ(Get("a").kind, common::v1::AMOUNT_KIND_DEBT);
}

}  // namespace
}  // namespace steelyard::funding
