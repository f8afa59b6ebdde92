#pragma once

// How names are compared: the folded form of a text forgets case, accents, width and punctuation.

#include <string>
#include <string_view>

namespace steelyard::text {

// NFKD, without marks, case-folded, every run of characters that are neither letter nor digit made one
// space, trimmed. Letters of every script stay what they are. Idempotent; invalid UTF-8 is replaced.
std::string Fold(std::string_view utf8);
// Whether the bytes are valid UTF-8.
bool IsUtf8(std::string_view bytes);
// The first `limit` characters (code points).
std::string Truncate(std::string_view utf8, int limit);

}  // namespace steelyard::text
