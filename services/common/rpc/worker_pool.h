#pragma once

// The workers of one service and the queues before them. Calls are of few classes, so that those of
// one class cannot keep all workers from those of another. For the files of this directory;
// handlers name a class and nothing else.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "services/common/observe/metrics.h"

namespace steelyard::rpc {

// What a call costs, by its method. A method whose cost depends on the question has the class of
// the dearest one.
enum class CallClass {
  kCheap,  // reads a bounded amount, or only memory: a point read, a page, a list of codes
  kDear,   // may read all there is, or waits for calls that do
  kWrite,  // commits; writers take turns in the store, however many there are
};
inline constexpr int kCallClasses = 3;
// "cheap", "dear", "write": the label of metrics.
std::string_view NameOf(CallClass call_class);

// How many calls of a class may run and wait.
//
// Dear calls run on half of the workers at most, writes on one, and the two together leave one
// worker at least to cheap calls. A single worker is shared by all.
struct PoolLimits {
  int workers = 4;          // at least 1
  size_t queue = 256;       // cheap calls that wait
  size_t dear_queue = 128;  // dear calls that wait, and as many writes again
};

// Thread-safe. Work starts in the order in which it came, except that work whose class may not run
// now is passed by. Must outlive its work: the destructor finishes what was admitted.
class WorkerPool {
 public:
  // Names a piece of work; never given twice.
  using Ticket = uint64_t;

  // `service` labels the metrics.
  WorkerPool(std::string service, const PoolLimits& limits, observe::Metrics& metrics);
  ~WorkerPool();

  // Takes work for a worker that is free, or else into its class's queue; nullopt when that is
  // full, or the pool is being destroyed. Work must not throw.
  std::optional<Ticket> Submit(CallClass call_class, std::function<void()> work);
  // Takes work out of its queue, destroyed and never run; false when it has been given to a worker.
  bool Withdraw(Ticket ticket);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace steelyard::rpc
