#pragma once

// The bounds of one piece of work: until when it may run, and whether anybody still wants it. Made
// at the RPC edge, passed down to the SQL statement.

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace steelyard {

// A handle on shared state; copies share it. Thread-safe.
class Context {
 public:
  // Work without a deadline that nobody cancels: start-up, background followers, tests.
  static Context Background();
  // Work that must end by `deadline`.
  static Context WithDeadline(absl::Time deadline);

  absl::Time deadline() const;
  // Says that nobody waits any more, and calls what OnCancel registered, once. Idempotent.
  void Cancel();
  bool cancelled() const;
  // OK, CANCELLED (reason CANCELLED) or DEADLINE_EXCEEDED (reason DEADLINE_EXCEEDED).
  absl::Status Check() const;

  // Unregisters its callback when destroyed; after that the callback does not run and is not
  // running.
  class Registration {
   public:
    Registration() = default;
    explicit Registration(std::function<void()> unregister);
    Registration(Registration&&) noexcept;
    Registration& operator=(Registration&&) noexcept;
    ~Registration();

   private:
    std::function<void()> unregister_;
  };
  // Calls `callback` when Cancel is called (at once when it was). The callback must not block and
  // must not use this context. Deadlines do not trigger it: who blocks also waits no longer than
  // deadline().
  [[nodiscard]] Registration OnCancel(std::function<void()> callback) const;

 private:
  struct State;
  explicit Context(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace steelyard
