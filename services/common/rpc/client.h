#pragma once

// The client's edge. A context for an outgoing call is made only here, so that the caller's
// deadline, cancellation and trace always go along.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "grpcpp/grpcpp.h"
#include "services/common/context/context.h"
#include "services/common/rpc/handler.h"
#include "steelyard/config/v1/config.pb.h"

namespace steelyard::rpc {

// A channel to a target with round_robin over its addresses and up to three attempts of calls that
// failed with UNAVAILABLE (service config; it holds no timeout, which 1.51 gets wrong). Each
// channel has connections of its own. Replies may have any size. Credentials from `tls`; plaintext
// when it is empty. INVALID_FIELD for unreadable certificates.
absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeChannel(const std::string& target,
                                                           const config::v1::Tls& tls);

// The context of one outgoing call or stream made within `call`: it has the deadline and the trace,
// and is cancelled with it for as long as this lives. Must live until the outgoing call has ended.
class OutgoingContext {
 public:
  explicit OutgoingContext(const Call& call);
  grpc::ClientContext* get() { return &context_; }

 private:
  grpc::ClientContext context_;
  Context::Registration registration_;
};

// Starts one call and gives its status to the callback: [&](auto* ctx, auto done) {
//   stub.async()->GetRound(ctx, &request, &reply, std::move(done)); }
using Start = std::function<void(grpc::ClientContext*, std::function<void(grpc::Status)>)>;

// Makes one unary call within the bounds of `call` and waits for it on this thread (a worker's,
// never gRPC's). Errors keep code, reason and details; `service` ("services/funding") names the
// callee.
absl::Status Invoke(const Call& call, std::string_view service, const Start& start);

// Several calls at once. Not thread-safe itself.
class FanOut {
 public:
  explicit FanOut(const Call& call);
  ~FanOut();  // cancels and waits for what still runs
  FanOut(const FanOut&) = delete;
  FanOut& operator=(const FanOut&) = delete;

  // Starts a call; what `start` captures must live until Wait has returned or this is destroyed.
  // Returns its index. Starts nothing when a required call has failed; the call is CANCELLED then.
  int Add(std::string_view service, const Start& start);
  // Waits for all; statuses in the order added. When a required one fails the others are cancelled.
  // More may be added and waited for afterwards.
  std::vector<absl::Status> Wait();
  // The next calls added are optional: their failure cancels nothing.
  void Optional();
  // After Wait: the error of the required call that failed first, which is why others may be
  // CANCELLED; OK when none did.
  absl::Status Failure() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace steelyard::rpc
