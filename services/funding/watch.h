#pragma once

// FundingService.WatchRounds: every commit that changed rounds, in order, for as long as somebody
// listens.

#include <functional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/common/context/context.h"
#include "services/common/ledger/ledger.h"
#include "services/funding/store.h"
#include "steelyard/funding/v1/funding.pb.h"

namespace steelyard::funding {

// Sends the commits after the revision `after`, then waits for more; a heartbeat when nothing
// changed for that long. Returns only when the context ends or `send` fails.
absl::Status WatchRounds(const Context& context, const RoundStore& store,
                         const ledger::Ledger& ledger, int64_t after, absl::Duration heartbeat,
                         const std::function<absl::Status(const v1::WatchRoundsResponse&)>& send);

}  // namespace steelyard::funding
