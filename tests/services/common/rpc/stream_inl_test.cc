#include <atomic>
#include <stdexcept>
#include <vector>

#include "absl/strings/numbers.h"
#include "gmock/gmock.h"
#include "services/common/rpc/handler.h"
#include "tests/services/common/rpc/relay.h"
#include "tests/services/common/rpc/rpc_fixture.h"
#include "tests/support/status_matchers.h"

namespace steelyard::rpc {
namespace {

using ::steelyard::testing::HasReason;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

v1::WatchRoundsResponse Revision(int64_t revision) {
  v1::WatchRoundsResponse response;
  response.set_revision(revision);
  return response;
}

v1::ImportRequest Chunk(std::string bytes) {
  v1::ImportRequest request;
  request.set_chunk(std::move(bytes));
  return request;
}

class StreamTest : public TransportTest {
 protected:
  // What the handler saw at the end of a stream that it read to its end.
  struct End {
    Event reached;
    std::atomic<int> messages = 0;
    std::atomic<bool> cancelled = false;
  };
  static auto ReadAll(End& end, Event* first = nullptr) {
    return [&end, first](const Call& call, const Receive<v1::ImportRequest>& receive,
                         const Send<v1::ImportResponse>&) {
      v1::ImportRequest request;
      while (receive(&request)) {
        ++end.messages;
        if (first != nullptr) first->Set();
      }
      end.cancelled = call.context.cancelled();
      end.reached.Set();
      return call.context.Check();
    };
  }
};

INSTANTIATE_TEST_SUITE_P(All, StreamTest,
                         ::testing::Values(Transport::kSocket, Transport::kInProcess),
                         NameOfTransport);

TEST_P(StreamTest, ServerStreamSendsInOrderAndEndsWithItsStatus) {
  Host host;
  host.service.watch = [](const Call&, const Send<v1::WatchRoundsResponse>& send) {
    for (int i = 1; i <= 3; ++i) STEELYARD_RETURN_IF_ERROR(send(Revision(i)));
    return MakeError(common::v1::ERROR_REASON_SNAPSHOT_OUT_OF_RANGE, "no more");
  };
  const auto stub = v1::FundingService::NewStub(ChannelTo(host));
  OutgoingContext context(TestCall());
  const auto reader = stub->WatchRounds(context.get(), {});
  std::vector<int64_t> revisions;
  v1::WatchRoundsResponse response;
  while (reader->Read(&response)) revisions.push_back(response.revision());
  EXPECT_THAT(revisions, ElementsAre(1, 2, 3));
  EXPECT_THAT(FromGrpcStatus(reader->Finish(), "x"),
              HasReason(common::v1::ERROR_REASON_SNAPSHOT_OUT_OF_RANGE));
  const Call call = host.service.calls.all().front();
  EXPECT_EQ(call.context.deadline(), absl::InfiniteFuture());
  EXPECT_EQ(call.method, "/steelyard.funding.v1.FundingService/WatchRounds");
  EXPECT_THAT(host.metrics.Render(), HasSubstr("WatchRounds"));
}

TEST_P(StreamTest, ReaderThatGoesAwayStopsTheSender) {
  Event ended;
  Record<absl::Status> outcome;
  Host host;
  host.service.watch = [&](const Call&, const Send<v1::WatchRoundsResponse>& send) {
    absl::Status status;
    // Nobody reads: flow control fills up, and Send waits for the caller.
    for (int64_t i = 0; status.ok(); ++i) {
      v1::WatchRoundsResponse response = Revision(i);
      response.add_rounds()->set_note(std::string(10'000, 'x'));
      status = send(response);
    }
    outcome.Add(status);
    ended.Set();
    return status;
  };
  const auto stub = v1::FundingService::NewStub(ChannelTo(host));
  OutgoingContext context(TestCall());
  const auto reader = stub->WatchRounds(context.get(), {});
  v1::WatchRoundsResponse response;
  ASSERT_TRUE(reader->Read(&response));
  context.get()->TryCancel();
  ended.Wait();
  EXPECT_THAT(outcome.all().front(), HasReason(common::v1::ERROR_REASON_CANCELLED));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_P(StreamTest, BothSidesTalkInTurn) {
  Host host;
  host.service.import = [](const Call& call, const Receive<v1::ImportRequest>& receive,
                           const Send<v1::ImportResponse>& send) {
    v1::ImportRequest request;
    while (receive(&request)) {
      v1::ImportResponse response;
      response.mutable_progress()->set_file(request.chunk() + "!");
      STEELYARD_RETURN_IF_ERROR(send(response));
    }
    return call.context.Check();
  };
  const auto stub = v1::FundingService::NewStub(ChannelTo(host));
  OutgoingContext context(TestCall());
  const auto stream = stub->Import(context.get());
  v1::ImportResponse response;
  for (const char* word : {"one", "two", "three"}) {
    ASSERT_TRUE(stream->Write(Chunk(word)));
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_EQ(response.progress().file(), std::string(word) + "!");
  }
  ASSERT_TRUE(stream->WritesDone());
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_P(StreamTest, HalfCloseIsNotACancellation) {
  End end;
  Host host;
  host.service.import = ReadAll(end);
  const auto stub = v1::FundingService::NewStub(ChannelTo(host));
  OutgoingContext context(TestCall());
  const auto stream = stub->Import(context.get());
  ASSERT_TRUE(stream->Write(Chunk("a")));
  ASSERT_TRUE(stream->Write(Chunk("b")));
  ASSERT_TRUE(stream->WritesDone());
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(end.messages, 2);
  EXPECT_FALSE(end.cancelled);
}

TEST_P(StreamTest, CancellationIsNotAnEnd) {
  End end;
  Event first;
  Host host;
  host.service.import = ReadAll(end, &first);
  const auto stub = v1::FundingService::NewStub(ChannelTo(host));
  OutgoingContext context(TestCall());
  const auto stream = stub->Import(context.get());
  ASSERT_TRUE(stream->Write(Chunk("a")));
  first.Wait();
  context.get()->TryCancel();
  end.reached.Wait();
  EXPECT_TRUE(end.cancelled);
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_P(StreamTest, MessageThatIsTooLargeIsNotAnEnd) {
  End end;
  Host host;
  host.service.import = ReadAll(end);
  const auto stub = v1::FundingService::NewStub(ChannelTo(host));
  OutgoingContext context(TestCall());
  const auto stream = stub->Import(context.get());
  ASSERT_TRUE(stream->Write(Chunk("a")));
  stream->Write(Chunk(std::string(5 << 20, 'x')));
  stream->WritesDone();
  const absl::Status status = FromGrpcStatus(stream->Finish(), "services/funding");
  EXPECT_THAT(status, HasReason(common::v1::ERROR_REASON_MESSAGE_TOO_LARGE));
  end.reached.Wait();
  EXPECT_TRUE(end.cancelled);
}

TEST_P(StreamTest, ExceptionEndsTheStreamAsInternal) {
  Host host;
  host.service.watch = [](const Call&, const Send<v1::WatchRoundsResponse>&) -> absl::Status {
    throw std::runtime_error("boom");
  };
  const auto stub = v1::FundingService::NewStub(ChannelTo(host));
  OutgoingContext context(TestCall());
  const auto reader = stub->WatchRounds(context.get(), {});
  v1::WatchRoundsResponse response;
  EXPECT_FALSE(reader->Read(&response));
  EXPECT_THAT(FromGrpcStatus(reader->Finish(), "x"), HasReason(common::v1::ERROR_REASON_INTERNAL));
}

TEST_P(StreamTest, OneStreamTooManyIsRefused) {
  Event release;
  Host host;
  for (int i = 0; i < Runtime::kMaxStreams; ++i) {
    ASSERT_TRUE(host.runtime.StartStream(CallClass::kCheap, [&release] { release.Wait(); }));
  }
  const auto stub = v1::FundingService::NewStub(ChannelTo(host));
  OutgoingContext context(TestCall());
  const auto stream = stub->Import(context.get());
  EXPECT_THAT(FromGrpcStatus(stream->Finish(), "x"),
              HasReason(common::v1::ERROR_REASON_OVERLOADED));
  release.Set();
}

TEST_P(StreamTest, EndStreamsEndsServerStreamsAsUnavailable) {
  Event running;
  Host host;
  host.service.watch = [&](const Call& call, const Send<v1::WatchRoundsResponse>&) {
    Event ended;
    const auto registration = call.context.OnCancel([&ended] { ended.Set(); });
    running.Set();
    ended.Wait();
    return call.context.Check();
  };
  const auto stub = v1::FundingService::NewStub(ChannelTo(host));
  OutgoingContext context(TestCall());
  // Asked at once, so that the stream is known to run.
  const auto reader = stub->WatchRounds(context.get(), {});
  running.Wait();
  host.runtime.EndStreams();
  EXPECT_THAT(FromGrpcStatus(reader->Finish(), "x"),
              HasReason(common::v1::ERROR_REASON_STORE_UNAVAILABLE));
}

// A client that is killed closes its socket without a word of gRPC.
TEST(BrokenConnectionTest, BrokenConnectionIsNotAnEnd) {
  Event first;
  Event reached;
  std::atomic<bool> cancelled = false;
  Host host;
  host.service.import = [&](const Call& call, const Receive<v1::ImportRequest>& receive,
                            const Send<v1::ImportResponse>&) {
    v1::ImportRequest request;
    while (receive(&request)) first.Set();
    cancelled = call.context.cancelled();
    reached.Set();
    return call.context.Check();
  };
  const std::string& address = host.server->address();
  int port = 0;
  ASSERT_TRUE(absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port));
  Relay relay(port);
  // A channel that does not try again: the port may be another's by then.
  const auto stub = v1::FundingService::NewStub(
      grpc::CreateChannel(relay.address(), grpc::InsecureChannelCredentials()));
  OutgoingContext context(TestCall());
  const auto stream = stub->Import(context.get());
  ASSERT_TRUE(stream->Write(Chunk("a")));
  first.Wait();
  relay.Break();
  reached.Wait();
  EXPECT_TRUE(cancelled);
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace steelyard::rpc
