// Rounds by mappings: small hand-made files always, the real ones when they are at hand.

#include <map>

#include "tests/services/funding/mapped_rounds_fixture.h"
#include "tests/support/mapping_files.h"

namespace steelyard::funding {
namespace {

using common::v1::ImportFileReport;
using common::v1::ImportReport;
using ::steelyard::testing::ExampleOf;
using ::steelyard::testing::HasReason;
using ::steelyard::testing::MappingOf;
using ::steelyard::testing::PresetOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr const char* kMapping = R"({
  "kind": "rounds", "nullTokens": ["N/A"],
  "numbers": {"suffixes": {"M": 6}},
  "dates": {"formats": ["DD-MM-YYYY", "YYYY"]},
  "fields": [
    {"to": "company_name", "from": ["Company", "Startup"]},
    {"to": "announced", "from": ["Date"]},
    {"to": "stage", "from": ["Round"], "values": {"A round": "SERIES_A"}},
    {"to": "amount", "from": ["Local"], "currencyFrom": ["Currency"], "optional": true,
     "otherwise": {"from": ["USD"], "currency": "USD"}},
    {"to": "investors", "from": ["Investors"], "separator": ",", "optional": true}]})";

TEST_F(ImportMappedRoundsTest, RowsBecomeRounds) {
  ASSERT_OK_AND_ASSIGN(
      const ImportReport report,
      ImportRounds("Company,Date,Round,Local,Currency,USD,Investors\n"
                   "Mistral AI,05-06-2024,a ROUND,\"1,5M\",EUR,,\"Alpha, Beta ,Alpha\"\n"
                   "Élan Vital,2023,seed,N/A,,2.5M,\n"
                   "Élan Vital,01-01-2023,bridge,,,,\n",
                   MappingOf(kMapping)));
  const ImportFileReport& file = report.files(0);
  EXPECT_EQ(file.format(), "mapped");
  EXPECT_EQ(file.encoding(), "UTF-8");
  EXPECT_EQ(file.rows_accepted(), 3);
  // "1,5M" is no number with a decimal point, so the amount is not known.
  EXPECT_THAT(Findings(), ElementsAre("0.csv:2 Local CLEARED 1,5M"));
  EXPECT_THAT(Unmapped(file), ElementsAre("stage Round bridge: 1"));
  EXPECT_EQ(file.rows_without_amount(), 2);

  const std::vector<Round> rounds = All();
  ASSERT_EQ(rounds.size(), 3U);
  const Round& bridge = rounds[1];
  EXPECT_THAT(bridge.id, StartsWith("elan-vital-20230101-unknown-"));
  EXPECT_EQ(bridge.stage, v1::STAGE_UNKNOWN);
  EXPECT_EQ(bridge.label, "bridge");
  const Round& seed = rounds[0];
  EXPECT_THAT(seed.id, StartsWith("elan-vital-2023-seed-"));
  EXPECT_EQ(seed.company, "elan-vital");
  EXPECT_EQ(seed.announced, (PartialDate{2023, 0, 0}));
  EXPECT_EQ(seed.amount, (Money{.minor_units = 250'000'000, .currency = "USD"}));
  EXPECT_THAT(seed.sources, ElementsAre("brought"));
  const Round& mistral = rounds[2];
  EXPECT_EQ(mistral.stage, v1::STAGE_SERIES_A);
  EXPECT_EQ(mistral.announced, (PartialDate{2024, 6, 5}));
  EXPECT_EQ(mistral.amount, std::nullopt);
  ASSERT_EQ(mistral.participations.size(), 2U);
  EXPECT_EQ(mistral.participations[1].investor, "Beta");
}

TEST_F(ImportMappedRoundsTest, TheSameFileAgainChangesNothing) {
  const std::string header = "Startup,Date,Round,USD\n";
  const std::string rows = "A,01-02-2020,seed,1\nB,01-02-2020,seed,2\n";
  ASSERT_OK(ImportRounds(header + rows, MappingOf(kMapping)));
  ASSERT_OK_AND_ASSIGN(ImportReport report, ImportRounds(header + rows, MappingOf(kMapping)));
  EXPECT_TRUE(report.already_imported());
  // Ids do not depend on the order of rows or columns.
  ASSERT_OK_AND_ASSIGN(report, ImportRounds("USD,Round,Date,Startup\n2,seed,01-02-2020,B\n"
                                            "1,seed,01-02-2020,A\n",
                                            MappingOf(kMapping)));
  EXPECT_FALSE(report.already_imported());
  EXPECT_EQ(report.subjects_changed(), 0);
  EXPECT_EQ(All().size(), 2U);
}

