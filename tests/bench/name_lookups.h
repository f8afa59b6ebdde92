#pragma once

// Names that are looked up among many: how often the company that is meant comes first, beside what
// others do.

#include <cstdint>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace steelyard::bench {

// A name as somebody writes it.
struct NameLookup {
  std::string group;  // what is special about it
  std::string asked;
  std::string meant;  // whose name it is
};

struct LookupSet {
  std::string title;
  std::vector<std::string> names;
  std::map<std::string, std::string> owners;  // by name; who is not there is called by the name
  std::vector<NameLookup> lookups;
};

// So many generated names, each of a share of them damaged in every way: a slip, two slips, a word
// less, the last words swapped, another legal form or none, no spaces, capitals, a letter of
// another script that looks like it, accents.
LookupSet DamagedNames(int64_t size);
// The names of `dnb_test_names.csv`, by their damaged forms in `dnb_adjusted_test_names.csv`, by
// country. Errors name the file.
absl::StatusOr<LookupSet> ReadDnb(const std::string& directory);
// The brands of name-suggestion-index's archive, each by its names in other languages, by language;
// without names that a brand bears as its own, of which nothing tells who is meant. Brands of one
// Wikidata item are one.
absl::StatusOr<LookupSet> ReadBrands(const std::string& archive);

// Prints how often what is meant is found first, and among the first ten, and is matched by itself,
// right and wrong, by group; and beside others over a sample.
absl::Status ReportLookups(const LookupSet& set, std::ostream& out = std::cout);

}  // namespace steelyard::bench
