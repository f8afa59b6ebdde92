// Files that users bring, from the command line to an answer.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/suite.h"
#include "tests/support/temp_dir.h"

namespace steelyard {
namespace {

using testing::Client;
using testing::Finished;
using ::testing::HasSubstr;
using testing::SourceFile;

class ImportMappedTest : public ::testing::Test {
 protected:
  Finished Import(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "import");
    return Client(suite_.address, arguments);
  }
  testing::TempDir data_;
  testing::ServerProcess suite_ = testing::StartServer(
      "steelyard-allinone",
      {"--listen", "127.0.0.1:0", "--data", data_.path(), "--no-built-in-data"});
};

TEST_F(ImportMappedTest, ASpreadsheetBecomesRoundsCompaniesAndTotals) {
  const std::string rejects = data_.path() + "/rejects.csv";
  const std::vector<std::string> arguments = {
      "rounds",    SourceFile("tests/fixtures/mapped/deals.csv"),  "--source",  "spreadsheet",
      "--mapping", SourceFile("tests/fixtures/mapped/deals.json"), "--rejects", rejects};
  std::vector<std::string> dry = arguments;
  dry.emplace_back("--dry-run");
  Finished finished = Import(dry);
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("dry run: nothing was written"));
  EXPECT_THAT(Client(suite_.address, {"status"}).out, HasSubstr("0  rounds"));

  finished = Import(arguments);
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("1,068,750,000 EUR"));  // also of rows that were not taken
  EXPECT_THAT(finished.out, HasSubstr("stage \"Brücke\" in 1 row"));
  EXPECT_THAT(finished.out, HasSubstr("company_category \"Landwirtschaft\" in 1 row"));
  std::stringstream text;
  text << std::ifstream(rejects).rdbuf();
  EXPECT_THAT(text.str(), HasSubstr("line,column,value,reason\n5,\"Datum\",\"31.02.2023\","));

  const Finished sums = Client(suite_.address, {"aggregate", "--by", "layer"});
  ASSERT_EQ(sums.exit_code, 0) << sums.err;
  EXPECT_THAT(sums.out, HasSubstr("chips"));
  const Finished company = Client(suite_.address, {"company", "Forêt Analytique"});
  ASSERT_EQ(company.exit_code, 0) << company.err;
  EXPECT_THAT(company.out, HasSubstr("1.040 bn"));

  finished = Import(arguments);
  EXPECT_THAT(finished.out, HasSubstr("already imported: nothing changed"));
}

TEST_F(ImportMappedTest, CompaniesAreMatchedByTheirNamesOnRequest) {
  const std::string known =
      data_.Write("known.csv", "company_id,company_name\nde-4711,Alpenrechner GmbH\nfr-1,Forêt\n");
  const std::string mapping = data_.Write("known.json", R"({"kind": "companies", "fields": [
      {"to": "company_id", "from": ["company_id"]}, {"to": "company_name", "from": ["company_name"]}]})");
  ASSERT_EQ(Import({"companies", known, "--source", "own", "--mapping", mapping}).exit_code, 0);
  const Finished finished =
      Import({"rounds", SourceFile("tests/fixtures/mapped/deals.csv"), "--source", "spreadsheet",
              "--mapping", SourceFile("tests/fixtures/mapped/deals.json"), "--match"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("3 names, 1 found in the registry, 0 borne by several"));
  // The two that were there, and two that are new.
  EXPECT_THAT(Client(suite_.address, {"status"}).out, HasSubstr("4  companies"));
  EXPECT_THAT(Client(suite_.address, {"company", "de-4711"}).out, HasSubstr("SERIES_A"));
}

TEST_F(ImportMappedTest, AWrongMappingReadsNothing) {
  const Finished finished = Import({"rounds", SourceFile("tests/fixtures/mapped/deals.csv"),
                                    "--source", "x", "--mapping", "crunchbase-2014"});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, HasSubstr("crunchbase-2013, crunchbase-2015, crunchbase-bulk, rounds"));
  const Finished other = Import({"rounds", SourceFile("tests/fixtures/mapped/deals.csv"),
                                 "--source", "x", "--mapping", "rounds"});
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_THAT(other.err, HasSubstr("reads announced from the column"));
  EXPECT_THAT(Client(suite_.address, {"status"}).out, HasSubstr("0  companies"));
}

TEST_F(ImportMappedTest, StatisticsAreFoundAgain) {
  const std::string path =
      data_.Write("ai.csv", "Entity,Code,Year,Investment\nFrance,FRA,2023,5\n");
  const Finished finished =
      Import({"statistics", path, "--source", "owid-test", "--mapping", "owid", "--set", "unit=USD",
              "--set", "variable=ai_investment"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const Finished series = Client(suite_.address, {"series", "ai_investment", "FR"});
  ASSERT_EQ(series.exit_code, 0) << series.err;
  EXPECT_THAT(series.out, HasSubstr("2023"));
}

}  // namespace
}  // namespace steelyard
