#pragma once

// Any script in the letters a to z, so that names of different scripts can be compared.

#include <string>
#include <string_view>

namespace steelyard::registry::match {

// A folded word (text::Fold) in lower-case ASCII letters and digits: ICU's Any-Latin and
// Latin-ASCII, with what those leave out of ASCII dropped. Han is read as Mandarin, kana as
// romaji, Hangul by syllables, Cyrillic after BGN/PCGN. "яндекс" -> "yandeks", "トヨタ" ->
// "toyota", "삼성" -> "samseong". Letters of most scripts are looked up one by one; thread-safe.
std::string ToLatin(std::string_view folded);

// The word with simplified characters in place of traditional ones, so that both are one word.
// Thread-safe.
std::string ToSimplified(std::string_view folded);

// What a romanised word sounds like, roughly: consonants without doubling, voicing and vowels, so
// that two romanisations of one word mostly agree ("gazprom" and "gasprom", "yandex" and
// "jandeks"). A vowel at the start stays, as 'a'. ASCII in, ASCII out; may be empty.
std::string Skeleton(std::string_view latin);

}  // namespace steelyard::registry::match
