// Crunchbase's export of 2013: the excerpt always, the whole when it is at hand.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "gmock/gmock.h"
#include "tests/services/registry/registry_fixture.h"

namespace steelyard::registry {
namespace {

using common::v1::ImportReport;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

class ImportCrunchbaseTest : public RegistryFixture {
 protected:
  static std::string Fixture(const std::string& name) {
    return ReadFile(std::string(STEELYARD_SOURCE_DIR) + "/tests/fixtures/cb2013/" + name);
  }
};

TEST_F(ImportCrunchbaseTest, TheExcerptComesInMended) {
  ASSERT_OK_AND_ASSIGN(const ImportReport report,
                       Import({{"crunchbase-2013-companies", Fixture("companies.csv")},
                               {"crunchbase-2013-rounds", Fixture("rounds.csv")}},
                              false, "cb2013"));
  EXPECT_THAT(
      Findings(),
      UnorderedElementsAre("0.csv:3 name REPAIRED #NAME?", "0.csv:6 name REPAIRED agÃ¡mi Systems",
                           "0.csv:18 city CLEARED (Oct. 01, 2011 - Sep. 30, 2012)",
                           "0.csv:20 name REPAIRED InsideAxisâ„¢",
                           "0.csv:22 funding_total_usd CLEARED 5/18/27",
                           "0.csv:23 funding_total_usd CLEARED 8/21/58",
                           "0.csv:24 funding_total_usd CLEARED 12/9/37"));
  EXPECT_EQ(report.files(0).encoding(), "macintosh");
  EXPECT_EQ(report.files(0).rows_read(), 24);
  EXPECT_EQ(report.files(0).rows_accepted(), 24);
  EXPECT_EQ(report.files(0).values_repaired(), 7);
  EXPECT_EQ(report.files(1).rows_read(), 44);
  EXPECT_EQ(report.files(1).rows_blank(), 2);
  EXPECT_EQ(report.subjects_changed(), 24 + 1);

  const Company waywire = Get("cb-waywire");
  EXPECT_EQ(waywire.display_name, "#waywire");
  EXPECT_EQ(waywire.country, "US");
  EXPECT_EQ(waywire.city, "New York");
  EXPECT_EQ(waywire.founded_on, (PartialDate{.year = 2012, .month = 6, .day = 1}));
  EXPECT_EQ(waywire.status, CompanyStatus::kPrivate);
  EXPECT_EQ(waywire.source_category, "news");
  EXPECT_THAT(waywire.sectors, IsEmpty());
  EXPECT_THAT(waywire.sources, ElementsAre("cb2013"));
  EXPECT_THAT(waywire.identifiers, ElementsAre(Identifier{"crunchbase", "waywire", "cb2013"}));
  EXPECT_EQ(Get("cb-n-plusn").display_name, "n-plusn");
  EXPECT_EQ(Get("cb-n-plusn").founded_on, (PartialDate{.year = 2012}));  // 1 January: the year
  EXPECT_EQ(Get("cb-agmi-systems").display_name, "agámi Systems");
  EXPECT_EQ(Get("cb-for-to-do").city, "");
  EXPECT_EQ(Get("cb-broadbus").status, CompanyStatus::kAcquired);
  EXPECT_THAT(Get("cb-biosystem-development").sectors, ElementsAre("BIOTECH"));
  EXPECT_THAT(Get("cb-bluepoint-security").sectors, ElementsAre("CYBERSECURITY"));

  const auto sources = store_->Sources(Context::Background(), head(), {}, 0, 10);
  ASSERT_OK(sources);
  ASSERT_EQ(sources->size(), 1U);
  EXPECT_EQ(sources->front().publisher, "CrunchBase");
}

TEST_F(ImportCrunchbaseTest, RoundsAddOnlyCompaniesThatNobodyKnows) {
  ASSERT_OK(Import({{"crunchbase-2013-rounds", Fixture("rounds.csv")}}));
  EXPECT_THAT(Findings(),
              UnorderedElementsAre("0.csv:3 company_name REPAIRED #NAME?",
                                   "0.csv:6 company_name REPAIRED agÃ¡mi Systems",
                                   "0.csv:34 company_city CLEARED (Oct. 01, 2011 - Sep. 30, 2012)",
                                   "0.csv:37 company_name REPAIRED InsideAxisâ„¢"));
  ASSERT_OK_AND_ASSIGN(const Counts counts, store_->Count(Context::Background(), head()));
  EXPECT_EQ(counts.companies, 24);
  EXPECT_EQ(Get("cb-waywire").founded_on, std::nullopt);
  EXPECT_EQ(Get("cb-waywire").source_category, "news");

  ASSERT_OK(Import({{"crunchbase-2013-companies", Fixture("companies.csv")}}));
  EXPECT_EQ(Get("cb-waywire").founded_on, (PartialDate{.year = 2012, .month = 6, .day = 1}));
  // And once they are known, the rounds say nothing new.
  ASSERT_OK_AND_ASSIGN(const ImportReport again,
                       Import({{"crunchbase-2013-rounds", Fixture("rounds.csv") + "\r"}}));
  EXPECT_EQ(again.subjects_changed(), 0);
  EXPECT_EQ(Get("cb-waywire").status, CompanyStatus::kPrivate);
}

TEST_F(ImportCrunchbaseTest, WhatIsNotRightIsSaid) {
  const std::string header =
      "permalink,name,category_code,country_code,city,status,founded_at,funding_total_usd\r";
  ASSERT_OK_AND_ASSIGN(const ImportReport report,
                       Import({{"crunchbase-2013-companies",
                                header + ",Nobody,,USA,,operating,,\r"
                                         "/company/a,,,USA,,operating,,\r"
                                         "/company/a,A,semiconductor,NAM,12 Road,dormant,"
                                         "2012-02-30,####\r"
                                         "/company/a,A,,USA,,operating,,\r"
                                         "/company/b,B,,XYZ,,,,\r"}}));
  EXPECT_THAT(
      Findings(),
      ElementsAre("0.csv:2 permalink REJECTED ", "0.csv:3 name REJECTED ",
                  "0.csv:4 city CLEARED 12 Road", "0.csv:4 status CLEARED dormant",
                  "0.csv:4 founded_at CLEARED 2012-02-30", "0.csv:4 funding_total_usd CLEARED ####",
                  "0.csv:5 permalink REJECTED /company/a", "0.csv:6 country_code CLEARED XYZ"));
  EXPECT_EQ(report.files(0).rows_accepted(), 2);
  EXPECT_EQ(Get("cb-a").country, "NA");
  EXPECT_THAT(Get("cb-a").layers, ElementsAre("CHIPS"));
  EXPECT_THAT(Get("cb-a").sectors, ElementsAre("SEMICONDUCTORS"));
}

TEST_F(ImportCrunchbaseTest, AnIdentifierThatAnotherCompanyBearsIsLeftToIt) {
  ASSERT_OK(
      Import({{"steelyard-companies", "id,name\nknown,Known\n"},
              {"steelyard-identifiers", "company_id,scheme,value\nknown,crunchbase,waywire\n"}}));
  ASSERT_OK(Import({{"crunchbase-2013-companies", Fixture("companies.csv")}}));
  EXPECT_THAT(Findings(), ::testing::Contains("0.csv:2 permalink CLEARED /company/waywire"));
  EXPECT_THAT(Get("cb-waywire").identifiers, IsEmpty());
  EXPECT_THAT(Get("known").identifiers, ::testing::SizeIs(1));
}

TEST_F(ImportCrunchbaseTest, TheWholeExport) {
  const char* data = std::getenv("STEELYARD_TEST_DATA");
  const std::string folder = std::string(data == nullptr ? "" : data) + "/cb2013/";
  if (!std::filesystem::exists(folder + "crunchbase-companies.csv")) {
    GTEST_SKIP() << "STEELYARD_TEST_DATA names no folder with cb2013/crunchbase-companies.csv: the "
                    "whole export is not checked, only the excerpt";
  }
  ASSERT_OK_AND_ASSIGN(
      const ImportReport report,
      Import({{"crunchbase-2013-companies", ReadFile(folder + "crunchbase-companies.csv")},
              {"crunchbase-2013-rounds", ReadFile(folder + "crunchbase-rounds.csv")}},
             false, "cb2013"));
  const common::v1::ImportFileReport& companies = report.files(0);
  EXPECT_EQ(companies.rows_read(), 17727);
  EXPECT_EQ(companies.rows_accepted(), 17727);
  EXPECT_EQ(companies.rows_rejected(), 0);
  // 13 damaged totals, 11 cities that are none, one "#NAME?", five names decoded twice.
  EXPECT_EQ(companies.values_repaired(), 13 + 11 + 1 + 5);
  EXPECT_EQ(report.files(1).rows_read(), 31679);
  EXPECT_EQ(report.subjects_changed(), 17727 + 1);
  EXPECT_EQ(Get("cb-panve").display_name, "Panève");
  EXPECT_EQ(Get("cb-codetag").city, "Bogotá");
  // The longest permalink of the export does not fit an id as it is.
  const std::vector<std::string> longest = {
      "crunchbase:hard-8-games-llc-operates-in-the-technology-sector-the-company-was-incorporated-"
      "in-2010-and-is-based-in-framingham-massachusetts"};
  ASSERT_OK_AND_ASSIGN(const auto bearers, store_->Bearers(Context::Background(), head(), longest));
  ASSERT_EQ(bearers.size(), 1U);
  EXPECT_EQ(bearers.begin()->second.size(), 128U);
  ASSERT_OK_AND_ASSIGN(const Counts counts, store_->Count(Context::Background(), head()));
  EXPECT_EQ(counts, (Counts{17727, 17727, 17727, 1}));
}

}  // namespace
}  // namespace steelyard::registry
