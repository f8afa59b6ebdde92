#pragma once

// The analytic copy: rounds as columns in memory beside the store, which answer most aggregates
// without a statement. It follows the store's commits; what it does not hold or know, the store
// answers.

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
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
#include "services/funding/columns/cube.h"
#include "services/funding/columns/scan.h"

namespace steelyard::funding::columns {

struct Settings {
  Room room;           // of the copy and the cubes together
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
  // yet or no room for one, or the question has another source policy, names of rounds, a trace, or
  // a filter of ids or investors. CANCELLED, DEADLINE_EXCEEDED.
  absl::StatusOr<std::optional<Answer>> Aggregate(const Context& context, const Question& question);

  // Makes the cube of a valuation at the copy's revision, if there is room for it.
  absl::Status Build(const Context& context, const Valuation& valuation);

  // The copy at hand; null before there is one.
  std::shared_ptr<const Copy> copy() const;
  // How many cubes there are.
  size_t cubes() const;

 private:
  // A cube with the revisions that it is right for, both included.
  struct HeldCube {
    std::shared_ptr<const Cube> cube;
    int64_t from = 0;
    int64_t to = 0;
  };
  // What is published at once.
  struct State {
    std::shared_ptr<const Copy> copy;  // null before the first
    std::vector<HeldCube> cubes;       // the one asked last comes first
  };

  void Run();
  // Sees to the cube of the default definition with the rates of now.
  absl::Status BuildDefault();
  void Pause(absl::Duration duration) const;
  // Waits for its turn among the updates, and runs unless `done` is true by then.
  absl::Status InTurn(const Context& context, const std::function<bool(const State&)>& done,
                      const std::function<absl::Status()>& update);
  absl::Status Update(const Context& context, int64_t revision);
  absl::StatusOr<Followed> Newer(const Context& context, const Copy* copy,
                                 const ledger::Revision& head);
  absl::StatusOr<std::optional<Answer>> Try(const Context& context, const Question& question);
  // The cubes of a later copy.
  absl::StatusOr<std::vector<HeldCube>> FollowCubes(const Context& context,
                                                    const Followed& followed);
  // The cube of the question's valuation that is right at its revision; null without one.
  std::shared_ptr<const Cube> Find(const Question& question);
  // Makes the cube of a valuation that is asked for again, unless somebody updates.
  void BuildIfWanted(const Context& context, const Question& question);
  // Drops what there is no room for, cubes asked long ago first.
  void Publish(State state);

  sql::Pool& pool_;
  const ledger::Ledger& ledger_;
  const ReferenceStore& reference_;
  observe::Metrics& metrics_;
  const Settings settings_;
  Context context_ = Context::Background();  // cancelled at the end

  mutable std::mutex mutex_;
  std::condition_variable updated_;
  bool updating_ = false;   // with mutex_, as what follows
  bool too_large_ = false;  // there is no room for a copy
  State state_;
  std::deque<Valuation> asked_once_;  // without a cube, the newest last
  std::thread thread_;                // last: it uses all of the above
};

}  // namespace steelyard::funding::columns
