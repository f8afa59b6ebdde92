#include "services/common/ledger/holds.h"

#include <algorithm>

#include "services/common/context/wait.h"

namespace steelyard::ledger {

int64_t Holds::oldest() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return oldest_;
}

int64_t Holds::floor() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto first = held_.upper_bound(0);
  return first == held_.end() ? oldest_ : std::min(first->first, oldest_);
}

std::shared_ptr<const void> Holds::Take(int64_t revision) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (revision < oldest_ && revision != 0) return nullptr;
    ++held_[revision];
  }
  // Shared with this object's count, so that it lives until the last hold is gone.
  return {this, [self = shared_from_this(), revision](const void*) { self->Release(revision); }};
}

bool Holds::Raise(const Context& context, int64_t oldest) {
  const CancelWake wake(context, mutex_, released_);
  std::unique_lock<std::mutex> lock(mutex_);
  const int64_t before = oldest_;
  oldest_ = oldest;
  const auto free = [this] {
    const auto first = held_.upper_bound(0);
    return first == held_.end() || first->first >= oldest_;
  };
  if (WaitUntil(released_, lock, context, free)) return true;
  oldest_ = before;
  return false;
}

void Holds::Follow(int64_t oldest) {
  const std::lock_guard<std::mutex> lock(mutex_);
  oldest_ = std::max(oldest_, oldest);
}

void Holds::Restore(int64_t oldest) {
  const std::lock_guard<std::mutex> lock(mutex_);
  oldest_ = oldest;
}

void Holds::Release(int64_t revision) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = held_.find(revision);
  if (--found->second == 0) held_.erase(found);
  released_.notify_all();
}

}  // namespace steelyard::ledger
