#pragma once

// Merges the facts of a comparison into its answer. Pure: no calls, no clock; the same facts give
// the same answer, byte for byte.

#include "services/strategy/facts/facts.h"
#include "services/strategy/profile/profile.h"
#include "steelyard/strategy/v1/strategy.pb.h"

namespace steelyard::strategy {

// The first profile against the second: totals, years, similarity by layer and sector. Figures are
// named "<measure>/<numerator>:<denominator>/<period>". Similarity is over the classified rounds.
// The ratio of the totals of regions without a country in common has an interval at kIntervalLevel
// where intervals.h gives one.
v1::RegionRatio MakeRatio(const Evidence& evidence, const v1::RegionProfile& numerator,
                          const v1::RegionProfile& denominator);

// The whole answer. `request` is one that Validate has accepted.
v1::CompareRegionsResponse MergeComparison(const v1::CompareRegionsRequest& request,
                                           const Facts& facts);

}  // namespace steelyard::strategy
