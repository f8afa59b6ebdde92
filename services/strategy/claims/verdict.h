#pragma once

// What the readings of a claim's condition mean for the claim. Pure. docs/claims.md tells the rules
// to people.

#include <string>
#include <vector>

#include "services/strategy/formula/readings.h"
#include "steelyard/strategy/v1/claim.pb.h"

namespace steelyard::strategy {

// Fills everything of the check but its claim and its sources.
//
// - No reading decides: INSUFFICIENT_DATA.
// - All that decide are true: SUPPORTED.
// - All are false: CONTRADICTED; but a claim of a level, `a ~= b`, is SCOPE_CONFLICT when facets
//   read under one definition are further apart, as a ratio, than the claim is from the nearest
//   reading, since sources that disagree that much on what they count contradict no level.
// - Some are true and some false: DEPENDS_ON_DEFINITION when that is so with one choice of facets
//   alone, or without any; otherwise SCOPE_CONFLICT.
void Judge(const formula::Formula& formula, std::vector<formula::ReadFormula> readings,
           v1::ClaimCheck& check);

}  // namespace steelyard::strategy
