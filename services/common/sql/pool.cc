#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include "services/common/context/wait.h"
#include "services/common/sql/driver.h"
#include "services/common/status/status.h"

namespace steelyard::sql {

struct Pool::State {
  Database& database;
  const int limit;
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::unique_ptr<Connection>> idle;
  int lent = 0;

  // Gives the session, or the right to open one, to whoever waits.
  void Return(std::unique_ptr<Connection> connection) {
    {
      const std::lock_guard<std::mutex> lock(mutex);
      --lent;
      if (connection != nullptr) idle.push_back(std::move(connection));
    }
    changed.notify_one();
  }
};

Pool::Pool(Database& database, int limit)
    : state_(new State{.database = database, .limit = limit < 1 ? 1 : limit}) {}

Pool::~Pool() = default;

absl::StatusOr<Pool::Lease> Pool::Borrow(const Context& context) {
  STEELYARD_RETURN_IF_ERROR(context.Check());
  {
    const CancelWake wake(context, state_->mutex, state_->changed);
    std::unique_lock<std::mutex> lock(state_->mutex);
    const bool free =
        WaitUntil(state_->changed, lock, context, [this] { return state_->lent < state_->limit; });
    if (!free) {
      // The notification that woke this caller may have been meant for another one.
      state_->changed.notify_one();
      return context.Check();
    }
    ++state_->lent;
    if (!state_->idle.empty()) {
      std::unique_ptr<Connection> connection = std::move(state_->idle.back());
      state_->idle.pop_back();
      return Lease(this, std::move(connection));
    }
  }
  auto connection = state_->database.Connect();
  if (!connection.ok()) {
    state_->Return(nullptr);
    return std::move(connection).status();
  }
  return Lease(this, *std::move(connection));
}

Pool::Lease::Lease(Pool* pool, std::unique_ptr<Connection> connection)
    : pool_(pool), connection_(std::move(connection)) {}

Pool::Lease::~Lease() {
  if (connection_ == nullptr) return;
  connection_->Rollback();
  pool_->state_->Return(std::move(connection_));
}

}  // namespace steelyard::sql
