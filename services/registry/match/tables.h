#pragma once

// What words of names mean: legal forms, concepts in many languages, abbreviations, how common a
// word is.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"

namespace steelyard::registry::match {

// What a word means in whatever language: an entry of the lexicon, a number, or a country.
using Concept = uint32_t;
inline constexpr Concept kNumberBit = 0x80000000U;   // the number in the bits below
inline constexpr Concept kCountryBit = 0x40000000U;  // its alpha-2 code in the bits below
inline constexpr Concept kPlaceBit = 0x20000000U;    // of the lexicon, and a place
inline constexpr Concept kStop = 1;                  // articles, prepositions, "and"

constexpr bool IsNumber(Concept meaning) { return (meaning & kNumberBit) != 0; }
constexpr bool IsPlace(Concept meaning) {
  return !IsNumber(meaning) && (meaning & (kCountryBit | kPlaceBit)) != 0;
}

// Kinds of legal forms that tell companies apart across countries.
enum class LegalFamily {
  kNone,
  kVague,    // says little: Inc., Corp., Company; and Ltd, as shares companies of Asia call
             // themselves
  kLimited,  // limited liability: LLC, GmbH, SARL
  kShares,   // company of shares: plc, AG, SA, JSC
  kPartnership,
  kCooperative,
  kAssociation,  // and foundations
  kState,
  kOther,
};

struct LegalForm {
  uint16_t form = 0;  // equal for all spellings and translations of one form
  LegalFamily family = LegalFamily::kNone;
};

// What is known of a word, or of words joined by spaces.
struct WordFacts {
  std::span<const Concept> meanings;  // ascending; empty: unknown
  std::string_view long_form;         // what it abbreviates, words joined by spaces; empty: nothing
  bool ends_legal_form = false;       // a legal form can end with the word
  bool starts_legal_form = false;
  bool starts_entry = false;  // an entry of several words of the lexicon can start with it
};

class Tables {
 public:
  // Read when first asked for; takes some hundredths of a second. Immutable, thread-safe.
  static const Tables& Get();

  // Of folded words written without spaces; nullopt when they are none.
  std::optional<LegalForm> FindLegalForm(std::string_view letters) const;
  // The word of seven ASCII letters or more that can end a legal form and that this is but for one
  // slip of the pen behind its first two letters; empty for all others.
  std::string_view LegalEndLike(std::string_view word) const;
  // Most words of a legal form, and of an entry of the lexicon.
  size_t longest_legal_form() const { return longest_legal_form_; }
  size_t longest_entry() const { return longest_entry_; }
  // Empty facts when nothing is known.
  const WordFacts& FactsOf(std::string_view words) const;
  // In how many of a million company names a word occurs that is written so in Latin, or that means
  // the same; at least 1.
  double PerMillion(std::string_view latin, std::span<const Concept> meanings) const;
  // The lexicon's name of a concept, such as "BLACK"; "#11" for a number, "@CN" for a country.
  std::string NameOf(Concept meaning) const;

 private:
  Tables();
  void ReadLine(std::string_view line);
  WordFacts ReadFacts(std::span<const absl::string_view> fields);

  // The keys are pieces of CompiledTables.
  absl::flat_hash_map<absl::string_view, LegalForm> legal_forms_;
  absl::flat_hash_map<absl::string_view, std::string_view> legal_slips_;
  absl::flat_hash_set<absl::string_view> legal_slip_starts_;  // first two letters of those
  absl::flat_hash_map<absl::string_view, WordFacts> facts_;
  std::vector<Concept> meanings_;  // of all words
  absl::flat_hash_map<absl::string_view, double> per_million_;
  absl::flat_hash_map<Concept, double> per_million_meaning_;  // of its most common word
  std::vector<std::string_view> concepts_;                    // names of the lexicon's, by number
  size_t longest_legal_form_ = 1;
  size_t longest_entry_ = 1;
};

}  // namespace steelyard::registry::match