TEST_F(ImportMappedRoundsTest, ADryRunWritesNothing) {
  ASSERT_OK_AND_ASSIGN(
      const ImportReport report,
      ImportRounds("Startup,Date,Round,USD\nA,01-02-2020,seed,1\n", MappingOf(kMapping), true));
  EXPECT_TRUE(report.dry_run());
  EXPECT_EQ(report.files(0).rows_accepted(), 1);
  EXPECT_THAT(All(), IsEmpty());
}

TEST_F(ImportMappedRoundsTest, BadRowsAreRejectedWithTheirReason) {
  const std::string long_cell(32 * 1024, 'x');
  ASSERT_OK_AND_ASSIGN(
      const ImportReport report,
      ImportRounds(StrCat("Startup,Date,Round,USD\n"
                          "A,01-01-1201,seed,1\n"
                          "A,31-02-2020,seed,1\n"
                          "A,01-01-2999,seed,1\n"
                          "A,2020-01-01,seed,1\n"
                          "A,01-01-2020,seed\n"
                          "A,01-01-2020,seed,1,1\n"
                          "A,01-01-2020,seed,99999999999999999999\n"
                          "A,01-01-2020,seed,-5\n"
                          ",01-01-2020,seed,1\n"
                          "!!!,01-01-2020,seed,1\n"
                          ",,,\n"
                          "<b>Bold</b> & <script>alert(1)</script>,01-01-2020,seed,7\n",
                          long_cell, ",01-01-2020,seed,8\n"),
                   MappingOf(kMapping)));
  const ImportFileReport& file = report.files(0);
  EXPECT_EQ(file.rows_read(), 12);
  EXPECT_EQ(file.rows_blank(), 1);
  EXPECT_EQ(file.rows_rejected(), 10);
  EXPECT_EQ(file.rows_accepted(), 2);
  EXPECT_THAT(Findings(),
              ElementsAre("0.csv:2 Date REJECTED 01-01-1201", "0.csv:3 Date REJECTED 31-02-2020",
                          "0.csv:4 Date REJECTED 01-01-2999", "0.csv:5 Date REJECTED 2020-01-01",
                          "0.csv:6 REJECTED ", "0.csv:7 REJECTED ",
                          "0.csv:8 USD REJECTED 99999999999999999999", "0.csv:9 USD REJECTED -5",
                          "0.csv:10 Startup REJECTED ", "0.csv:11 Startup REJECTED !!!",
                          StrCat("0.csv:14 Startup REPAIRED ", long_cell.substr(0, 200))));
  EXPECT_THAT(findings_[0].reason(), HasSubstr("the year 1201 is impossible"));
  EXPECT_THAT(findings_[2].reason(), HasSubstr("lies in the future"));
  EXPECT_THAT(findings_[4].reason(), HasSubstr("3 fields where the header has 4"));
  EXPECT_THAT(findings_[8].reason(), HasSubstr("names no company"));
  const std::vector<Round> rounds = All();
  ASSERT_EQ(rounds.size(), 2U);
  EXPECT_EQ(rounds[0].company, "b-bold-b-script-alert-1-script");
}

TEST_F(ImportMappedRoundsTest, ASourceAssertsARoundOnce) {
  ASSERT_OK_AND_ASSIGN(const ImportReport report, ImportRounds("Startup,Date,Round,USD,Investors\n"
                                                               "A,01-01-2020,seed,1,X\n"
                                                               "A,01-01-2020,seed,1,X\n"
                                                               "A,01-01-2020,seed,1,Y\n"
                                                               "A,01-01-2020,seed,2,X\n",
                                                               MappingOf(kMapping)));
  const ImportFileReport& file = report.files(0);
  EXPECT_EQ(file.rows_accepted(), 2);
  EXPECT_EQ(file.rows_duplicate(), 1);
  EXPECT_EQ(file.rows_rejected(), 1);
  EXPECT_THAT(findings_[0].reason(), HasSubstr("repeats line 2"));
  EXPECT_THAT(findings_[1].reason(),
              HasSubstr("line 2 has the same company, date, stage and amount"));
  EXPECT_EQ(file.totals(0).minor_units(), 500);
  EXPECT_EQ(file.totals(0).duplicate_minor_units(), 200);
}

