#include "services/registry/match/index.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "services/registry/match/best.h"

namespace steelyard::registry::match {
namespace {

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

// Calls `take` with each row whose count is at least `least`, which is not 0. Most chunks have
// none, which is told of many rows at once.
template <typename Take>
void ForEachWith(const Counts& counts, size_t rows, size_t least, Take take) {
  if (least > std::numeric_limits<uint8_t>::max()) return;
  const auto bound = static_cast<uint8_t>(least);
  for (size_t chunk = 0; chunk < rows; chunk += kChunk) {
    uint8_t any = 0;
    for (size_t i = 0; i < kChunk; ++i) {
      any |= std::max(counts[chunk + i], bound) == counts[chunk + i] ? 1 : 0;
    }
    if (any == 0) continue;
    for (size_t i = chunk; i < chunk + kChunk; ++i) {
      if (counts[i] >= least) take(static_cast<Block::Row>(i));
    }
  }
}

double Dice(size_t common, size_t one, size_t other) {
  return 2.0 * static_cast<double>(common) / static_cast<double>(one + other);
}

// How many trigrams a name must have in common with a query's to be so close to it, by how many the
// name has.
class Needed {
 public:
  Needed(double closeness, size_t query) {
    for (size_t name = 0; name < common_.size(); ++name) {
      const double common = closeness * static_cast<double>(query + name) / 2;
      common_[name] = std::max<size_t>(1, static_cast<size_t>(std::ceil(common - 1e-9)));
    }
    // A name has no fewer trigrams than it has in common.
    while (fewest_ < common_.size() - 1 && common_[fewest_] > fewest_) ++fewest_;
  }
  size_t operator[](size_t name) const { return common_[name]; }
  size_t fewest() const { return fewest_; }

 private:
  std::array<size_t, std::numeric_limits<uint8_t>::max() + 1> common_{};
  size_t fewest_ = 1;
};

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
    const Needed needed(std::max(least, best.least()), query.size());
    TooLate too_late;
    ForEachWith(counts, block->rows(), needed.fewest(), [&](Block::Row row) {
      const size_t trigrams = block->TrigramCount(row);
      if (counts[row] < needed[trigrams]) return;
      const double closeness = Dice(counts[row], query.size(), trigrams);
      if (closeness < best.least() || too_late(closeness, row)) return;
      if (!block->IsValid(block->StateOf(row), revision)) return;
      if (!best.Offer({.block = block.get(), .row = row, .closeness = closeness})) {
        too_late.Add(closeness, row);
      }
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
    TooLate too_late;
    for (const Block::Row row : touched) {
      const double sum = std::exchange(sums[row], 0);
      if (sum < best.least() || too_late(sum, row)) continue;
      if (!block->IsValid(block->StateOf(row), revision)) continue;
      if (!best.Offer({.block = block.get(), .row = row, .closeness = sum})) {
        too_late.Add(sum, row);
      }
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
  for (const auto& block : blocks_) {
    const Counts& counts = CountCommon(*block, query);
    ForEachWith(counts, block->rows(), least, [&](Block::Row row) {
      if (block->IsValid(block->StateOf(row), revision)) take(*block, row, counts[row]);
    });
  }
}

}  // namespace steelyard::registry::match
