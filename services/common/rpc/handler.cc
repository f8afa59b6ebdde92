#include "services/common/rpc/handler.h"

#include <utility>

#include "services/common/rpc/edge.h"

namespace steelyard::rpc {
namespace {

// gRPC deletes it by OnDone, which comes only after Finish; Finish comes only after the handler.
class UnaryCall final : public grpc::ServerUnaryReactor {
 public:
  UnaryCall(Runtime& runtime, grpc::CallbackServerContext* server,
            std::function<absl::Status(const Call&)> handler)
      : edge_(runtime, server, Edge::Deadline::kDefault), handler_(std::move(handler)) {}

  void Start() {
    absl::Status status = edge_.Authorize();
    if (status.ok()) {
      if (edge_.runtime().Submit([this] { Run(); })) return;
      status = edge_.Overloaded();
    }
    Finish(edge_.End(std::move(status)));
  }

  void OnCancel() override { edge_.Cancel(); }
  void OnDone() override { delete this; }

 private:
  void Run() {
    absl::Status status = edge_.Run([this] { return handler_(edge_.call()); });
    Finish(edge_.End(std::move(status)));
  }

  Edge edge_;
  const std::function<absl::Status(const Call&)> handler_;
};

}  // namespace

grpc::ServerUnaryReactor* RunHandler(Runtime& runtime, grpc::CallbackServerContext* server,
                                     std::function<absl::Status(const Call&)> handler) {
  auto* const call = new UnaryCall(runtime, server, std::move(handler));
  call->Start();
  return call;
}

}  // namespace steelyard::rpc
