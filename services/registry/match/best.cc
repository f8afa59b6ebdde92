#include "services/registry/match/best.h"

namespace steelyard::registry::match {

bool ComesFirst(const Found& a, const Found& b) {
  if (a.closeness != b.closeness) return a.closeness > b.closeness;
  if (const int order = a.company().compare(b.company()); order != 0) return order < 0;
  if (a.block->KindAt(a.row) != b.block->KindAt(b.row)) {
    return a.block->KindAt(a.row) < b.block->KindAt(b.row);
  }
  return a.block->TextAt(a.row) < b.block->TextAt(b.row);
}

bool Best::Offer(const Found& found) {
  if (limit_ == 0) return false;
  if (heap_.size() == limit_) {
    if (!ComesFirst(found, heap_.front())) return found.company() == heap_.front().company();
    std::pop_heap(heap_.begin(), heap_.end(), ComesFirst);
    heap_.pop_back();
  }
  heap_.push_back(found);
  std::push_heap(heap_.begin(), heap_.end(), ComesFirst);
  return true;
}

std::vector<Found> Best::Take() {
  std::sort_heap(heap_.begin(), heap_.end(), ComesFirst);
  return std::move(heap_);
}

}  // namespace steelyard::registry::match
