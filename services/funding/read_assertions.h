#pragma once

// What sources say, as answers.

#include <cstdint>

#include "absl/status/status.h"
#include "services/common/context/context.h"
#include "services/funding/reference/reference_store.h"
#include "services/funding/store.h"
#include "services/funding/validate.h"

namespace steelyard::funding {

// The round, and how it was resolved when that is asked for. ROUND_NOT_FOUND.
absl::Status ReadRound(const Context& context, const RoundStore& rounds, int64_t revision,
                       const RoundAsked& asked, v1::GetRoundResponse& response);

// The page of links; response.snapshot is set.
absl::Status ListLinks(const Context& context, const RoundStore& rounds, int64_t revision,
                       const PairListing& listing, v1::ListRoundLinksResponse& response);

// The page of pairs that may be one round; response.snapshot is set.
absl::Status ListDuplicates(const Context& context, const RoundStore& rounds,
                            const ReferenceStore& reference, int64_t revision,
                            const PairListing& listing, v1::ListDuplicateRoundsResponse& response);

}  // namespace steelyard::funding
