#pragma once

// FundingService.DiffRounds: one question at two states, what its figures differ by, and the rounds
// that make the difference.

#include "absl/status/status.h"
#include "services/common/context/context.h"
#include "services/common/ledger/ledger.h"
#include "services/funding/reference/reference_store.h"
#include "services/funding/store.h"
#include "steelyard/funding/v1/funding.pb.h"

namespace steelyard::funding {

// Checks and answers. INVALID_FIELD, INVALID_PAGE_TOKEN, and the errors of snapshots and of the
// question.
absl::Status DiffRounds(const Context& context, const RoundStore& rounds,
                        const ReferenceStore& reference, const ledger::Ledger& ledger,
                        const v1::DiffRoundsRequest& request, v1::DiffRoundsResponse& response);

}  // namespace steelyard::funding
