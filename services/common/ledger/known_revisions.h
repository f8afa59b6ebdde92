#pragma once

// The newest revisions of a store, kept in memory: reads at the head, or at tokens given lately,
// need no statement.

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/common/context/context.h"
#include "services/common/ledger/ledger.h"
#include "services/common/sql/driver.h"

namespace steelyard::ledger {

// Thread-safe.
class KnownRevisions {
 public:
  // How many are kept.
  static constexpr size_t kMost = 1024;

  // `newest` are the last ones of a store, without gaps, the head last.
  explicit KnownRevisions(std::deque<Revision> newest) : known_(std::move(newest)) {}

  // Revision 0 of an empty store.
  Revision head() const;
  // Takes over those past the head; they follow on it without gaps. Wakes who waits.
  void Add(const std::deque<Revision>& newer);

  // nullopt when it is past the head, or older than what is kept. Revision 0 is always known.
  std::optional<Revision> Find(int64_t number) const;
  // The last one committed by then; nullopt when that is older than what is kept.
  std::optional<Revision> At(absl::Time time) const;
  // Waits until the head is past `after`, or `until`, or the context ended; the head.
  Revision WaitPast(const Context& context, int64_t after, absl::Time until) const;

 private:
  Revision Head() const { return known_.empty() ? Revision() : known_.back(); }

  mutable std::mutex mutex_;
  mutable std::condition_variable moved_;
  std::deque<Revision> known_;  // with mutex_
};

// Rows of the table revisions, in the order that `clauses` asks for.
absl::StatusOr<std::deque<Revision>> ReadRevisions(sql::Connection& connection,
                                                   const Context& context, std::string_view clauses,
                                                   int64_t parameter);

}  // namespace steelyard::ledger
