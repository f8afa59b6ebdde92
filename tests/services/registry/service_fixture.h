#pragma once

// The registry over a real server and a real store, with a few companies to ask for.

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

namespace steelyard::registry::served {

inline constexpr char kSources[] =
    "id,publisher,title,url,published_on,kind\npress,Paper,News,,2025,article\n";
inline constexpr char kCodes[] =
    "codelist,position,code,label,label_fr,parent\n"
    "LAYER,1,CHIPS,Chips,Puces,INFRASTRUCTURE\n"
    "LAYER,2,CLOUD,Cloud,Cloud,INFRASTRUCTURE\n"
    "SECTOR,1,LANGUAGE,Language,Langue,\n";
inline constexpr char kCompanies[] =
    "id,name,hq_country,hq_city,founded_year,layers,sectors,status\n"
    "black-forest-labs,Black Forest Labs,DE,Freiburg,2024,,,private\n"
    "deepl,DeepL,DE,Cologne,2017,,LANGUAGE,private\n"
    "elevenlabs,ElevenLabs,GB,London,2022,,,private\n"
    "nebius,Nebius,NL,Amsterdam,,CLOUD,,public\n"
    "nvidia,NVIDIA,US,,1993,CHIPS;CLOUD,,public\n";
inline constexpr char kNames[] =
    "company_id,name,language,kind\n"
    "black-forest-labs,Laboratoires de la Forêt-Noire,fr,MACHINE_TRANSLATION\n"
    "deepl,Profond,fr,MACHINE_TRANSLATION\n"
    "elevenlabs,OnzeLabs,fr,MACHINE_TRANSLATION\n"
    "nebius,Nébius,fr,MACHINE_TRANSLATION\n";
inline constexpr char kIdentifiers[] =
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
    EXPECT_THAT(status, testing::IsOk());
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

}  // namespace steelyard::registry::served