TEST_F(ImportMappedRoundsTest, IdsOfTheFileAreKeptAndStandOnce) {
  const auto mapping = MappingOf(R"({"kind": "rounds", "fields": [
      {"to": "id", "from": ["Id"], "prefix": "x-"},
      {"to": "company_id", "from": ["Url"], "idStyle": "permalink"},
      {"to": "announced", "from": ["Date"]}]})");
  ASSERT_OK(
      ImportRounds("Id,Url,Date\n"
                   "R1,https://x.example/org/Acme,2020\n"
                   "R1,https://x.example/org/acme,2021\n"
                   "R 2,/org/acme,2021\n"
                   "R3,/org/,2021\n",
                   mapping));
  EXPECT_THAT(Findings(), ElementsAre("0.csv:3 REJECTED ", "0.csv:4 Id REJECTED R 2",
                                      "0.csv:5 Url REJECTED /org/"));
  ASSERT_EQ(All().size(), 1U);
  EXPECT_EQ(All()[0].id, "x-r1");
  EXPECT_EQ(All()[0].company, "acme");
}

TEST_F(ImportMappedRoundsTest, RowsMayBeLeftOut) {
  const auto mapping = MappingOf(R"({"kind": "rounds",
      "exclude": [{"from": ["Status"], "values": ["Closed"], "unless": true,
                   "reason": "the round is not closed"}],
      "fields": [{"to": "company_name", "from": ["Name"]},
                 {"to": "announced", "from": ["Date"]}]})");
  ASSERT_OK_AND_ASSIGN(
      const ImportReport report,
      ImportRounds("Name,Date,Status\nA,2020, closed \nB,2020,Late discussions\n", mapping));
  EXPECT_EQ(report.files(0).rows_accepted(), 1);
  EXPECT_THAT(findings_[0].reason(), HasSubstr("left out by the mapping: the round is not closed"));
}

TEST_F(ImportMappedRoundsTest, FilesThatDoNotFitAreRefused) {
  const auto missing = ImportRounds("Startup,Day,Round,USD\nA,2020,seed,1\n", MappingOf(kMapping));
  EXPECT_THAT(missing, HasReason(common::v1::ERROR_REASON_IMPORT_MALFORMED));
  EXPECT_THAT(std::string(missing.status().message()),
              HasSubstr("reads announced from the column Date, which is missing"));
  EXPECT_THAT(ImportRounds("", MappingOf(kMapping)),
              HasReason(common::v1::ERROR_REASON_IMPORT_MALFORMED));
  const auto companies =
      MappingOf(R"({"kind": "companies", "fields": [{"to": "company_name", "from": ["A"]}]})");
  EXPECT_THAT(ImportRounds("A\nx\n", companies),
              HasReason(common::v1::ERROR_REASON_IMPORT_MAPPING_INVALID));
  EXPECT_EQ(head(), 0);
}

TEST_F(ImportMappedRoundsTest, TheListOfUnmappedValuesIsBounded) {
  std::string bytes = "Startup,Date,Round,USD\n";
  for (int i = 0; i < 1500; ++i) StrAppend(&bytes, "A,2020,odd ", i % 1200, ",", i + 1, "\n");
  ASSERT_OK_AND_ASSIGN(const ImportReport report, ImportRounds(bytes, MappingOf(kMapping)));
  EXPECT_EQ(report.files(0).unmapped_size(), 1000);
  EXPECT_EQ(report.files(0).unmapped(0).rows(), 2);
  EXPECT_EQ(report.files(0).unmapped_omitted(), 200);
  EXPECT_EQ(report.files(0).rows_accepted(), 1500);
}

