#pragma once

// Sends the registry's changes, commit by commit.

#include <functional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/common/context/context.h"
#include "services/common/ledger/ledger.h"
#include "services/registry/store.h"
#include "steelyard/registry/v1/registry.pb.h"

namespace steelyard::registry {

// Every commit after `after` in order, then each new one as it comes; a heartbeat when none came
// for `heartbeat`. A message has at most 1000 companies and about 2 MiB. Returns
// only with an error: that of `send`, of the store, or of the context.
absl::Status WatchCompanies(
    const Context& context, const Store& store, const ledger::Ledger& ledger, int64_t after,
    absl::Duration heartbeat,
    const std::function<absl::Status(const v1::WatchCompaniesResponse&)>& send);

}  // namespace steelyard::registry
