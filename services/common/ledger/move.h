#pragma once

// Moving a store from one database to another, which may be of another engine, with its whole
// history: the same tokens give the same bytes afterwards.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/common/ledger/compact.h"
#include "services/common/ledger/ledger.h"
#include "services/common/sql/driver.h"

namespace steelyard::ledger {

// Told now and then how many rows of a table have been copied so far.
using MoveProgress = std::function<void(std::string_view table, int64_t rows)>;

// Copies every table of the store in `from`, as it is at one moment, into `to`, in one transaction:
// on error `to` holds none of it. What was written is read back there and compared before it is
// committed. Returns the rows by table, by name. The store keeps its id; the list of replicas does
// not move. `from` is brought to this program's schema first, and otherwise only read.
//
// INVALID_FIELD when `from` holds no store; STORE_UNAVAILABLE when it is of another kind or newer
// than this program, or when `to` holds a store already; INTERNAL when what is read back differs.
absl::StatusOr<TableRows> MoveStore(sql::Database& from, sql::Database& to, Kind kind,
                                    std::span<const Migration> migrations,
                                    const MoveProgress& progress);

}  // namespace steelyard::ledger
