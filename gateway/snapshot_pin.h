#pragma once

// One snapshot for all the calls of one answer.

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/backends.h"
#include "services/common/rpc/handler.h"
#include "steelyard/common/v1/snapshot.pb.h"

namespace steelyard::gateway {

// What the calls of one answer read.
struct Pin {
  common::v1::ReadOptions read;   // names a token whenever one is known
  common::v1::Snapshot snapshot;  // unset while none is known
};

// Asks funding what `read` stands for. Funding implies the registry revision it had applied, so its
// token holds for every service.
absl::StatusOr<Pin> PinSnapshot(const rpc::Call& call, const Backends& backends,
                                const common::v1::ReadOptions& read);

// Likewise for answers that can do without funding: when it is silent, that is noted and the pin
// keeps `read` as it was; the registry's first answer then has to pin the rest (see Adopt).
absl::StatusOr<Pin> PinSnapshotIfReachable(const rpc::Call& call, const Backends& backends,
                                           const common::v1::ReadOptions& read,
                                           Unreachable& unreachable);

// Makes the snapshot of a first answer the pin, unless there is one.
void Adopt(const common::v1::Snapshot& snapshot, Pin& pin);

}  // namespace steelyard::gateway
