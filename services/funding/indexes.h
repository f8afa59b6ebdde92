#pragma once

// What funding's tables are found by on a server.

#include "services/common/ledger/ledger.h"

namespace steelyard::funding {

// A step after those that make the tables.
ledger::Migration IndexMigration();

}  // namespace steelyard::funding
