#pragma once

// The analytic copy: rounds as columns in memory beside the store, which answer most aggregates
// without a statement. It follows the store's commits; what it does not hold or know, the store
// answers.

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/ledger/ledger.h"
#include "services/common/observe/metrics.h"
#include "services/common/sql/driver.h"
#include "services/funding/columns/copy.h"
#include "services/funding/columns/held.h"
#include "services/funding/columns/scan.h"

namespace steelyard::funding::columns {

struct Settings {
  Room room;           // of the copy, prices and cubes together
  size_t threads = 1;  // that one question may use
};

// Thread-safe. What it is made of must outlive it.
class Columns {
 public:
  Columns(sql::Pool& pool, const ledger::Ledger& ledger, const ReferenceStore& reference,
          observe::Metrics& metrics, Settings settings);
  // Waits until nothing runs in the background.
  ~Columns();
  Columns(const Columns&) = delete;
  Columns& operator=(const Columns&) = delete;

  // Makes the copy and the cube of the default definition in the background, and keeps them at the
  // head from then on. Once.
  void Start();
  // Makes the copy, or brings it to the head, if that is not before `revision` and there is room.
  // STORE_UNAVAILABLE and the other errors of sql::Connection; then the copy is as it was.
  absl::Status CatchUp(const Context& context, int64_t revision);

  // The answer at a revision up to the head. nullopt when the store must give it: there is no copy
  // yet or no room for one, or the question has another source policy, names of rounds, a trace, a
  // filter of ids or investors, or another division of rounds. CANCELLED, DEADLINE_EXCEEDED.
  absl::StatusOr<std::optional<Answer>> Aggregate(const Context& context, const Question& question);

  // Makes the prices of a valuation, and with `with_cube` its cube at a revision, if there is a
  // copy of that revision and room for them. Whoever asks for what another one makes waits for it.
  absl::Status Make(const Context& context, const Valuation& valuation, int64_t revision,
                    bool with_cube);
  // Makes those of the default definition at the copy's revision, with the rates of then.
  absl::Status MakeDefault();

  // The copy at hand; null before there is one.
  std::shared_ptr<const Copy> copy() const;
  // How many cubes there are.
  size_t cubes() const;
  // What it holds takes, in bytes.
  int64_t bytes() const;

 private:
  // What is asked for, and is there or not.
  struct Wish {
    Valuation valuation;
    int64_t revision = 0;
    bool with_cube = false;

    bool operator==(const Wish&) const = default;
  };

  void Run();
  void Pause(absl::Duration duration) const;
  // Waits for its turn among the updates, and runs unless the copy is at the revision by then.
  absl::Status Update(const Context& context, int64_t revision);
  absl::StatusOr<Followed> Newer(const Context& context, const Copy* copy,
                                 const ledger::Revision& head);
  absl::StatusOr<std::optional<Answer>> Try(const Context& context, const Question& question);
  // The prices and cubes of a later copy, for those valuations that are followed.
  absl::Status FollowHeld(const Context& context, const Held& before, const Followed& followed,
                          Held& after) const;
  absl::Status MakeNow(const Context& context, const Wish& wish, const Held& held,
                       uint64_t lineage);
  // Whether a wish is fulfilled, with mutex_.
  bool IsThere(const Wish& wish);
  // Makes what is asked for again.
  void MakeIfWanted(const Context& context, const Wish& wish);
  Held Snapshot() const;
  // With mutex_: drops what there is no room for, and tells the metrics.
  void Settle();

  sql::Pool& pool_;
  const ledger::Ledger& ledger_;
  const ReferenceStore& reference_;
  observe::Metrics& metrics_;
  const Settings settings_;
  Context context_ = Context::Background();  // cancelled at the end

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool updating_ = false;   // with mutex_, as what follows
  bool too_large_ = false;  // there is no room for a copy
  Held held_;
  bool full_ = false;      // there was no room for what was made last: no more is made
  bool cubes_fit_ = true;  // the copy's countries, layers, sectors and source lists fit cubes' keys
  uint64_t lineage_ = 0;   // another one for each copy that followed none
  std::list<Wish> being_made_;
  std::list<Wish> asked_once_;  // the newest last
  std::thread thread_;          // last: it uses all of the above
};

}  // namespace steelyard::funding::columns
