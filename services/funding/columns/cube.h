#pragma once

// Sums of a copy's rounds by country, month, layer, sector, stage and kind, under one valuation.
// They answer what adds up; coarser sums are made of them when a question first needs them.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/funding/columns/block.h"
#include "services/funding/columns/prices.h"
#include "services/funding/columns/scan.h"
#include "services/funding/group_builder.h"

namespace steelyard::funding::columns {

Valuation ValuationOf(const Question& question);

// A copy with what its amounts are worth. What it refers to must outlive it.
struct PricedCopy {
  const Copy& copy;
  const Valuation& valuation;
  const Prices& prices;  // of the copy under the valuation
};

// Values that add up, by key.
template <typename Value>
struct CellTable {
  std::vector<uint64_t> keys;
  std::vector<Value> values;
  absl::flat_hash_map<uint64_t, uint32_t> places;

  Value& At(uint64_t key) {
    const auto [place, is_new] = places.try_emplace(key, static_cast<uint32_t>(keys.size()));
    if (is_new) {
      keys.push_back(key);
      values.emplace_back();
    }
    return values[place->second];
  }
  void Remove(uint64_t key) {
    const auto found = places.find(key);
    if (found == places.end()) return;
    const uint32_t place = found->second;
    places.erase(found);
    if (place + 1 < keys.size()) {
      keys[place] = keys.back();
      values[place] = values.back();
      places[keys[place]] = place;
    }
    keys.pop_back();
    values.pop_back();
  }
  int64_t bytes() const {
    return static_cast<int64_t>(keys.capacity() * sizeof(uint64_t) +
                                values.capacity() * sizeof(Value) +
                                places.capacity() * (sizeof(std::pair<uint64_t, uint32_t>) + 1));
  }
};

// Rounds that count, by source list.
struct RoundCount {
  int64_t rounds = 0;
  void Add(const RoundCount& other) { rounds += other.rounds; }
};

// Immutable but for the coarser sums that it remembers. Thread-safe.
class Cube {
 public:
  // Of the rounds that count at a revision up to the copy's. Null when the copy has too many
  // countries, layers, sectors or source lists for its keys. CANCELLED, DEADLINE_EXCEEDED.
  static absl::StatusOr<std::shared_ptr<const Cube>> Build(const Context& context,
                                                           const PricedCopy& priced,
                                                           int64_t revision, size_t threads);
  // This one is at the revision of `before`: that at the revision of a later copy, in which rounds
  // of the `touched` companies count otherwise. Null and errors as in Build.
  absl::StatusOr<std::shared_ptr<const Cube>> Follow(const Context& context,
                                                     const PricedCopy& before,
                                                     const PricedCopy& after,
                                                     const std::vector<std::string>& touched,
                                                     size_t threads) const;

  // Whether a question is one of sums that adds up over these keys: nothing that needs single
  // amounts or companies, and every date of a month counts alike.
  static bool Fits(const Question& question);
  // What Scan gives of a question that fits, at the cube's revision; `copy` is the one that it was
  // made of or a later one that followed it. nullopt as there.
  std::optional<Answer> Aggregate(const Copy& copy, const Question& question) const;

  // What it takes at the most: as much again for the coarser sums.
  int64_t bytes() const;

 private:
  // Which of a key is kept, and the dimensions in whose order the cells come.
  struct Coarseness {
    uint64_t mask = 0;
    bool months = false;  // else months become years
    std::vector<v1::Dimension> order;

    auto operator<=>(const Coarseness&) const = default;
  };
  template <typename Value>
  using Coarse = std::map<Coarseness, std::shared_ptr<const CellTable<Value>>>;

  Cube() = default;
  // The sums over everything that is left out of the keys. `sort`, which may be empty, brings a
  // table into its order.
  template <typename Value>
  std::shared_ptr<const CellTable<Value>> Coarsened(
      const CellTable<Value>& fine, Coarse<Value>& known, const Coarseness& coarseness,
      const std::function<void(CellTable<Value>&)>& sort) const;

  CellTable<GroupCell> cells_;
  CellTable<RoundCount> sources_;
  mutable std::mutex mutex_;
  // Coarser sums that questions needed; with mutex_, as what they take.
  mutable Coarse<GroupCell> coarse_cells_;
  mutable Coarse<RoundCount> coarse_sources_;
  mutable int64_t coarse_bytes_ = 0;
};

}  // namespace steelyard::funding::columns
