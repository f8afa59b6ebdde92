#pragma once

// One value where several facets have one: series as AssembleSeries gives them become resolved
// series. Pure functions.

#include <string>
#include <vector>

#include "services/funding/reference/facet_policy.h"
#include "services/funding/reference/statistics.h"

namespace steelyard::funding {

// How to resolve.
struct Resolution {
  FacetRule rule;
  bool one_source = false;  // the whole table from one facet; not with kMedian
};

// A place of the table that the one facet has no value for.
struct MissingCell {
  std::string term;
  std::string period;

  bool operator==(const MissingCell&) const = default;
};

struct ResolvedSeries {
  std::vector<SeriesRow> rows;       // by term as in the rows given, then price basis, then unit
  std::vector<MissingCell> missing;  // with one_source
};

// Resolves series of `variable`. Only values of one unit and price basis compete; figures without a
// value do not. Every point has its choice, losers in the default order. With kMedian several
// candidates give a figure of their own (formula "median_of_facets/1"), the mean of two middle
// values being rounded half to even in the 12th decimal; its bounds are the medians of the bounds.
//
// With one_source the policy chooses one facet by what it has in the whole table: its first place
// in the default order, its sources' priority, its latest vintage, or the number of places that it
// fills. Missing are the terms asked, times every period that any row has, for which the facet has
// nothing; a facet that has years lacks no quarters.
ResolvedSeries ResolveSeries(const Resolution& resolution, const std::string& variable,
                             const std::vector<std::string>& terms, std::vector<SeriesRow> rows);

}  // namespace steelyard::funding
