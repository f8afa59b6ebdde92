#pragma once

// Answers DecomposeGap: gathers the facts and takes the gap apart.

#include "absl/status/statusor.h"
#include "services/strategy/facts/facts.h"
#include "steelyard/strategy/v1/gap.pb.h"

namespace steelyard::strategy {

// In two steps, for what needs the facts too. `request` is one that Validate has accepted. Errors
// of GatherFacts; CANCELLED or DEADLINE_EXCEEDED when the call ends while paths are drawn.
// Thread-safe.
absl::StatusOr<Facts> GapFacts(const rpc::Call& call, const Backends& backends,
                               const v1::DecomposeGapRequest& request);
absl::StatusOr<v1::DecomposeGapResponse> GapFrom(const rpc::Call& call, const Facts& facts,
                                                 const v1::DecomposeGapRequest& request);
// Both.
absl::StatusOr<v1::DecomposeGapResponse> DecomposeGap(const rpc::Call& call,
                                                      const Backends& backends,
                                                      const v1::DecomposeGapRequest& request);

}  // namespace steelyard::strategy
