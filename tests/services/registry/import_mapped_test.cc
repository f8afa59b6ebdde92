// Companies by mappings: small hand-made files always, the real ones when they are at hand.

#include "gmock/gmock.h"
#include "tests/services/registry/registry_fixture.h"
#include "tests/support/mapping_files.h"

namespace steelyard::registry {
namespace {

using common::v1::ImportReport;
using ::steelyard::testing::ExampleOf;
using ::steelyard::testing::HasReason;
using ::steelyard::testing::MappingOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kRounds = R"({
  "kind": "rounds", "title": "Rounds of a test", "categorySeparator": "|",
  "categories": [{"category": "Fin Tech", "sectors": ["FINANCE"]},
                 {"category": "Chips", "layers": ["CHIPS"], "sectors": ["SEMICONDUCTORS"]}],
  "fields": [
    {"to": "company_id", "from": ["Id"], "optional": true},
    {"to": "company_name", "from": ["Name"]},
    {"to": "company_country", "from": ["Country"], "values": {"Scotland": "GB"}},
    {"to": "company_city", "from": ["City"], "optional": true},
    {"to": "company_website", "from": ["Web"], "optional": true},
    {"to": "company_category", "from": ["Category"]},
    {"to": "announced", "from": ["Date"]}]})";

class ImportMappedTest : public RegistryFixture {
 protected:
  absl::StatusOr<ImportReport> ImportMapped(const std::string& bytes,
                                            std::shared_ptr<const mapping::Loaded> mapping) {
    return Import({{"mapped", bytes, std::move(mapping)}}, false, "brought");
  }
};

TEST_F(ImportMappedTest, CompaniesOfRoundsAreCreated) {
  ASSERT_OK_AND_ASSIGN(const ImportReport report,
                       ImportMapped("Name,Country,City,Web,Category,Date\n"
                                    "Élan Vital,Scotland,Leith,elan.example,fin-tech|Widgets,2020\n"
                                    "Élan Vital,Scotland,Leith,elan.example,fin-tech|Widgets,2021\n"
                                    "Acme,fra,,ftp://acme,CHIPS,2020\n"
                                    "Wo,United States,,,,2020\n"
                                    "Wu,Atlantis,,,,2020\n"
                                    "Late,US,,,,1201\n",
                                    MappingOf(kRounds)));
  const common::v1::ImportFileReport& file = report.files(0);
  EXPECT_EQ(file.rows_accepted(), 5);
  EXPECT_EQ(file.rows_rejected(), 1);
  EXPECT_THAT(Findings(),
              ElementsAre("0.csv:4 Web CLEARED ftp://acme", "0.csv:6 Country CLEARED Atlantis",
                          "0.csv:7 Date REJECTED 1201"));
  ASSERT_EQ(file.unmapped_size(), 2);
  EXPECT_EQ(file.unmapped(0).field(), "company_category");
  EXPECT_EQ(file.unmapped(0).value(), "Widgets");
  EXPECT_EQ(file.unmapped(1).value(), "Atlantis");

  const Company elan = Get("elan-vital");
  EXPECT_EQ(elan.display_name, "Élan Vital");
  EXPECT_EQ(elan.country, "GB");
  EXPECT_EQ(elan.city, "Leith");
  EXPECT_EQ(elan.website, "https://elan.example");
  EXPECT_EQ(elan.source_category, "fin-tech|Widgets");
  EXPECT_THAT(elan.sectors, ElementsAre("FINANCE"));
  EXPECT_THAT(elan.sources, ElementsAre("brought"));
  EXPECT_EQ(Get("acme").country, "FR");
  EXPECT_THAT(Get("acme").layers, ElementsAre("CHIPS"));
  EXPECT_EQ(Get("wo").country, "US");
  EXPECT_EQ(Get("wu").country, "");
  EXPECT_EQ(Get("late").id, "");
}

TEST_F(ImportMappedTest, CompaniesThatAreThereStayAsTheyAre) {
  ASSERT_OK(Import({{"steelyard-companies", "id,name,hq_country\nacme,ACME Corp,US\n"}}));
  ASSERT_OK(ImportMapped("Name,Country,Category,Date\nAcme,FRA,,2020\n", MappingOf(kRounds)));
  EXPECT_EQ(Get("acme").display_name, "ACME Corp");
  EXPECT_EQ(Get("acme").country, "US");
}

