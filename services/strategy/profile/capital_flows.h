#pragma once

// Between which countries the capital of a region's rounds flows. Pure.
//
// Who gave how much of a round is hardly ever known: its amount is divided equally among the
// investors that are named. A round counts once in each pair of a company's and an investor's
// country that it has a part in, and so do the coverages count it. A country that is not known lies
// in no region, not even in the world.

#include "services/strategy/facts/evidence.h"
#include "steelyard/strategy/v1/strategy.pb.h"

namespace steelyard::strategy {

// Fills `foreign_capital_share`, `rounds_inflow_ratio`, `origins` and `destinations` of a profile
// whose region is filled. A member of the region is one for the whole period. Flows are named after
// the other country: "total/EUROPE/2015..2025/origin=US", "share/EUROPE/2015..2025/destination=US".
// Both figures are INSUFFICIENT_COVERAGE, and the lists empty, when the facts do not hold all
// pairs.
void AddCapitalFlows(const Evidence& evidence, v1::RegionProfile& profile);

}  // namespace steelyard::strategy
