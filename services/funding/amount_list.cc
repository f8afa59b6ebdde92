#include "services/funding/amount_list.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <iterator>

#include "services/common/money/money.h"

namespace steelyard::funding {
namespace {

// Small groups stay small; large ones get chunks that an allocator takes from memory it has.
constexpr size_t kSmallestChunk = 16;
constexpr size_t kLargestChunk = 8192;

// From here on it pays to count amounts by class first: 3 to 4 nanoseconds an amount instead of 9.
constexpr size_t kManyAmounts = 1000;
// Sign, exponent and a bit of the fraction of a double: a class is half a power of two wide, and
// the counts of all classes fit a processor's nearest cache.
constexpr int kClassBits = 13;

// The class of an amount; a larger amount has the same or a later one.
uint16_t ClassOf(int64_t amount) {
  const auto bits = std::bit_cast<uint64_t>(static_cast<double>(amount));
  const uint64_t top = bits >> (64 - kClassBits);
  constexpr uint64_t kSign = uint64_t{1} << (kClassBits - 1);
  constexpr uint64_t kAll = 2 * kSign - 1;
  return static_cast<uint16_t>((top & kSign) != 0 ? ~top & kAll : top | kSign);
}

// Of amounts in any order, those of rank `rank` and of the one before it, from 0; the latter only
// where `rank` is above 0.
struct Middle {
  int64_t below = 0;
  int64_t at = 0;
};
Middle Select(std::vector<int64_t>& amounts, size_t rank) {
  const auto at = amounts.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(amounts.begin(), at, amounts.end());
  return {.below = rank == 0 ? 0 : *std::max_element(amounts.begin(), at), .at = *at};
}

}  // namespace

void AmountList::Grow() {
  const size_t last = chunks_.empty() ? 0 : chunks_.back().size();
  std::vector<int64_t>& chunk =
      chunks_.emplace_back(std::clamp(2 * last, kSmallestChunk, kLargestChunk));
  next_ = chunk.data();
  end_ = next_ + chunk.size();
}

void AmountList::Close() {
  if (!chunks_.empty()) chunks_.back().resize(chunks_.back().size() - (end_ - next_));
  next_ = nullptr;
  end_ = nullptr;
}

void AmountList::Append(AmountList& more) {
  Close();
  more.Close();
  chunks_.insert(chunks_.end(), std::make_move_iterator(more.chunks_.begin()),
                 std::make_move_iterator(more.chunks_.end()));
  more.chunks_.clear();
}

int64_t AmountList::Median() {
  Close();
  size_t size = 0;
  for (const std::vector<int64_t>& chunk : chunks_) size += chunk.size();
  size_t rank = size / 2;
  std::vector<int64_t> nearby = Nearby(size, rank);
  const Middle middle = Select(nearby, rank);
  if (size % 2 == 1) return middle.at;
  return static_cast<int64_t>(DivideHalfEven(static_cast<Int128>(middle.below) + middle.at, 2));
}

std::vector<int64_t> AmountList::Nearby(size_t size, size_t& rank) const {
  std::vector<int64_t> nearby;
  if (size < kManyAmounts) {
    nearby.reserve(size);
    for (const auto& chunk : chunks_) nearby.insert(nearby.end(), chunk.begin(), chunk.end());
    return nearby;
  }
  std::vector<uint32_t> counts(size_t{1} << kClassBits);
  for (const auto& chunk : chunks_) {
    for (const int64_t amount : chunk) ++counts[ClassOf(amount)];
  }
  // The classes of the rank and of the one before it; those between them are empty.
  size_t first = 0;
  size_t before = 0;
  while (before + counts[first] < rank) before += counts[first++];
  size_t last = first;
  for (size_t upto = before + counts[last]; upto <= rank; upto += counts[last]) ++last;
  // Each amount is written, and stays if the next one does not take its place: no processor could
  // foresee a branch.
  size_t taken = 0;
  nearby.resize(counts[first] + (last == first ? 0 : counts[last]) + 1);
  for (const auto& chunk : chunks_) {
    for (const int64_t amount : chunk) {
      nearby[taken] = amount;
      taken += static_cast<size_t>(ClassOf(amount) - first <= last - first);
    }
  }
  nearby.resize(taken);
  rank -= before;
  return nearby;
}

}  // namespace steelyard::funding
