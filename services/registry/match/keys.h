#pragma once

// By what a name is found: trigrams of its key, and terms.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "services/registry/match/parsed_name.h"

namespace steelyard::registry::match {

// A trigram of the 26 letters, 10 digits and the space, as a number below kTrigrams.
using Trigram = uint16_t;
inline constexpr size_t kTrigrams = 37 * 37 * 37;
// A term is compared by its hash, which is the same in every process.
using Term = uint32_t;

// Longest key that is looked at, in bytes; what follows finds nobody.
inline constexpr size_t kLongestKey = 200;

// The name's words in Latin without articles, one space between them, none within.
std::string KeyOf(const ParsedName& name);
// Of three letters of a key.
Trigram TrigramOf(std::string_view letters);
// The distinct trigrams of " key ", ascending; of " key" when the last word may go on. At most
// kLongestKey.
std::vector<Trigram> TrigramsOf(std::string_view key, bool complete = true);

// What a term is of.
enum class TermKind : char {
  kWord = 'w',        // a word in Latin
  kMeaning = 'm',     // what a word means
  kJoined = 'j',      // all words written together
  kSkeleton = 's',    // how those sound
  kInitials = 'i',    // the first letters of the words
  kIdentifier = '#',  // an identifier's key (IdentifierKeyOf)
  kDomain = 'd',      // a website's domain
  kCompany = '@',     // a company's id
};

Term TermOf(TermKind kind, std::string_view text);

struct WeightedTerm {
  Term term = 0;
  TermKind kind = TermKind::kWord;
  double share = 1;  // of the weight that its rarity gives it

  bool operator==(const WeightedTerm&) const = default;
};

// The terms that a name is stored under; each once.
std::vector<Term> TermsOf(const ParsedName& name);
// The terms that a query looks up: those, its words as initials of others, and its initials as a
// word. Several of one word are worth no more than the word together.
std::vector<WeightedTerm> QueryTermsOf(const ParsedName& query);

}  // namespace steelyard::registry::match
