#pragma once

// Redirects of companies as rows. Reads name the revision that they see; writes run in the caller's
// transaction.

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/ledger/ledger.h"
#include "services/common/sql/driver.h"
#include "services/funding/redirects.h"

namespace steelyard::funding {

// The table of redirects.
ledger::Migration RedirectMigration();

absl::StatusOr<Redirects> ReadRedirects(sql::Connection& connection, const Context& context,
                                        int64_t revision);
// Those of some ids.
absl::StatusOr<Redirects> ReadRedirects(sql::Connection& connection, const Context& context,
                                        int64_t revision, const std::vector<std::string>& ids);
// Writes what differs between the redirects that hold and those that are to.
absl::Status WriteRedirects(sql::Connection& connection, const Context& context, int64_t revision,
                            const Redirects& before, const Redirects& after);

}  // namespace steelyard::funding
