#pragma once

// FundingService.ListRounds with include_history or updated_after, and CompactHistory.

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/ledger/ledger.h"
#include "services/funding/store.h"
#include "services/funding/validate.h"
#include "steelyard/funding/v1/funding.pb.h"

namespace steelyard::funding {

// The revision after which a listing wants changes: the one asked for, or the last that was
// committed at or before the time asked for; 0 for neither.
absl::StatusOr<int64_t> UpdatedAfter(const Context& context, const ledger::Ledger& ledger,
                                     const v1::ListRoundsRequest& request);

// The page of states. SNAPSHOT_COMPACTED when states that it should have may be gone.
absl::Status ListHistory(const Context& context, const RoundStore& rounds,
                         const ledger::Ledger& ledger, const ledger::Revision& at,
                         const RoundListing& listing, v1::ListRoundsResponse& response);

// Checks, compacts, says what went.
absl::Status CompactHistory(const Context& context, ledger::Ledger& ledger,
                            const v1::CompactHistoryRequest& request,
                            v1::CompactHistoryResponse& response);

}  // namespace steelyard::funding
