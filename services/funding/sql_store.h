#pragma once

// The store of rounds over SQL.

#include <memory>

#include "services/common/ledger/ledger.h"
#include "services/common/sql/driver.h"
#include "services/funding/store.h"

namespace steelyard::funding {

// A store in the database of `ledger`, which was opened with FundingMigrations(). Reads borrow
// sessions from `pool`. Both must outlive the store.
std::unique_ptr<RoundStore> MakeSqlRoundStore(sql::Pool& pool, ledger::Ledger& ledger);

}  // namespace steelyard::funding
