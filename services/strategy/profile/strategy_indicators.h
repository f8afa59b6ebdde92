#pragma once

// Which figures of a profile speak of maximising scale, which of maximising efficiency, and which
// of the five European ambitions. Figures carry over; no score is made of them, since no published
// standard weighs them. docs/strategies.md says why each is where it is. Pure.

#include "services/strategy/facts/evidence.h"
#include "steelyard/strategy/v1/strategy.pb.h"

namespace steelyard::strategy {

// Fills `scale`, `efficiency` and `ambitions` of a profile whose other fields are filled, always
// with the same indicators in the same order. Indicators of a layer or sector are named after the
// code: "location_quotient:HEALTH", "share:CHIPS", "total:CLOUD". UNDEFINED for a layer or sector
// in which no region of the answer has a round.
void AddIndicators(const Evidence& evidence, v1::RegionProfile& profile);

}  // namespace steelyard::strategy
