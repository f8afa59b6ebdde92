#pragma once

// Takes the gap between two regions apart, and says when it would close. Pure: no calls, no clock;
// the same facts give the same answer, byte for byte, on any number of threads.

#include <optional>

#include "services/strategy/facts/facts.h"
#include "services/strategy/measures/projection.h"
#include "steelyard/strategy/v1/gap.pb.h"

namespace steelyard::strategy {

// The answer to a request that Validate has accepted, from the facts about its leader and its
// follower, in that order: totals and ratio as in a comparison, both identities (gap_identity.h)
// and the catch-up (catch_up.h). Figures are named "<measure>/<term>/<period>" or, of both regions,
// "<measure>/<leader>:<follower>/<period>". threads as for ParallelFor; nullopt when `stop` ended
// it.
std::optional<v1::DecomposeGapResponse> MakeGap(const v1::DecomposeGapRequest& request,
                                                const Facts& facts, int threads, const Stop& stop);

}  // namespace steelyard::strategy
