#pragma once

// The ways to write two regions' totals as products, so that their ratio is a product of ratios
// (Kaya 1990 did so for emissions). Pure.
//
// Figures of an identity are named "<measure>/<region or pair>/<period>/identity=<name>", those of
// its factors' ratios end in ",factor=<id>". Contributions are by LogContributions (dynamics.h). A
// factor that is not known, or zero, leaves the identity without contributions, and says why.

#include "services/strategy/profile/profile.h"
#include "steelyard/strategy/v1/gap.pb.h"

namespace steelyard::strategy {

// people/1: mean yearly total = mean population x GDP per person x total per GDP, over the years in
// which population and GDP of every member and a total are known of both regions. Money is nominal
// and in the currency of GDP. INSUFFICIENT_COVERAGE when there is no such year; the coverage names
// the years left out.
v1::GapIdentity PeopleIdentity(const Evidence& evidence, const v1::RegionProfile& leader,
                               const v1::RegionProfile& follower);

// market/1: total = companies x rounds per company x share of rounds with an amount that counts x
// mean of these amounts, over the period. An amount counts when it is disclosed and can be
// converted; the mean is not rounded, so that the product is the total.
v1::GapIdentity MarketIdentity(const Evidence& evidence, const v1::RegionProfile& leader,
                               const v1::RegionProfile& follower);

}  // namespace steelyard::strategy
