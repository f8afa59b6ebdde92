#pragma once

// The answer to a ranking's question: asks for the facts under each definition, at one snapshot,
// and ranks.

#include "absl/status/statusor.h"
#include "services/common/rpc/call.h"
#include "services/strategy/facts/facts.h"
#include "steelyard/strategy/v1/strategy.pb.h"

namespace steelyard::strategy {

// `request` is one that Validate has accepted. As many rounds of questions as there are
// definitions, one after the other, each with a fixed number of calls (facts.h). Errors of other
// services are returned with their code and reason; one under alternatives[i] says so in its
// message. CANCELLED or DEADLINE_EXCEEDED when the call ends while draws are made. Thread-safe.
absl::StatusOr<v1::RankRegionsResponse> RankRegions(const rpc::Call& call, const Backends& backends,
                                                    const v1::RankRegionsRequest& request);

// In two steps, for what needs the facts too: those under the request's own definition, and the
// answer from them, which asks for the alternatives'.
absl::StatusOr<Facts> RankingFacts(const rpc::Call& call, const Backends& backends,
                                   const v1::RankRegionsRequest& request);
absl::StatusOr<v1::RankRegionsResponse> RankingFrom(const rpc::Call& call, const Backends& backends,
                                                    const Facts& base,
                                                    const v1::RankRegionsRequest& request);

}  // namespace steelyard::strategy
