#pragma once

// What a store's file says of itself: the table store_meta.

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/ledger/ledger.h"
#include "services/common/sql/driver.h"

namespace steelyard::ledger {

// The value of a key; nullopt when there is none.
absl::StatusOr<std::optional<std::string>> ReadMeta(sql::Connection& connection,
                                                    const Context& context, std::string_view key);
// Sets the value of a key, in the caller's transaction.
absl::Status WriteMeta(sql::Connection& connection, const Context& context, std::string_view key,
                       std::string_view value);
// The store's id, which is drawn when the store is new. STORE_UNAVAILABLE when it is of the other
// kind.
absl::StatusOr<std::string> Identify(sql::Connection& connection, Kind kind);

}  // namespace steelyard::ledger
