#include "services/common/rpc/handler.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/common/rpc/edge.h"
#include "tests/services/common/rpc/rpc_fixture.h"

namespace steelyard::rpc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kTrace[] = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr char kTraceparent[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

// A plain client, as any other program has it.
grpc::Status GetRound(const std::shared_ptr<grpc::Channel>& channel, grpc::ClientContext& context) {
  v1::GetRoundResponse response;
  return v1::FundingService::NewStub(channel)->GetRound(&context, {}, &response);
}

class HandlerTest : public TransportTest {};
INSTANTIATE_TEST_SUITE_P(All, HandlerTest,
                         ::testing::Values(Transport::kSocket, Transport::kInProcess),
                         NameOfTransport);

TEST_P(HandlerTest, DeadlineTraceAndMethodReachEveryHop) {
  Host inner;
  Host outer("strategy");
  outer.service.get = [&](const Call& call, const auto&, auto&) {
    return CallGetRound(call, ChannelTo(inner));
  };
  grpc::ClientContext context;
  const absl::Time deadline = absl::Now() + absl::Hours(1);
  context.set_deadline(absl::ToChronoTime(deadline));
  context.AddMetadata("traceparent", kTraceparent);
  context.AddMetadata("steelyard-method", "/forged");
  ASSERT_TRUE(GetRound(ChannelTo(outer), context).ok());

  for (const Host* host : {&outer, &inner}) {
    ASSERT_THAT(host->service.calls.all(), SizeIs(1));
    const Call call = host->service.calls.all().front();
    EXPECT_EQ(call.trace_id, kTrace);
    EXPECT_EQ(call.method, "/steelyard.funding.v1.FundingService/GetRound");
    EXPECT_GT(call.context.deadline(), deadline - absl::Minutes(1));
    EXPECT_LT(call.context.deadline(), deadline + absl::Minutes(1));
  }
}

TEST_P(HandlerTest, CallWithoutDeadlineGetsTheDefaultOneAndATrace) {
  config::v1::ServerConfig config = Loopback();
  config.mutable_limits()->mutable_default_deadline()->set_seconds(3600);
  Host host("funding", config);
  grpc::ClientContext context;
  context.AddMetadata("traceparent", "00-00000000000000000000000000000000-00f067aa0ba902b7-01");
  ASSERT_TRUE(GetRound(ChannelTo(host), context).ok());
  const Call call = host.service.calls.all().front();
  EXPECT_GT(call.context.deadline(), absl::Now() + absl::Minutes(30));
  EXPECT_LE(call.context.deadline(), absl::Now() + absl::Hours(1));
  EXPECT_THAT(call.trace_id, SizeIs(32));
  EXPECT_NE(call.trace_id, std::string(32, '0'));
}

TEST_P(HandlerTest, CancellationReachesTheInnermostHandler) {
  Event running;
  Event cancelled;
  Host inner;
  Host outer("strategy");
  inner.service.get = [&](const Call& call, const auto&, auto&) {
    const auto registration = call.context.OnCancel([&] { cancelled.Set(); });
    running.Set();
    cancelled.Wait();
    return call.context.Check();
  };
  outer.service.get = [&](const Call& call, const auto&, auto&) {
    return CallGetRound(call, ChannelTo(inner));
  };
  const auto stub = v1::FundingService::NewStub(ChannelTo(outer));
  grpc::ClientContext context;
  const v1::GetRoundRequest request;
  v1::GetRoundResponse response;
  Event done;
  grpc::Status status;
  stub->async()->GetRound(&context, &request, &response, [&](const grpc::Status& result) {
    status = result;
    done.Set();
  });
  running.Wait();
  context.TryCancel();
  done.Wait();
  cancelled.Wait();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::CANCELLED);
}

TEST_P(HandlerTest, RefusesAtOnceWhenTheQueueIsFull) {
  config::v1::ServerConfig config = Loopback();
  config.mutable_limits()->set_workers(1);
  config.mutable_limits()->set_queue(1);
  Event running;
  Event release;
  Host host("funding", config);
  ASSERT_TRUE(host.runtime.pool().Submit(CallClass::kCheap, [&] {
    running.Set();
    release.Wait();
  }));
  running.Wait();
  ASSERT_TRUE(host.runtime.pool().Submit(CallClass::kCheap, [] {}));

  grpc::ClientContext context;
  const grpc::Status status = GetRound(ChannelTo(host), context);
  release.Set();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(ReasonOf(FromGrpcStatus(status, "")), common::v1::ERROR_REASON_OVERLOADED);
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  bool retry_info = false;
  for (const auto& any : details.details()) retry_info |= any.Is<google::rpc::RetryInfo>();
  EXPECT_TRUE(retry_info);
  EXPECT_THAT(host.metrics.Render(),
              HasSubstr("steelyard_pool_refused_total{class=\"cheap\",service=\"funding\"} 1"));
}

