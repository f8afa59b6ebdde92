#pragma once

// Groups by key, while they grow.

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "services/funding/columns/key_layout.h"
#include "services/funding/group_builder.h"
#include "services/funding/imputation.h"

namespace steelyard::funding::columns {

// A group with its key.
struct Grown {
  uint64_t key = 0;
  GroupBuilder builder;
  // Rounds without a usable amount, for an estimate; null when there are none.
  std::unique_ptr<std::map<PeerKey, int64_t>> missing;
};

class GroupTable {
 public:
  static constexpr uint64_t kMostDense = uint64_t{1} << 18;

  // Keys up to `most_dense` have a place each, which costs four bytes a key at once; more are
  // hashed.
  explicit GroupTable(const KeyLayout& layout, uint64_t most_dense = kMostDense) {
    if (layout.size() <= most_dense) dense_.assign(layout.size(), -1);
  }
  // Valid until the next one is found.
  Grown& Find(uint64_t key) {
    if (key == last_key_) return groups_[last_];
    last_key_ = key;
    last_ = PlaceOf(key);
    return groups_[last_];
  }
  std::vector<Grown>& groups() { return groups_; }

 private:
  size_t PlaceOf(uint64_t key) {
    if (dense_.empty()) {
      const auto [place, is_new] = sparse_.try_emplace(key, groups_.size());
      if (is_new) groups_.emplace_back().key = key;
      return place->second;
    }
    int32_t& place = dense_[key];
    if (place < 0) {
      place = static_cast<int32_t>(groups_.size());
      groups_.emplace_back().key = key;
    }
    return static_cast<size_t>(place);
  }

  uint64_t last_key_ = UINT64_MAX;
  size_t last_ = 0;
  std::vector<int32_t> dense_;
  absl::flat_hash_map<uint64_t, size_t> sparse_;
  std::vector<Grown> groups_;
};

}  // namespace steelyard::funding::columns
