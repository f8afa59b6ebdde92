#pragma once

// The rounds of an aggregation, read from the store.

#include <cstdint>

#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/sql/driver.h"
#include "services/funding/policy_view.h"
#include "services/funding/store.h"

namespace steelyard::funding {

// RoundStore::Select over the tables of a policy's view.
absl::StatusOr<Selection> SelectFrom(sql::Connection& connection, const Context& context,
                                     int64_t revision, const SelectionQuery& query,
                                     const RoundTables& tables);

}  // namespace steelyard::funding
