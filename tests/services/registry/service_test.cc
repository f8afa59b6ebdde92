// The registry's RPCs over a real server and a real store.

#include "gmock/gmock.h"
#include "tests/services/registry/service_fixture.h"

namespace steelyard::registry::served {
namespace {

using testing::EqualsProto;
using testing::HasReason;
using ::testing::HasSubstr;
using testing::StatusIs;

TEST_F(ServiceTest, AnEmptyRegistryAnswers) {
  const v1::GetStatusResponse status = Status();
  EXPECT_EQ(status.companies(), 0);
  EXPECT_THAT(status.engine(), HasSubstr("DuckDB"));
  EXPECT_FALSE(status.snapshot().token().empty());
  ASSERT_OK_AND_ASSIGN(const v1::ListCompaniesResponse list, List(""));
  EXPECT_EQ(list.total_size(), 0);
  ASSERT_OK_AND_ASSIGN(const v1::ListCodelistsResponse codelists, Codelists());
  EXPECT_EQ(codelists.codelists_size(), 0);
}

TEST_F(ServiceTest, GetsACompanyAsItWasImported) {
  ImportAll();
  ASSERT_OK_AND_ASSIGN(const v1::GetCompanyResponse response, Get("name: 'companies/deepl'"));
  EXPECT_THAT(
      response.company(), EqualsProto(R"pb(
        name: 'companies/deepl'
        display_name: 'DeepL'
        country: 'DE'
        city: 'Cologne'
        founded_on { year: 2017 }
        status: COMPANY_STATUS_PRIVATE
        sectors: 'LANGUAGE'
        names { text: 'DeepL' language: 'und' kind: NAME_KIND_PREFERRED source: 'sources/own' }
        names {
          text: 'Profond'
          language: 'fr'
          kind: NAME_KIND_MACHINE_TRANSLATION
          source: 'sources/own'
        }
        identifiers { scheme: 'domain' value: 'deepl.com' source: 'sources/own' }
        sources: 'sources/own')pb"));
  EXPECT_EQ(response.snapshot().registry_revision(), 1);
  const v1::GetStatusResponse status = Status();
  EXPECT_EQ(status.companies(), 5);
  EXPECT_EQ(status.names(), 9);
  EXPECT_EQ(status.identifiers(), 2);
  EXPECT_EQ(status.sources(), 2);

  EXPECT_THAT(Get("name: 'companies/nobody'"),
              HasReason(common::v1::ERROR_REASON_COMPANY_NOT_FOUND));
  for (const char* name : {"", "deepl", "companies/", "companies/DeepL", "sources/press"}) {
    EXPECT_THAT(Get("name: '" + std::string(name) + "'"),
                HasReason(common::v1::ERROR_REASON_INVALID_FIELD))
        << name;
  }
}

TEST_F(ServiceTest, ATokenGivesTheSameBytesAgain) {
  ImportAll();
  ASSERT_OK_AND_ASSIGN(const v1::GetCompanyResponse before, Get("name: 'companies/deepl'"));
  ASSERT_OK(Upsert("companies { name: 'companies/deepl' display_name: 'DeepL Group' }"));
  ASSERT_OK_AND_ASSIGN(const v1::GetCompanyResponse after, Get("name: 'companies/deepl'"));
  EXPECT_EQ(after.company().display_name(), "DeepL Group");
  ASSERT_OK_AND_ASSIGN(
      const v1::GetCompanyResponse replayed,
      Get("name: 'companies/deepl' read { snapshot: '" + before.snapshot().token() + "' }"));
  EXPECT_EQ(replayed.SerializeAsString(), before.SerializeAsString());
  ASSERT_OK_AND_ASSIGN(
      const v1::SearchCompaniesResponse found,
      Search("query: 'profond' read { snapshot: '" + before.snapshot().token() + "' }"));
  EXPECT_EQ(found.hits_size(), 1);
  EXPECT_THAT(Get("name: 'companies/deepl' read { snapshot: 'nonsense' }"),
              HasReason(common::v1::ERROR_REASON_INVALID_SNAPSHOT));
  EXPECT_THAT(Get("name: 'companies/deepl' read { as_of { seconds: 1000 } }"),
              HasReason(common::v1::ERROR_REASON_SNAPSHOT_OUT_OF_RANGE));
}

TEST_F(ServiceTest, BatchGetKeepsTheOrderAndNamesAllThatAreMissing) {
  ImportAll();
  ASSERT_OK_AND_ASSIGN(
      const v1::BatchGetCompaniesResponse response,
      BatchGet("names: 'companies/nvidia' names: 'companies/deepl' names: 'companies/nvidia'"));
  ASSERT_EQ(response.companies_size(), 3);
  EXPECT_EQ(response.companies(0).name(), "companies/nvidia");
  EXPECT_EQ(response.companies(1).name(), "companies/deepl");
  EXPECT_EQ(response.companies(2).name(), "companies/nvidia");
  const auto missing =
      BatchGet("names: 'companies/x' names: 'companies/deepl' names: 'companies/y'");
  EXPECT_THAT(missing, StatusIs(absl::StatusCode::kNotFound,
                                AllOf(HasSubstr("companies/x"), HasSubstr("companies/y"))));
  EXPECT_THAT(BatchGet(""), HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(BatchGet("names: 'companies/deepl' names: 'deepl' names: ''"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("names[1]"), HasSubstr("names[2]"))));
}

TEST_F(ServiceTest, ListsByFilterOrderAndPage) {
  ImportAll();
  struct Case {
    std::string request;
    std::vector<std::string> ids;
  };
  for (const Case& test : {
           Case{"", {"black-forest-labs", "deepl", "elevenlabs", "nebius", "nvidia"}},
           Case{"filter: 'country = \"DE\"'", {"black-forest-labs", "deepl"}},
           Case{"filter: 'layers:CLOUD'", {"nebius", "nvidia"}},
           Case{"filter: 'layers:CLOUD AND NOT layers:CHIPS'", {"nebius"}},
           Case{"filter: 'sectors:LANGUAGE OR id = \"nvidia\"'", {"deepl", "nvidia"}},
           Case{"filter: 'sources:own AND status = PUBLIC'", {"nebius", "nvidia"}},
           Case{"filter: 'status = COMPANY_STATUS_PUBLIC'", {"nebius", "nvidia"}},
           Case{"filter: 'founded_year >= 2020'", {"black-forest-labs", "elevenlabs"}},
           Case{"filter: 'founded_year > 1900' order_by: 'founded_year desc'",
                {"black-forest-labs", "elevenlabs", "deepl", "nvidia"}},
           Case{"filter: 'city != \"\"' order_by: 'display_name desc'",
                {"nebius", "elevenlabs", "deepl", "black-forest-labs"}},
           Case{"filter: 'layers:CLO_D'", {}},
           Case{"filter: 'legal_country = \"\" AND country = \"DE\"'",
                {"black-forest-labs", "deepl"}},
           Case{"filter: 'legal_country = \"DE\"'", {}},
       }) {
    SCOPED_TRACE(test.request);
    ASSERT_OK_AND_ASSIGN(const v1::ListCompaniesResponse response, List(test.request));
    std::vector<std::string> ids;
    for (const v1::Company& company : response.companies())
      ids.push_back(company.name().substr(10));
    EXPECT_EQ(ids, test.ids);
    EXPECT_EQ(response.total_size(), static_cast<int64_t>(test.ids.size()));
    EXPECT_EQ(response.next_page_token(), "");
  }
  EXPECT_THAT(List("filter: 'shoe_size = 3'"), HasReason(common::v1::ERROR_REASON_INVALID_FILTER));
  EXPECT_THAT(List("filter: 'status = BANKRUPT'"),
              HasReason(common::v1::ERROR_REASON_INVALID_FILTER));
  EXPECT_THAT(List("order_by: 'city'"), HasReason(common::v1::ERROR_REASON_INVALID_ORDER_BY));
  EXPECT_THAT(List("page_size: -1"), HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
}

TEST_F(ServiceTest, PagesReadOneStateAndBelongToOneQuery) {
  ImportAll();
  ASSERT_OK_AND_ASSIGN(const v1::ListCompaniesResponse first, List("page_size: 2"));
  ASSERT_EQ(first.companies_size(), 2);
  EXPECT_EQ(first.total_size(), 5);
  ASSERT_OK(Upsert("companies { name: 'companies/a-new-one' display_name: 'New' }"));
  const std::string token = " page_token: '" + first.next_page_token() + "'";
  ASSERT_OK_AND_ASSIGN(const v1::ListCompaniesResponse second, List("page_size: 2" + token));
  EXPECT_EQ(second.companies(0).name(), "companies/elevenlabs");
  EXPECT_EQ(second.total_size(), 5);
  EXPECT_THAT(second.snapshot(), EqualsProto(first.snapshot()));
  ASSERT_OK_AND_ASSIGN(const v1::ListCompaniesResponse third,
                       List("page_size: 2 page_token: '" + second.next_page_token() + "'"));
  EXPECT_EQ(third.companies_size(), 1);
  EXPECT_EQ(third.next_page_token(), "");
  for (const std::string& other :
       {std::string("filter: 'country = \"DE\"'"), std::string("order_by: 'id desc'")}) {
    EXPECT_THAT(List(other + token), HasReason(common::v1::ERROR_REASON_INVALID_PAGE_TOKEN));
  }
  EXPECT_THAT(List("page_token: 'x'"), HasReason(common::v1::ERROR_REASON_INVALID_PAGE_TOKEN));
  EXPECT_THAT(Sources(token), HasReason(common::v1::ERROR_REASON_INVALID_PAGE_TOKEN));
}

TEST_F(ServiceTest, LooksUpByIdentifier) {
  ImportAll();
  for (const char* request : {"scheme: 'domain' value: 'deepl.com'",
                              "scheme: 'domain' value: 'https://WWW.DeepL.com/x'"}) {
    ASSERT_OK_AND_ASSIGN(const v1::LookupCompanyResponse response, Lookup(request));
    EXPECT_EQ(response.company().name(), "companies/deepl");
  }
  ASSERT_OK_AND_ASSIGN(const v1::LookupCompanyResponse nebius,
                       Lookup("scheme: 'ticker' value: 'nasdaq:nbis'"));
  EXPECT_EQ(nebius.company().name(), "companies/nebius");
  EXPECT_THAT(Lookup("scheme: 'domain' value: 'nobody.com'"),
              HasReason(common::v1::ERROR_REASON_COMPANY_NOT_FOUND));
  EXPECT_THAT(
      Lookup("scheme: 'DOMAIN' value: ''"),
      StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr("scheme"), HasSubstr("value"))));
}

TEST_F(ServiceTest, FindsCompaniesByAnyNameHoweverItIsTyped) {
  ImportAll();
  struct Case {
    std::string query;
    std::string company;
    v1::MatchRank rank;
  };
  for (const Case& test : {
           Case{"Laboratoires de la Forêt-Noire", "black-forest-labs", v1::MATCH_RANK_EXACT},
           Case{"LABORATOIRES DE LA FORET NOIRE", "black-forest-labs", v1::MATCH_RANK_EXACT},
           Case{"ＯｎｚｅＬａｂｓ", "elevenlabs", v1::MATCH_RANK_EXACT},
           Case{"Profond", "deepl", v1::MATCH_RANK_EXACT},
           Case{"nebius", "nebius", v1::MATCH_RANK_EXACT},
           Case{"deep", "deepl", v1::MATCH_RANK_PREFIX},
           Case{"forest l", "black-forest-labs", v1::MATCH_RANK_WORD_PREFIX},
           Case{"vidi", "nvidia", v1::MATCH_RANK_SUBSTRING},
       }) {
    SCOPED_TRACE(test.query);
    ASSERT_OK_AND_ASSIGN(const v1::SearchCompaniesResponse response,
                         Search("query: '" + test.query + "'"));
    ASSERT_GE(response.hits_size(), 1);
    EXPECT_EQ(response.hits(0).company(), "companies/" + test.company);
    EXPECT_EQ(response.hits(0).rank(), test.rank);
  }
  ASSERT_OK_AND_ASSIGN(const v1::SearchCompaniesResponse labs,
                       Search("query: 'labs' page_size: 1"));
  EXPECT_EQ(labs.hits_size(), 1);
  EXPECT_TRUE(labs.more());
  EXPECT_THAT(labs.hits(0).matched(), EqualsProto(R"pb(
                text: 'Black Forest Labs'
                language: 'und'
                kind: NAME_KIND_PREFERRED
                source: 'sources/own')pb"));
  ASSERT_OK_AND_ASSIGN(const v1::SearchCompaniesResponse nothing, Search("query: '%'"));
  EXPECT_EQ(nothing.hits_size(), 0);
  EXPECT_THAT(Search("query: ''"), HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(Search("query: '" + std::string(201, 'x') + "'"),
              HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
}

TEST_F(ServiceTest, SourcesAndCodelists) {
  ImportAll();
  ASSERT_OK_AND_ASSIGN(const v1::GetSourceResponse source, Source("name: 'sources/press'"));
  EXPECT_THAT(source.source(), EqualsProto(R"pb(
                name: 'sources/press'
                publisher: 'Paper'
                title: 'News'
                published_on { year: 2025 }
                kind: 'article')pb"));
  EXPECT_THAT(Source("name: 'sources/no'"), HasReason(common::v1::ERROR_REASON_SOURCE_NOT_FOUND));
  EXPECT_THAT(Source("name: 'press'"), HasReason(common::v1::ERROR_REASON_INVALID_FIELD));

  ASSERT_OK_AND_ASSIGN(const v1::ListSourcesResponse page, Sources("page_size: 1"));
  ASSERT_EQ(page.sources_size(), 1);
  EXPECT_EQ(page.sources(0).name(), "sources/own");
  ASSERT_OK_AND_ASSIGN(const v1::ListSourcesResponse rest,
                       Sources("page_size: 1 page_token: '" + page.next_page_token() + "'"));
  EXPECT_EQ(rest.sources(0).name(), "sources/press");
  EXPECT_EQ(rest.next_page_token(), "");
  ASSERT_OK_AND_ASSIGN(const v1::ListSourcesResponse some,
                       Sources("names: 'sources/press' names: 'sources/no'"));
  EXPECT_EQ(some.sources_size(), 1);
  EXPECT_THAT(Sources("names: 'press'"), HasReason(common::v1::ERROR_REASON_INVALID_FIELD));

  ASSERT_OK_AND_ASSIGN(const v1::GetCodelistResponse layer, Codelist("name: 'codelists/LAYER'"));
  EXPECT_THAT(layer.codelist(), EqualsProto(R"pb(
                name: 'codelists/LAYER'
                codes {
                  code: 'CHIPS'
                  position: 1
                  label: 'Chips'
                  label_fr: 'Puces'
                  parent: 'INFRASTRUCTURE'
                }
                codes {
                  code: 'CLOUD'
                  position: 2
                  label: 'Cloud'
                  label_fr: 'Cloud'
                  parent: 'INFRASTRUCTURE'
                })pb"));
  EXPECT_THAT(Codelist("name: 'codelists/NONE'"),
              HasReason(common::v1::ERROR_REASON_CODELIST_NOT_FOUND));
  EXPECT_THAT(Codelist("name: 'codelists/none'"),
              HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  ASSERT_OK_AND_ASSIGN(const v1::ListCodelistsResponse lists, Codelists());
  ASSERT_EQ(lists.codelists_size(), 2);
  EXPECT_EQ(lists.codelists(1).name(), "codelists/SECTOR");
}

TEST_F(ServiceTest, WatchGivesWhatWasAndWhatComes) {
  ImportAll();
  grpc::ClientContext context;
  const auto stream = stub_->WatchCompanies(&context, v1::WatchCompaniesRequest());
  v1::WatchCompaniesResponse change;
  ASSERT_TRUE(stream->Read(&change));
  EXPECT_EQ(change.revision(), 1);
  EXPECT_TRUE(change.has_committed_at());
  EXPECT_FALSE(change.more());
  ASSERT_EQ(change.companies_size(), 5);
  EXPECT_EQ(change.companies(1).name(), "companies/deepl");
  EXPECT_EQ(change.companies(1).names_size(), 2);

  ASSERT_OK(Upsert("companies { name: 'companies/deepl' display_name: 'DeepL Group' }"));
  ASSERT_TRUE(stream->Read(&change));
  EXPECT_EQ(change.revision(), 2);
  ASSERT_EQ(change.companies_size(), 1);
  EXPECT_EQ(change.companies(0).display_name(), "DeepL Group");

  // A commit without companies is one too.
  ASSERT_OK(Import({{"steelyard-sources", "id,title\nnew,New\n"}}));
  ASSERT_TRUE(stream->Read(&change));
  EXPECT_EQ(change.revision(), 3);
  EXPECT_EQ(change.companies_size(), 0);
  context.TryCancel();
  EXPECT_FALSE(stream->Read(&change));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(ServiceTest, WatchRefusesWhatItCannotGive) {
  const auto watch = [&](int64_t after) {
    grpc::ClientContext context;
    v1::WatchCompaniesRequest request;
    request.set_after_revision(after);
    const auto stream = stub_->WatchCompanies(&context, request);
    v1::WatchCompaniesResponse change;
    EXPECT_FALSE(stream->Read(&change));
    return FromGrpcStatus(stream->Finish(), "services/registry");
  };
  EXPECT_THAT(watch(-1), HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(watch(7), HasReason(common::v1::ERROR_REASON_SNAPSHOT_OUT_OF_RANGE));
}

TEST_F(ServiceTest, AnImportThatCannotBeReadLeavesNothing) {
  const auto report =
      Import({{"steelyard-companies", kCompanies}, {"steelyard-names", "who\nx\n"}});
  EXPECT_THAT(report, HasReason(common::v1::ERROR_REASON_IMPORT_MALFORMED));
  EXPECT_EQ(MetadataOf(report.status(), "file"), "steelyard-names.csv");
  EXPECT_EQ(MetadataOf(report.status(), "column"), "company_id");
  EXPECT_THAT(Import({{"xlsx", "x"}}), HasReason(common::v1::ERROR_REASON_IMPORT_FORMAT_UNKNOWN));
  EXPECT_EQ(Status().snapshot().registry_revision(), 0);
}

TEST_F(ServiceTest, TheStoreOutlivesTheProcess) {
  ImportAll();
  const std::string token = Status().snapshot().token();
  server_.reset();
  app_.reset();
  SetUp();
  EXPECT_EQ(Status().snapshot().token(), token);
  ASSERT_OK_AND_ASSIGN(const v1::SearchCompaniesResponse found, Search("query: 'profond'"));
  EXPECT_EQ(found.hits_size(), 1);
}

TEST_F(ServiceTest, TheStoreBelongsToOneProcess) {
  config::v1::ServerConfig config;
  config.mutable_storage()->mutable_duckdb()->set_directory(directory_.File("data"));
  ASSERT_OK(config_file::ApplyDefaults("registry", config));
  EXPECT_THAT(App::Create(config, metrics_), HasReason(common::v1::ERROR_REASON_STORE_UNAVAILABLE));
  config.mutable_storage()->mutable_duckdb()->set_directory(directory_.Write("file", "x"));
  EXPECT_THAT(App::Create(config, metrics_), HasReason(common::v1::ERROR_REASON_STORE_UNAVAILABLE));
}

}  // namespace
}  // namespace steelyard::registry::served
