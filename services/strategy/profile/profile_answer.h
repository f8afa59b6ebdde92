#pragma once

// One region's profile as an answer of its own: what a comparison says of the region.

#include "absl/status/statusor.h"
#include "services/strategy/facts/facts.h"
#include "steelyard/strategy/v1/strategy.pb.h"

namespace steelyard::rpc {
struct Call;
}  // namespace steelyard::rpc

namespace steelyard::strategy {

// The facts of a comparison of this region alone, as an answer. Pure: the same facts give the same
// answer, byte for byte. `request` is one that Validate has accepted.
v1::ProfileRegionResponse MergeProfile(const v1::ProfileRegionRequest& request, const Facts& facts);

// Checks the request, asks for the facts and merges them. INVALID_ARGUMENT names every bad field;
// other errors are those of GatherFacts. Thread-safe.
absl::StatusOr<v1::ProfileRegionResponse> ProfileRegion(const rpc::Call& call,
                                                        const Backends& backends,
                                                        const v1::ProfileRegionRequest& request);

}  // namespace steelyard::strategy
