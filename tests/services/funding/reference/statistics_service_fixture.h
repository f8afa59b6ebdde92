#pragma once

// The StatisticsService on a real server in the process, over a store with a few statistics.

#include <memory>
#include <string>

#include "google/protobuf/text_format.h"
#include "services/common/rpc/handler.h"
#include "services/funding/reference/statistics_service.h"
#include "tests/services/funding/reference/reference_fixture.h"

namespace steelyard::funding {

inline constexpr char kStatistics[] =
    "id,variable,region,period,value,unit,price_basis,qualifier,scope,source_id,note\n"
    "gdp-fr-2023,gdp,FR,2023,3000,USD,nominal,exact,wb,wb_gdp,\n"
    "gdp-fr-2024,gdp,FR,2024,3100,USD,nominal,exact,wb,wb_gdp,\n"
    "gdp-gb-2023,gdp,GB,2023,3300,USD,nominal,exact,wb,wb_gdp,\n"
    "gdp-us-2023,gdp,US,2023,27000,USD,nominal,exact,wb,wb_gdp,\n"
    "ai-eu,ai_investment,EUROPE_ATOMICO_41,2025,44,USD,nominal,greater_than,all,atomico,print\n"
    "ai-us,ai_investment,US,2025,218.5,USD,nominal,approx,all,oecd,\n"
    "ratio,ai_ratio,US,2025,11.5,ratio,,exact,,editorial,\n";
inline constexpr char kRegionSets[] =
    "set_id,version,country,valid_from,valid_to\n"
    "EUROPE_BROAD,1,FR,,\n"
    "EUROPE_BROAD,1,GB,,\n"
    "EU27,2020-02-01,FR,2020-02-01,\n"
    "EU27,2013-07-01,FR,2013-07-01,\n"
    "EU27,2013-07-01,GB,2013-07-01,2020-02-01\n";
inline constexpr char kRates[] =
    "Date,USD,GBP,\n"
    "2024-04-02,1.0749,0.85618,\n"
    "2024-03-28,1.0811,0.85510,\n";

class StatisticsServiceTest : public ReferenceFixture {
 protected:
  void SetUp() override {
    ReferenceFixture::SetUp();
    ASSERT_OK(Parse(kStatisticsFormat, kStatistics));
    ASSERT_OK(Parse(kRegionSetsFormat, kRegionSets));
    ASSERT_OK(Parse(kEcbRatesFormat, kRates));
    Commit();
    service_ = std::make_unique<StatisticsService>(runtime_, *ledger_, *store_);
    grpc::ServerBuilder builder;
    rpc::InstallEdge(builder);
    builder.RegisterService(service_.get());
    server_ = builder.BuildAndStart();
    stub_ = v1::StatisticsService::NewStub(server_->InProcessChannel({}));
  }
  void TearDown() override { server_->Shutdown(); }

  // Sends the request that the text holds.
  template <typename Request, typename Reply>
  absl::StatusOr<Reply> Ask(grpc::Status (v1::StatisticsService::Stub::*method)(
                                grpc::ClientContext*, const Request&, Reply*),
                            const std::string& text) {
    Request request;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &request)) << text;
    return Send(method, request);
  }
  template <typename Request, typename Reply>
  absl::StatusOr<Reply> Send(grpc::Status (v1::StatisticsService::Stub::*method)(
                                 grpc::ClientContext*, const Request&, Reply*),
                             const Request& request) {
    grpc::ClientContext context;
    Reply reply;
    const grpc::Status status = (stub_.get()->*method)(&context, request, &reply);
    if (!status.ok()) {
      return FromGrpcStatus(status, "services/funding");
    }
    return reply;
  }

  absl::StatusOr<v1::GetSeriesResponse> Series(const std::string& text) {
    return Ask(&v1::StatisticsService::Stub::GetSeries, text);
  }
  absl::StatusOr<v1::ListSeriesResponse> List(const std::string& text) {
    return Ask(&v1::StatisticsService::Stub::ListSeries, text);
  }
  absl::StatusOr<v1::UpsertObservationsResponse> Upsert(const std::string& text) {
    return Ask(&v1::StatisticsService::Stub::UpsertObservations, text);
  }
  absl::StatusOr<v1::RetractObservationsResponse> Retract(const std::string& text) {
    return Ask(&v1::StatisticsService::Stub::RetractObservations, text);
  }
  absl::StatusOr<v1::GetRegionResponse> Region(const std::string& text) {
    return Ask(&v1::StatisticsService::Stub::GetRegion, text);
  }
  absl::StatusOr<v1::ListRegionsResponse> Regions(const std::string& text) {
    return Ask(&v1::StatisticsService::Stub::ListRegions, text);
  }
  absl::StatusOr<v1::GetExchangeRateResponse> Rate(const std::string& text) {
    return Ask(&v1::StatisticsService::Stub::GetExchangeRate, text);
  }

  observe::Metrics metrics_;
  rpc::Runtime runtime_{"funding", {}, metrics_};
  std::unique_ptr<StatisticsService> service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::StatisticsService::Stub> stub_;
};

// A request that is refused, why, and the field that is named.
struct ErrorCase {
  std::string request;
  ErrorReason reason;
  std::string field;
};

}  // namespace steelyard::funding
