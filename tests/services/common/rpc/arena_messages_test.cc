#include "services/common/rpc/arena_messages.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/services/common/rpc/rpc_fixture.h"

namespace steelyard::rpc {
namespace {

constexpr int kParticipations = 1000;
constexpr char kLong[] = "a name that no string keeps within itself";

class ArenaMessagesTest : public ::testing::TestWithParam<Transport> {
 protected:
  ArenaMessagesTest() : runtime_("funding", {}, metrics_, nullptr), service_(runtime_) {
    service_.SetMessageAllocatorFor_GetRound(&messages_);
    auto started = Server::Start(Loopback(), runtime_, {&service_});
    if (!started.ok()) ADD_FAILURE() << started.status();
    server_ = *std::move(started);
  }

  std::shared_ptr<grpc::Channel> Channel() const {
    return GetParam() == Transport::kInProcess ? server_->InProcessChannel()
                                               : *MakeChannel(server_->address(), {});
  }

  observe::Metrics metrics_;
  ArenaMessages<v1::GetRoundRequest, v1::GetRoundResponse> messages_;
  Runtime runtime_;
  Funding service_;
  std::unique_ptr<Server> server_;
};
INSTANTIATE_TEST_SUITE_P(All, ArenaMessagesTest,
                         ::testing::Values(Transport::kSocket, Transport::kInProcess),
                         NameOfTransport);

TEST_P(ArenaMessagesTest, AnswersAreMadeOnAnArenaAndArriveWhole) {
  service_.get = [](const Call&, const v1::GetRoundRequest& request,
                    v1::GetRoundResponse& response) {
    EXPECT_NE(request.GetArena(), nullptr);
    EXPECT_EQ(response.GetArena(), request.GetArena());
    for (int i = 0; i < kParticipations; ++i) {
      response.mutable_round()->add_participations()->set_investor(kLong);
    }
    response.mutable_round()->set_name(request.name());
    return absl::OkStatus();
  };
  const auto stub = v1::FundingService::NewStub(Channel());
  // One call's memory is not another's.
  for (const std::string name : {"rounds/first", "rounds/second"}) {
    grpc::ClientContext context;
    v1::GetRoundRequest request;
    request.set_name(name);
    v1::GetRoundResponse response;
    ASSERT_TRUE(stub->GetRound(&context, request, &response).ok());
    EXPECT_EQ(response.round().name(), name);
    ASSERT_EQ(response.round().participations_size(), kParticipations);
    EXPECT_EQ(response.round().participations(kParticipations - 1).investor(), kLong);
  }
}

TEST_P(ArenaMessagesTest, FailuresArriveAsTheyAre) {
  service_.get = [](const Call&, const v1::GetRoundRequest&, v1::GetRoundResponse& response) {
    response.mutable_round()->set_name(kLong);
    return MakeError(common::v1::ERROR_REASON_ROUND_NOT_FOUND, "no such round");
  };
  grpc::ClientContext context;
  v1::GetRoundResponse response;
  const grpc::Status status =
      v1::FundingService::NewStub(Channel())->GetRound(&context, {}, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_FALSE(response.has_round());
}

}  // namespace
}  // namespace steelyard::rpc
