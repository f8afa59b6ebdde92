#pragma once

// GetCompanyHistory: what a company was, and what changed.

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/common/context/context.h"
#include "services/common/ledger/ledger.h"
#include "services/registry/store.h"
#include "services/registry/validate.h"
#include "steelyard/registry/v1/registry.pb.h"

namespace steelyard::registry {

// The fields of v1::Company, by the contract's names and in its order, in which two companies
// differ.
std::vector<std::string> ChangedFields(const Company& before, const Company& after);

// The page of states that a listing of one company asks for, at a revision. COMPANY_NOT_FOUND, and
// the errors of the store and the ledger. Thread-safe.
absl::Status GetCompanyHistory(const Context& context, const Store& store,
                               const ledger::Ledger& ledger, const ledger::Revision& at,
                               const Listing& listing, v1::GetCompanyHistoryResponse& response);

}  // namespace steelyard::registry
