#pragma once

// Companies with names as registers have them, by number: always the same ones.

#include <cstdint>
#include <string>
#include <vector>

#include "services/registry/match/block.h"

namespace steelyard::bench {

// The name of the `number`th company: a word of its own, up to two of the words that company names
// are made of, the common ones most often (their ranks follow a power law), and mostly a legal
// form; one in twenty in Han, Cyrillic or Hangul.
std::string GeneratedName(int64_t number);
// The name with one slip of the pen in its first word, or a legal form less where that has no
// Latin letters.
std::string Misspelt(const std::string& name, int64_t number);
// The company as the index takes it.
registry::match::NamedState GeneratedCompany(int64_t number);

}  // namespace steelyard::bench
