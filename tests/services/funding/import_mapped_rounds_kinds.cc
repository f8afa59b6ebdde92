// Closing dates and kinds of money by mappings.

#include "tests/services/funding/mapped_rounds_fixture.h"

namespace steelyard::funding {
namespace {

using common::v1::ImportReport;
using ::steelyard::testing::MappingOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kClosings = R"({
  "kind": "rounds", "nullTokens": ["open"],
  "dates": {"formats": ["DD-MM-YYYY", "YYYY"], "earliestYear": 1},
  "fields": [
    {"to": "company_name", "from": ["Company"]},
    {"to": "announced", "from": ["Date"]},
    {"to": "closed", "from": ["Closed"], "optional": true},
    {"to": "stage", "from": ["Round"], "optional": true},
    {"to": "kind", "from": ["Money"], "optional": true,
     "values": {"Loan": "DEBT", "bis zu": "UP_TO"}}]})";

TEST_F(ImportMappedRoundsTest, ClosingDatesAndKindsAreRead) {
  ASSERT_OK_AND_ASSIGN(const ImportReport report, ImportRounds("Company,Date,Closed,Round,Money\n"
                                                               "A,05-06-2024,07-08-2024,seed,loan\n"
                                                               "B,05-06-2024,2024,seed,Bis zu\n"
                                                               "C,05-06-2024,open,debt,\n"
                                                               "D,05-06-2024,,seed,Post IPO\n",
                                                               MappingOf(kClosings)));
  EXPECT_THAT(Findings(), IsEmpty());
  EXPECT_THAT(Unmapped(report.files(0)), IsEmpty());
  const std::vector<Round> rounds = All();
  ASSERT_EQ(rounds.size(), 4U);
  EXPECT_EQ(rounds[0].closed, (PartialDate{2024, 8, 7}));
  EXPECT_EQ(rounds[0].kind, common::v1::AMOUNT_KIND_DEBT);
  EXPECT_EQ(rounds[0].stage, v1::STAGE_SEED);
  EXPECT_EQ(rounds[1].closed, (PartialDate{2024, 0, 0}));
  EXPECT_EQ(rounds[1].kind, common::v1::AMOUNT_KIND_UP_TO);
  EXPECT_EQ(rounds[2].closed, std::nullopt);
  EXPECT_EQ(rounds[2].kind, common::v1::AMOUNT_KIND_DEBT) << "as the stage says";
  EXPECT_EQ(rounds[3].kind, common::v1::AMOUNT_KIND_POST_IPO);
  // The same file without the two columns is read, too.
  EXPECT_OK(ImportRounds("Company,Date\nE,2024\n", MappingOf(kClosings)));
}

TEST_F(ImportMappedRoundsTest, KindsWithoutAMeaningAreListedAndImpossibleClosingsCleared) {
  ASSERT_OK_AND_ASSIGN(const ImportReport report,
                       ImportRounds("Company,Date,Closed,Round,Money\n"
                                    "A,05-06-2024,31-02-2024,seed,tokens\n"
                                    "B,05-06-2024,01-01-1201,grant,tokens\n"
                                    "C,05-06-2024,01-01-2999,seed,unspecified\n"
                                    "D,05-06-2024,soon,seed,\n",
                                    MappingOf(kClosings)));
  EXPECT_EQ(report.files(0).rows_accepted(), 4);
  EXPECT_THAT(Unmapped(report.files(0)),
              ElementsAre("kind Money tokens: 2", "kind Money unspecified: 1"));
  EXPECT_THAT(Findings(),
              ElementsAre("0.csv:2 Closed CLEARED 31-02-2024", "0.csv:3 Closed CLEARED 01-01-1201",
                          "0.csv:4 Closed CLEARED 01-01-2999", "0.csv:5 Closed CLEARED soon"));
  EXPECT_THAT(findings_[1].reason(), HasSubstr("must be a date from 1900 to 2100"));
  EXPECT_THAT(findings_[2].reason(), HasSubstr("lies in the future"));
  const std::vector<Round> rounds = All();
  ASSERT_EQ(rounds.size(), 4U);
  for (const Round& round : rounds) EXPECT_EQ(round.closed, std::nullopt) << round.id;
  EXPECT_EQ(rounds[0].kind, common::v1::AMOUNT_KIND_EQUITY);
  EXPECT_EQ(rounds[1].kind, common::v1::AMOUNT_KIND_GRANT);
}

TEST_F(ImportMappedRoundsTest, NoMappingMakesAnImpossibleYearPossible) {
  ASSERT_OK(ImportRounds("Company,Date\nA,1201\nB,01-01-1899\nC,1900\n", MappingOf(kClosings)));
  EXPECT_THAT(Findings(),
              ElementsAre("0.csv:2 Date REJECTED 1201", "0.csv:3 Date REJECTED 01-01-1899"));
  EXPECT_THAT(findings_[0].reason(), HasSubstr("must be a date from 1900 to 2100"));
  ASSERT_EQ(All().size(), 1U);
}

}  // namespace
}  // namespace steelyard::funding
