#pragma once

// Forgetting old states: the statements behind Ledger::Compact.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/sql/driver.h"

namespace steelyard::ledger {

// Rows by table, by name; tables without any are left out.
using TableRows = std::vector<std::pair<std::string, int64_t>>;

// The oldest revision that can be read; 0 when nothing was compacted.
absl::StatusOr<int64_t> ReadOldest(sql::Connection& connection, const Context& context);
// Records that nothing older than the revision is read any more, in a transaction of its own.
absl::Status WriteOldest(sql::Connection& connection, const Context& context, int64_t revision);
// Rows that had ended by a revision, in every table of the database that has a column to_revision:
// a store need not list its tables, and cannot forget one.
absl::StatusOr<TableRows> CountEnded(sql::Connection& connection, const Context& context,
                                     int64_t revision);
// Deletes those rows of these tables and records the revision as the oldest, in one transaction of
// its own: durable as a whole when it returns OK, or nothing.
absl::Status DeleteEnded(sql::Connection& connection, const Context& context, int64_t revision,
                         const TableRows& tables);

}  // namespace steelyard::ledger
