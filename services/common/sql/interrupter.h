#pragma once

// Stops running statements whose context ended. Engines run a statement on the caller's thread and
// can only be interrupted from another one; this is that one.

#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

#include "absl/time/time.h"
#include "services/common/context/context.h"

namespace steelyard::sql {

// One thread that watches any number of statements. Thread-safe.
class Interrupter {
  struct Watched {
    absl::Time due;  // when to call stop next
    std::function<void()> stop;
  };

 public:
  Interrupter();
  // All guards must be gone.
  ~Interrupter();
  Interrupter(const Interrupter&) = delete;
  Interrupter& operator=(const Interrupter&) = delete;

  // A statement that may be stopped while this lives, and is not any more once it is destroyed.
  class Guard {
   public:
    Guard(Interrupter& interrupter, const Context& context, std::function<void()> stop);
    ~Guard();
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

   private:
    Interrupter& interrupter_;
    std::list<Watched>::iterator watched_;
    Context::Registration cancellation_;
  };

 private:
  void Run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<Watched> watched_;
  absl::Time wake_ = absl::InfiniteFuture();
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace steelyard::sql
