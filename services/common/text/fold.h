#pragma once

// How names are compared: the folded form of a text forgets case, accents, width and punctuation.

#include <string>
#include <string_view>

namespace steelyard::text {

// Compatibility forms made plain, case-folded, without the accents and points that readers leave
// out (Latin, Greek, Cyrillic, Arabic, Hebrew), every run of characters that are neither letter,
// digit nor remaining mark made one space, trimmed, in form C. Letters of every script stay what
// they are, with the vowel signs of Indic scripts and the voicing of kana. Idempotent; invalid
// UTF-8 is replaced.
std::string Fold(std::string_view utf8);
// Whether the bytes are valid UTF-8.
bool IsUtf8(std::string_view bytes);
// The bytes, with U+FFFD in place of each sequence that is not UTF-8. For texts that go into
// messages, whose strings must be UTF-8.
std::string ToUtf8(std::string_view bytes);
// The first `limit` characters (code points).
std::string Truncate(std::string_view utf8, int limit);

}  // namespace steelyard::text
