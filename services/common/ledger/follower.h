#pragma once

// Follows what other replicas do to a shared store, and tells them that this one lives.

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/common/context/context.h"
#include "services/common/ledger/holds.h"
#include "services/common/ledger/known_revisions.h"
#include "services/common/sql/driver.h"

namespace steelyard::ledger {

// Thread-safe. Looks several times a second, until it is destroyed.
class Follower {
 public:
  // Everything given must outlive the follower.
  Follower(sql::Pool& readers, KnownRevisions& known, Holds& holds);
  ~Follower();
  // Says that this replica lives, and begins to look. Once, before anything is read.
  absl::Status Start();
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

  // What this replica is called in the table replicas.
  const std::string& id() const { return id_; }
  // Takes over what others have committed by now, and how far they have compacted.
  absl::Status Look(const Context& context);
  // The same inside the caller's transaction, which called Lock and before that AwaitCommits.
  absl::Status LookInside(sql::Connection& connection, const Context& context);
  // Whether the database answered when it was last asked.
  bool answers() const { return answers_; }
  // STORE_UNAVAILABLE when the database has not answered for so long that others may take this
  // replica for dead.
  absl::Status Check() const;

 private:
  void Run();
  absl::Status Beat();
  absl::Status LookOutside(sql::Connection& connection, const Context& context);
  absl::StatusOr<std::deque<Revision>> ReadNewer(sql::Connection& connection,
                                                 const Context& context) const;
  absl::Status Take(sql::Connection& connection, const Context& context,
                    const std::deque<Revision>& newer);

  const std::string id_;
  sql::Pool& readers_;
  KnownRevisions& known_;
  Holds& holds_;
  mutable std::mutex mutex_;
  // When no other replica can have counted this one out; with mutex_.
  absl::Time beaten_ = absl::InfinitePast();
  int64_t announced_ = -1;  // the oldest revision to be read, as it was then; of Beat
  std::atomic<bool> answers_ = true;
  Context stop_ = Context::Background();
  std::thread thread_;
};

}  // namespace steelyard::ledger
