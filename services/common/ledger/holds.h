#pragma once

// Who reads which revision, so that a compaction neither takes a state from under a read nor lets a
// later one begin on it.

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include "services/common/context/context.h"

namespace steelyard::ledger {

// Thread-safe. Holds may outlive everything else.
class Holds : public std::enable_shared_from_this<Holds> {
 public:
  // `oldest` is the oldest revision that can be read.
  explicit Holds(int64_t oldest) : oldest_(oldest) {}

  int64_t oldest() const;
  // The oldest revision that is held or can be.
  int64_t floor() const;
  // Keeps the revision readable for as long as what is returned lives; null when it is older than
  // the oldest. Revision 0, which is empty, is always readable.
  std::shared_ptr<const void> Take(int64_t revision);
  // Makes `oldest` the oldest, then waits until nobody holds an older one. False, and everything as
  // it was, when the context ends first. One at a time.
  bool Raise(const Context& context, int64_t oldest);
  // Takes over how far another replica has compacted, or is about to.
  void Follow(int64_t oldest);
  // Sets the oldest after what Raise was for has failed.
  void Restore(int64_t oldest);

 private:
  void Release(int64_t revision);

  mutable std::mutex mutex_;
  std::condition_variable released_;
  int64_t oldest_;
  std::map<int64_t, int64_t> held_;  // revision -> how many hold it
};

}  // namespace steelyard::ledger
