#pragma once

// Brings a store's tables to the state that this binary expects.

#include <span>

#include "absl/status/status.h"
#include "services/common/ledger/ledger.h"
#include "services/common/sql/driver.h"

namespace steelyard::ledger {

// Runs, with their indexes or without, those of the ledger's own steps and of `migrations`, in this
// order, that schema_migrations does not list; each in a transaction of its own, which also lists
// it. STORE_UNAVAILABLE when a step is listed that is not known here (a newer binary wrote the
// file), or one is missing before another that was run.
absl::Status Migrate(sql::Connection& connection, std::span<const Migration> migrations,
                     bool with_indexes);

}  // namespace steelyard::ledger
