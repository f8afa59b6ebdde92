#pragma once

// Claims, and what becomes of them, as text.

#include <string>

#include "steelyard/strategy/v1/claim.pb.h"

namespace steelyard::cli {

// "supported", "depends on definition", ...
std::string VerdictText(strategy::v1::Verdict verdict);
// A block for each claim: id, who made it, what it says, its condition or why it has none.
std::string RenderClaims(const strategy::v1::ListClaimsResponse& response);
// A row for each claim with verdict and explanation, how many there are of each verdict, snapshot.
std::string RenderVerdicts(const strategy::v1::CheckClaimsResponse& response);
// A block for each claim: its margins, where the verdict turns, the readings, one piece of evidence
// for and one against it step by step, the sources.
std::string RenderEvidence(const strategy::v1::CheckClaimsResponse& response);

}  // namespace steelyard::cli
