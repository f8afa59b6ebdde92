#include "services/common/rpc/client.h"

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "tests/services/common/rpc/rpc_fixture.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace steelyard::rpc {
namespace {

using ::steelyard::testing::HasReason;
using ::steelyard::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::SizeIs;

// GetRound of a stub by name, with storage for the reply.
class Rounds {
 public:
  explicit Rounds(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(v1::FundingService::NewStub(channel)) {}

  Start Get(const std::string& name) {
    auto call = std::make_shared<std::pair<v1::GetRoundRequest, v1::GetRoundResponse>>();
    call->first.set_name(name);
    return [this, call](grpc::ClientContext* context, std::function<void(grpc::Status)> done) {
      stub_->async()->GetRound(
          context, &call->first, &call->second,
          [call, done = std::move(done)](const grpc::Status& status) { done(status); });
    };
  }

 private:
  std::unique_ptr<v1::FundingService::Stub> stub_;
};

class ClientTest : public TransportTest {};
INSTANTIATE_TEST_SUITE_P(All, ClientTest,
                         ::testing::Values(Transport::kSocket, Transport::kInProcess),
                         NameOfTransport);

absl::Status NoSuchRound() {
  return MakeError(common::v1::ERROR_REASON_ROUND_NOT_FOUND, "no such round");
}

// Waits for its call's cancellation.
absl::Status WaitForCancel(const Call& call) {
  Event cancelled;
  const auto registration = call.context.OnCancel([&cancelled] { cancelled.Set(); });
  cancelled.Wait();
  return call.context.Check();
}

TEST_P(ClientTest, CallsOfAFanOutRunAtOnceAndKeepTheirOrder) {
  Event a;
  Event b;
  Host host;
  host.service.get = [&](const Call&, const auto& request, auto&) {
    // Each waits for the other.
    const bool first = request.name() == "a";
    (first ? a : b).Set();
    (first ? b : a).Wait();
    return first ? absl::OkStatus() : NoSuchRound();
  };
  Rounds rounds(ChannelTo(host));
  FanOut calls(TestCall());
  calls.Optional();
  EXPECT_EQ(calls.Add("services/funding", rounds.Get("a")), 0);
  EXPECT_EQ(calls.Add("services/funding", rounds.Get("b")), 1);
  EXPECT_THAT(calls.Wait(),
              ElementsAre(IsOk(), HasReason(common::v1::ERROR_REASON_ROUND_NOT_FOUND)));
  EXPECT_THAT(calls.Failure(), IsOk());
}

TEST_P(ClientTest, FailureOfARequiredCallCancelsTheOthers) {
  Event waiting;
  Host host;
  host.service.get = [&](const Call& call, const auto& request, auto&) {
    if (request.name() == "waits") {
      waiting.Set();
      return WaitForCancel(call);
    }
    waiting.Wait();
    return NoSuchRound();
  };
  Rounds rounds(ChannelTo(host));
  FanOut calls(TestCall());
  calls.Add("services/funding", rounds.Get("waits"));
  calls.Add("services/funding", rounds.Get("fails"));
  EXPECT_THAT(calls.Wait(), ElementsAre(HasReason(common::v1::ERROR_REASON_CANCELLED),
                                        HasReason(common::v1::ERROR_REASON_ROUND_NOT_FOUND)));
  EXPECT_THAT(calls.Failure(), HasReason(common::v1::ERROR_REASON_ROUND_NOT_FOUND));
  // What is added now is not even started.
  calls.Add("services/funding", rounds.Get("late"));
  EXPECT_THAT(calls.Wait().back(), HasReason(common::v1::ERROR_REASON_CANCELLED));
  EXPECT_THAT(host.service.calls.all(), SizeIs(2));
}

TEST_P(ClientTest, LeavingAFanOutCancelsAndWaits) {
  Event waiting;
  Host host;
  host.service.get = [&](const Call& call, const auto&, auto&) {
    waiting.Set();
    return WaitForCancel(call);
  };
  Rounds rounds(ChannelTo(host));
  FanOut calls(TestCall());
  calls.Add("services/funding", rounds.Get("a"));
  waiting.Wait();
}

TEST_P(ClientTest, CancelledCallerCancelsItsCalls) {
  Event waiting;
  Host host;
  host.service.get = [&](const Call& call, const auto&, auto&) {
    waiting.Set();
    return WaitForCancel(call);
  };
  Rounds rounds(ChannelTo(host));
  Call caller = TestCall();
  FanOut calls(caller);
  calls.Add("services/funding", rounds.Get("a"));
  waiting.Wait();
  caller.context.Cancel();
  EXPECT_THAT(calls.Wait(), ElementsAre(HasReason(common::v1::ERROR_REASON_CANCELLED)));
  EXPECT_THAT(Invoke(caller, "services/funding", rounds.Get("b")),
              HasReason(common::v1::ERROR_REASON_CANCELLED));
}

TEST_P(ClientTest, DeadlineThatPassesEndsACall) {
  Host host;
  host.service.get = [&](const Call& call, const auto&, auto&) { return WaitForCancel(call); };
  Rounds rounds(ChannelTo(host));
  Call caller = TestCall();
  caller.context = Context::WithDeadline(absl::Now() + absl::Milliseconds(50));
  EXPECT_THAT(Invoke(caller, "services/funding", rounds.Get("a")),
              HasReason(common::v1::ERROR_REASON_DEADLINE_EXCEEDED));
}

TEST(ChannelTest, BackendThatCannotBeReachedIsNamed) {
  const absl::Status status =
      CallGetRound(TestCall(), *MakeChannel("127.0.0.1:1", config::v1::Tls()), "services/registry");
  EXPECT_THAT(status, HasReason(common::v1::ERROR_REASON_BACKEND_UNAVAILABLE));
  EXPECT_EQ(MetadataOf(status, "service"), "services/registry");
}

TEST(ChannelTest, ReplyLargerThanARequestMayBeIsTaken) {
  Host host;
  host.service.get = [](const Call&, const auto&, auto& response) {
    response.mutable_round()->set_note(std::string(6 << 20, 'x'));
    return absl::OkStatus();
  };
  EXPECT_THAT(CallGetRound(TestCall(), host.Connect()), IsOk());
  EXPECT_THAT(CallGetRound(TestCall(), host.server->InProcessChannel()), IsOk());
}

TEST(ChannelTest, CertificatesThatCannotBeReadAreRefused) {
  const ::steelyard::testing::TempDir directory;
  const std::string junk = directory.Write("junk.pem", "not a certificate");
  config::v1::Tls missing;
  missing.set_client_ca_file(directory.File("absent.pem"));
  config::v1::Tls damaged;
  damaged.set_certificate_file(junk);
  damaged.set_private_key_file(junk);
  for (const auto& tls : {missing, damaged}) {
    EXPECT_THAT(MakeChannel("127.0.0.1:1", tls), HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  }
}

}  // namespace
}  // namespace steelyard::rpc
