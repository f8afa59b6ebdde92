#pragma once

// Which words of two names belong together.

#include <functional>
#include <vector>

#include "services/registry/match/parsed_name.h"
#include "services/registry/match/similarity.h"

namespace steelyard::registry::match {

// How much a word tells, in (0, 1]: near 1 for one that hardly any other name has.
using Weigh = std::function<double(const Token&)>;

// Words [first, last) of one name and [other_first, other_last) of the other that belong together.
struct Pairing {
  size_t first = 0;
  size_t last = 0;
  size_t other_first = 0;
  size_t other_last = 0;
  WordSimilarity similarity;
};

struct Alignment {
  std::vector<Pairing> pairings;  // in the order of the first name
  // By word: its weight, and the similarity of the pairing that it is in (0: none).
  std::vector<double> weights;
  std::vector<double> other_weights;
  std::vector<double> matched;
  std::vector<double> other_matched;
};

// Pairs words so that each is in one pairing at most, the heaviest and most alike first: single
// words by Compare; up to three neighbours that written together are the same as one word or two of
// the other name; and a word of two to eight letters with as many neighbours that start with them.
// Words written together in one name and pairing only in part tell less: a name's word is a whole.
// Deterministic; bounded by kMostTokens.
Alignment Align(const ParsedName& a, const ParsedName& b, const Weigh& weigh);

}  // namespace steelyard::registry::match
