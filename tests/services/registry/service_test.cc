// The registry's RPCs over a real server and a real store.

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "services/common/config/config.h"
#include "services/common/observe/metrics.h"
#include "services/common/rpc/server.h"
#include "services/common/status/status.h"
#include "services/registry/app.h"
#include "steelyard/registry/v1/registry.grpc.pb.h"
#include "tests/support/proto_matchers.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace steelyard::registry {
namespace {

using ::testing::ElementsAre;
using testing::EqualsProto;
using testing::HasReason;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::StatusIs;

constexpr char kSources[] =
    "id,publisher,title,url,published_on,kind\npress,Paper,News,,2025,article\n";
constexpr char kCodes[] =
    "codelist,position,code,label,label_fr,parent\n"
    "LAYER,1,CHIPS,Chips,Puces,INFRASTRUCTURE\n"
    "LAYER,2,CLOUD,Cloud,Cloud,INFRASTRUCTURE\n"
    "SECTOR,1,LANGUAGE,Language,Langue,\n";
constexpr char kCompanies[] =
    "id,name,hq_country,hq_city,founded_year,layers,sectors,status\n"
    "black-forest-labs,Black Forest Labs,DE,Freiburg,2024,,,private\n"
    "deepl,DeepL,DE,Cologne,2017,,LANGUAGE,private\n"
    "elevenlabs,ElevenLabs,GB,London,2022,,,private\n"
    "nebius,Nebius,NL,Amsterdam,,CLOUD,,public\n"
    "nvidia,NVIDIA,US,,1993,CHIPS;CLOUD,,public\n";
constexpr char kNames[] =
    "company_id,name,language,kind\n"
    "black-forest-labs,Laboratoires de la Forêt-Noire,fr,MACHINE_TRANSLATION\n"
    "deepl,Profond,fr,MACHINE_TRANSLATION\n"
    "elevenlabs,OnzeLabs,fr,MACHINE_TRANSLATION\n"
    "nebius,Nébius,fr,MACHINE_TRANSLATION\n";
constexpr char kIdentifiers[] =
    "company_id,scheme,value\n"
    "deepl,domain,deepl.com\n"
    "nebius,ticker,NASDAQ:NBIS\n";

class ServiceTest : public ::testing::Test {
 protected:
  using Files = std::vector<std::pair<std::string, std::string>>;  // format, bytes

  void SetUp() override {
    config::v1::ServerConfig config;
    config.set_listen("127.0.0.1:0");
    config.mutable_storage()->mutable_duckdb()->set_directory(directory_.File("data"));
    ASSERT_OK(config_file::ApplyDefaults("registry", config));
    ASSERT_OK_AND_ASSIGN(app_, App::Create(config, metrics_));
    ASSERT_OK_AND_ASSIGN(server_, rpc::Server::Start(config, app_->runtime(), app_->services()));
    stub_ = v1::RegistryService::NewStub(server_->InProcessChannel());
  }
  void TearDown() override { server_.reset(); }

  // Calls a method; errors come as the service made them.
  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (v1::RegistryService::Stub::*method)(
                                    grpc::ClientContext*, const Request&, Response*),
                                const Request& request) {
    grpc::ClientContext context;
    Response response;
    const absl::Status status =
        FromGrpcStatus((stub_.get()->*method)(&context, request, &response), "services/registry");
    if (!status.ok()) return status;
    return response;
  }
  template <typename Request>
  static Request Parse(const std::string& text) {
    Request request;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &request)) << text;
    return request;
  }

  auto Get(const std::string& text) {
    return Call(&v1::RegistryService::Stub::GetCompany, Parse<v1::GetCompanyRequest>(text));
  }
  auto BatchGet(const std::string& text) {
    return Call(&v1::RegistryService::Stub::BatchGetCompanies,
                Parse<v1::BatchGetCompaniesRequest>(text));
  }
  auto List(const std::string& text) {
    return Call(&v1::RegistryService::Stub::ListCompanies, Parse<v1::ListCompaniesRequest>(text));
  }
  auto Lookup(const std::string& text) {
    return Call(&v1::RegistryService::Stub::LookupCompany, Parse<v1::LookupCompanyRequest>(text));
  }
  auto Search(const std::string& text) {
    return Call(&v1::RegistryService::Stub::SearchCompanies,
                Parse<v1::SearchCompaniesRequest>(text));
  }
  auto Upsert(const std::string& text) {
    return Call(&v1::RegistryService::Stub::UpsertCompanies,
                Parse<v1::UpsertCompaniesRequest>(text));
  }
  auto Source(const std::string& text) {
    return Call(&v1::RegistryService::Stub::GetSource, Parse<v1::GetSourceRequest>(text));
  }
  auto Sources(const std::string& text) {
    return Call(&v1::RegistryService::Stub::ListSources, Parse<v1::ListSourcesRequest>(text));
  }
  auto Codelist(const std::string& text) {
    return Call(&v1::RegistryService::Stub::GetCodelist, Parse<v1::GetCodelistRequest>(text));
  }
  auto Codelists() {
    return Call(&v1::RegistryService::Stub::ListCodelists, v1::ListCodelistsRequest());
  }
  v1::GetStatusResponse Status() {
    const auto status = Call(&v1::RegistryService::Stub::GetStatus, v1::GetStatusRequest());
    EXPECT_THAT(status, IsOk());
    return status.ok() ? *status : v1::GetStatusResponse();
  }

  absl::StatusOr<common::v1::ImportReport> Import(const Files& files) {
    grpc::ClientContext context;
    const auto stream = stub_->Import(&context);
    v1::ImportRequest request;
    request.mutable_begin()->set_source("own");
    stream->Write(request);
    for (const auto& [format, bytes] : files) {
      request.mutable_file()->set_name(format + ".csv");
      request.mutable_file()->set_format(format);
      stream->Write(request);
      request.set_chunk(bytes);
      stream->Write(request);
    }
    stream->WritesDone();
    v1::ImportResponse response;
    while (stream->Read(&response)) {
    }
    const absl::Status status = FromGrpcStatus(stream->Finish(), "services/registry");
    if (!status.ok()) return status;
    return response.report();
  }
  void ImportAll() {
    ASSERT_OK(Import({{"steelyard-sources", kSources},
                      {"steelyard-codes", kCodes},
                      {"steelyard-companies", kCompanies},
                      {"steelyard-names", kNames},
                      {"steelyard-identifiers", kIdentifiers}}));
  }

  testing::TempDir directory_;
  observe::Metrics metrics_;
  std::unique_ptr<App> app_;
  std::unique_ptr<rpc::Server> server_;
  std::unique_ptr<v1::RegistryService::Stub> stub_;
};

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
                " identifiers { scheme: 'lei' value: '1' } }"
                " companies { name: 'companies/b' display_name: 'B'"
                " identifiers { scheme: 'lei' value: '1' } }",
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

TEST_F(ServiceTest, AnIdentifierMayMoveWithinOneRequest) {
  ImportAll();
  ASSERT_OK(
      Upsert("companies { name: 'companies/deepl' display_name: 'DeepL' }"
             " companies { name: 'companies/other' display_name: 'Other'"
             " identifiers { scheme: 'domain' value: 'deepl.com' } }"));
  ASSERT_OK_AND_ASSIGN(const v1::LookupCompanyResponse response,
                       Lookup("scheme: 'domain' value: 'deepl.com'"));
  EXPECT_EQ(response.company().name(), "companies/other");
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
}  // namespace steelyard::registry
