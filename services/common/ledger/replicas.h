#pragma once

// The processes that share a store: the table replicas. Each says now and then that it lives and
// which revisions it may still be reading, so that a compaction by one takes nothing from under a
// read of another.
//
// No clocks are compared: a replica counts its beats, and one whose count has stood still for a
// lease, by the clock of whoever watches, is taken for dead. A replica that cannot beat refuses to
// read after half a lease (SharedLedger::Resolve).

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/common/context/context.h"
#include "services/common/sql/driver.h"

namespace steelyard::ledger {

inline constexpr absl::Duration kReplicaLease = absl::Minutes(1);

struct Replica {
  std::string id;
  int64_t beat = 0;
  int64_t floor = 0;  // reads nothing older than this revision
};

// Counts a beat of a replica; lists it if it was not.
absl::Status Beat(sql::Connection& connection, const Context& context, const std::string& id,
                  int64_t floor);
// Takes a replica off the list.
absl::Status Leave(sql::Connection& connection, const Context& context, const std::string& id);
// All of them, by id.
absl::StatusOr<std::vector<Replica>> ReadReplicas(sql::Connection& connection,
                                                  const Context& context);
// Waits until no replica but `self` reads anything older than `revision`; takes the dead off the
// list. What ended the context when the readers take too long.
absl::Status AwaitReplicas(sql::Connection& connection, const Context& context,
                           const std::string& self, int64_t revision,
                           absl::Duration lease = kReplicaLease);

}  // namespace steelyard::ledger
