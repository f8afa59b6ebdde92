// Lists of companies as their publishers make them, when they are at hand.

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "gmock/gmock.h"
#include "tests/services/registry/registry_fixture.h"
#include "tests/support/mapping_files.h"

namespace steelyard::registry {
namespace {

using common::v1::ImportReport;
using ::testing::Contains;
using ::testing::Field;

class ImportRealListsTest : public RegistryFixture {
 protected:
  // The bytes of a real file; the test is skipped when it is not there.
  static std::string Real(const std::string& name) {
    const std::string path = testing::RealFile(name);
    return path.empty() ? "" : testing::BytesOf(path);
  }
};

TEST_F(ImportRealListsTest, TickersOfTheSec) {
  const std::string bytes = Real("sec/company_tickers_2025-02.json");
  if (bytes.empty()) {
    GTEST_SKIP()
        << "STEELYARD_TEST_DATA names no folder with sec/company_tickers_2025-02.json: the "
           "SEC's real list is not checked";
  }
  ASSERT_OK_AND_ASSIGN(const ImportReport report,
                       Import({{"sec-tickers", bytes}}, false, "sec-2025-02"));
  EXPECT_EQ(report.files(0).rows_read(), 9'761);
  EXPECT_EQ(report.files(0).rows_accepted(), 9'761);
  EXPECT_EQ(report.subjects_changed(), 7'654 + 1);
  const Company apple = Get("cik-0000320193");
  EXPECT_EQ(apple.display_name, "Apple Inc.");
  EXPECT_THAT(apple.identifiers, Contains(Field(&Identifier::value, "AAPL")));
}

TEST_F(ImportRealListsTest, RecordsOfGleif) {
  const std::string lapsed = Real("lei/549300LBI3LRIZ2V8V66_lapsed.json");
  const std::string issued = Real("lei/9845001B2AD43E664E58_issued.json");
  if (lapsed.empty() || issued.empty()) {
    GTEST_SKIP() << "STEELYARD_TEST_DATA names no folder with lei/*.json: real LEI records are not "
                    "checked";
  }
  ASSERT_OK_AND_ASSIGN(
      const ImportReport report,
      Import({{"gleif-api-json", lapsed}, {"gleif-api-json", issued}}, false, "gleif"));
  EXPECT_EQ(report.files(0).rows_accepted(), 1);
  EXPECT_EQ(report.files(1).rows_rejected(), 1);  // a sole proprietor
  EXPECT_FALSE(Get("lei-549300lbi3lriz2v8v66").display_name.empty());
}

TEST_F(ImportRealListsTest, BrandsOfTheNameSuggestionIndex) {
  const std::string archive = testing::RealFile("nsi/nsi_brands.tar.gz");
  if (archive.empty()) {
    GTEST_SKIP() << "STEELYARD_TEST_DATA names no folder with nsi/nsi_brands.tar.gz: the real "
                    "brands are not checked";
  }
  const testing::TempDir unpacked;
  const std::string tar = "tar -xzf '" + archive + "' -C '" + unpacked.path() + "'";
  ASSERT_EQ(std::system(tar.c_str()), 0) << tar;  // NOLINT(cert-env33-c,concurrency-mt-unsafe)
  std::vector<std::string> paths;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(unpacked.path() + "/data/brands")) {
    if (entry.path().extension() == ".json") paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<FileToImport> files;
  for (const std::string& path : paths) {
    files.push_back({"name-suggestion-index", testing::BytesOf(path)});
  }
  ASSERT_OK_AND_ASSIGN(const ImportReport report, Import(files, false, "nsi"));
  int64_t accepted = 0;
  int64_t duplicate = 0;
  int64_t rejected = 0;
  for (const common::v1::ImportFileReport& file : report.files()) {
    accepted += file.rows_accepted();
    duplicate += file.rows_duplicate();
    rejected += file.rows_rejected();
  }
  EXPECT_EQ(accepted + duplicate, 16'630);
  EXPECT_EQ(rejected, 4);  // templates
  const Company mart = Get("wikidata-q10891564");
  EXPECT_EQ(mart.display_name, "全家便利商店");
  EXPECT_EQ(mart.country, "TW");
  EXPECT_THAT(mart.names, Contains(CompanyName{.text = "FamilyMart",
                                               .language = "en",
                                               .kind = NameKind::kTranslation,
                                               .source = "nsi"}));
}

}  // namespace
}  // namespace steelyard::registry
