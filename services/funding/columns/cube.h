#pragma once

// Sums of a copy's rounds by country, month, layer, sector, stage and kind, under one valuation.
// They answer what adds up; coarser sums are made of them when a question first needs them.

#include <cstdint>
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
#include "services/funding/columns/scan.h"
#include "services/funding/group_builder.h"

namespace steelyard::funding::columns {

// What decides a round's month and the worth of its amount.
struct Valuation {
  std::string currency;
  FxRule fx;
  std::optional<Deflator> deflator;
  std::shared_ptr<const RateTable> rates;  // the same table has the same rates
  common::v1::DateBasis date_basis = common::v1::DATE_BASIS_ANNOUNCED;

  bool operator==(const Valuation&) const = default;
};

Valuation ValuationOf(const Question& question);

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
  // Null when the copy has too many countries, layers, sectors or source lists for its keys.
  static absl::StatusOr<std::shared_ptr<const Cube>> Build(const Context& context, const Copy& copy,
                                                           Valuation valuation, size_t threads);
  // That of a later copy, where of `touched` companies any round counts otherwise. Null when the
  // later copy does not fit its keys.
  absl::StatusOr<std::shared_ptr<const Cube>> Follow(const Context& context, const Copy& before,
                                                     const Copy& after,
                                                     const std::vector<std::string>& touched,
                                                     size_t threads) const;

  // Whether a question is one of sums that adds up over these keys: nothing that needs single
  // amounts or companies, and every date of a month counts alike.
  static bool Fits(const Question& question);
  // What Scan gives of a question that fits, at the copy's revision. nullopt as there.
  std::optional<Answer> Aggregate(const Copy& copy, const Question& question) const;

  const Valuation& valuation() const { return valuation_; }
  int64_t bytes() const;

 private:
  explicit Cube(Valuation valuation) : valuation_(std::move(valuation)) {}
  // The sums over everything that `mask` leaves out of the keys; months become years without
  // `months`.
  std::shared_ptr<const CellTable<GroupCell>> Cells(uint64_t mask, bool months) const;
  std::shared_ptr<const CellTable<RoundCount>> Sources(uint64_t mask, bool months) const;

  const Valuation valuation_;
  CellTable<GroupCell> cells_;
  CellTable<RoundCount> sources_;
  mutable std::mutex mutex_;
  using Coarseness = std::pair<uint64_t, bool>;
  mutable std::map<Coarseness, std::shared_ptr<const CellTable<GroupCell>>> coarse_cells_;
  mutable std::map<Coarseness, std::shared_ptr<const CellTable<RoundCount>>> coarse_sources_;
};

}  // namespace steelyard::funding::columns
