#pragma once

// UpsertCompanies, whose repetition is recognised by its request_id.

#include "absl/status/status.h"
#include "services/common/context/context.h"
#include "services/common/ledger/ledger.h"
#include "services/registry/store.h"
#include "steelyard/registry/v1/registry.pb.h"

namespace steelyard::registry {

// Checks the request and writes it in one commit; as the contract says. Thread-safe.
absl::Status UpsertCompanies(const Context& context, Store& store, const ledger::Ledger& ledger,
                             const v1::UpsertCompaniesRequest& request,
                             v1::UpsertCompaniesResponse& response);

}  // namespace steelyard::registry
