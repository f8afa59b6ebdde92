#pragma once

// The best names of those that an index goes through.

#include <algorithm>
#include <cstddef>
#include <vector>

#include "services/registry/match/index.h"

namespace steelyard::registry::match {

// Whether a name comes before another one: the closer first, then by company, kind and text.
bool ComesFirst(const Found& a, const Found& b);

// The first `limit` names by ComesFirst of those that are offered.
class Best {
 public:
  explicit Best(size_t limit) : limit_(limit) { heap_.reserve(limit); }

  // No name that is less close than this will be taken.
  double least() const {
    return heap_.empty() || heap_.size() < limit_ ? 0 : heap_.front().closeness;
  }
  // False when every name of a later company that is no closer comes too late as well.
  bool Offer(const Found& found);
  // In order.
  std::vector<Found> Take();

 private:
  const size_t limit_;
  std::vector<Found> heap_;  // the last one in front
};

// Tells of a block's names that they come too late by those that did, without looking at their
// companies: rows are ordered by these.
class TooLate {
 public:
  bool operator()(double closeness, Block::Row row) const {
    return closeness <= closeness_ && row >= row_;
  }
  void Add(double closeness, Block::Row row) {
    row_ = closeness == closeness_ ? std::min(row_, row) : row;
    closeness_ = closeness;
  }

 private:
  double closeness_ = -1;
  Block::Row row_ = 0;
};

}  // namespace steelyard::registry::match
