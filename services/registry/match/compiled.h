#pragma once

// The tables of names as the build made them (compiler/), so that a process has them in
// milliseconds and every replica has the same ones, whatever its ICU.

#include <cstddef>
#include <string_view>

namespace steelyard::registry::match {

// Lines of fields with tabs between them, without empty lines. The first field says what follows:
//   concept  name                                        the lexicon's, by number from 0
//   form     letters  number  family                     a legal form; family as in LegalFamily
//   slip     word     word                               for Tables::LegalEndLike: less a letter,
//   whole word     words    flags   long form  meanings        flags as WordFlag; meanings:
//   decimal, ',' rate     latin    count                              in how many of a million
//   names sense    meaning  count                              likewise longest  form     entry
//   most words of each
std::string_view CompiledTables();

// Bits of a word's flags.
enum WordFlag : unsigned {
  kEndsLegalForm = 1,
  kStartsLegalForm = 2,
  kStartsEntry = 4,
};

// Shorter words that end legal forms are too like other words to be known by a slip.
inline constexpr size_t kLeastSlipLetters = 7;

}  // namespace steelyard::registry::match
