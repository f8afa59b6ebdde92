// UpsertCompanies over a real server and a real store.

#include "gmock/gmock.h"
#include "tests/services/registry/service_fixture.h"

namespace steelyard::registry::served {
namespace {

using ::testing::ElementsAre;
using testing::EqualsProto;
using testing::HasReason;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(ServiceTest, UpsertWritesOnceAndRemembersItsRequest) {
  ImportAll();
  const std::string company =
      "companies { name: 'companies/x' display_name: 'X' country: 'FR' founded_on { year: 2020 "
      "month: 2 }"
      " layers: 'CHIPS' sources: 'sources/press'"
      " identifiers { scheme: 'domain' value: 'https://www.x.com' } }";
  ASSERT_OK_AND_ASSIGN(const v1::UpsertCompaniesResponse tried,
                       Upsert(company + " validate_only: true request_id: 'r1'"));
  EXPECT_THAT(tried.changed(), ElementsAre("companies/x"));
  EXPECT_FALSE(tried.has_snapshot());
  EXPECT_EQ(Status().companies(), 5);

  ASSERT_OK_AND_ASSIGN(const v1::UpsertCompaniesResponse first,
                       Upsert(company + " request_id: 'r1'"));
  EXPECT_THAT(first.changed(), ElementsAre("companies/x"));
  EXPECT_EQ(first.snapshot().registry_revision(), 2);
  ASSERT_OK_AND_ASSIGN(const v1::GetCompanyResponse got, Get("name: 'companies/x'"));
  EXPECT_THAT(
      got.company(), EqualsProto(R"pb(
        name: 'companies/x'
        display_name: 'X'
        country: 'FR'
        founded_on { year: 2020 month: 2 }
        layers: 'CHIPS'
        names { text: 'X' language: 'und' kind: NAME_KIND_PREFERRED source: 'sources/press' }
        identifiers { scheme: 'domain' value: 'x.com' }
        sources: 'sources/press')pb"));

  ASSERT_OK_AND_ASSIGN(const v1::UpsertCompaniesResponse repeated,
                       Upsert(company + " request_id: 'r1'"));
  EXPECT_THAT(repeated, EqualsProto(first));
  EXPECT_THAT(Upsert("companies { name: 'companies/x' display_name: 'Y' } request_id: 'r1'"),
              HasReason(common::v1::ERROR_REASON_REQUEST_ID_REUSED));
  ASSERT_OK_AND_ASSIGN(const v1::UpsertCompaniesResponse equal, Upsert(company));
  EXPECT_THAT(equal.changed(), IsEmpty());
  EXPECT_EQ(equal.snapshot().registry_revision(), 2);
}

TEST_F(ServiceTest, UpsertSaysEverythingThatIsWrongAndWritesNothing) {
  ImportAll();
  struct Case {
    std::string request;
    std::vector<std::string> parts;
  };
  for (const Case& test : {
           Case{"", {"companies"}},
           Case{"companies { name: 'X' display_name: '' country: 'UK' founded_on { month: 3 }"
                " status: 9 names { text: 'A' language: '?' } sources: 'press' }",
                {"companies[0].name", "companies[0].display_name", "companies[0].country",
                 "companies[0].founded_on", "companies[0].status", "companies[0].names[0].kind",
                 "companies[0].names[0].language", "companies[0].sources[0]"}},
           Case{"companies { name: 'companies/a' display_name: 'A' }"
                " companies { name: 'companies/a' display_name: 'A' }",
                {"companies[1].name", "repeats"}},
           Case{"companies { name: 'companies/a' display_name: 'A' sources: 'sources/nobody'"
                " layers: 'SKY' names { text: 'B' language: 'fr' kind: NAME_KIND_ALIAS"
                " source: 'sources/no' } }",
                {"companies[0].layers", "CHIPS, CLOUD", "companies[0].sources[0]",
                 "companies[0].names[0].source"}},
           Case{"companies { name: 'companies/a' display_name: 'A'"
                " identifiers { scheme: 'domain' value: 'deepl.com' } }",
                {"companies[0].identifiers[0]", "companies/deepl"}},
           Case{"companies { name: 'companies/a' display_name: 'A'"
                " identifiers { scheme: 'wikidata' value: 'Q1' } }"
                " companies { name: 'companies/b' display_name: 'B'"
                " identifiers { scheme: 'wikidata' value: 'Q1' } }",
                {"companies[1].identifiers[0]", "companies/a"}},
           Case{"companies { name: 'companies/a' display_name: 'A' } request_id: '" +
                    std::string(65, 'x') + "'",
                {"request_id", "64"}},
       }) {
    SCOPED_TRACE(test.request);
    const auto response = Upsert(test.request);
    ASSERT_THAT(response, HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
    for (const std::string& part : test.parts) {
      EXPECT_THAT(std::string(response.status().message()), HasSubstr(part));
    }
  }
  EXPECT_EQ(Status().snapshot().registry_revision(), 1);
}

TEST_F(ServiceTest, AnIdentifierThatOthersGiveAMergedIdStaysThere) {
  ImportAll();
  ASSERT_OK(
      Upsert("companies { name: 'companies/m' display_name: 'M' sources: 'sources/press'"
             " identifiers { scheme: 'github' value: 'mmm' } }"));
  ASSERT_OK(
      Upsert("companies { name: 'companies/m' display_name: 'M' sources: 'sources/own'"
             " identifiers { scheme: 'github' value: 'MMM' } }"));
  ASSERT_OK(Call(&v1::RegistryService::Stub::MergeCompanies,
                 Parse<v1::MergeCompaniesRequest>("into: 'companies/deepl' from: 'companies/m'")));
  ASSERT_OK_AND_ASSIGN(const auto merged, Get("name: 'companies/deepl'"));
  EXPECT_EQ(merged.company().identifiers_size(), 2) << "case makes no other identifier";
  ASSERT_OK(
      Upsert("companies { name: 'companies/deepl' display_name: 'DeepL'"
             " sources: 'sources/own' identifiers { scheme: 'github' value: 'mmm' } }"
             " companies { name: 'companies/m' display_name: 'M' sources: 'sources/press' }"));
  ASSERT_OK(Call(&v1::RegistryService::Stub::SplitCompany,
                 Parse<v1::SplitCompanyRequest>("name: 'companies/m'")));
  ASSERT_OK_AND_ASSIGN(const auto split, Get("name: 'companies/m'"));
  EXPECT_EQ(split.company().identifiers_size(), 1);
  ASSERT_OK_AND_ASSIGN(const auto rest, Get("name: 'companies/deepl'"));
  EXPECT_EQ(rest.company().identifiers_size(), 0);
}

TEST_F(ServiceTest, AnIdentifierMayMoveWithinOneRequest) {
  ImportAll();
  const std::string other =
      " companies { name: 'companies/other' display_name: 'Other'"
      " identifiers { scheme: 'domain' value: 'deepl.com' } }";
  // The import still says that it is the first one's.
  EXPECT_THAT(Upsert("companies { name: 'companies/deepl' display_name: 'DeepL' }" + other),
              HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  ASSERT_OK(
      Upsert("companies { name: 'companies/deepl' display_name: 'DeepL'"
             " sources: 'sources/own' }" +
             other));
  ASSERT_OK_AND_ASSIGN(const v1::LookupCompanyResponse response,
                       Lookup("scheme: 'domain' value: 'deepl.com'"));
  EXPECT_EQ(response.company().name(), "companies/other");
}

}  // namespace
}  // namespace steelyard::registry::served
