#include "gateway/snapshot_pin.h"

#include <utility>

#include "services/common/rpc/client.h"
#include "services/common/status/status.h"

namespace steelyard::gateway {

absl::StatusOr<Pin> PinSnapshot(const rpc::Call& call, const Backends& backends,
                                const common::v1::ReadOptions& read) {
  funding::v1::ResolveSnapshotRequest request;
  *request.mutable_read() = read;
  funding::v1::ResolveSnapshotResponse response;
  STEELYARD_RETURN_IF_ERROR(
      rpc::Invoke(call, kFunding, [&](grpc::ClientContext* context, auto done) {
        backends.funding->async()->ResolveSnapshot(context, &request, &response, std::move(done));
      }));
  Pin pin;
  pin.read.set_snapshot(response.snapshot().token());
  pin.snapshot = std::move(*response.mutable_snapshot());
  return pin;
}

absl::StatusOr<Pin> PinSnapshotIfReachable(const rpc::Call& call, const Backends& backends,
                                           const common::v1::ReadOptions& read,
                                           Unreachable& unreachable) {
  absl::StatusOr<Pin> pin = PinSnapshot(call, backends, read);
  if (pin.ok()) return pin;
  STEELYARD_RETURN_IF_ERROR(unreachable.Note(kFunding, pin.status()));
  return Pin{.read = read, .snapshot = {}};
}

void Adopt(const common::v1::Snapshot& snapshot, Pin& pin) {
  if (!pin.snapshot.token().empty()) return;
  pin.snapshot = snapshot;
  pin.read.set_snapshot(snapshot.token());
}

}  // namespace steelyard::gateway
