#pragma once

// The client run as a whole, in front of a gateway whose answers the test decides.

#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "gateway/cli/command_line.h"
#include "google/protobuf/text_format.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "steelyard/gateway/v1/gateway.grpc.pb.h"
#include "tests/support/fake_backends.h"

namespace steelyard::cli {

// An answer from its text form.
template <typename Message>
auto Answers(const char* text) {
  return [text](const auto&, Message& reply) {
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &reply));
    return absl::OkStatus();
  };
}

// What one run of the client did.
struct Ran {
  int code = 0;
  std::string out;
  std::string err;
};

inline Ran RunClient(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "steelyard");
  std::vector<char*> argv;
  argv.reserve(arguments.size());
  for (std::string& argument : arguments) argv.push_back(argument.data());
  std::ostringstream out;
  std::ostringstream err;
  const int code = Main(static_cast<int>(argv.size()), argv.data(), out, err);
  return {.code = code, .out = out.str(), .err = err.str()};
}

class FakeGateway final : public gateway::v1::GatewayService::Service {
 public:
  testing::Answer<gateway::v1::CompareRequest, gateway::v1::CompareResponse> compare;
  testing::Answer<gateway::v1::GetCompanyProfileRequest, gateway::v1::GetCompanyProfileResponse>
      company;
  testing::Answer<gateway::v1::SearchRequest, gateway::v1::SearchResponse> search;
  testing::Answer<gateway::v1::GetStatusRequest, gateway::v1::GetStatusResponse> status;

  grpc::Status Compare(grpc::ServerContext*, const gateway::v1::CompareRequest* request,
                       gateway::v1::CompareResponse* reply) override {
    return compare(request, reply);
  }
  grpc::Status GetCompanyProfile(grpc::ServerContext*,
                                 const gateway::v1::GetCompanyProfileRequest* request,
                                 gateway::v1::GetCompanyProfileResponse* reply) override {
    return company(request, reply);
  }
  grpc::Status Search(grpc::ServerContext*, const gateway::v1::SearchRequest* request,
                      gateway::v1::SearchResponse* reply) override {
    return search(request, reply);
  }
  grpc::Status GetStatus(grpc::ServerContext*, const gateway::v1::GetStatusRequest* request,
                         gateway::v1::GetStatusResponse* reply) override {
    return status(request, reply);
  }
};

// A client in front of a gateway whose answers the test decides, on a real port.
class CommandLineTest : public ::testing::Test {
 protected:
  CommandLineTest() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&gateway_);
    builder.RegisterService(&registry_);
    builder.RegisterService(&funding_);
    builder.RegisterService(&statistics_);
    builder.RegisterService(&strategy_);
    server_ = builder.BuildAndStart();
    target_ = "127.0.0.1:" + std::to_string(port);
  }
  ~CommandLineTest() override { server_->Shutdown(); }

  Ran Ask(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--target", target_});
    return RunClient(std::move(arguments));
  }

  FakeGateway gateway_;
  testing::FakeRegistry registry_;
  testing::FakeFunding funding_;
  testing::FakeStatistics statistics_;
  testing::FakeStrategy strategy_;
  std::unique_ptr<grpc::Server> server_;
  std::string target_;
};

}  // namespace steelyard::cli
