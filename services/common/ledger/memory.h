#pragma once

// Replies and reports that a store remembers: the tables requests and imports.

#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/ledger/ledger.h"
#include "services/common/sql/driver.h"

namespace steelyard::ledger {

// What was remembered under an id; nullopt when nothing was.
absl::StatusOr<std::optional<Remembered>> RecallFrom(sql::Connection& connection,
                                                     const Context& context, Ledger::Memory::Of of,
                                                     std::string_view id);
// Remembers a reply, in the caller's transaction.
absl::Status Keep(sql::Connection& connection, const Context& context,
                  const Ledger::Memory& remember, const Revision& revision);

}  // namespace steelyard::ledger
