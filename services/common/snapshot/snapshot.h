#pragma once

// Snapshot tokens: what a reader passes back to get the same answer again.
//
// Form: "sy1.<store>.f<funding>.r<registry>.m<method>.<check>", where <store> is the 8 hexadecimal
// digits that name the data set, numbers are decimal, and <check> is the first 8 hexadecimal digits
// of the SHA-256 of what stands before it. Clients treat it as opaque.

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "steelyard/common/v1/snapshot.pb.h"

namespace steelyard {

// Version of all formulas together. Grows when the same facts would give another figure.
inline constexpr std::string_view kMethodVersion = "1";

struct SnapshotId {
  std::string store;  // of the funding store, or of the registry when funding_revision is 0
  int64_t funding_revision = 0;  // 0: the token pins the registry alone
  int64_t registry_revision = 0;

  bool operator==(const SnapshotId&) const = default;
};

std::string EncodeToken(const SnapshotId& id);
// INVALID_SNAPSHOT for a damaged token; SNAPSHOT_OUT_OF_RANGE for a method version that this binary
// does not have.
absl::StatusOr<SnapshotId> DecodeToken(std::string_view token);
// The message that answers carry.
common::v1::Snapshot ToProto(const SnapshotId& id, absl::Time taken_at);

}  // namespace steelyard
