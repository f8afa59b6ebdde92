#include "services/common/rpc/proxy.h"

#include <atomic>
#include <mutex>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "grpcpp/generic/generic_stub.h"
#include "tests/services/common/rpc/rpc_fixture.h"
#include "tests/support/status_matchers.h"

namespace steelyard::rpc {
namespace {

using ::steelyard::testing::HasReason;
using ::testing::HasSubstr;

constexpr char kTrace[] = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr char kTraceparent[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

// A server that serves nothing itself and hands FundingService on.
class Gateway {
 public:
  explicit Gateway(const std::shared_ptr<grpc::Channel>& backend)
      : runtime_("gateway", config::v1::Limits(), metrics),
        proxy_(MakeProxy(
            {{v1::FundingService::service_full_name(), "services/funding", {backend, backend}}},
            runtime_)) {
    auto started = Server::Start(Loopback(), runtime_, {}, proxy_.get());
    if (!started.ok()) ADD_FAILURE() << started.status();
    server = *std::move(started);
  }

  observe::Metrics metrics;

 private:
  Runtime runtime_;
  std::unique_ptr<grpc::CallbackGenericService> proxy_;

 public:
  std::unique_ptr<Server> server;
};

// Both the way to the gateway and the way behind it.
class ProxyTest : public TransportTest {
 protected:
  static std::shared_ptr<grpc::Channel> ChannelTo(const Gateway& gateway) {
    return GetParam() == Transport::kSocket
               ? *MakeChannel(gateway.server->address(), config::v1::Tls())
               : gateway.server->InProcessChannel();
  }
  using TransportTest::ChannelTo;
};

INSTANTIATE_TEST_SUITE_P(All, ProxyTest,
                         ::testing::Values(Transport::kSocket, Transport::kInProcess),
                         NameOfTransport);

v1::ImportRequest Chunk(std::string bytes) {
  v1::ImportRequest request;
  request.set_chunk(std::move(bytes));
  return request;
}

TEST_P(ProxyTest, HandsUnaryCallsOnWithTheirDeadlineAndTrace) {
  Host backend;
  backend.service.get = [](const Call&, const auto& request, auto& response) {
    response.mutable_round()->set_name(request.name() + "/seen");
    return absl::OkStatus();
  };
  Gateway gateway(ChannelTo(backend));
  const auto stub = v1::FundingService::NewStub(ChannelTo(gateway));
  grpc::ClientContext context;
  const absl::Time deadline = absl::Now() + absl::Hours(1);
  context.set_deadline(absl::ToChronoTime(deadline));
  context.AddMetadata("traceparent", kTraceparent);
  v1::GetRoundRequest request;
  request.set_name("rounds/r1");
  v1::GetRoundResponse response;
  const grpc::Status status = stub->GetRound(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.round().name(), "rounds/r1/seen");
  const Call call = backend.service.calls.all().front();
  EXPECT_EQ(call.trace_id, kTrace);
  EXPECT_GT(call.context.deadline(), deadline - absl::Minutes(1));
  EXPECT_LT(call.context.deadline(), deadline + absl::Minutes(1));
  EXPECT_THAT(gateway.metrics.Render(),
              HasSubstr("steelyard_rpc_calls_total{code=\"OK\",method=\"/steelyard.funding.v1."
                        "FundingService/GetRound\",service=\"gateway\"} 1"));
}

TEST_P(ProxyTest, AuthorizationGoesAlongAndOtherMetadataDoesNot) {
  std::atomic<bool> authorised = false;
  std::atomic<bool> other = false;
  Host backend("funding", Loopback(),
               [&](const grpc::CallbackServerContext& server, std::string_view) {
                 const auto& metadata = server.client_metadata();
                 authorised = metadata.find("authorization") != metadata.end();
                 other = metadata.find("x-other") != metadata.end();
                 return absl::OkStatus();
               });
  Gateway gateway(ChannelTo(backend));
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer token");
  context.AddMetadata("x-other", "1");
  v1::GetRoundResponse response;
  const auto stub = v1::FundingService::NewStub(ChannelTo(gateway));
  ASSERT_TRUE(stub->GetRound(&context, {}, &response).ok());
  EXPECT_TRUE(authorised);
  EXPECT_FALSE(other);
}

TEST_P(ProxyTest, UnaryCallWithoutDeadlineGetsOne) {
  Host backend;
  Gateway gateway(ChannelTo(backend));
  grpc::ClientContext context;
  v1::GetRoundResponse response;
  const auto stub = v1::FundingService::NewStub(ChannelTo(gateway));
  ASSERT_TRUE(stub->GetRound(&context, {}, &response).ok());
  EXPECT_LT(backend.service.calls.all().front().context.deadline(),
            absl::Now() + absl::Seconds(31));
}

TEST_P(ProxyTest, StatusAndDetailsComeBackUnchanged) {
  Host backend;
  absl::Status error =
      MakeError(common::v1::ERROR_REASON_ROUND_NOT_FOUND, "no round \"r1\"", {{"round", "r1"}});
  backend.service.get = [&](const Call&, const auto&, auto&) { return error; };
  Gateway gateway(ChannelTo(backend));
  grpc::ClientContext context;
  v1::GetRoundResponse response;
  const auto stub = v1::FundingService::NewStub(ChannelTo(gateway));
  const grpc::Status status = stub->GetRound(&context, {}, &response);
  const grpc::Status expected = ToGrpcStatus(error);
  EXPECT_EQ(status.error_code(), expected.error_code());
  EXPECT_EQ(status.error_message(), expected.error_message());
  EXPECT_EQ(status.error_details(), expected.error_details());
}

TEST_P(ProxyTest, BothDirectionsOfAStreamFlow) {
  Host backend;
  backend.service.import = [](const Call& call, const Receive<v1::ImportRequest>& receive,
                              const Send<v1::ImportResponse>& send) {
    v1::ImportRequest request;
    while (receive(&request)) {
      v1::ImportResponse response;
      response.mutable_progress()->set_file(request.chunk() + "!");
      STEELYARD_RETURN_IF_ERROR(send(response));
    }
    return call.context.Check();
  };
  Gateway gateway(ChannelTo(backend));
  const auto stub = v1::FundingService::NewStub(ChannelTo(gateway));
  grpc::ClientContext context;
  const auto stream = stub->Import(&context);
  v1::ImportResponse response;
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(stream->Write(Chunk(std::to_string(i))));
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_EQ(response.progress().file(), std::to_string(i) + "!");
  }
  ASSERT_TRUE(stream->WritesDone());
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_P(ProxyTest, ALongUploadArrivesWholeAndInOrder) {
  std::mutex mutex;
  std::string arrived;
  Host backend;
  backend.service.import = [&](const Call& call, const Receive<v1::ImportRequest>& receive,
                               const Send<v1::ImportResponse>& send) {
    v1::ImportRequest request;
    const std::lock_guard lock(mutex);
    while (receive(&request)) arrived += request.chunk();
    STEELYARD_RETURN_IF_ERROR(call.context.Check());
    v1::ImportResponse response;
    response.mutable_report()->set_import_id("done");
    return send(response);
  };
  Gateway gateway(ChannelTo(backend));
  const auto stub = v1::FundingService::NewStub(ChannelTo(gateway));
  grpc::ClientContext context;
  const auto stream = stub->Import(&context);
  std::string sent;
  for (int i = 0; i < 20; ++i) {
    const std::string chunk(500'000, static_cast<char>('a' + i));
    sent += chunk;
    ASSERT_TRUE(stream->Write(Chunk(chunk)));
  }
  ASSERT_TRUE(stream->WritesDone());
  v1::ImportResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.report().import_id(), "done");
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
  const std::lock_guard lock(mutex);
  EXPECT_TRUE(arrived == sent);
}

TEST_P(ProxyTest, BackendThatEndsEarlyEndsTheCallWhileTheCallerStillSends) {
  Host backend;
  backend.service.import = [](const Call&, const Receive<v1::ImportRequest>& receive,
                              const Send<v1::ImportResponse>&) {
    v1::ImportRequest request;
    receive(&request);
    return MakeError(common::v1::ERROR_REASON_IMPORT_PROTOCOL, "no");
  };
  Gateway gateway(ChannelTo(backend));
  const auto stub = v1::FundingService::NewStub(ChannelTo(gateway));
  grpc::ClientContext context;
  const auto stream = stub->Import(&context);
  ASSERT_TRUE(stream->Write(Chunk("a")));
  // The caller says nothing more, and does not close its side either.
  EXPECT_THAT(FromGrpcStatus(stream->Finish(), "x"),
              HasReason(common::v1::ERROR_REASON_IMPORT_PROTOCOL));
}

TEST_P(ProxyTest, CancellationReachesTheBackend) {
  Event first;
  Event reached;
  std::atomic<bool> cancelled = false;
  Host backend;
  backend.service.import = [&](const Call& call, const Receive<v1::ImportRequest>& receive,
                               const Send<v1::ImportResponse>&) {
    v1::ImportRequest request;
    while (receive(&request)) first.Set();
    cancelled = call.context.cancelled();
    reached.Set();
    return call.context.Check();
  };
  Gateway gateway(ChannelTo(backend));
  const auto stub = v1::FundingService::NewStub(ChannelTo(gateway));
  grpc::ClientContext context;
  const auto stream = stub->Import(&context);
  ASSERT_TRUE(stream->Write(Chunk("a")));
  first.Wait();
  context.TryCancel();
  reached.Wait();
  EXPECT_TRUE(cancelled);
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_P(ProxyTest, MessageThatIsTooLargeIsNotHandedOnAsAnEnd) {
  Event reached;
  std::atomic<bool> cancelled = false;
  Host backend;
  backend.service.import = [&](const Call& call, const Receive<v1::ImportRequest>& receive,
                               const Send<v1::ImportResponse>&) {
    v1::ImportRequest request;
    while (receive(&request)) {
    }
    cancelled = call.context.cancelled();
    reached.Set();
    return call.context.Check();
  };
  Gateway gateway(ChannelTo(backend));
  const auto stub = v1::FundingService::NewStub(ChannelTo(gateway));
  grpc::ClientContext context;
  const auto stream = stub->Import(&context);
  ASSERT_TRUE(stream->Write(Chunk("a")));
  stream->Write(Chunk(std::string(5 << 20, 'x')));
  stream->WritesDone();
  EXPECT_THAT(FromGrpcStatus(stream->Finish(), "x"),
              HasReason(common::v1::ERROR_REASON_MESSAGE_TOO_LARGE));
  reached.Wait();
  EXPECT_TRUE(cancelled);
}

TEST_P(ProxyTest, ServerStreamsFlowAndEndWithADrain) {
  Event running;
  Host backend;
  backend.service.watch = [&](const Call& call, const Send<v1::WatchRoundsResponse>& send) {
    Event ended;
    const auto registration = call.context.OnCancel([&ended] { ended.Set(); });
    v1::WatchRoundsResponse response;
    response.set_revision(7);
    STEELYARD_RETURN_IF_ERROR(send(response));
    running.Set();
    ended.Wait();
    return call.context.Check();
  };
  Gateway gateway(ChannelTo(backend));
  const auto stub = v1::FundingService::NewStub(ChannelTo(gateway));
  grpc::ClientContext context;
  const auto reader = stub->WatchRounds(&context, {});
  v1::WatchRoundsResponse response;
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_EQ(response.revision(), 7);
  running.Wait();
  gateway.server->Drain();
  EXPECT_FALSE(reader->Read(&response));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_P(ProxyTest, BackendThatCannotBeReachedIsNamedAndTriedByTheGatewayAlone) {
  Gateway gateway(*MakeChannel("127.0.0.1:1", config::v1::Tls()));
  const absl::Status status = CallGetRound(TestCall(), ChannelTo(gateway), "services/gateway");
  EXPECT_THAT(status, HasReason(common::v1::ERROR_REASON_BACKEND_UNAVAILABLE));
  EXPECT_EQ(MetadataOf(status, "service"), "services/funding");
  EXPECT_THAT(gateway.metrics.Render(),
              HasSubstr("steelyard_rpc_calls_total{code=\"UNAVAILABLE\",method=\"/steelyard."
                        "funding.v1.FundingService/GetRound\",service=\"gateway\"} 1"));
}

// Calls a method by name, with an empty message.
absl::Status CallByName(const std::shared_ptr<grpc::Channel>& channel, const std::string& method) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  const grpc::ByteBuffer request(nullptr, 0);
  grpc::ByteBuffer response;
  Event done;
  grpc::Status status;
  stub.UnaryCall(&context, method, {}, &request, &response, [&](const grpc::Status& result) {
    status = result;
    done.Set();
  });
  done.Wait();
  return FromGrpcStatus(status, "services/gateway");
}

TEST_P(ProxyTest, UnknownServicesAndMethodsAreRefused) {
  Host backend;
  Gateway gateway(ChannelTo(backend));
  const absl::Status service = CallByName(ChannelTo(gateway), "/nobody.v1.NobodyService/Get");
  EXPECT_THAT(service, HasReason(common::v1::ERROR_REASON_METHOD_UNKNOWN));
  EXPECT_EQ(MetadataOf(service, "method"), "/nobody.v1.NobodyService/Get");
  EXPECT_EQ(MetadataOf(service, "services"), "steelyard.funding.v1.FundingService");

  const absl::Status method =
      CallByName(ChannelTo(gateway), "/steelyard.funding.v1.FundingService/Invented");
  EXPECT_THAT(method, HasReason(common::v1::ERROR_REASON_METHOD_UNKNOWN));
  const std::string metrics = gateway.metrics.Render();
  EXPECT_THAT(metrics, HasSubstr("method=\"unknown\""));
  EXPECT_THAT(metrics, HasSubstr("method=\"/steelyard.funding.v1.FundingService/*\""));
}

}  // namespace
}  // namespace steelyard::rpc
