#include "services/funding/columns/held.h"

#include <iterator>
#include <utility>

namespace steelyard::funding::columns {
namespace {

// So many valuations are followed from commit to commit, and so many cubes looked through.
constexpr size_t kMostPrices = 8;
constexpr size_t kMostCubes = 32;

// The first that `is_it` is true of, moved to the front; null without one.
template <typename Item, typename IsIt>
Item* ToFront(std::vector<Item>& items, IsIt is_it) {
  const auto found = std::find_if(items.begin(), items.end(), is_it);
  if (found == items.end()) return nullptr;
  std::rotate(items.begin(), found, std::next(found));
  return &items.front();
}

// Keeps as many as fit, the first ones; what they take is added to `bytes`.
template <typename Item, typename BytesOf>
void Keep(std::vector<Item>& items, size_t most, int64_t budget, int64_t& bytes, BytesOf bytes_of) {
  size_t kept = 0;
  while (kept < std::min(items.size(), most) && bytes + bytes_of(items[kept]) <= budget) {
    bytes += bytes_of(items[kept]);
    ++kept;
  }
  items.erase(items.begin() + static_cast<std::ptrdiff_t>(kept), items.end());
}

int64_t BytesOfPrices(const HeldPrices& held) { return held.prices->bytes(); }
int64_t BytesOfCube(const HeldCube& held) { return held.cube->bytes(); }

}  // namespace

std::shared_ptr<const Prices> Held::FindPrices(const Valuation& valuation) {
  const HeldPrices* const found =
      ToFront(prices, [&](const HeldPrices& held) { return held.valuation == valuation; });
  return found == nullptr ? nullptr : found->prices;
}

std::shared_ptr<const Cube> Held::FindCube(const Valuation& valuation, int64_t revision) {
  const HeldCube* const found = ToFront(cubes, [&](const HeldCube& held) {
    return held.from <= revision && revision <= held.to && held.valuation == valuation;
  });
  return found == nullptr ? nullptr : found->cube;
}

void Held::Add(const Valuation& valuation, std::shared_ptr<const Prices> made) {
  std::erase_if(prices, [&](const HeldPrices& held) {
    Valuation other = held.valuation;
    other.rates = valuation.rates;
    return other == valuation;
  });
  prices.insert(prices.begin(), {valuation, std::move(made)});
}

void Held::Trim(int64_t budget) {
  int64_t bytes = copy == nullptr ? 0 : copy->bytes;
  Keep(prices, kMostPrices, budget, bytes, BytesOfPrices);
  Keep(cubes, kMostCubes, budget, bytes, BytesOfCube);
}

int64_t Held::bytes() const {
  int64_t bytes = copy == nullptr ? 0 : copy->bytes;
  for (const HeldPrices& held : prices) bytes += BytesOfPrices(held);
  for (const HeldCube& held : cubes) bytes += BytesOfCube(held);
  return bytes;
}

}  // namespace steelyard::funding::columns
