#include "services/funding/app.h"

#include "gtest/gtest.h"
#include "services/common/config/config.h"
#include "services/common/rpc/server.h"
#include "steelyard/funding/v1/funding.grpc.pb.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/watched_registry.h"

namespace steelyard::funding {
namespace {

using ::steelyard::testing::HasReason;

class AppTest : public ::testing::Test {
 protected:
  void SetUp() override {
    config_.set_listen("127.0.0.1:0");
    config_.mutable_storage()->mutable_duckdb()->set_directory(directory_.File("data"));
    ASSERT_OK(config_file::ApplyDefaults("funding", config_));
  }
  absl::StatusOr<std::unique_ptr<App>> Create() {
    return App::Create(config_, metrics_, registry_.Channel());
  }

  testing::TempDir directory_;
  testing::WatchedRegistry registry_;
  observe::Metrics metrics_;
  config::v1::ServerConfig config_;
};

TEST_F(AppTest, ServesBothServicesAndKeepsItsDataOverARestart) {
  std::string token;
  for (const bool first : {true, false}) {
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<App> app, Create());
    EXPECT_EQ(app->services().size(), 2U);
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<rpc::Server> server,
                         rpc::Server::Start(config_, app->runtime(), app->services()));
    const auto stub = v1::FundingService::NewStub(server->InProcessChannel());
    if (first) {
      grpc::ClientContext context;
      v1::UpsertRoundsRequest request;
      v1::Round& round = *request.add_rounds();
      round.set_name("rounds/a");
      round.set_company("companies/acme");
      round.mutable_announced_on()->set_year(2024);
      round.set_stage(v1::STAGE_SEED);
      round.add_sources("sources/s");
      v1::UpsertRoundsResponse response;
      ASSERT_TRUE(stub->UpsertRounds(&context, request, &response).ok());
      token = response.snapshot().token();
    }
    grpc::ClientContext context;
    v1::GetRoundRequest request;
    request.set_name("rounds/a");
    request.mutable_read()->set_snapshot(token);
    v1::GetRoundResponse response;
    ASSERT_TRUE(stub->GetRound(&context, request, &response).ok());
    EXPECT_EQ(response.snapshot().token(), token);
    server->Drain();
  }
}

TEST_F(AppTest, OneProcessOwnsTheStore) {
  ASSERT_OK(Create());
  const std::string file = directory_.Write("file", "");
  config_.mutable_storage()->mutable_duckdb()->set_directory(file);
  EXPECT_THAT(Create(), HasReason(common::v1::ERROR_REASON_STORE_UNAVAILABLE));
}

}  // namespace
}  // namespace steelyard::funding
