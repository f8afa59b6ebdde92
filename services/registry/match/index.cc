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
constexpr size_t kChunk = 64;  // rows that are looked at together
static_assert(Block::kMostRows % kChunk == 0);

// How many of the trigrams each row of a block has. One per thread that ever asks: clearing it
// costs less than getting memory.
Counts& CountCommon(const Block& block, std::span<const Trigram> query) {
  thread_local const auto held = std::make_unique<Counts>();
  Counts& counts = *held;
  const size_t chunks = (block.rows() + kChunk - 1) / kChunk;
  std::fill_n(counts.begin(), chunks * kChunk, uint8_t{0});
  for (const Trigram trigram : query) {
    for (const Block::Row row : block.With(trigram)) ++counts[row];
  }
  return counts;
}

void SortRarestFirst(const Block& block, std::vector<Trigram>& trigrams) {
  std::sort(trigrams.begin(), trigrams.end(), [&](Trigram a, Trigram b) {
    const size_t one = block.With(a).size();
    const size_t other = block.With(b).size();
    return one != other ? one < other : a < b;
  });
}

// How many of the trigrams a row has.
size_t CountWith(const Block& block, std::span<const Trigram> trigrams, Block::Row row) {
  size_t count = 0;
  for (const Trigram trigram : trigrams) {
    const std::span<const Block::Row> rows = block.With(trigram);
    count += std::binary_search(rows.begin(), rows.end(), row) ? 1 : 0;
  }
  return count;
}

// Calls `take` with each row whose count is at least `least`, which is not 0. Most chunks have
// none, which is told of many rows at once.
template <typename Take>
void ForEachWith(const Counts& counts, size_t rows, size_t least, Take take) {
  for (size_t chunk = 0; chunk < rows; chunk += kChunk) {
    uint8_t any = 0;
    for (size_t i = 0; i < kChunk; ++i) any |= counts[chunk + i] >= least ? 1 : 0;
    if (any == 0) continue;
    for (size_t i = chunk; i < chunk + kChunk; ++i) {
      if (counts[i] >= least) take(static_cast<Block::Row>(i));
    }
  }
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
  std::vector<Trigram> rarest_first(query.begin(), query.end());
  for (const auto& block : blocks_) {
    SortRarestFirst(*block, rarest_first);
    const size_t fewest = FewestCommon(std::max(least, best.least()), query.size());
    // A row has as many of the common trigrams as there are, at most: they need not be counted to
    // see which rows lack too many of the others.
    const size_t common = std::min(fewest / 2, query.size() / 2);
    const auto all = std::span<const Trigram>(rarest_first);
    const std::span<const Trigram> skipped = all.last(common);
    const Counts& counts = CountCommon(*block, all.first(all.size() - common));
    ForEachWith(counts, block->rows(), fewest - common, [&](Block::Row row) {
      if (!block->IsValid(block->StateOf(row), revision)) return;
      const size_t shared = counts[row] + CountWith(*block, skipped, row);
      const double closeness = Dice(shared, query.size(), block->TrigramCount(row));
      if (closeness < least || closeness < best.least()) return;
      best.Offer({.block = block.get(), .row = row, .closeness = closeness});
    });
  }
  return best.Take();
}

std::vector<Found> Index::Heaviest(std::span<const Weighted> terms, int64_t revision,
                                   size_t limit) const {
  thread_local std::vector<double> sums(Block::kMostRows);
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
  if (least == 0 || least > query.size()) return;
  std::vector<Trigram> rarest_first(query.begin(), query.end());
  for (const auto& block : blocks_) {
    SortRarestFirst(*block, rarest_first);
    // A row with so many of them has one of these at least; only such rows are looked at.
    const auto all = std::span<const Trigram>(rarest_first);
    const std::span<const Trigram> others = all.last(least - 1);
    const Counts& counts = CountCommon(*block, all.first(all.size() - others.size()));
    ForEachWith(counts, block->rows(), 1, [&](Block::Row row) {
      const size_t common = counts[row] + CountWith(*block, others, row);
      if (common >= least && block->IsValid(block->StateOf(row), revision)) {
        take(*block, row, common);
      }
    });
  }
}

}  // namespace steelyard::registry::match
