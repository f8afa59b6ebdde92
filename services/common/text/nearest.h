#pragma once

// What a mistyped word most likely meant. Pure.

#include <span>
#include <string_view>

namespace steelyard::text {

// How many letters have to be put in, taken out or changed to make one of the other. In bytes, in
// time and memory of their lengths' product. Source: Levenshtein 1965.
int EditDistance(std::string_view a, std::string_view b);

// The first of the nearest words within `most` edits; "" when none is that near.
std::string_view Nearest(std::string_view word, std::span<const std::string_view> words, int most);

}  // namespace steelyard::text
