#pragma once

// The claims that the suite ships with: those of deploy/claims/*.json, which are part of the
// service so that every replica has the same ones.

#include <span>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "steelyard/strategy/v1/claim.pb.h"

namespace steelyard::strategy {

// The texts of the files, each a ListClaimsResponse in protobuf's JSON.
std::span<const std::string_view> ShippedClaimFiles();

// What a claim may hold. INVALID_ARGUMENT lists every bad field below `field`: an id that is none,
// too long a text, a source that is none, an expression that is no formula or no condition.
absl::Status CheckClaim(const v1::Claim& claim, std::string_view field);

// The claims of such texts, by id. INVALID_ARGUMENT for a text that is none, a claim that
// CheckClaim refuses, an id that stands there twice, or a claim with both or neither of expression
// and reason.
absl::StatusOr<std::vector<v1::Claim>> ParseClaims(std::span<const std::string_view> files);

// Those that the suite ships with. Never changes while the process runs. Empty if a file is wrong,
// which a test rules out.
const std::vector<v1::Claim>& ShippedClaims();

}  // namespace steelyard::strategy
