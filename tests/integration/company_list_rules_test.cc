// What lists of companies may change, and what they may not say.

#include "gmock/gmock.h"
#include "services/common/text/strings.h"
#include "tests/services/registry/registry_fixture.h"

namespace steelyard::registry {
namespace {

using common::v1::ImportReport;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

constexpr const char* kOrganizations = "uuid,name,permalink,roles,homepage_url\n";
constexpr const char* kLei = "TEST00ALPENRECHNER86";

std::string Entity(const std::string& id, const std::string& schema,
                   const std::string& properties) {
  return R"({"id":")" + id + R"(","schema":")" + schema + R"(","caption":")" + id +
         R"(","properties":{)" + properties + "}}\n";
}

class ListRulesTest : public RegistryFixture {
 protected:
  absl::StatusOr<ImportReport> ImportList(const std::string& format, const std::string& bytes) {
    return Import({{format, bytes}}, false, format);
  }
};

std::string LeiRow(const std::string& status, const std::string& city,
                   const std::string& category = "GENERAL") {
  return R"({"type":"lei-records","attributes":{"lei":")" + std::string(kLei) +
         R"(","entity":{"legalName":{"name":"Alpen AG"},"headquartersAddress":{"city":")" + city +
         R"("},"category":)" + category + R"(,"status":")" + status + R"("}}})";
}

std::string LeiRows(const std::vector<std::string>& rows) {
  return R"({"data":[)" + StrJoin(rows, ",") + "]}";
}

// A record of a company in Japan with a legal jurisdiction and the country of its legal address.
std::string LegalCsv(const std::string& jurisdiction, const std::string& address) {
  return StrCat(
      "LEI,Entity.LegalName,Entity.HeadquartersAddress.Country,Entity.EntityCategory,"
      "Entity.EntityStatus,Registration.RegistrationStatus,Entity.LegalJurisdiction,"
      "Entity.LegalAddress.Country\n",
      kLei, ",Alpen AG,JP,GENERAL,ACTIVE,ISSUED,", jurisdiction, ",", address, "\n");
}
std::string LegalJson(const std::string& jurisdiction, const std::string& address) {
  return StrCat(R"({"data":[{"type":"lei-records","attributes":{"lei":")", kLei,
                R"(","entity":{"legalName":{"name":"Alpen AG"},"headquartersAddress":{"country":)",
                R"("JP"},"legalAddress":{"country":")", address, R"("},"jurisdiction":")",
                jurisdiction, R"(","category":"GENERAL","status":"ACTIVE"}}}]})");
}

TEST_F(ListRulesTest, AnEntityThatMayBeAPersonIsLeftOut) {
  ASSERT_OK_AND_ASSIGN(
      const ImportReport report,
      ImportList(
          "opensanctions-entities",
          Entity("doe-john", "LegalEntity", R"("country":["us"])") +
              Entity("with-lei", "LegalEntity", R"("leiCode":[")" + std::string(kLei) + R"("])") +
              Entity("wrong-lei", "LegalEntity", R"("leiCode":["TEST00ALPENRECHNER87"])") +
              Entity("with-form", "LegalEntity", R"("legalForm":["GmbH"])")));
  ASSERT_EQ(report.files(0).unmapped_size(), 1);
  EXPECT_EQ(report.files(0).unmapped(0).value(), "LegalEntity");
  EXPECT_EQ(report.files(0).unmapped(0).rows(), 2);
  EXPECT_EQ(Get("os-doe-john").id, "");
  EXPECT_EQ(Get("os-wrong-lei").id, "");
  EXPECT_EQ(Get("lei-test00alpenrechner86").display_name, "with-lei");
  EXPECT_EQ(Get("os-with-form").display_name, "with-form");
}