TEST_F(ImportMappedTest, AListIsWhatItsSourceSaysOfACompanyThatIsThere) {
  ASSERT_OK(Import({{"steelyard-companies", "id,name,hq_country\nacme,ACME Corp,US\n"}}));
  const auto with_city = MappingOf(R"({"kind": "companies", "fields": [
      {"to": "company_id", "from": ["Id"]}, {"to": "company_name", "from": ["Name"]},
      {"to": "company_country", "from": ["Country"]}, {"to": "company_city", "from": ["City"]}]})");
  ASSERT_OK_AND_ASSIGN(
      const ImportReport report,
      ImportMapped("Id,Name,Country,City\nacme,,US,Lyon\nnew,,DE,Bonn\nnew,,DE,Bonn\n", with_city));
  EXPECT_EQ(report.files(0).rows_accepted(), 2);
  EXPECT_EQ(report.files(0).rows_duplicate(), 1);
  EXPECT_EQ(Get("acme").display_name, "ACME Corp") << "a list is believed last";
  EXPECT_EQ(Get("acme").city, "Lyon");
  EXPECT_EQ(Get("new").display_name, "new");
  // A list without cities leaves them.
  ASSERT_OK(ImportMapped("Id,Name,Country\nacme,Acme,FR\nnew,,AT\n",
                         MappingOf(R"({"kind": "companies", "fields": [
      {"to": "company_id", "from": ["Id"]}, {"to": "company_name", "from": ["Name"]},
      {"to": "company_country", "from": ["Country"]}]})")));
  EXPECT_EQ(Get("acme").display_name, "ACME Corp");
  EXPECT_EQ(Get("acme").country + Get("acme").city, "US") << "of Lyon it says that it is in FR";
  EXPECT_EQ(Get("new").display_name, "new");
  EXPECT_EQ(Get("new").country + " " + Get("new").city, "AT Bonn");
}

TEST_F(ImportMappedTest, AListNamesACompanyOnce) {
  const auto mapping = MappingOf(R"({"kind": "companies", "fields": [
      {"to": "company_name", "from": ["Company"]}, {"to": "company_country", "from": ["Country"]}]})");
  ASSERT_OK_AND_ASSIGN(
      const ImportReport report,
      ImportMapped("Company,Country\nBolt,US\nBolt,EE\nBolt,US\nQuÃ©bec IA,CA\n", mapping));
  EXPECT_EQ(report.files(0).rows_accepted(), 2);
  EXPECT_EQ(report.files(0).rows_rejected(), 1);
  EXPECT_EQ(report.files(0).rows_duplicate(), 1);
  EXPECT_THAT(findings_[0].reason(), HasSubstr("line 2 has the company bolt too"));
  EXPECT_EQ(Get("bolt").country, "US");
  EXPECT_EQ(Get("quebec-ia").display_name, "Québec IA");
}

TEST_F(ImportMappedTest, StatisticsAreNotTheRegistrys) {
  const auto mapping = MappingOf(R"({"kind": "rates", "wide": {"currencyColumns": true},
                                     "fields": [{"to": "date", "from": ["Date"]}]})");
  EXPECT_THAT(ImportMapped("Date,USD\n", mapping),
              HasReason(common::v1::ERROR_REASON_IMPORT_MAPPING_INVALID));
}

TEST_F(ImportMappedTest, TheRealListsComeIn) {
  struct Real {
    std::string file;
    std::string mapping;
    int64_t read, accepted, rejected;
  };
  for (const Real& real :
       {Real{"unicorns/unicorns_2016.csv", "unicorn-companies", 150, 150, 0},
        Real{"unicorns/unicorns_2019_robertvici.csv", "unicorn-companies", 339, 339, 0},
        Real{"unicorns/unicorns_2022_maven.csv", "unicorn-companies", 1074, 1072, 2},
        Real{"epoch/ai_companies.csv", "epoch-companies", 7, 7, 0}}) {
    const std::string path = testing::RealFile(real.file);
    if (path.empty()) {
      GTEST_SKIP() << "STEELYARD_TEST_DATA names no folder with " << real.file
                   << ": real lists of companies are not checked";
    }
    ASSERT_OK_AND_ASSIGN(const ImportReport report,
                         ImportMapped(testing::BytesOf(path), ExampleOf(real.mapping)));
    EXPECT_EQ(report.files(0).rows_read(), real.read) << real.file;
    EXPECT_EQ(report.files(0).rows_accepted(), real.accepted) << real.file;
    EXPECT_EQ(report.files(0).rows_rejected(), real.rejected) << real.file;
  }
}

}  // namespace
}  // namespace steelyard::registry
