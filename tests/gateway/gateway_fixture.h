#pragma once

// A gateway over fake backends that agree on one snapshot.

#include <string>

#include "absl/time/clock.h"
#include "gateway/backends.h"
#include "gtest/gtest.h"
#include "services/common/rpc/handler.h"
#include "tests/support/fake_backends.h"

namespace steelyard::gateway {

inline constexpr char kToken[] = "sy1.pinned";

class GatewayTest : public ::testing::Test {
 protected:
  GatewayTest() {
    fakes.funding.ResolveSnapshotAnswer = [](const funding::v1::ResolveSnapshotRequest&,
                                             funding::v1::ResolveSnapshotResponse& reply) {
      reply.mutable_snapshot()->set_token(kToken);
      reply.mutable_snapshot()->set_funding_revision(7);
      return absl::OkStatus();
    };
  }

  Backends Connected() const { return Backends(fakes.channels()); }
  static rpc::Call Call() {
    return {.context = Context::WithDeadline(absl::Now() + absl::Seconds(30)),
            .method = "/test",
            .trace_id = std::string(32, '0'),
            .peer = "test"};
  }

  testing::FakeBackends fakes;
};

}  // namespace steelyard::gateway