// Under "gov.uk" and "co.uk" there are many.
TEST_F(ListRulesTest, APublicSuffixIsNobodysDomain) {
  ASSERT_OK(ImportList("opensanctions-entities",
                       Entity("body", "PublicBody", R"("website":["https://www.gov.uk/"])")));
  EXPECT_EQ(Get("os-body").website, "https://www.gov.uk/");
  EXPECT_THAT(CodesOf(Get("os-body")), ElementsAre("opensanctions:body"));
}

// A company that a row of the list is has a row: another one of its domain is another company,
// whichever comes first.
TEST_F(ListRulesTest, ADomainJoinsNoTwoRowsOfAList) {
  ASSERT_OK(
      Import({{"steelyard-companies", "id,name,hq_country\nacme,Acme,US\n"},
              {"steelyard-identifiers",
               "company_id,scheme,value\nacme,lei,TEST00ALPENRECHNER86\nacme,domain,acme.com\n"}}));
  ASSERT_OK(ImportList("opensanctions-entities",
                       Entity("group", "Company", R"("leiCode":[")" + std::string(kLei) + R"("])") +
                           Entity("subsidiary", "Company", R"("website":["acme.com"])")));
  EXPECT_THAT(CodesOf(Get("acme")), UnorderedElementsAre("lei:TEST00ALPENRECHNER86",
                                                         "domain:acme.com", "opensanctions:group"));
  EXPECT_EQ(Get("os-subsidiary").display_name, "subsidiary");
}

TEST_F(ListRulesTest, WhatARecordDoesNotSayStays) {
  ASSERT_OK(ImportList("gleif-api-json", LeiRows({LeiRow("INACTIVE", "Berlin", "\"GENERAL\"")})));
  for (const std::string status : {"", "NULL", "SLEEPING"}) {
    ASSERT_OK(ImportList("gleif-api-json", LeiRows({LeiRow(status, "", "\"GENERAL\"")})));
    EXPECT_EQ(Get("lei-test00alpenrechner86").status, CompanyStatus::kClosed) << status;
    EXPECT_EQ(Get("lei-test00alpenrechner86").city, "Berlin");
  }
  ASSERT_OK(ImportList("gleif-api-json", LeiRows({LeiRow("ACTIVE", "", "\"GENERAL\"")})));
  EXPECT_EQ(Get("lei-test00alpenrechner86").status, CompanyStatus::kUnknown);
}

TEST_F(ListRulesTest, AnLeiRecordTellsWhereTheCompanyIsIncorporated) {
  struct Case {
    std::string jurisdiction;
    std::string address;  // country of the legal address
    std::string legal_country;
    std::vector<std::string> findings;
  };
  for (const Case& test : {
           Case{"US-DE", "GB", "US", {}},
           Case{"KY", "", "KY", {}},
           Case{"", "LU", "LU", {}},
           Case{"QQ-1", "NL", "NL", {"QQ"}},
           Case{"", "QQ", "", {"QQ"}},
           Case{"", "", "", {}},
       }) {
    SCOPED_TRACE(StrCat(test.jurisdiction, "/", test.address));
    for (const bool is_csv : {true, false}) {
      SetUp();  // an empty registry
      ASSERT_OK(ImportList(is_csv ? "gleif-lei2-csv" : "gleif-api-json",
                           is_csv ? LegalCsv(test.jurisdiction, test.address)
                                  : LegalJson(test.jurisdiction, test.address)));
      EXPECT_EQ(Get("lei-test00alpenrechner86").legal_country, test.legal_country);
      EXPECT_EQ(Get("lei-test00alpenrechner86").country, "JP");
      std::vector<std::string> cleared;
      for (const common::v1::ImportFinding& finding : findings_) cleared.push_back(finding.value());
      EXPECT_EQ(cleared, test.findings);
    }
  }
}

TEST_F(ListRulesTest, ALaterRowAddsWhatTheFirstOneLacks) {
  ASSERT_OK(ImportList("gleif-api-json", LeiRows({LeiRow("", "", "\"GENERAL\""),
                                                  LeiRow("INACTIVE", "Berlin", "\"GENERAL\""),
                                                  LeiRow("ACTIVE", "Berlin", "\"GENERAL\"")})));
  EXPECT_EQ(Get("lei-test00alpenrechner86").status, CompanyStatus::kClosed);
  EXPECT_EQ(Get("lei-test00alpenrechner86").city, "Berlin");
  EXPECT_THAT(Findings(), ElementsAre("0.csv:1 attributes.lei CLEARED TEST00ALPENRECHNER86"));
}

TEST_F(ListRulesTest, ACategoryThatMightBeAPersonsIsRejected) {
  ASSERT_OK(ImportList("gleif-api-json", LeiRows({LeiRow("ACTIVE", "", "\"sole_proprietor\""),
                                                  LeiRow("ACTIVE", "", "[\"SOLE_PROPRIETOR\"]")})));
  EXPECT_THAT(Findings(), ElementsAre("0.csv:1 attributes.entity.category REJECTED sole_proprietor",
                                      "0.csv:1 attributes.entity.category REJECTED "));
  EXPECT_EQ(Get("lei-test00alpenrechner86").id, "");
}

// Check digits that the remainder alone does not tell.
TEST_F(ListRulesTest, AnLeiHasTheCheckDigitsOfItsLetters) {
  ASSERT_OK(ImportList("opensanctions-entities",
                       Entity("a", "Company", R"("leiCode":["TEST00EWE2BK6KFZRT01"])")));
  EXPECT_THAT(CodesOf(Get("os-a")), ElementsAre("opensanctions:a"));
}

TEST_F(ListRulesTest, AListIsNotBelievedBeforeWhatNobodyVouchesFor) {
  Company apple{.id = "cik-0000320193", .display_name = "Apple"};
  apple.names = {{.text = "Apple", .language = "en", .kind = NameKind::kPreferred, .source = ""}};
  Normalize(apple);
  ASSERT_OK(store_->WriteBatch(Context::Background(), [&](int64_t) {
    return absl::StatusOr<Batch>(Batch{.companies = {apple}, .sources = {}, .codelists = {}});
  }));
  ASSERT_OK(ImportList("sec-tickers",
                       R"({"0":{"cik_str":320193,"ticker":"AAPL","title":"Apple Inc."}})"));
  EXPECT_EQ(Get("cik-0000320193").display_name, "Apple");
  EXPECT_THAT(Get("cik-0000320193").sources, ElementsAre("sec-tickers"));
}

TEST_F(ListRulesTest, AUuidHasFiveGroups) {
  ASSERT_OK(ImportList("crunchbase-organizations",
                       kOrganizations + std::string(36, '-') + ",One,one,company,\n" +
                           std::string(36, 'a') + ",Two,two,company,\n"));
  EXPECT_THAT(Findings(), ElementsAre("0.csv:2 uuid REJECTED " + std::string(36, '-'),
                                      "0.csv:3 uuid REJECTED " + std::string(36, 'a')));
}

}  // namespace
}  // namespace steelyard::registry
