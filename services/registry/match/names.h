#pragma once

// The name index of a store, made from it and kept at its head.

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/ledger/ledger.h"
#include "services/registry/match/index.h"
#include "services/registry/store.h"

namespace steelyard::registry::match {

// Thread-safe. What it is made of must outlive it.
class Names {
 public:
  // `threads`: how many build the index at once.
  Names(const Store& store, const ledger::Ledger& ledger, size_t threads);
  // Waits until nothing runs in the background.
  ~Names();
  Names(const Names&) = delete;
  Names& operator=(const Names&) = delete;

  // Makes the index in the background, and keeps it at the head from then on. Once.
  void Start();

  // An index that has every state up to a revision, which must be readable, and perhaps later ones.
  // Brings it there when it lags. STORE_UNAVAILABLE while the first one is being made and that
  // takes more than a moment; the errors of the store.
  absl::StatusOr<std::shared_ptr<const Index>> At(const Context& context, int64_t revision);

 private:
  struct Held {
    std::shared_ptr<const Index> index;  // null before the first
    int64_t revision = 0;
  };

  void Run();
  absl::Status CatchUp(const Context& context, int64_t revision);
  absl::Status Update(const Context& context, int64_t revision);
  void Pause(absl::Duration duration) const;

  const Store& store_;
  const ledger::Ledger& ledger_;
  const size_t threads_;
  Context context_ = Context::Background();  // cancelled at the end

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool updating_ = false;  // with mutex_, as what follows
  Held held_;
  std::thread thread_;  // last: it uses all of the above
};

// Blocks with more states behind them, the last of which are united while they are small. States
// that ended by `oldest` are left out of those that are built anew.
Index::Blocks Append(Index::Blocks blocks, std::vector<std::shared_ptr<const Block>> more,
                     int64_t oldest);

}  // namespace steelyard::registry::match
