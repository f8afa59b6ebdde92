#pragma once

// The reference store over SQL.

#include <memory>
#include <string_view>

#include "services/common/ledger/ledger.h"
#include "services/common/sql/driver.h"
#include "services/funding/reference/reference_store.h"

namespace steelyard::funding {

// Kinds of reference_changes.
inline constexpr std::string_view kRegionSetsKind = "region_sets";
inline constexpr std::string_view kExchangeRatesKind = "exchange_rates";

// A store in the database of `ledger`, which was opened with ReferenceMigrations() among its steps.
// Reads borrow sessions from `pool`. Both must outlive the store.
std::unique_ptr<ReferenceStore> MakeSqlReferenceStore(sql::Pool& pool, ledger::Ledger& ledger);

}  // namespace steelyard::funding
