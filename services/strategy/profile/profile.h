#pragma once

// One region's half of a comparison. Pure: the same facts give the same profile.

#include "services/strategy/facts/evidence.h"
#include "steelyard/strategy/v1/strategy.pb.h"

namespace steelyard::strategy {

// The profile of a region, by its term as asked. Figures are named "<measure>/<term>/<period>", or
// with a year, and slices "<measure>/<term>/<period>/layer=<code>". The total, what is divided by
// people alone, shares of rounds and location quotients have an interval at kIntervalLevel where
// intervals.h gives one.
v1::RegionProfile MakeProfile(const Evidence& evidence, const funding::v1::ResolvedRegion& region);

}  // namespace steelyard::strategy
