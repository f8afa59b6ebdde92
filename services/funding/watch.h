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
// changed for that long. After 0, where history was compacted, the oldest state that is left comes
// first, as one commit. Returns only when the context ends, `send` fails, or with
// SNAPSHOT_COMPACTED when what it should send next is gone: when it begins, or when a compaction
// overtakes it.
absl::Status WatchRounds(const Context& context, const RoundStore& store,
                         const ledger::Ledger& ledger, int64_t after, absl::Duration heartbeat,
                         const std::function<absl::Status(const v1::WatchRoundsResponse&)>& send);

}  // namespace steelyard::funding