// One worker, which is busy until it is told.
class BusyHost {
 public:
  BusyHost() {
    config_.mutable_limits()->set_workers(1);
    config_.mutable_limits()->set_queue(1);
    host_ = std::make_unique<Host>("funding", config_);
    EXPECT_TRUE(host_->runtime.pool().Submit(CallClass::kCheap, [this] { release.Wait(); }));
  }
  ~BusyHost() { release.Set(); }
  Host& operator*() { return *host_; }

  Event release;

 private:
  config::v1::ServerConfig config_ = Loopback();
  std::unique_ptr<Host> host_;
};

TEST_P(HandlerTest, CancelledCallLeavesTheQueueAtOnceAndNeverRuns) {
  BusyHost host;
  const auto stub = v1::FundingService::NewStub(ChannelTo(*host));
  grpc::ClientContext context;
  const v1::GetRoundRequest request;
  v1::GetRoundResponse response;
  Event done;
  grpc::Status status;
  stub->async()->GetRound(&context, &request, &response, [&](const grpc::Status& result) {
    status = result;
    done.Set();
  });
  // Its place in the queue is the only one.
  while ((*host).metrics.Render().find(
             "steelyard_pool_queue_length{class=\"cheap\",service=\"funding\"} 1") ==
         std::string::npos) {
    std::this_thread::yield();
  }
  context.TryCancel();
  done.Wait();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::CANCELLED);
  while ((*host).metrics.Render().find("steelyard_rpc_calls_total{code=\"CANCELLED\"") ==
         std::string::npos) {
    std::this_thread::yield();
  }
  const std::string metrics = (*host).metrics.Render();
  for (const char* line : {"steelyard_pool_queue_length{class=\"cheap\",service=\"funding\"} 0",
                           "steelyard_pool_dropped_total{class=\"cheap\",service=\"funding\"} 1"}) {
    EXPECT_THAT(metrics, HasSubstr(line));
  }
  EXPECT_TRUE((*host).runtime.pool().Submit(CallClass::kCheap, [] {}));
  EXPECT_THAT((*host).service.calls.all(), SizeIs(0));
}

TEST_P(HandlerTest, ExpiredCallLeavesTheQueueWhileTheWorkerIsBusy) {
  BusyHost host;
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Milliseconds(1)));
  EXPECT_EQ(GetRound(ChannelTo(*host), context).error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  // Nothing of it is left: the one place in the queue is free again.
  while (!(*host).runtime.pool().Submit(CallClass::kCheap, [] {})) std::this_thread::yield();
  EXPECT_THAT((*host).service.calls.all(), SizeIs(0));
}

TEST_P(HandlerTest, ExceptionBecomesInternalWithTheTraceIdAndStaysInTheLog) {
  Host host;
  host.service.get = [](const Call&, const auto&, auto&) -> absl::Status {
    throw std::runtime_error("secret of the driver");
  };
  ::testing::internal::CaptureStderr();
  grpc::ClientContext context;
  context.AddMetadata("traceparent", kTraceparent);
  const grpc::Status status = GetRound(ChannelTo(host), context);
  const std::string log = ::testing::internal::GetCapturedStderr();

  EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_THAT(status.error_message() + status.error_details(), Not(HasSubstr("secret")));
  const absl::Status received = FromGrpcStatus(status, "");
  EXPECT_EQ(ReasonOf(received), common::v1::ERROR_REASON_INTERNAL);
  EXPECT_EQ(MetadataOf(received, "trace_id"), kTrace);
  EXPECT_THAT(log, HasSubstr("secret of the driver"));
  EXPECT_THAT(log, HasSubstr(kTrace));
}

