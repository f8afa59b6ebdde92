#pragma once

// The RPC MatchCompanies: checks the queries, asks the name index, says what it found.

#include "absl/status/status.h"
#include "services/common/context/context.h"
#include "services/common/ledger/ledger.h"
#include "services/registry/match/names.h"
#include "steelyard/registry/v1/match.pb.h"

namespace steelyard::registry {

// Fills the response; what is allowed in a request, and the errors, are in the contract.
absl::Status MatchCompanies(const Context& context, match::Names& names,
                            const ledger::Ledger& ledger, const v1::MatchCompaniesRequest& request,
                            v1::MatchCompaniesResponse& response);

}  // namespace steelyard::registry
