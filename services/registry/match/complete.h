#pragma once

// Completes what a person types.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "services/registry/company.h"
#include "services/registry/match/index.h"

namespace steelyard::registry::match {

// A company that a query found, with its best name.
struct Hit {
  std::string company;
  std::string display_name;
  std::string country;
  CompanyName matched;
  MatchRank rank = MatchRank::kExact;

  bool operator==(const Hit&) const = default;
};

// At most `limit` companies with a name that is, starts with, has a word that starts with, or
// contains the folded query (text::Fold), or does so but for a slip of the pen. Each with its best
// name: by rank, preferred names before others, then kind, language and text. Ordered by rank,
// preferred names before others, company id. Names that merely contain the query are found from
// three letters on and outside their legal forms. One slip is forgiven from four letters on: a
// letter too many or too few, another one (from the third on where there are fewer than eight), or
// two that are swapped.
std::vector<Hit> Complete(const Index& index, int64_t revision, std::string_view folded,
                          size_t limit);

}  // namespace steelyard::registry::match
