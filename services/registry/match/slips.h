#pragma once

// Short words that are one slip of the pen from another, which trigrams do not find: told by the
// eight letters from the start of a word on that a block keeps.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "services/registry/match/index.h"

namespace steelyard::registry::match {

// How many letters a word has whose slips are told.
inline constexpr size_t kLeastSlipped = 4;
inline constexpr size_t kMostSlipped = 7;
// When it has to end where it ends.
inline constexpr size_t kMostWholeSlipped = 6;

// A letter that is another one, missing or one too many, or two that are swapped.
class OneSlip {
 public:
  enum class End { kOpen, kWhole };

  // Of kLeastSlipped to kMostSlipped bytes, a whole word at most kMostWholeSlipped.
  OneSlip(std::string_view word, End end);

  // Whether what starts with these letters (LettersOf) starts with the word, or with what is one
  // slip from it; a whole word ends there and has kLeastSlipped letters at least.
  bool operator()(uint64_t letters) const;

  // What such words start with whose slip is behind their first two letters, or is one of the usual
  // ones there: swapped letters, one too many or too few. Each once.
  const std::vector<std::string>& starts() const { return starts_; }

 private:
  const size_t size_;      // letters of the word
  const size_t compared_;  // and the space behind a whole one
  const size_t least_;     // letters that remain
  const uint64_t word_;
  std::vector<std::string> starts_;
};

// The first eight bytes as a number that is ordered like them, with spaces behind the end.
uint64_t LettersOf(std::string_view text);

// The names with a word that is the given one but for one slip, those most like the folded name by
// EditSimilarity first, then by company, kind and text; at most `limit`. Words are looked for by
// `OneSlip::starts`; one that more than 1000 names have finds none.
std::vector<Found> FindSlips(const Index& index, int64_t revision, std::string_view word,
                             std::string_view folded, size_t limit);

}  // namespace steelyard::registry::match