TEST_F(ImportMappedRoundsTest, PresetOfCrunchbase2015) {
  ASSERT_OK_AND_ASSIGN(
      ImportReport report,
      ImportRounds(
          "company_permalink,company_name,company_category_list,company_country_code,"
          "company_state_code,company_region,company_city,funding_round_permalink,"
          "funding_round_type,funding_round_code,funded_at,raised_amount_usd\n"
          "/organization/-fame,#fame,Media,IND,16,Mumbai,Mumbai,/funding-round/9a01d05418af,"
          "venture,B,05-01-2015,10000000\n"
          "/organization/-qounter,:Qounter,,USA,DE,DE - Other,Delaware City,"
          "/funding-round/22dacff496eb,seed,,14-10-2014,\n"
          "/organization/caf\xE9,Caf\xE9,,FRA,,Paris,Paris,/funding-round/11,venture,A,31-02-2014,"
          "5\n",
          PresetOf("crunchbase-2015")));
  EXPECT_EQ(report.files(0).encoding(), "windows-1252");
  EXPECT_THAT(Findings(), ElementsAre("0.csv:4 funded_at REJECTED 31-02-2014"));
  std::vector<Round> rounds = All();
  ASSERT_EQ(rounds.size(), 2U);
  EXPECT_EQ(rounds[1].id, "cb-9a01d05418af");
  EXPECT_EQ(rounds[1].company, "cb--fame");
  EXPECT_EQ(rounds[1].announced, (PartialDate{2015, 1, 5}));
  EXPECT_EQ(rounds[1].stage, v1::STAGE_SERIES_B);
  EXPECT_EQ(rounds[0].stage, v1::STAGE_SEED);

  // The sample of May 2016 has other columns, and amounts in the announced currency.
  ASSERT_OK_AND_ASSIGN(
      report,
      ImportRounds("company_name,country_code,city,funding_round_type,funding_round_code,"
                   "announced_on,raised_amount_usd,raised_amount,raised_amount_currency_code,"
                   "post_money_valuation_usd,post_money_valuation,post_money_currency_code,"
                   "investor_count,investor_names,cb_url,company_uuid,funding_round_uuid\n"
                   "Lendo,GBR,London,venture,A,2016-05-02,1450000,1000000,GBP,,,,2,"
                   "\"Alpha, Beta\",http://x,C0FFEE-1,AB12-CD\n"
                   "Lendo,GBR,London,debt_financing,,2016-05-03,1450000,,,,,,0,,http://x,C0FFEE-1,"
                   "AB12-CE\n",
                   PresetOf("crunchbase-2015")));
  EXPECT_THAT(Findings(), IsEmpty());
  rounds = All();
  ASSERT_EQ(rounds.size(), 4U);
  EXPECT_EQ(rounds[2].id, "cb-ab12-cd");
  EXPECT_EQ(rounds[2].company, "cb-c0ffee-1");
  EXPECT_EQ(rounds[2].amount, (Money{.minor_units = 100'000'000, .currency = "GBP"}));
  EXPECT_EQ(rounds[2].participations.size(), 2U);
  EXPECT_EQ(rounds[3].amount, (Money{.minor_units = 145'000'000, .currency = "USD"}));
  EXPECT_EQ(rounds[3].kind, common::v1::AMOUNT_KIND_DEBT);
}

TEST_F(ImportMappedRoundsTest, PresetOfCrunchbaseBulk) {
  ASSERT_OK_AND_ASSIGN(
      const ImportReport report,
      ImportRounds("uuid,name,type,permalink,cb_url,rank,created_at,updated_at,country_code,"
                   "state_code,region,city,investment_type,announced_on,raised_amount_usd,"
                   "raised_amount,raised_amount_currency_code,post_money_valuation_usd,"
                   "post_money_valuation,post_money_valuation_currency_code,investor_count,"
                   "org_uuid,org_name,lead_investor_uuids\n"
                   "D9-1,Series A - Acme,funding_round,p,u,1,c,u,FRA,,,Paris,series_a,2021-01-01,"
                   "1200000,1000000,EUR,,,,3,0A-1,Acme,\n"
                   "D9-2,Something - Acme,funding_round,p,u,1,c,u,FRA,,,Paris,series_z,2021-03-04,"
                   ",,,,,,0,0A-1,Acme,\n",
                   PresetOf("crunchbase-bulk")));
  EXPECT_THAT(Unmapped(report.files(0)), ElementsAre("stage investment_type series_z: 1"));
  const std::vector<Round> rounds = All();
  ASSERT_EQ(rounds.size(), 2U);
  EXPECT_EQ(rounds[0].announced, (PartialDate{2021, 0, 0}));
  EXPECT_EQ(rounds[0].amount, (Money{.minor_units = 100'000'000, .currency = "EUR"}));
  EXPECT_EQ(rounds[0].company, "cb-0a-1");
}

