// Crunchbase's export of October 2013 as it is: the excerpt always, the whole when it is at hand.

#include <cstdlib>
#include <filesystem>

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

class Crunchbase2013Test : public ::testing::Test {
 protected:
  Finished Import(const std::string& companies, const std::string& rounds) const {
    return Client(suite_.address,
                  {"import", "crunchbase-2013", "--companies", companies, "--rounds", rounds});
  }
  testing::TempDir data_;
  testing::ServerProcess suite_ = testing::StartServer(
      "steelyard-allinone",
      {"--listen", "127.0.0.1:0", "--data", data_.path(), "--no-built-in-data"});
};

TEST_F(Crunchbase2013Test, TheExcerptComesInWithAReportOfWhatWasMended) {
  const Finished finished = Import(SourceFile("tests/fixtures/cb2013/companies.csv"),
                                   SourceFile("tests/fixtures/cb2013/rounds.csv"));
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  for (const char* word : {"macintosh", "#NAME?", "duplicate", "repaired", "line"}) {
    EXPECT_THAT(finished.out, HasSubstr(word));
  }
  const Finished company = Client(suite_.address, {"company", "cb-n-plusn"});
  EXPECT_EQ(company.exit_code, 0) << company.err;
  const Finished status = Client(suite_.address, {"status"});
  EXPECT_THAT(status.out, HasSubstr("37  rounds"));
}

TEST_F(Crunchbase2013Test, ADryRunWritesNothing) {
  const Finished finished =
      Client(suite_.address, {"import", "crunchbase-2013", "--dry-run", "--companies",
                              SourceFile("tests/fixtures/cb2013/companies.csv"), "--rounds",
                              SourceFile("tests/fixtures/cb2013/rounds.csv")});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("nothing was written"));
  EXPECT_THAT(Client(suite_.address, {"status"}).out, HasSubstr("0  rounds"));
}

TEST_F(Crunchbase2013Test, FilesThatAreNoExportLeaveNothing) {
  const std::string cut = data_.path() + "/cut.csv";
  // The header of another file, and a row that ends within quotes.
  ASSERT_EQ(
      std::system(("printf 'company_permalink,company_name\\r\"/company/x,' > " + cut).c_str()), 0);
  const Finished finished = Import(SourceFile("tests/fixtures/cb2013/companies.csv"), cut);
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_THAT(finished.err, HasSubstr("cut.csv"));
  EXPECT_THAT(Client(suite_.address, {"status"}).out, HasSubstr("0  companies"));
}

TEST_F(Crunchbase2013Test, TheWholeExportGivesItsPublishedTotals) {
  const char* data = std::getenv("STEELYARD_TEST_DATA");
  const std::string folder = std::string(data == nullptr ? "" : data) + "/cb2013";
  if (!std::filesystem::exists(folder + "/crunchbase-rounds.csv")) {
    GTEST_SKIP()
        << "STEELYARD_TEST_DATA names no folder with cb2013/crunchbase-{companies,rounds}.csv: the "
           "whole export is not checked, only the excerpt";
  }
  const Finished finished =
      Import(folder + "/crunchbase-companies.csv", folder + "/crunchbase-rounds.csv");
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  for (const char* word : {"31,679", "2,579 rows without an amount", "280,026,358,782 USD",
                           "284,539,681 USD stood in duplicate rows", "63"}) {
    EXPECT_THAT(finished.out, HasSubstr(word));
  }
  EXPECT_THAT(Client(suite_.address, {"status"}).out, HasSubstr("31,616  rounds"));
}

}  // namespace
}  // namespace steelyard
