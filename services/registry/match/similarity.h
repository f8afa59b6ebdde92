#pragma once

// How alike two words are.

#include <cstddef>
#include <string_view>

#include "services/registry/match/parsed_name.h"

namespace steelyard::registry::match {

// Characters of a word that are compared; the rest must be of equal length.
inline constexpr size_t kLongestWord = 64;

// Fewest insertions, deletions, substitutions and swaps of neighbours that make one text of the
// other, none of them touching a part twice (optimal string alignment). In bytes; words longer than
// kLongestWord are cut to it. Sources: Wagner and Fischer 1974; Boytsov 2011, section 2.2.1.
size_t Edits(std::string_view a, std::string_view b);

// 1 less the edits per character of the longer text; in [0, 1], 1 for equal texts.
double EditSimilarity(std::string_view a, std::string_view b);

// The same when it is at least `least`, else 0, which is quickly told of most pairs.
double EditSimilarityFrom(double least, std::string_view a, std::string_view b);

// Whether two romanised words have the same Skeleton, of three consonants or more, or of two and
// half of their letters.
bool SoundAlike(std::string_view a, std::string_view b);

// How two words came to be alike.
enum class Likeness { kNone, kEqual, kTransliterated, kTranslated, kEdited, kInitials, kPart };

struct WordSimilarity {
  double value = 0;  // in [0, 1]
  Likeness likeness = Likeness::kNone;
};

// Equal words are 1; words equal in Latin but not in their own scripts 0.97, unless both are in one
// script, whose letters then differ; words that share a meaning 0.95; words with one slip of the
// pen for at least four letters, two for eight and so on, their EditSimilarity; words that sound
// alike across scripts 0.85; a word of an unspaced script that starts or ends another one 0.75.
// Numbers are equal or not at all alike.
WordSimilarity Compare(const Token& a, const Token& b);

}  // namespace steelyard::registry::match