TEST_F(ImportMappedRoundsTest, PresetOfRounds) {
  ASSERT_OK_AND_ASSIGN(const ImportReport report,
                       ImportRounds("company;date;round;amount;currency;closed_on;kind\n"
                                    "Acme;2024-05;Series B;12.5 Mn;EUR;2024-06-07;UP_TO\n"
                                    "Acme;2022;Seed;undisclosed;;;\n",
                                    PresetOf("rounds")));
  EXPECT_THAT(Findings(), IsEmpty());
  EXPECT_EQ(report.files(0).rows_accepted(), 2);
  const std::vector<Round> rounds = All();
  ASSERT_EQ(rounds.size(), 2U);
  EXPECT_EQ(rounds[1].amount, (Money{.minor_units = 1'250'000'000, .currency = "EUR"}));
  EXPECT_EQ(rounds[1].stage, v1::STAGE_SERIES_B);
  EXPECT_EQ(rounds[1].closed, (PartialDate{2024, 6, 7}));
  EXPECT_EQ(rounds[1].kind, common::v1::AMOUNT_KIND_UP_TO);
}

// The promises that the Indian file needs, in a few rows of our own.
TEST_F(ImportMappedRoundsTest, IndianWritingIsRead) {
  ASSERT_OK_AND_ASSIGN(
      const ImportReport report,
      ImportRounds(
          ",Date,Startup Name,Industry / Vertical,City / Location,Investors’ Name,Investment Type,"
          "Amount (In USD)\n"
          "0,16/07/2020,\u00A0Alpha\u00A0,EduTech,Pune,\"X, Y\",Series D,\"1,00,00,000\"\n"
          "1,05/072018,Beta,EduTech,Pune,X,Seed,\"2,00,000\"\n"
          "2,\"<td class=\"\"column-3\"\"></td>\",\"<td></td>\",,,,,\"<td></td>\"\n"
          "3,01/02/2018,Gamma,FinTech,Pune,X,Seed/ Angel Funding,\"14,342,000+\"\n"
          "4,01/02/2018,Delta,FinTech,Pune,X,\"<td><strong>5</strong></td>\",\"1,34,00000\"\n"
          "5,01/02/2018,Epsilon,FinTech,Pune,X,Seed,Undisclosed\n",
          ExampleOf("india-rounds")));
  const ImportFileReport& file = report.files(0);
  EXPECT_EQ(file.rows_accepted(), 4);
  EXPECT_EQ(file.rows_rejected(), 2);
  EXPECT_EQ(file.totals(0).minor_units(),
            int64_t{100} * (10'000'000 + 200'000 + 14'342'000 + 13'400'000));
  EXPECT_THAT(Findings(), Contains("0.csv:6 Amount (In USD) REPAIRED 1,34,00000"));
  EXPECT_THAT(Unmapped(file), Contains("stage Investment Type <td><strong>5</strong></td>: 1"));
}

struct Figures {
  int64_t read, accepted, rejected, duplicate, with_amount, cents;
};

// Of the first file, 2,132 amounts are plain, and "14,342,000+" is one more; together
// 39,122,322,642.22 US dollars, 1.22 of them cents.
TEST_F(ImportMappedRoundsTest, TheIndianFilesGiveTheirFigures) {
  const std::map<std::string, Figures> expected = {
      {"startup_funding.csv", {3169, 3112, 57, 0, 2133, 3'912'232'264'222}},
      {"startup_funding_v3.csv", {3131, 3131, 0, 0, 2140, 3'919'407'264'222}}};
  for (const auto& [name, figures] : expected) {
    const std::string path = testing::RealFile(StrCat("india/", name));
    if (path.empty()) {
      GTEST_SKIP() << "STEELYARD_TEST_DATA names no folder with india/" << name
                   << ": the figures of the Indian files are not checked";
    }
    ASSERT_OK_AND_ASSIGN(const ImportReport report,
                         ImportRounds(testing::BytesOf(path), ExampleOf("india-rounds")));
    const ImportFileReport& file = report.files(0);
    EXPECT_EQ(Counted(file), file.rows_read());
    EXPECT_EQ(file.rows_read(), figures.read) << name;
    EXPECT_EQ(file.rows_accepted(), figures.accepted) << name;
    EXPECT_EQ(file.rows_rejected(), figures.rejected) << name;
    EXPECT_EQ(file.rows_duplicate(), figures.duplicate) << name;
    ASSERT_EQ(file.totals_size(), 1);
    EXPECT_EQ(file.totals(0).rows(), figures.with_amount) << name;
    EXPECT_EQ(file.totals(0).minor_units(), figures.cents) << name;
  }
}

}  // namespace
}  // namespace steelyard::funding
