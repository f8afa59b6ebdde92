#pragma once

// Names that are like a query, out of all that companies bear.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "services/registry/match/block.h"
#include "services/registry/match/keys.h"

namespace steelyard::registry::match {

// A name of the index.
struct Found {
  const Block* block = nullptr;
  Block::Row row = 0;
  double closeness = 0;  // by what it was found; greater is closer

  Block::StateNumber state() const { return block->StateOf(row); }
  std::string_view company() const { return block->CompanyOf(state()); }
};

// An immutable list of blocks. What a read finds depends on the names that are valid at its
// revision alone, not on how they are spread over blocks. Thread-safe.
class Index {
 public:
  using Blocks = std::vector<std::shared_ptr<const Block>>;

  Index() = default;
  explicit Index(Blocks blocks) : blocks_(std::move(blocks)) {}

  const Blocks& blocks() const { return blocks_; }
  size_t bytes() const;

  // The names whose trigrams have most in common with the query's: Dice's coefficient, twice the
  // common ones by the sum of both, of at least `least`. At most `limit`, the closest first, then
  // by company, kind and text.
  std::vector<Found> Closest(std::span<const Trigram> query, int64_t revision, double least,
                             size_t limit) const;

  // The names with the greatest sum of the weights of the terms that they are under. Likewise.
  struct Weighted {
    Term term = 0;
    double weight = 0;
  };
  std::vector<Found> Heaviest(std::span<const Weighted> terms, int64_t revision,
                              size_t limit) const;

  // How many names are under a term, and how many there are.
  int64_t Frequency(Term term, int64_t revision) const;
  int64_t CountNames(int64_t revision) const;

  // The states of a company, or of those that bear an identifier or a domain.
  std::vector<Found> Exactly(Term term, int64_t revision) const;

  // Calls `take` with each valid name that has at least `least` of the trigrams, and with how many
  // it has; none for 0. Block by block, in the order of rows.
  using Take = std::function<void(const Block&, Block::Row, size_t common)>;
  void Scan(std::span<const Trigram> query, int64_t revision, size_t least, const Take& take) const;

 private:
  Blocks blocks_;
};

// Blocks with more states behind them, the last of which are united while they are small. States
// that ended by `oldest` are left out of those that are built anew.
Index::Blocks Append(Index::Blocks blocks, std::vector<std::shared_ptr<const Block>> more,
                     int64_t oldest);

}  // namespace steelyard::registry::match
