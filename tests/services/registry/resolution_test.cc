// What sources say of a company, how it was chosen, and how it is withdrawn, over a real server and
// a real store.

#include "services/registry/resolution.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "tests/services/registry/service_fixture.h"

namespace steelyard::registry::served {
namespace {

using ::testing::ElementsAre;
using testing::EqualsProto;
using testing::HasReason;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOkAndHolds;
using ::testing::SizeIs;
using Stub = v1::RegistryService::Stub;

class ResolutionTest : public ServiceTest {
 protected:
  void SetUp() override {
    ServiceTest::SetUp();
    ImportAll();
  }
  auto Assertions(const std::string& text) {
    return Call(&Stub::ListCompanyAssertions, Parse<v1::ListCompanyAssertionsRequest>(text));
  }
  auto Retract(const std::string& text) {
    return Call(&Stub::RetractCompany, Parse<v1::RetractCompanyRequest>(text));
  }
  std::string CountryOf(const std::string& id) {
    const auto response = Get("name: 'companies/" + id + "'");
    EXPECT_OK(response);
    return response.ok() ? response->company().country() : "";
  }
  // "field: winner (assertion), not loser (assertion)".
  std::vector<std::string> Explain(const std::string& id) {
    std::vector<std::string> lines;
    const auto response = Get("name: 'companies/" + id + "' view: COMPANY_VIEW_RESOLUTION");
    EXPECT_OK(response);
    if (!response.ok()) return lines;
    for (const v1::CompanyFieldResolution& field : response->resolution()) {
      EXPECT_EQ(field.policy(), "source-kind/1");
      std::string line = field.field() + ": " + Text(field.winner());
      for (const v1::AssertedValue& loser : field.losers()) line += ", not " + Text(loser);
      lines.push_back(line + " " + std::to_string(field.distinct()));
    }
    return lines;
  }
  static std::string Text(const v1::AssertedValue& value) {
    return value.value() + " (" + value.assertion() + ")";
  }
};

TEST_F(ResolutionTest, EveryFieldNamesWhoIsBelievedAndWhoIsNot) {
  ASSERT_OK(Upsert(
      "companies { name: 'companies/deepl' display_name: 'DeepL SE' country: 'DE'"
      " legal_country: 'LU' founded_on { year: 2017 month: 8 } layers: 'CLOUD' layers: 'CHIPS'"
      " sources: 'sources/press' }"));
  EXPECT_THAT(Explain("deepl"),
              ElementsAre("display_name: DeepL SE (companies/deepl/assertions/press), not DeepL "
                          "(companies/deepl/assertions/own) 2",
                          "country: DE (companies/deepl/assertions/press), not DE "
                          "(companies/deepl/assertions/own) 1",
                          "city: Cologne (companies/deepl/assertions/own) 1",
                          "legal_country: LU (companies/deepl/assertions/press) 1",
                          "founded_on: 2017-08 (companies/deepl/assertions/press), not 2017 "
                          "(companies/deepl/assertions/own) 2",
                          "status: PRIVATE (companies/deepl/assertions/own) 1",
                          "layers: CLOUD; CHIPS (companies/deepl/assertions/press) 1",
                          "sectors: LANGUAGE (companies/deepl/assertions/own) 1"));
  ASSERT_OK_AND_ASSIGN(const auto basic, Get("name: 'companies/deepl'"));
  EXPECT_THAT(basic.resolution(), IsEmpty());
  EXPECT_EQ(basic.company().founded_on().month(), 8);
}

TEST_F(ResolutionTest, AssertionsAreListedAsTheyAreBelieved) {
  ASSERT_OK_AND_ASSIGN(const auto before, Get("name: 'companies/deepl'"));
  ASSERT_OK(
      Upsert("companies { name: 'companies/deepl' display_name: 'D' }"
             " companies { name: 'companies/cb' display_name: 'DeepL SE'"
             " sources: 'sources/press' sources: 'sources/own' }"));
  ASSERT_OK(Call(&Stub::MergeCompanies,
                 Parse<v1::MergeCompaniesRequest>("into: 'companies/deepl' from: 'companies/cb'")));
  for (const std::string name : {"companies/deepl", "companies/cb"}) {
    ASSERT_OK_AND_ASSIGN(const auto now, Assertions("parent: '" + name + "'"));
    ASSERT_THAT(now.assertions(), SizeIs(3));
    EXPECT_EQ(now.assertions(0).name(), "companies/deepl/assertions/-");
    EXPECT_THAT(now.assertions(0).sources(), IsEmpty());
    EXPECT_EQ(now.assertions(1).name(), "companies/deepl/assertions/own");
    EXPECT_EQ(now.assertions(1).company().city(), "Cologne");
    EXPECT_EQ(now.assertions(2).name(), "companies/cb/assertions/press");
    EXPECT_THAT(now.assertions(2).sources(), ElementsAre("sources/press", "sources/own"));
    EXPECT_EQ(now.assertions(2).company().name(), "companies/cb");
  }
  ASSERT_OK_AND_ASSIGN(const auto then, Assertions("parent: 'companies/deepl' read { snapshot: '" +
                                                   before.snapshot().token() + "' }"));
  EXPECT_THAT(then.assertions(), SizeIs(1));
}

TEST_F(ResolutionTest, WrongQuestionsSayWhatIsAllowed) {
  EXPECT_THAT(Assertions("parent: 'deepl'"), HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(Assertions("parent: 'companies/nobody'"),
              HasReason(common::v1::ERROR_REASON_COMPANY_NOT_FOUND));
  v1::GetCompanyRequest request;
  request.set_name("companies/deepl");
  request.set_view(static_cast<v1::CompanyView>(9));
  const auto response = Call(&Stub::GetCompany, request);
  EXPECT_THAT(response, HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(std::string(response.status().message()), HasSubstr("view"));
}

TEST_F(ResolutionTest, AWordIsWithdrawnAndStaysSo) {
  ASSERT_OK(
      Upsert("companies { name: 'companies/deepl' display_name: 'DeepL' country: 'AT'"
             " sources: 'sources/press' }"));
  EXPECT_EQ(CountryOf("deepl"), "AT") << "an article is believed before a database";
  const std::string word = "name: 'companies/deepl' sources: 'sources/press' reason: 'misread'";
  ASSERT_OK_AND_ASSIGN(const v1::RetractCompanyResponse tried,
                       Retract(word + " validate_only: true"));
  EXPECT_THAT(tried.changed(), ElementsAre("companies/deepl"));
  EXPECT_FALSE(tried.has_snapshot());
  ASSERT_OK_AND_ASSIGN(const v1::RetractCompanyResponse done, Retract(word + " request_id: 'r'"));
  EXPECT_THAT(done.changed(), ElementsAre("companies/deepl"));
  EXPECT_THAT(Retract(word + " request_id: 'r'"), IsOkAndHolds(EqualsProto(done)));
  EXPECT_EQ(CountryOf("deepl"), "DE");
  ASSERT_OK_AND_ASSIGN(const auto again,
                       Upsert("companies { name: 'companies/deepl' display_name: 'DeepL'"
                              " country: 'AT' sources: 'sources/press' }"));
  EXPECT_THAT(again.changed(), IsEmpty());
  EXPECT_EQ(CountryOf("deepl"), "DE");
  ASSERT_OK_AND_ASSIGN(const v1::ListIdentityDecisionsResponse decisions,
                       Call(&Stub::ListIdentityDecisions,
                            Parse<v1::ListIdentityDecisionsRequest>("company: 'companies/deepl'")));
  ASSERT_THAT(decisions.decisions(), SizeIs(1));
  EXPECT_EQ(decisions.decisions(0).kind(), v1::DECISION_KIND_RETRACTED);
  EXPECT_EQ(decisions.decisions(0).other(), "");
  EXPECT_EQ(decisions.decisions(0).source(), "sources/press");
  EXPECT_EQ(decisions.decisions(0).comment(), "misread");
}

TEST_F(ResolutionTest, WhatOthersSayAlikeOrHaveFromTheSourceStays) {
  ASSERT_OK(
      Upsert("companies { name: 'companies/nebius' display_name: 'Nebius' country: 'NL'"
             " sources: 'sources/press' identifiers { scheme: 'github' value: 'nebius'"
             " source: 'sources/own' } }"
             " companies { name: 'companies/nvidia' display_name: 'NVIDIA' country: 'US'"
             " sources: 'sources/press' sources: 'sources/own' }"));
  ASSERT_OK(Retract("name: 'companies/nebius' sources: 'sources/own' reason: 'x'"));
  ASSERT_OK_AND_ASSIGN(const auto found, Lookup("scheme: 'github' value: 'nebius'"));
  EXPECT_EQ(found.company().identifiers(0).source(), "sources/own");
  ASSERT_OK_AND_ASSIGN(const auto alike,
                       Retract("name: 'companies/nvidia' sources: 'sources/press' reason: 'x'"));
  EXPECT_THAT(alike.changed(), ElementsAre("companies/nvidia")) << "its sources are different";
  ASSERT_OK_AND_ASSIGN(const auto nvidia, Get("name: 'companies/nvidia'"));
  EXPECT_THAT(nvidia.company().sources(), ElementsAre("sources/own"));
  EXPECT_EQ(nvidia.company().country(), "US");
}

TEST_F(ResolutionTest, AWordIsWithdrawnUnderTheIdThatItWasSaidUnder) {
  ASSERT_OK(
      Upsert("companies { name: 'companies/cb' display_name: 'DeepL SE' website:"
             " 'https://deepl.example' sources: 'sources/press' }"
             " companies { name: 'companies/cb2' display_name: 'X' }"));
  ASSERT_OK(Upsert("companies { name: 'companies/cb' display_name: 'DeepL Holding' }"));
  ASSERT_OK(Call(&Stub::MergeCompanies,
                 Parse<v1::MergeCompaniesRequest>("into: 'companies/deepl' from: 'companies/cb'")));
  ASSERT_OK_AND_ASSIGN(const auto merged,
                       Get("name: 'companies/cb' view: COMPANY_VIEW_RESOLUTION"));
  EXPECT_EQ(merged.redirected_from(), "companies/cb");
  EXPECT_EQ(merged.company().website(), "https://deepl.example");
  EXPECT_THAT(merged.resolution(), ::testing::Not(IsEmpty()));
  const std::string word = "name: 'companies/cb' sources: 'sources/press' reason: 'x'";
  ASSERT_OK_AND_ASSIGN(const auto done, Retract(word + " request_id: 'once'"));
  EXPECT_THAT(done.changed(), ElementsAre("companies/deepl"));
  EXPECT_THAT(Retract("name: 'companies/cb2' sources: 'sources/press' reason: 'x'"
                      " request_id: 'once'"),
              HasReason(common::v1::ERROR_REASON_REQUEST_ID_REUSED));
  ASSERT_OK_AND_ASSIGN(const auto now, Get("name: 'companies/deepl'"));
  EXPECT_EQ(now.company().website(), "");
}

TEST_F(ResolutionTest, WordsThatCannotBeWithdrawnAreRefused) {
  EXPECT_THAT(Retract("name: 'companies/deepl' sources: 'sources/own' reason: 'x'"),
              HasReason(common::v1::ERROR_REASON_LAST_ASSERTION));
  EXPECT_THAT(Retract("name: 'companies/nobody' sources: 'sources/own' reason: 'x'"),
              HasReason(common::v1::ERROR_REASON_COMPANY_NOT_FOUND));
  const auto silent = Retract("name: 'companies/deepl' sources: 'sources/press' reason: 'x'");
  EXPECT_THAT(silent, HasReason(common::v1::ERROR_REASON_COMPANY_NOT_FOUND));
  EXPECT_THAT(std::string(silent.status().message()),
              HasSubstr("sources/press says nothing of companies/deepl, of which speak: own"));
  struct Case {
    std::string request;
    std::string says;
  };
  for (const Case& test :
       {Case{"name: 'deepl' sources: 'sources/a' reason: 'x'", "name"},
        Case{"name: 'companies/deepl' reason: 'x'", "sources: 1 to 100"},
        Case{"name: 'companies/deepl' sources: 'a' reason: 'x'", "sources[0]"},
        Case{"name: 'companies/deepl' sources: 'sources/a' reason: 'x'"
             " sources: 'sources/a'",
             "sources[1]: repeats"},
        Case{"name: 'companies/deepl' sources: 'sources/a'", "reason"},
        Case{"name: 'companies/deepl' sources: 'sources/a' reason: '" + std::string(501, 'x') + "'",
             "reason"},
        Case{"name: 'companies/deepl' sources: 'sources/a' reason: 'x'"
             " request_id: '" +
                 std::string(65, 'x') + "'",
             "request_id"}}) {
    SCOPED_TRACE(test.request);
    const auto response = Retract(test.request);
    EXPECT_THAT(response, HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
    EXPECT_THAT(std::string(response.status().message()), HasSubstr(test.says));
  }
}

}  // namespace
}  // namespace steelyard::registry::served
