#pragma once

// The registry's store over SQL. Tables and how they are read are in sql_schema.h and sql_read.h.

#include <memory>

#include "absl/status/statusor.h"
#include "services/common/ledger/ledger.h"
#include "services/common/sql/driver.h"
#include "services/registry/store.h"

namespace steelyard::registry {

// A store in the pool's database, whose ledger was opened with Migrations() of sql_schema.h. Both
// must outlive it.
std::unique_ptr<Store> MakeSqlStore(sql::Pool& pool, ledger::Ledger& ledger);

}  // namespace steelyard::registry
