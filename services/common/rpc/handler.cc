#include "services/common/rpc/handler.h"

#include <atomic>
#include <optional>
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

  void Start(CallClass call_class) {
    absl::Status status = edge_.Authorize();
    if (status.ok()) {
      const auto ticket = edge_.runtime().pool().Submit(call_class, [this] { Run(); });
      if (ticket.has_value()) {
        ticket_ = *ticket;
        return;
      }
      status = edge_.Overloaded(NameOf(call_class));
    }
    Finish(edge_.End(std::move(status)));
  }

  // gRPC calls it at the deadline, too; never before Start has returned.
  void OnCancel() override {
    edge_.Cancel();
    if (edge_.runtime().pool().Withdraw(ticket_)) Finish(edge_.End(edge_.call().context.Check()));
  }
  void OnDone() override { delete this; }

 private:
  void Run() {
    absl::Status status = edge_.Run([this] { return handler_(edge_.call()); });
    Finish(edge_.End(std::move(status)));
  }

  Edge edge_;
  std::atomic<WorkerPool::Ticket> ticket_ = 0;  // 0: none
  const std::function<absl::Status(const Call&)> handler_;
};

}  // namespace

grpc::ServerUnaryReactor* RunHandler(Runtime& runtime, grpc::CallbackServerContext* server,
                                     CallClass call_class,
                                     std::function<absl::Status(const Call&)> handler) {
  auto* const call = new UnaryCall(runtime, server, std::move(handler));
  call->Start(call_class);
  return call;
}

}  // namespace steelyard::rpc
