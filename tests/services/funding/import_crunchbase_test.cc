// Crunchbase's rounds of 2013: the excerpt always, the whole when it is at hand.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/str_split.h"
#include "tests/services/funding/funding_fixture.h"

namespace steelyard::funding {
namespace {

using common::v1::ImportReport;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

class ImportCrunchbaseTest : public FundingFixture {
 protected:
  static std::string Excerpt() {
    return ReadFile(StrCat(STEELYARD_SOURCE_DIR, "/tests/fixtures/cb2013/rounds.csv"));
  }
  absl::StatusOr<ImportReport> ImportRounds(const std::string& bytes) {
    return Import({{"crunchbase-2013-rounds", bytes}}, false, "cb2013");
  }
  // Ids of all rounds.
  std::vector<std::string> Ids() const {
    RoundQuery query;
    query.order = {{"id", false}};
    query.limit = 1000;
    const auto page = rounds_->List(Context::Background(), head(), query);
    EXPECT_OK(page);
    std::vector<std::string> ids;
    if (page.ok()) {
      for (const Round& round : page->rounds) ids.push_back(round.id);
    }
    return ids;
  }
};

TEST_F(ImportCrunchbaseTest, TheExcerptComesIn) {
  ASSERT_OK_AND_ASSIGN(const ImportReport report, ImportRounds(Excerpt()));
  const common::v1::ImportFileReport& file = report.files(0);
  EXPECT_EQ(file.encoding(), "macintosh");
  EXPECT_EQ(file.rows_read(), 44);
  EXPECT_EQ(file.rows_blank(), 2);
  EXPECT_EQ(file.rows_duplicate(), 7);
  EXPECT_EQ(file.rows_accepted(), 37);
  EXPECT_EQ(file.rows_rejected(), 0);
  EXPECT_EQ(file.rows_without_amount(), 8);
  ASSERT_EQ(file.totals_size(), 1);
  EXPECT_EQ(file.totals(0).rows(), 36);
  EXPECT_EQ(file.totals(0).duplicate_minor_units(),
            int64_t{100} * (15'000'000 + 100'000 + 1'000'000 + 435'000 + 20'000'000));
  EXPECT_EQ(findings_.size(), 7U);
  EXPECT_EQ(findings_[0].line(), 9);
  EXPECT_EQ(findings_[0].action(), common::v1::IMPORT_ACTION_DUPLICATE);
  EXPECT_THAT(findings_[0].reason(), StartsWith("repeats line 7 "));

  RoundQuery query;
  ASSERT_OK_AND_ASSIGN(query.filter, filter::Compile("company = \"cb-waywire\"",
                                                     {{.name = "company", .sql = "r.company_id"}}));
  ASSERT_OK_AND_ASSIGN(const RoundPage page, rounds_->List(Context::Background(), 1, query));
  ASSERT_EQ(page.rounds.size(), 1U);
  const Round& waywire = page.rounds[0];
  EXPECT_THAT(waywire.id, StartsWith("cb-waywire-20120630-series-a-"));
  EXPECT_EQ(waywire.announced, (PartialDate{2012, 6, 30}));
  EXPECT_EQ(waywire.label, "series-a");
  EXPECT_EQ(waywire.stage, v1::STAGE_SERIES_A);
  EXPECT_EQ(waywire.amount, (Money{.minor_units = 175'000'000, .currency = "USD"}));
  EXPECT_THAT(waywire.sources, ElementsAre("cb2013"));
}

TEST_F(ImportCrunchbaseTest, IdsDoNotDependOnTheOrderOfRows) {
  ASSERT_OK(ImportRounds(Excerpt()));
  const std::vector<std::string> ids = Ids();
  std::vector<std::string> rows = absl::StrSplit(Excerpt(), '\r');
  std::reverse(rows.begin() + 1, rows.end());
  ASSERT_OK_AND_ASSIGN(const ImportReport report, ImportRounds(StrJoin(rows, "\r")));
  EXPECT_EQ(report.subjects_changed(), 0);
  EXPECT_EQ(Ids(), ids);
}

TEST_F(ImportCrunchbaseTest, DamageIsMendedWhereItCanBe) {
  const std::string header =
      "company_permalink,company_name,funding_round_type,funded_at,funded_month,funded_year,"
      "raised_amount_usd\r";
  ASSERT_OK_AND_ASSIGN(
      const ImportReport report,
      ImportRounds(header + ",Nobody,angel,2012-01-02,2012-01,2012,1\r"
                            "/company/a,A,angel,1/2/12,2012-01,2012,1\r"
                            "/company/b,B,angel,,,2012,1\r"
                            "/company/c,C,angel,,,,1\r"
                            "/company/d,D,series-x,2012-01-02,2012-01,2012,5/18/27\r"
                            "/company/d,D,post-ipo,2012-01-02,2012-01,2012,\r"));
  EXPECT_THAT(Findings(), ElementsAre("0.csv:2 company_permalink REJECTED ",
                                      "0.csv:3 funded_at REPAIRED 1/2/12",
                                      "0.csv:4 funded_at REPAIRED ", "0.csv:5 funded_at REJECTED ",
                                      "0.csv:6 raised_amount_usd CLEARED 5/18/27",
                                      "0.csv:6 funding_round_type REPAIRED series-x"));
  EXPECT_EQ(report.files(0).rows_without_amount(), 2);
  EXPECT_EQ(report.files(0).totals(0).rows(), 4);
  ASSERT_OK_AND_ASSIGN(const RoundPage page,
                       rounds_->List(Context::Background(), 1, {.order = {{"id", false}}}));
  ASSERT_EQ(page.rounds.size(), 4U);
  EXPECT_EQ(page.rounds[0].announced, (PartialDate{2012, 1, 0}));
  EXPECT_EQ(page.rounds[1].announced, (PartialDate{2012, 0, 0}));
  EXPECT_EQ(page.rounds[2].kind, common::v1::AMOUNT_KIND_POST_IPO);
  EXPECT_EQ(page.rounds[3].stage, v1::STAGE_UNKNOWN);
  EXPECT_FALSE(page.rounds[3].amount.has_value());
}

TEST_F(ImportCrunchbaseTest, DatesOfImpossibleYearsAreDamageToo) {
  ASSERT_OK_AND_ASSIGN(
      const ImportReport report,
      ImportRounds("company_permalink,company_name,funding_round_type,funded_at,funded_month,"
                   "funded_year,raised_amount_usd\r"
                   "/company/a,A,angel,1201-05-06,1201-05,1201,1\r"
                   "/company/b,B,angel,2101-05-06,2011-05,2011,1\r"
                   "/company/c,C,angel,1900-01-01,1900-01,1900,1\r"));
  EXPECT_THAT(Findings(), ElementsAre("0.csv:2 funded_at REJECTED 1201-05-06",
                                      "0.csv:3 funded_at REPAIRED 2101-05-06"));
  EXPECT_THAT(findings_[0].reason(), HasSubstr("from 1900 to 2100"));
  EXPECT_EQ(report.files(0).rows_accepted(), 2);
  EXPECT_EQ(report.files(0).totals(0).rows(), 3);
}

TEST_F(ImportCrunchbaseTest, TheWholeExportGivesItsTotals) {
  const char* data = std::getenv("STEELYARD_TEST_DATA");
  const std::string path = StrCat(data == nullptr ? "" : data, "/cb2013/crunchbase-rounds.csv");
  if (!std::filesystem::exists(path)) {
    GTEST_SKIP() << "needs cb2013/crunchbase-rounds.csv in the directory STEELYARD_TEST_DATA";
  }
  ASSERT_OK_AND_ASSIGN(const ImportReport report, ImportRounds(ReadFile(path)));
  const common::v1::ImportFileReport& file = report.files(0);
  EXPECT_EQ(file.rows_read(), 31'679);
  EXPECT_EQ(file.rows_without_amount(), 2'579);
  EXPECT_EQ(file.rows_duplicate(), 63);
  EXPECT_EQ(file.rows_rejected(), 0);
  EXPECT_EQ(file.rows_accepted(), 31'616);
  EXPECT_EQ(file.totals(0).currency(), "USD");
  EXPECT_EQ(file.totals(0).minor_units(), 28'002'635'878'200);
  EXPECT_EQ(file.totals(0).duplicate_minor_units(), 28'453'968'100);
  EXPECT_EQ(report.subjects_changed(), 31'616);
}

}  // namespace
}  // namespace steelyard::funding
