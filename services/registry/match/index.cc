#include "services/registry/match/index.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace steelyard::registry::match {
namespace {

// Whether a name comes before another one that is as close.
bool ComesFirst(const Found& a, const Found& b) {
  if (a.closeness != b.closeness) return a.closeness > b.closeness;
  if (const int order = a.company().compare(b.company()); order != 0) return order < 0;
  if (a.block->KindAt(a.row) != b.block->KindAt(b.row)) {
    return a.block->KindAt(a.row) < b.block->KindAt(b.row);
  }
  return a.block->TextAt(a.row) < b.block->TextAt(b.row);
}

// The first `limit` names by ComesFirst of those that are offered.
class Best {
 public:
  explicit Best(size_t limit) : limit_(limit) { heap_.reserve(limit); }

  // No name that is less close than this will be taken.
  double least() const { return heap_.size() < limit_ ? 0 : heap_.front().closeness; }

  void Offer(const Found& found) {
    if (heap_.size() == limit_) {
      if (limit_ == 0 || !ComesFirst(found, heap_.front())) return;
      std::pop_heap(heap_.begin(), heap_.end(), ComesFirst);
      heap_.pop_back();
    }
    heap_.push_back(found);
    std::push_heap(heap_.begin(), heap_.end(), ComesFirst);
  }

  std::vector<Found> Take() {
    std::sort_heap(heap_.begin(), heap_.end(), ComesFirst);
    return std::move(heap_);
  }

 private:
  const size_t limit_;
  std::vector<Found> heap_;  // the last one in front
};

using Counts = std::array<uint8_t, Block::kMostRows>;

// How many of the trigrams each row of a block has. One per thread: clearing it costs less than
// getting memory.
Counts& CountCommon(const Block& block, std::span<const Trigram> query) {
  thread_local Counts counts;
  std::fill_n(counts.begin(), block.rows(), uint8_t{0});
  for (const Trigram trigram : query) {
    for (const Block::Row row : block.With(trigram)) ++counts[row];
  }
  return counts;
}

double Dice(size_t common, size_t one, size_t other) {
  return 2.0 * static_cast<double>(common) / static_cast<double>(one + other);
}

// Fewest common trigrams with which a name can be so close: it has no fewer trigrams than that.
size_t FewestCommon(double least, size_t query) {
  const double common = least * static_cast<double>(query) / (2 - least);
  return std::max<size_t>(1, static_cast<size_t>(std::ceil(common - 1e-9)));
}

std::shared_ptr<const Block> Unite(const Block& first, const Block& second, int64_t oldest) {
  std::vector<NamedState> states;
  for (const Block* block : {&first, &second}) {
    for (size_t i = 0; i < block->states(); ++i) {
      const auto state = static_cast<Block::StateNumber>(i);
      if (block->ToOf(state) > oldest) states.push_back(block->StateAt(state));
    }
  }
  return Block::Build(states);
}

}  // namespace

Index::Blocks Append(Index::Blocks blocks, std::vector<std::shared_ptr<const Block>> more,
                     int64_t oldest) {
  for (auto& block : more) {
    blocks.push_back(std::move(block));
    // Each block at least doubles before it is built again, so a name is built a few times at most.
    while (blocks.size() > 1) {
      const Block& last = *blocks[blocks.size() - 1];
      const Block& before = *blocks[blocks.size() - 2];
      if (before.rows() > 2 * last.rows() || before.rows() + last.rows() > Block::kMostRows) break;
      auto united = Unite(before, last, oldest);
      blocks.pop_back();
      blocks.back() = std::move(united);
    }
  }
  return blocks;
}

size_t Index::bytes() const {
  size_t bytes = 0;
  for (const auto& block : blocks_) bytes += block->bytes();
  return bytes;
}

std::vector<Found> Index::Closest(std::span<const Trigram> query, int64_t revision, double least,
                                  size_t limit) const {
  Best best(limit);
  for (const auto& block : blocks_) {
    const Counts& counts = CountCommon(*block, query);
    size_t fewest = FewestCommon(std::max(least, best.least()), query.size());
    for (size_t i = 0; i < block->rows(); ++i) {
      if (counts[i] < fewest) continue;
      const auto row = static_cast<Block::Row>(i);
      const double closeness = Dice(counts[i], query.size(), block->TrigramCount(row));
      if (closeness < least || closeness < best.least()) continue;
      if (!block->IsValid(block->StateOf(row), revision)) continue;
      best.Offer({.block = block.get(), .row = row, .closeness = closeness});
      fewest = FewestCommon(std::max(least, best.least()), query.size());
    }
  }
  return best.Take();
}

std::vector<Found> Index::Heaviest(std::span<const Weighted> terms, int64_t revision,
                                   size_t limit) const {
  thread_local std::array<double, Block::kMostRows> sums;
  std::vector<Block::Row> touched;
  Best best(limit);
  for (const auto& block : blocks_) {
    touched.clear();
    for (const Weighted& term : terms) {
      for (const Block::Row row : block->WithTerm(term.term)) {
        if (sums[row] == 0) touched.push_back(row);
        sums[row] += term.weight;
      }
    }
    for (const Block::Row row : touched) {
      const double sum = sums[row];
      sums[row] = 0;
      if (sum < best.least() || !block->IsValid(block->StateOf(row), revision)) continue;
      best.Offer({.block = block.get(), .row = row, .closeness = sum});
    }
  }
  return best.Take();
}

int64_t Index::Frequency(Term term, int64_t revision) const {
  int64_t count = 0;
  for (const auto& block : blocks_) {
    const std::span<const Block::Row> rows = block->WithTerm(term);
    if (block->AllValid(revision)) {
      count += static_cast<int64_t>(rows.size());
      continue;
    }
    count += std::count_if(rows.begin(), rows.end(), [&](Block::Row row) {
      return block->IsValid(block->StateOf(row), revision);
    });
  }
  return count;
}

int64_t Index::CountNames(int64_t revision) const {
  int64_t count = 0;
  for (const auto& block : blocks_) count += block->CountValid(revision);
  return count;
}

std::vector<Found> Index::Exactly(Term term, int64_t revision) const {
  std::vector<Found> found;
  for (const auto& block : blocks_) {
    for (const Block::Row row : block->WithTerm(term)) {
      if (block->IsValid(block->StateOf(row), revision)) {
        found.push_back({.block = block.get(), .row = row, .closeness = 1});
      }
    }
  }
  std::sort(found.begin(), found.end(), ComesFirst);
  return found;
}

void Index::Scan(std::span<const Trigram> query, int64_t revision, size_t least,
                 const Take& take) const {
  for (const auto& block : blocks_) {
    const Counts& counts = CountCommon(*block, query);
    for (size_t i = 0; i < block->rows(); ++i) {
      const auto row = static_cast<Block::Row>(i);
      if (counts[i] >= std::max<size_t>(least, 1) &&
          block->IsValid(block->StateOf(row), revision)) {
        take(*block, row, counts[i]);
      }
    }
  }
}

}  // namespace steelyard::registry::match
