#pragma once

// The FundingService on a real server in the process, with a registry that the test plays.

#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/text_format.h"
#include "grpcpp/grpcpp.h"
#include "services/common/rpc/runtime.h"
#include "services/common/status/status.h"
#include "services/funding/service.h"
#include "tests/services/funding/funding_fixture.h"
#include "tests/support/watched_registry.h"

namespace steelyard::funding {
// A message from its text form.
template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

class ServiceFixture : public FundingFixture {
 protected:
  void SetUp() override {
    FundingFixture::SetUp();
    projection_ = std::make_unique<Projection>(*rounds_, *ledger_, registry_.Channel(), metrics_);
    runtime_ = std::make_unique<rpc::Runtime>("funding", config::v1::Limits(), metrics_);
    service_ = std::make_unique<Service>(ServiceParts{.runtime = *runtime_,
                                                      .ledger = *ledger_,
                                                      .rounds = *rounds_,
                                                      .reference = *reference_,
                                                      .projection = *projection_,
                                                      .engine = database_->Engine(),
                                                      .max_import_bytes = 1 << 20});
    grpc::ServerBuilder builder;
    builder.RegisterService(service_.get());
    server_ = builder.BuildAndStart();
    stub_ = v1::FundingService::NewStub(server_->InProcessChannel({}));
  }
  void TearDown() override {
    server_->Shutdown(std::chrono::system_clock::now());
    server_.reset();
    service_.reset();
    runtime_.reset();
    projection_.reset();
  }

  // Calls a method of the stub with a request in text form.
  template <typename Request, typename Reply>
  absl::StatusOr<Reply> Call(grpc::Status (v1::FundingService::Stub::*method)(grpc::ClientContext*,
                                                                              const Request&,
                                                                              Reply*),
                             const Request& request) {
    grpc::ClientContext context;
    Reply reply;
    const grpc::Status status = (stub_.get()->*method)(&context, request, &reply);
    if (!status.ok()) return FromGrpcStatus(status, "services/funding");
    return reply;
  }
  absl::StatusOr<v1::GetRoundResponse> GetRound(const std::string& name) {
    v1::GetRoundRequest request;
    request.set_name(name);
    return Call(&v1::FundingService::Stub::GetRound, request);
  }
  absl::StatusOr<v1::ListRoundsResponse> List(const v1::ListRoundsRequest& request) {
    return Call(&v1::FundingService::Stub::ListRounds, request);
  }
  absl::StatusOr<v1::ListRoundsResponse> List(const std::string& text) {
    return List(Parse<v1::ListRoundsRequest>(text));
  }
  absl::StatusOr<v1::AggregateRoundsResponse> Aggregate(const v1::AggregateRoundsRequest& request) {
    return Call(&v1::FundingService::Stub::AggregateRounds, request);
  }
  absl::StatusOr<v1::AggregateRoundsResponse> Aggregate(const std::string& text) {
    return Aggregate(Parse<v1::AggregateRoundsRequest>(text));
  }
  absl::StatusOr<v1::UpsertRoundsResponse> UpsertText(const std::string& text) {
    return Call(&v1::FundingService::Stub::UpsertRounds, Parse<v1::UpsertRoundsRequest>(text));
  }
  // Sends the messages of an import and returns its report.
  absl::StatusOr<common::v1::ImportReport> Send(const std::vector<v1::ImportRequest>& requests) {
    grpc::ClientContext context;
    const auto stream = stub_->Import(&context);
    for (const v1::ImportRequest& request : requests) stream->Write(request);
    stream->WritesDone();
    v1::ImportResponse response;
    common::v1::ImportReport report;
    while (stream->Read(&response)) {
      if (response.has_report()) report = response.report();
    }
    const grpc::Status status = stream->Finish();
    if (!status.ok()) return FromGrpcStatus(status, "services/funding");
    return report;
  }
  static std::vector<v1::ImportRequest> ImportOf(const std::string& format,
                                                 const std::string& bytes) {
    return {Parse<v1::ImportRequest>("begin { source: 'own' }"),
            Parse<v1::ImportRequest>("file { name: 'f.csv' format: '" + format + "' }"), [&] {
              v1::ImportRequest chunk;
              chunk.set_chunk(bytes);
              return chunk;
            }()};
  }
  void FollowRegistry(const std::vector<registry::v1::Company>& companies) {
    const int64_t revision = registry_.Commit(companies);
    while (ledger_->head().registry_revision < revision) {
      ASSERT_OK(ledger_->WaitPast(Context::Background(), head(), absl::Seconds(30)));
    }
  }
  // Four rounds of three companies in two countries, one of unknown country.
  void AddRounds() {
    Round undisclosed = SomeRound("d", "zeta", {2025, 0, 0});
    undisclosed.amount.reset();
    Round euros = SomeRound("c", "beta", {2024, 2, 0});
    euros.amount = Money{.minor_units = 100, .currency = "EUR"};
    Upsert({SomeRound("a", "acme", {2023, 1, 2}), SomeRound("b"), euros, undisclosed});
    FollowRegistry(
        {testing::MakeCompany("acme", "FR", "CHIPS"), testing::MakeCompany("beta", "US", "CLOUD")});
  }

  testing::WatchedRegistry registry_;
  observe::Metrics metrics_;
  std::unique_ptr<Projection> projection_;
  std::unique_ptr<rpc::Runtime> runtime_;
  std::unique_ptr<Service> service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::FundingService::Stub> stub_;
};

}  // namespace steelyard::funding
