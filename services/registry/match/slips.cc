#include "services/registry/match/slips.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "services/registry/match/best.h"
#include "services/registry/match/similarity.h"

namespace steelyard::registry::match {
namespace {

constexpr size_t kLetters = sizeof(uint64_t);
constexpr size_t kBits = 8;
constexpr uint64_t kSpaces = 0x2020202020202020U;
// A word of more names does not tell whom a slip of it means.
constexpr size_t kMostNames = 1000;
constexpr double kLeastAlike = 0.2;

// Whether the bytes [from, to) of both are equal, counted from the first.
bool Equal(uint64_t a, uint64_t b, size_t from, size_t to) {
  if (from >= to) return true;
  return ((a ^ b) << (kBits * from)) >> (kBits * (kLetters - (to - from))) == 0;
}

uint64_t ByteAt(uint64_t letters, size_t i) {
  return (letters >> (kBits * (kLetters - 1 - i))) & 0xFFU;
}

// The letters of the word that starts there, with spaces behind it.
uint64_t FirstWord(uint64_t letters) {
  size_t size = 1;
  while (size < kLetters && ByteAt(letters, size) != ' ') ++size;
  const uint64_t rest = size == kLetters ? 0 : ~uint64_t{0} >> (kBits * size);
  return (letters & ~rest) | (kSpaces & rest);
}

std::vector<std::string> StartsOf(std::string_view word) {
  std::vector<std::string> starts = {std::string(word.substr(0, 2)),
                                     {word[1], word[0]},
                                     {word[0], word[2]},
                                     std::string(word.substr(1, 2))};
  std::sort(starts.begin(), starts.end());
  starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
  return starts;
}

}  // namespace

uint64_t LettersOf(std::string_view text) {
  uint64_t letters = 0;
  for (size_t i = 0; i < kLetters; ++i) {
    letters = letters << kBits | (i < text.size() ? static_cast<uint8_t>(text[i]) : uint8_t{' '});
  }
  return letters;
}

OneSlip::OneSlip(std::string_view word, End end)
    : size_(word.size()),
      compared_(size_ + (end == End::kWhole ? 1 : 0)),
      least_(end == End::kWhole ? kLeastSlipped : 1),
      word_(LettersOf(word)),
      starts_(StartsOf(word)) {}

bool OneSlip::operator()(uint64_t letters) const {
  const auto first = static_cast<size_t>(std::countl_zero(letters ^ word_)) / kBits;
  if (first >= compared_) return true;
  if (Equal(letters << kBits, word_, first, compared_)) return true;  // one too many
  if (first >= size_) return false;
  // One is missing; the matcher takes no slip in three letters for one.
  if (size_ - 1 >= least_ && Equal(letters, word_ << kBits, first, compared_ - 1)) return true;
  const bool shorter = compared_ > size_ && ByteAt(letters, first) == ' ';
  if (!shorter && Equal(letters, word_, first + 1, compared_)) return true;  // another one
  return first + 1 < size_ && ByteAt(letters, first) == ByteAt(word_, first + 1) &&
         ByteAt(letters, first + 1) == ByteAt(word_, first) &&
         Equal(letters, word_, first + 2, compared_);
}

std::vector<Found> FindSlips(const Index& index, int64_t revision, std::string_view word,
                             std::string_view folded, size_t limit) {
  const OneSlip slip(word, OneSlip::End::kWhole);
  absl::flat_hash_map<uint64_t, std::vector<Found>> by_word;
  for (const auto& block : index.blocks()) {
    uint64_t last = 0;
    std::vector<Found>* names = nullptr;  // with the word of the last letters
    for (const std::string& start : slip.starts()) {
      block->ForEachWordFrom(start, [&](uint64_t letters, const Block::WordStart& there) {
        if (!slip(letters)) return;
        const uint64_t whole = FirstWord(letters);
        if (std::exchange(last, whole) != whole) names = &by_word[whole];
        if (names->size() > kMostNames) return;
        if (!block->IsValid(block->StateOf(there.row), revision)) return;
        names->push_back({.block = block.get(), .row = there.row});
      });
    }
  }
  Best best(limit);
  for (auto& [letters, names] : by_word) {
    if (names.size() > kMostNames) continue;
    for (Found& found : names) {
      const double least = std::max(best.least(), kLeastAlike);
      found.closeness = EditSimilarityFrom(least, found.block->FoldedAt(found.row), folded);
      if (found.closeness > 0) best.Offer(found);
    }
  }
  return best.Take();
}

}  // namespace steelyard::registry::match
