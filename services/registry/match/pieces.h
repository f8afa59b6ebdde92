#pragma once

// A name cut into its words, before anybody asks what they mean.

#include <string>
#include <string_view>
#include <vector>

namespace steelyard::registry::match {

// A word, or a part of one: "DeepL" is "deep" and "l", which is glued to it.
struct Piece {
  std::string text;      // folded: text::Fold of the word; not empty, no spaces
  bool glued = false;    // stood in one word with the piece before
  bool capital = false;  // written in capitals or digits alone

  bool operator==(const Piece&) const = default;
};

// Longest name that is looked at, in bytes; the rest is left out. Names that are stored or asked
// for are shorter, by their contracts.
inline constexpr size_t kLongestName = 2048;

// The words of a name, in order. What divides them is neither letter nor digit nor mark; an
// apostrophe within a word does not ("Int'l" is "intl"), but after an elided article ("l'eau")
// does.
// '&' and '+' between words are the word "and", '%' is "percent". A capital after small letters
// starts a glued piece, as does the last of several capitals before a small letter ("JPMorgan").
// Single letters that follow one another are one word, when dots divide all of them or spaces do
// ("S.p.A." is "spa", "V L.P." is "v" and "lp"). Invalid UTF-8 divides words. Pure, linear in the
// name.
std::vector<Piece> Split(std::string_view name);

}  // namespace steelyard::registry::match
