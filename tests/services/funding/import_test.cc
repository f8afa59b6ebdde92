// Imports of funding's own formats: what is taken, mended, rejected, and that it is all or nothing.

#include "services/funding/import.h"

#include <fstream>
#include <iterator>

#include "tests/services/funding/funding_fixture.h"

namespace steelyard::funding {
namespace {

using common::v1::ImportReport;
using ::steelyard::testing::HasReason;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kRoundsHeader[] =
    "id,company_id,announced_on,round_label,stage,amount,currency,post_money,post_money_currency,"
    "lead_investors,investors,source_ids,note\n";

FileToImport Rounds(const std::string& rows) { return {"steelyard-rounds", kRoundsHeader + rows}; }

class ImportTest : public FundingFixture {};

TEST_F(ImportTest, RoundsComeInAsTheyStand) {
  ASSERT_OK_AND_ASSIGN(
      const ImportReport report,
      Import({Rounds("a,acme,2024-05,Series A2,SERIES_A,23500000.5,EUR,1000000000,USD,"
                     "\"Lead; Fund\",Fund;Angel,s1;s2,\"a, note\"\n"
                     "b,acme,2021,,UNKNOWN,,,,,,,,\n"),
              {"steelyard-investors", "name,country,kind\nLead,NA,VC\n"}}));
  EXPECT_THAT(Findings(), IsEmpty());
  EXPECT_EQ(report.subjects_changed(), 3);
  EXPECT_EQ(report.files(0).rows_read(), 2);
  EXPECT_EQ(report.files(0).rows_accepted(), 2);
  EXPECT_EQ(report.files(0).rows_without_amount(), 1);
  ASSERT_EQ(report.files(0).totals_size(), 1);
  EXPECT_EQ(report.files(0).totals(0).currency(), "EUR");
  EXPECT_EQ(report.files(0).totals(0).minor_units(), 2'350'000'050);
  EXPECT_EQ(report.snapshot().funding_revision(), 1);

  const Round a = Get("a");
  EXPECT_EQ(a.announced, (PartialDate{2024, 5, 0}));
  EXPECT_EQ(a.label, "Series A2");
  EXPECT_EQ(a.stage, v1::STAGE_SERIES_A);
  EXPECT_EQ(a.kind, common::v1::AMOUNT_KIND_EQUITY);
  EXPECT_EQ(a.amount, (Money{.minor_units = 2'350'000'050, .currency = "EUR"}));
  EXPECT_EQ(a.post_money, (Money{.minor_units = 100'000'000'000, .currency = "USD"}));
  EXPECT_THAT(a.sources, ElementsAre("s1", "s2"));
  EXPECT_EQ(a.note, "a, note");
  ASSERT_THAT(a.participations, SizeIs(3));
  EXPECT_EQ(a.participations[0].investor, "Lead");
  EXPECT_EQ(a.participations[0].country, "NA");
  EXPECT_EQ(a.participations[1].investor, "Fund");
  EXPECT_EQ(a.participations[1].role, v1::PARTICIPATION_ROLE_LEAD);
  EXPECT_EQ(a.participations[2].role, v1::PARTICIPATION_ROLE_PARTICIPANT);
  const Round b = Get("b");
  EXPECT_FALSE(b.amount.has_value());
  EXPECT_THAT(b.sources, ElementsAre("own"));
}

TEST_F(ImportTest, KindsFollowFromStages) {
  struct Case {
    std::string stage;
    AmountKind kind;
  };
  for (const Case& test :
       {Case{"DEBT", common::v1::AMOUNT_KIND_DEBT}, Case{"GRANT", common::v1::AMOUNT_KIND_GRANT},
        Case{"SECONDARY", common::v1::AMOUNT_KIND_SECONDARY},
        Case{"IPO", common::v1::AMOUNT_KIND_IPO},
        Case{"POST_IPO", common::v1::AMOUNT_KIND_POST_IPO},
        Case{"GROWTH", common::v1::AMOUNT_KIND_EQUITY}}) {
    ASSERT_OK(Import({Rounds("x,acme,2024,," + test.stage + ",1,USD,,,,,,\n")}));
    EXPECT_EQ(Get("x").kind, test.kind) << test.stage;
  }
}

TEST_F(ImportTest, WhatIsNotRightIsSaid) {
  ASSERT_OK_AND_ASSIGN(const ImportReport report,
                       Import({Rounds("A,acme,2024,,SEED,1,USD,,,,,,\n"
                                      "a,,2024,,SEED,1,USD,,,,,,\n"
                                      "a,acme,2024-13,,SEED,1,USD,,,,,,\n"
                                      "a,acme,2024,,SEED,-1,USD,,,,,,\n"
                                      "a,acme,2024,,SEED,1.234,USD,,,,,,\n"
                                      "a,acme,2024,,SEED,99999999999999999999,USD,,,,,,\n"
                                      "a,acme,2024,,SEED,1,ZZZ,,,,,,\n"
                                      "a,acme,2024,,SEED,1,,,,,,,\n"
                                      "a,acme,2024,,SEED,1,USD,,,,,Not a source,\n"
                                      "a,acme,2024\n"
                                      "\n"
                                      "b,acme,2024,,SERIES_Z,1,USD,x,USD,,,good;Bad,\n")}));
  EXPECT_THAT(
      Findings(),
      ElementsAre("0.csv:2 id REJECTED A", "0.csv:3 company_id REJECTED ",
                  "0.csv:4 announced_on REJECTED 2024-13", "0.csv:5 amount REJECTED -1",
                  "0.csv:6 amount REJECTED 1.234", "0.csv:7 amount REJECTED 99999999999999999999",
                  "0.csv:8 currency REJECTED ZZZ", "0.csv:9 currency REJECTED ",
                  "0.csv:10 source_ids CLEARED Not a source",
                  "0.csv:10 source_ids REJECTED Not a source", "0.csv:11 REJECTED ",
                  "0.csv:13 source_ids CLEARED Bad", "0.csv:13 stage REPAIRED SERIES_Z",
                  "0.csv:13 post_money CLEARED x"));
  EXPECT_EQ(report.files(0).rows_read(), 11);
  EXPECT_EQ(report.files(0).rows_accepted(), 1);
  EXPECT_EQ(report.files(0).rows_rejected(), 10);
  EXPECT_EQ(report.files(0).rows_blank(), 1);
  EXPECT_EQ(Get("b").stage, v1::STAGE_UNKNOWN);
  EXPECT_THAT(Get("b").sources, ElementsAre("good"));
}

TEST_F(ImportTest, DatesOfImpossibleYearsAreNotTaken) {
  ASSERT_OK(Import(
      {{"steelyard-rounds",
        "id,company_id,announced_on,stage,amount,currency,closed_on\n"
        "a,acme,1201,SEED,1,USD,\n"
        "b,acme,1899-12-31,SEED,1,USD,\n"
        "c,acme,2101-01,SEED,1,USD,\n"
        "d,acme,1900,SEED,1,USD,2100-12-31\n"
        "e,acme,2024,SEED,1,USD,1201-05\n"},
       {"steelyard-exits",
        "id,company_id,announced_on,type,acquirer,amount,currency\nx,acme,0999,MERGER,Big,,\n"}}));
  EXPECT_THAT(
      Findings(),
      ElementsAre("0.csv:2 announced_on REJECTED 1201", "0.csv:3 announced_on REJECTED 1899-12-31",
                  "0.csv:4 announced_on REJECTED 2101-01", "0.csv:6 closed_on CLEARED 1201-05",
                  "1.csv:2 announced_on REJECTED 0999"));
  for (const auto& finding : findings_) {
    EXPECT_THAT(finding.reason(), HasSubstr("must be a date from 1900 to 2100"));
  }
  EXPECT_EQ(Get("d").closed, (PartialDate{2100, 12, 31}));
  EXPECT_EQ(Get("e").closed, std::nullopt);
}

TEST_F(ImportTest, RepeatedRowsAreFoldedAndContradictionsRejected) {
  ASSERT_OK_AND_ASSIGN(const ImportReport report,
                       Import({Rounds("a,acme,2024,,SEED,1,USD,,,,,,\n"
                                      "a,acme,2024,,SEED,1,USD,,,,,,\n"
                                      "a,acme,2024,,SEED,2,USD,,,,,,\n")}));
  EXPECT_THAT(Findings(), ElementsAre("0.csv:3 id DUPLICATE a", "0.csv:4 id REJECTED a"));
  const common::v1::AmountTotal& total = report.files(0).totals(0);
  EXPECT_EQ(total.rows(), 3);
  EXPECT_EQ(total.minor_units(), 400);
  EXPECT_EQ(total.duplicate_minor_units(), 100);
  EXPECT_EQ(Get("a").amount->minor_units, 100);
}

TEST_F(ImportTest, ExitsAreAcquisitions) {
  ASSERT_OK(Import({{"steelyard-exits",
                     "id,company_id,announced_on,type,acquirer,amount,currency,source_ids,note\n"
                     "x,acme,2024,MERGER,Big,,,s,all-stock\n"
                     "y,acme,2024,SALE,Big,,,s,\n"}}));
  EXPECT_THAT(Findings(), ElementsAre("0.csv:3 type REJECTED SALE"));
  const Round exit = Get("x");
  EXPECT_EQ(exit.stage, v1::STAGE_ACQUISITION);
  EXPECT_EQ(exit.kind, common::v1::AMOUNT_KIND_ACQUISITION);
  EXPECT_EQ(exit.label, "MERGER");
  ASSERT_THAT(exit.participations, SizeIs(1));
  EXPECT_EQ(exit.participations[0].role, v1::PARTICIPATION_ROLE_ACQUIRER);
}

TEST_F(ImportTest, LinksAreReadAfterRoundsWhereverTheyStand) {
  ASSERT_OK_AND_ASSIGN(const ImportReport report,
                       Import({{"steelyard-round-links",
                                "round_id,related_round_id,relation\n"
                                "a,b,INCLUDED_IN\n"
                                "a,b,INCLUDED_IN\n"
                                "a,c,INCLUDED_IN\n"
                                "b,a,INCLUDED_IN\n"
                                "c,c,INCLUDED_IN\n"
                                "c,nobody,INCLUDED_IN\n"
                                "c,b,REPLACES\n"},
                               Rounds("a,acme,2024,,SEED,1,USD,,,,,,\n"
                                      "b,acme,2024,,SEED,2,USD,,,,,,\n"
                                      "c,acme,2024,,SEED,3,USD,,,,,,\n")}));
  EXPECT_THAT(Findings(), ElementsAre("0.csv:3 round_id DUPLICATE a", "0.csv:4 round_id REJECTED a",
                                      "0.csv:5 related_round_id REJECTED a",
                                      "0.csv:6 related_round_id REJECTED c",
                                      "0.csv:7 related_round_id REJECTED nobody",
                                      "0.csv:8 relation REJECTED REPLACES"));
  EXPECT_EQ(report.files(0).format(), "steelyard-round-links");
  EXPECT_EQ(report.files(1).format(), "steelyard-rounds");
  EXPECT_EQ(Get("a").included_in, "b");

  ASSERT_OK(
      Import({{"steelyard-round-links", "round_id,related_round_id,relation\nc,b,INCLUDED_IN\n"}}));
  EXPECT_THAT(Findings(), IsEmpty());
  EXPECT_EQ(Get("c").included_in, "b");
}

TEST_F(ImportTest, InvestorsKeepWhatIsRight) {
  ASSERT_OK(Import({{"steelyard-investors",
                     "name,country,kind\nA,XX,VC\nB,DE,BANK\n,DE,VC\nC,,\nC,,\nC,FR,\n"}}));
  EXPECT_THAT(Findings(), ElementsAre("0.csv:2 country CLEARED XX", "0.csv:3 kind CLEARED BANK",
                                      "0.csv:4 name REJECTED ", "0.csv:6 name DUPLICATE C",
                                      "0.csv:7 name REJECTED C"));
}

TEST_F(ImportTest, TheSameContentIsRecognised) {
  const std::vector<FileToImport> files = {Rounds("a,acme,2024,,SEED,1,USD,,,,,,\n")};
  ASSERT_OK_AND_ASSIGN(const ImportReport first, Import(files));
  EXPECT_FALSE(first.already_imported());
  Upsert({SomeRound("z")});
  ASSERT_OK_AND_ASSIGN(const ImportReport again, Import(files));
  EXPECT_TRUE(again.already_imported());
  EXPECT_EQ(again.subjects_changed(), 0);
  EXPECT_EQ(again.snapshot().token(), first.snapshot().token());
  EXPECT_EQ(again.files(0).rows_read(), 1);
  EXPECT_EQ(head(), 2);
}

TEST_F(ImportTest, ADryRunWritesNothing) {
  const std::vector<FileToImport> files = {Rounds("a,acme,2024,,SEED,1,USD,,,,,,\n")};
  ASSERT_OK_AND_ASSIGN(const ImportReport report, Import(files, true));
  EXPECT_TRUE(report.dry_run());
  EXPECT_EQ(report.subjects_changed(), 1);
  EXPECT_EQ(head(), 0);
  ASSERT_OK_AND_ASSIGN(const ImportReport real, Import(files));
  EXPECT_FALSE(real.already_imported());
  EXPECT_EQ(head(), 1);
}

TEST_F(ImportTest, AnErrorInOneFileLeavesNothingOfAny) {
  const FileToImport good = Rounds("a,acme,2024,,SEED,1,USD,,,,,,\n");
  struct Case {
    std::string name;
    FileToImport bad;
    ErrorReason reason;
  };
  const std::vector<Case> cases = {
      {"cut off",
       {"steelyard-investors", "name,country,kind\n\"A,DE,VC\n"},
       common::v1::ERROR_REASON_IMPORT_MALFORMED},
      {"a missing column",
       {"steelyard-investors", "name,kind\nA,VC\n"},
       common::v1::ERROR_REASON_IMPORT_MALFORMED},
      {"empty", {"steelyard-exits", ""}, common::v1::ERROR_REASON_IMPORT_MALFORMED},
      {"wrong encoding",
       {"steelyard-investors", "name,country,kind\nAd\xE9lie,FR,VC\n"},
       common::v1::ERROR_REASON_IMPORT_MALFORMED},
      {"of reference data",
       {"steelyard-region-sets", "no header\n"},
       common::v1::ERROR_REASON_IMPORT_MALFORMED},
      {"of unknown format", {"pdf", "x"}, common::v1::ERROR_REASON_IMPORT_FORMAT_UNKNOWN},
  };
  for (const Case& test : cases) {
    EXPECT_THAT(Import({good, test.bad}), HasReason(test.reason)) << test.name;
    EXPECT_EQ(head(), 0) << test.name;
    ASSERT_OK_AND_ASSIGN(const RoundCounts counts, rounds_->Count(Context::Background(), 1));
    EXPECT_EQ(counts.rounds, 0) << test.name;
  }
  ASSERT_OK_AND_ASSIGN(const ImportReport report, Import({good}));
  EXPECT_FALSE(report.already_imported());
}

TEST_F(ImportTest, RoundsAndReferenceDataAreOneCommit) {
  ASSERT_OK(Import({Rounds("a,acme,2024,,SEED,1,USD,,,,,,\n"),
                    {"steelyard-region-sets",
                     "set_id,version,country,valid_from,valid_to\nDACH,1,DE,2000-01-01,\n"}}));
  EXPECT_EQ(head(), 1);
  ASSERT_OK_AND_ASSIGN(const ReferenceCounts counts, reference_->Count(Context::Background(), 1));
  EXPECT_EQ(counts.region_sets, 1);
  EXPECT_EQ(Get("a").id, "a");
}

TEST_F(ImportTest, TheBuiltInRoundsComeInWhole) {
  const auto file = [](const std::string& format, const std::string& name) {
    std::ifstream stream(StrCat(STEELYARD_SOURCE_DIR, "/deploy/dataset/", name), std::ios::binary);
    EXPECT_TRUE(stream) << name;
    return FileToImport{format, {std::istreambuf_iterator<char>(stream), {}}};
  };
  ASSERT_OK_AND_ASSIGN(
      const ImportReport report,
      Import({file("steelyard-round-links", "round_links.csv"),
              file("steelyard-rounds", "rounds.csv"), file("steelyard-exits", "exits.csv"),
              file("steelyard-investors", "investors.csv"),
              file("steelyard-round-conflicts", "round_conflicts.csv"),
              file("steelyard-exit-conflicts", "exit_conflicts.csv")}));
  EXPECT_THAT(Findings(), IsEmpty());
  EXPECT_EQ(report.files(0).rows_accepted(), 5);
  EXPECT_EQ(report.files(1).rows_accepted(), 474);
  EXPECT_EQ(report.files(1).rows_without_amount(), 14);
  EXPECT_EQ(report.files(2).rows_accepted(), 12);
  EXPECT_EQ(report.files(3).rows_accepted(), 682);
  for (const auto& read : report.files()) EXPECT_EQ(read.rows_accepted(), read.rows_read());
  // What is included in another round is listed and not selected; exits are not equity.
  SelectionQuery query;
  query.scope = Kinds();
  ASSERT_OK_AND_ASSIGN(const Selection all, rounds_->Select(Context::Background(), 1, query));
  EXPECT_EQ(all.rounds.size(), 474U + 12 - 5);
}

TEST_F(ImportTest, JobsAreChecked) {
  EXPECT_THAT(Import({}), HasReason(common::v1::ERROR_REASON_IMPORT_PROTOCOL));
  EXPECT_THAT(Import({Rounds("")}, false, "Not An Id"),
              HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  const auto unknown = Import({{"pdf", ""}});
  EXPECT_THAT(MetadataOf(unknown.status(), "allowed"), HasSubstr("crunchbase-2013-rounds"));
}

}  // namespace
}  // namespace steelyard::funding
