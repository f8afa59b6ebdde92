#pragma once

// Answers ListClaims and CheckClaims.

#include "absl/status/statusor.h"
#include "services/strategy/facts/facts.h"
#include "steelyard/strategy/v1/claim.pb.h"

namespace steelyard::strategy {

// Every rule of the contract about claims of one's own, and the axes. Their formulas are parsed,
// too: INVALID_FIELD at claims[i].expression says what is wrong and where.
absl::Status Validate(const v1::CheckClaimsRequest& request);

// Thread-safe. Errors are those of the contract and of the services behind.
absl::StatusOr<v1::CheckClaimsResponse> CheckClaims(const rpc::Call& call, const Backends& backends,
                                                    const v1::CheckClaimsRequest& request);

}  // namespace steelyard::strategy
