#pragma once

// FundingService.AggregateRounds from the stores: resolves regions, selects, adds up, makes
// figures.

#include "absl/status/status.h"
#include "services/common/context/context.h"
#include "services/common/ledger/ledger.h"
#include "services/funding/reference/reference_store.h"
#include "services/funding/store.h"
#include "services/funding/validate.h"
#include "steelyard/funding/v1/funding.pb.h"

namespace steelyard::funding {

// Answers a checked question at a revision; `response.snapshot` is set by then and pinned into the
// next page's token. UNKNOWN_REGION (or INVALID_FIELD for bindings) and the stores' errors.
absl::Status AggregateRounds(const Context& context, const RoundStore& rounds,
                             const ReferenceStore& reference, const ledger::Revision& at,
                             const AggregateAsked& asked, v1::AggregateRoundsResponse& response);

}  // namespace steelyard::funding
