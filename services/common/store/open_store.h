#pragma once

// The database that a service's configuration names: the one place that knows both what a
// configuration says and which engines there are.

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/common/sql/driver.h"
#include "steelyard/config/v1/config.pb.h"

namespace steelyard::store {

// Opens or creates the store of `service` ("registry", "funding"): with DuckDB the file
// SERVICE.duckdb in the configured directory, with PostgreSQL the configured schema, or that of the
// service's name when none is. `storage` is as config_file::ApplyDefaults leaves it.
//
// STORE_UNAVAILABLE, which names directory, file or database and never a password, when the
// directory cannot be made, another process has the file, or the server cannot be reached or used
// (see sql::OpenDuckDb and sql::OpenPostgres).
absl::StatusOr<std::unique_ptr<sql::Database>> OpenDatabase(const config::v1::Storage& storage,
                                                            std::string_view service);

// How many sessions the calls of a service share: what is configured for a server; `wanted` with an
// embedded engine, whose sessions cost next to nothing.
int SessionsOf(const config::v1::Storage& storage, int wanted);

}  // namespace steelyard::store