TEST_P(HandlerTest, WhatIsNotAnExceptionOfTheLibraryIsCaughtToo) {
  Host host;
  host.service.get = [](const Call&, const auto&, auto&) -> absl::Status { throw 7; };
  ::testing::internal::CaptureStderr();
  grpc::ClientContext context;
  EXPECT_EQ(GetRound(ChannelTo(host), context).error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("\"severity\":\"error\""));
}

TEST_P(HandlerTest, DetailsSurviveTwoHops) {
  Host inner;
  Host outer("strategy");
  inner.service.get = [](const Call&, const auto&, auto&) {
    return MakeError(common::v1::ERROR_REASON_ROUND_NOT_FOUND, "no round \"r1\"",
                     {{"round", "r1"}});
  };
  outer.service.get = [&](const Call& call, const auto&, auto&) {
    return CallGetRound(call, ChannelTo(inner));
  };
  grpc::ClientContext context;
  const grpc::Status status = GetRound(ChannelTo(outer), context);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(status.error_message(), "no round \"r1\"");
  const absl::Status received = FromGrpcStatus(status, "services/strategy");
  EXPECT_EQ(ReasonOf(received), common::v1::ERROR_REASON_ROUND_NOT_FOUND);
  EXPECT_EQ(MetadataOf(received, "round"), "r1");
  EXPECT_EQ(MetadataOf(received, "service"), "services/funding");
}

TEST_P(HandlerTest, CallersThatAreNotAuthorisedDoNotReachTheHandler) {
  Host host("funding", Loopback(), [](const grpc::CallbackServerContext&, std::string_view method) {
    return MakeError(common::v1::ERROR_REASON_PERMISSION_DENIED, "not for you",
                     {{"method", std::string(method)}});
  });
  grpc::ClientContext context;
  const grpc::Status status = GetRound(ChannelTo(host), context);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(MetadataOf(FromGrpcStatus(status, ""), "method"),
            "/steelyard.funding.v1.FundingService/GetRound");
  EXPECT_TRUE(host.service.calls.all().empty());
}

TEST_P(HandlerTest, CountsCallsByMethodAndCode) {
  Host host;
  host.service.get = [](const Call&, const auto&, auto&) {
    return MakeError(common::v1::ERROR_REASON_ROUND_NOT_FOUND, "no such round");
  };
  grpc::ClientContext context;
  EXPECT_FALSE(GetRound(ChannelTo(host), context).ok());
  const std::string metrics = host.metrics.Render();
  EXPECT_THAT(metrics, HasSubstr("steelyard_rpc_calls_total{code=\"NOT_FOUND\",method=\"/steelyard."
                                 "funding.v1.FundingService/GetRound\",service=\"funding\"} 1"));
  EXPECT_THAT(metrics, HasSubstr("steelyard_rpc_in_flight{service=\"funding\"} 0"));
}

// Only the hop next to a failure tries again.
TEST(RetryTest, OnlyTheHopNextToTheFailureRetries) {
  Host inner;
  Host outer("strategy");
  inner.service.get = [](const Call&, const auto&, auto&) {
    return MakeError(common::v1::ERROR_REASON_STORE_UNAVAILABLE, "the disk is gone");
  };
  const auto to_inner = inner.Connect();
  outer.service.get = [&](const Call& call, const auto&, auto&) {
    return CallGetRound(call, to_inner);
  };
  const absl::Status status = CallGetRound(TestCall(), outer.Connect(), "services/strategy");
  EXPECT_EQ(ReasonOf(status), common::v1::ERROR_REASON_STORE_UNAVAILABLE);
  EXPECT_THAT(outer.service.calls.all(), SizeIs(1));
  EXPECT_THAT(inner.service.calls.all(), SizeIs(3));
}

TEST(TraceTest, ReadsTraceparent) {
  const struct {
    std::string_view header;
    bool valid;
  } cases[] = {
      {kTraceparent, true},
      {"01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-later", true},
      {"", false},
      {"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7", false},
      {"00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", false},
      {"00-00000000000000000000000000000000-00f067aa0ba902b7-01", false},
      {"00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", false},
      {"ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", false},
      {"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more", false},
      {"00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01", false},
      {"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01more", false},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(TraceIdOf(test.header).has_value(), test.valid) << test.header;
  }
  EXPECT_EQ(TraceIdOf(MakeTraceparent(kTrace)), kTrace);
  EXPECT_NE(DrawTraceId(), DrawTraceId());
}

}  // namespace
}  // namespace steelyard::rpc
