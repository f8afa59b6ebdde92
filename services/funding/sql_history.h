#pragma once

// Reads of whole tables and of the past, for the store of rounds over SQL: each is what the method
// of the same name in store.h says.

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/sql/driver.h"
#include "services/funding/store.h"

namespace steelyard::funding {

absl::StatusOr<std::vector<PlacedRound>> ScanRounds(sql::Connection& connection,
                                                    const Context& context, int64_t revision,
                                                    const RoundMatch& match,
                                                    std::string_view after_id, int limit);
absl::StatusOr<RoundStates> ReadHistory(sql::Connection& connection, const Context& context,
                                        int64_t revision, const HistoryQuery& query);
absl::StatusOr<RoundDifferences> ReadDifferences(sql::Connection& connection,
                                                 const Context& context, int64_t from, int64_t to,
                                                 const SelectionQuery& query, int64_t offset,
                                                 int limit);

}  // namespace steelyard::funding
