#pragma once

// Decisions about who is who: merges, splits, that companies are different, and that what a source
// says does not count.

#include "absl/status/status.h"
#include "services/common/context/context.h"
#include "services/common/ledger/ledger.h"
#include "services/registry/store.h"
#include "steelyard/registry/v1/registry.pb.h"

namespace steelyard::registry {

// Each checks the request and writes the decisions in one commit, as the contract says.
// Thread-safe.
absl::Status MergeCompanies(const Context& context, Store& store, const ledger::Ledger& ledger,
                            const v1::MergeCompaniesRequest& request,
                            v1::MergeCompaniesResponse& response);
absl::Status SplitCompany(const Context& context, Store& store, const ledger::Ledger& ledger,
                          const v1::SplitCompanyRequest& request,
                          v1::SplitCompanyResponse& response);
absl::Status DistinguishCompanies(const Context& context, Store& store,
                                  const ledger::Ledger& ledger,
                                  const v1::DistinguishCompaniesRequest& request,
                                  v1::DistinguishCompaniesResponse& response);
absl::Status RetractCompany(const Context& context, Store& store, const ledger::Ledger& ledger,
                            const v1::RetractCompanyRequest& request,
                            v1::RetractCompanyResponse& response);

}  // namespace steelyard::registry
