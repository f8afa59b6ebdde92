#pragma once

// Figures of a region that set its rounds against what others publish of it: people, product,
// models, capital given. Pure.

#include <optional>
#include <string_view>

#include "services/strategy/facts/evidence.h"

namespace steelyard::strategy {

// The total over the latest population of the period that is known for every member, named
// "per_capita/<term>/<period>/population=<year>". INSUFFICIENT_COVERAGE, with the members that lack
// it, when no year has that. With the interval of the total, since people are counted.
Figure PerCapita(const Evidence& evidence, const funding::v1::ResolvedRegion& region,
                 const Figure& total);

// Amounts over GDP, both over the years that have the GDP of every member, as paid and in the
// currency of GDP. Coverage counts the years and names those left out.
Figure PerGdp(const Evidence& evidence, const funding::v1::ResolvedRegion& region);

// Notable AI models over the amounts in billions of the currency of GDP, as paid, both over the
// years that have a count and an amount; coverage names the others. A year that the source does not
// have is left out and not taken for zero. INSUFFICIENT_COVERAGE when no year has a count,
// UNDEFINED when none of those has an amount. Names its source. A lower bound where a count lacks
// members of the region.
Figure ModelsPerBillion(const Evidence& evidence, const funding::v1::ResolvedRegion& region);

// A year in which one source has both directions of a region's capital; the series are the facts'.
struct PublishedFlows {
  int year = 0;
  const funding::v1::Series* received_series = nullptr;
  const funding::v1::SeriesPoint* received = nullptr;
  const funding::v1::Series* given_series = nullptr;
  const funding::v1::SeriesPoint* given = nullptr;
};
// What NetInflowRatio is made of; nullopt when there is no such year.
std::optional<PublishedFlows> LatestPublishedFlows(const Evidence& evidence, std::string_view term);

// Capital that the region's companies received over capital that its investors gave, in the latest
// year of the period for which one source prints both for one region, in one unit and price basis:
// the two must count the same rounds, which those of two sources need not. Where the source has
// several scopes of the received capital, that of the given capital. Named
// "net_inflow_ratio/<term>/<period>/year=<year>", with ",region=<code>" when the source means
// another region than the term. Bounds follow from those of the values. INSUFFICIENT_COVERAGE, with
// what is missing, when there is no such year.
Figure NetInflowRatio(const Evidence& evidence, const funding::v1::ResolvedRegion& region);

}  // namespace steelyard::strategy
