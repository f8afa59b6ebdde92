#pragma once

// Verdicts as schema.org ClaimReview, for search engines and archives of fact checks.

#include <string>

#include "steelyard/strategy/v1/claim.pb.h"

namespace steelyard::cli {

// A JSON-LD array with one ClaimReview for each claim, in their order, and a line end. Equal
// answers give equal bytes.
//
// itemReviewed is a Claim whose author is the source that made it, absent when nobody is named.
// reviewRating.alternateName is the verdict in words. ratingValue runs from 1 (worst) to 5 (best):
// 5 supported; 3 depends on definition, scope conflict; 1 contradicted. Where nothing was decided
// (insufficient data, not checkable) there is no number, never a low one. datePublished is the day
// on which the data was taken, so that the same snapshot gives the same review; isBasedOn are the
// sources of the evidence. Source: schema.org ClaimReview; Google Search Central, "Fact Check
// (ClaimReview) structured data".
std::string RenderClaimReviews(const strategy::v1::CheckClaimsResponse& response);

}  // namespace steelyard::cli
