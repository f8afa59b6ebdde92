#pragma once

// What a name says: its words with their meanings, without its legal form.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/registry/match/tables.h"
#include "unicode/uscript.h"

namespace steelyard::registry::match {

// How a word is written: ICU's number of the script. Both kana are one, and what belongs to no
// script, such as figures, is Latin.
enum class Script : int16_t {
  kLatin = USCRIPT_LATIN,
  kHan = USCRIPT_HAN,
  kKana = USCRIPT_KATAKANA,
  kHangul = USCRIPT_HANGUL,
};

// Whether words are written without spaces, so that parts of them are words.
constexpr bool IsUnspaced(Script script) {
  return script == Script::kHan || script == Script::kKana || script == Script::kHangul;
}

// A word of a name, or one of several words that are written together.
struct Token {
  std::string text;               // folded, in its own script
  std::string latin;              // ToLatin of it
  std::vector<Concept> meanings;  // ascending; empty: a word of no known meaning
  Script script = Script::kLatin;
  bool glued = false;  // written together with the token before
  bool stop = false;   // an article, a preposition or "and"

  std::optional<int64_t> Number() const;
  bool IsPlace() const;
};

struct ParsedName {
  std::vector<Token> tokens;  // at most kMostTokens; not empty unless the name has no word at all
  std::vector<LegalForm> legal_forms;  // those taken off the ends
  bool only_legal_form = false;        // nothing else: the tokens are its words then
  std::string joined;                  // the tokens' latin, without anything between them
  std::string native;                  // the tokens' texts, with spaces between words
};

// More words than a name has. What follows is left out, so that time stays bounded.
inline constexpr size_t kMostTokens = 32;

// Legal forms are taken off the end, then off the start, of the words; in scripts that do not space
// words, off the ends of the first and last. Abbreviations are written out. Words whose parts have
// a meaning together are one token ("Hong Kong"), and a word in Han, kana or Hangul is cut into
// those of its parts that the lexicon knows and the rest. Pure; thread-safe.
ParsedName Parse(std::string_view name);

}  // namespace steelyard::registry::match
