#include "services/common/rpc/server.h"

#include <pthread.h>

#include <atomic>
#include <csignal>
#include <optional>
#include <thread>

#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "tests/services/common/rpc/rpc_fixture.h"
#include "tests/support/status_matchers.h"

namespace steelyard::rpc {
namespace {

using ::grpc::health::v1::HealthCheckResponse;
using ::steelyard::testing::HasReason;
using ::steelyard::testing::IsOk;
using ::testing::HasSubstr;
using ::testing::StartsWith;

HealthCheckResponse::ServingStatus Health(const std::string& address, const std::string& service) {
  const auto stub = grpc::health::v1::Health::NewStub(*MakeChannel(address, config::v1::Tls()));
  grpc::ClientContext context;
  grpc::health::v1::HealthCheckRequest request;
  request.set_service(service);
  HealthCheckResponse response;
  const grpc::Status status = stub->Check(&context, request, &response);
  return status.ok() ? response.status() : HealthCheckResponse::UNKNOWN;
}

TEST(ServerTest, PortZeroGivesRealAddresses) {
  Host host;
  EXPECT_THAT(host.server->address(), StartsWith("127.0.0.1:"));
  EXPECT_THAT(host.server->admin_address(), StartsWith("127.0.0.1:"));
  EXPECT_NE(host.server->address(), host.server->admin_address());
  EXPECT_FALSE(absl::EndsWith(host.server->address(), ":0"));
  EXPECT_THAT(CallGetRound(TestCall(), host.Connect()), IsOk());
  EXPECT_THAT(CallGetRound(TestCall(), host.server->InProcessChannel()), IsOk());
}

TEST(ServerTest, LivenessFromTheStartReadinessWhenSaid) {
  Host host;
  const std::string& admin = host.server->admin_address();
  EXPECT_EQ(Health(admin, ""), HealthCheckResponse::SERVING);
  EXPECT_EQ(Health(admin, "readiness"), HealthCheckResponse::NOT_SERVING);
  host.server->SetReady(true);
  EXPECT_EQ(Health(admin, "readiness"), HealthCheckResponse::SERVING);
  EXPECT_EQ(Health(host.server->address(), "readiness"), HealthCheckResponse::SERVING);
  host.server->SetReady(false);
  EXPECT_EQ(Health(admin, "readiness"), HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(Health(admin, ""), HealthCheckResponse::SERVING);
}

TEST(ServerTest, AddressesThatCannotBeServedAreRefused) {
  Host taken;
  Funding service(taken.runtime);
  const struct {
    std::string listen;
    std::string admin;
    bool insecure;
    std::string_view message;
  } cases[] = {
      {taken.server->address(), "", false, "in use"},
      {"127.0.0.1:0", taken.server->address(), false, "admin_listen"},
      {"0.0.0.0:0", "", false, "loopback"},
      {"[::]:0", "", false, "loopback"},
      {"192.0.2.1:0", "", true, "not an address of this machine"},
      {"", "", false, "HOST:PORT"},
      {"127.0.0.1", "", false, "HOST:PORT"},
      {"127.0.0.1:65536", "", false, "HOST:PORT"},
      {"127.0.0.1:http", "", false, "HOST:PORT"},
      {"unix:/tmp/socket", "", false, "HOST:PORT"},
      {"::1:0", "", false, "HOST:PORT"},
  };
  for (const auto& test : cases) {
    config::v1::ServerConfig config;
    config.set_listen(test.listen);
    config.set_admin_listen(test.admin);
    config.set_insecure(test.insecure);
    const auto server = Server::Start(config, taken.runtime, {&service});
    EXPECT_THAT(server, HasReason(common::v1::ERROR_REASON_INVALID_FIELD)) << test.listen;
    EXPECT_THAT(std::string(server.status().message()), HasSubstr(std::string(test.message)));
  }
}

TEST(ServerTest, PlaintextElsewhereWhenTheConfigurationSaysSo) {
  config::v1::ServerConfig config;
  config.set_listen("0.0.0.0:0");
  config.set_insecure(true);
  Host host("funding", config);
  EXPECT_THAT(host.server->address(), StartsWith("0.0.0.0:"));
}

TEST(ServerTest, RequestThatIsTooLargeIsRefused) {
  config::v1::ServerConfig config = Loopback();
  config.mutable_limits()->set_max_message_mib(1);
  Host host("funding", config);
  const auto stub = v1::FundingService::NewStub(host.Connect());
  v1::GetRoundRequest request;
  request.set_name(std::string(1 << 20, 'x'));
  v1::GetRoundResponse response;
  const absl::Status status = Invoke(TestCall(), "services/funding", [&](auto* context, auto done) {
    stub->async()->GetRound(context, &request, &response, std::move(done));
  });
  EXPECT_THAT(status, HasReason(common::v1::ERROR_REASON_MESSAGE_TOO_LARGE));
  EXPECT_TRUE(host.service.calls.all().empty());
}

TEST(ServerTest, UnknownMethodIsUnimplemented) {
  Host host;
  const auto stub = v1::FundingService::NewStub(host.Connect());
  const v1::ListRoundsRequest request;
  v1::ListRoundsResponse response;
  EXPECT_THAT(Invoke(TestCall(), "services/funding",
                     [&](auto* context, auto done) {
                       stub->async()->ListRounds(context, &request, &response, std::move(done));
                     }),
              HasReason(common::v1::ERROR_REASON_METHOD_UNKNOWN));
}

TEST(DrainTest, CallsInFlightEndAndNewOnesAreRefused) {
  Event running;
  Event release;
  Host host;
  host.service.get = [&](const Call&, const auto&, auto&) {
    running.Set();
    release.Wait();
    return absl::OkStatus();
  };
  host.server->SetReady(true);
  const auto channel = host.Connect();
  absl::Status outcome;
  std::thread caller([&] { outcome = CallGetRound(TestCall(), channel); });
  running.Wait();
  std::thread drain([&] { host.server->Drain(); });
  // The admin port goes on and says that the server is not ready any more.
  while (Health(host.server->admin_address(), "readiness") == HealthCheckResponse::SERVING) {
    std::this_thread::yield();
  }
  release.Set();
  caller.join();
  drain.join();
  EXPECT_THAT(outcome, IsOk());
  EXPECT_THAT(CallGetRound(TestCall(), channel),
              HasReason(common::v1::ERROR_REASON_BACKEND_UNAVAILABLE));
}

TEST(DrainTest, CallsThatTakeTooLongAreCancelled) {
  Event running;
  std::atomic<bool> ended = false;
  config::v1::ServerConfig config = Loopback();
  config.mutable_drain()->mutable_deadline()->set_seconds(0);
  Host host("funding", config);
  host.service.get = [&](const Call& call, const auto&, auto&) {
    Event cancelled;
    const auto registration = call.context.OnCancel([&cancelled] { cancelled.Set(); });
    running.Set();
    cancelled.Wait();
    ended = true;
    return call.context.Check();
  };
  const auto channel = host.Connect();
  absl::Status outcome;
  std::thread caller([&] { outcome = CallGetRound(TestCall(), channel); });
  running.Wait();
  host.server->Drain();
  EXPECT_TRUE(ended);
  caller.join();
  EXPECT_FALSE(outcome.ok());
}

TEST(DrainTest, EndlessStreamsDoNotHoldItUp) {
  Event running;
  config::v1::ServerConfig config = Loopback();
  config.mutable_drain()->mutable_deadline()->set_seconds(3600);
  Host host("funding", config);
  host.service.watch = [&](const Call& call, const Send<v1::WatchRoundsResponse>&) {
    Event cancelled;
    const auto registration = call.context.OnCancel([&cancelled] { cancelled.Set(); });
    running.Set();
    cancelled.Wait();
    return call.context.Check();
  };
  const auto stub = v1::FundingService::NewStub(host.Connect());
  OutgoingContext context(TestCall());
  const auto reader = stub->WatchRounds(context.get(), {});
  running.Wait();
  host.server->Drain();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST(SignalTest, TerminationIsWaitedFor) {
  sigset_t before;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  BlockTerminationSignals();
  for (const int signal : {SIGTERM, SIGINT}) {
    pthread_kill(pthread_self(), signal);
    EXPECT_EQ(WaitForTermination(), signal);
  }
  EXPECT_EQ(WaitForTermination(absl::Milliseconds(1)), std::nullopt);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace
}  // namespace steelyard::rpc
