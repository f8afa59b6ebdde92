#include "services/funding/amount_list.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "services/common/money/money.h"

namespace steelyard::funding {
namespace {

// Small groups stay small; large ones get chunks that an allocator takes from memory it has.
constexpr size_t kSmallestChunk = 16;
constexpr size_t kLargestChunk = 8192;

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
  std::vector<int64_t> all;
  all.reserve(size);
  for (const std::vector<int64_t>& chunk : chunks_) {
    all.insert(all.end(), chunk.begin(), chunk.end());
  }
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>(size / 2);
  std::nth_element(all.begin(), middle, all.end());
  if (size % 2 == 1) return *middle;
  const int64_t below = *std::max_element(all.begin(), middle);
  return static_cast<int64_t>(DivideHalfEven(static_cast<Int128>(below) + *middle, 2));
}

}  // namespace steelyard::funding
