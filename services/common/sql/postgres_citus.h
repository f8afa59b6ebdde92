#pragma once

// What is different on Citus, the extension of PostgreSQL that spreads tables over machines: where
// rows live, and when a commit is seen. Statements go to the coordinator and mean the same there.
//
// A commit is made by two phases. The coordinator's own part can be seen before the last machine
// has made its part (Citus reads without a common snapshot), and for longer when that machine, or
// the coordinator, fails in between. So a transaction that others wait for announces that it is
// about to commit, by an advisory lock of the coordinator that ends when the second phase has; and
// who goes by what it wrote waits for that lock, and for what a failure has left unfinished.

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/sql/driver.h"

namespace steelyard::sql::postgres {

// The version of the extension in the connection's database; empty without it.
absl::StatusOr<std::string> CitusVersion(Connection& connection);
// As Connection::Distribute.
absl::Status DistributeTable(Connection& connection, const Context& context, std::string_view table,
                             std::string_view column);
// As the last statement of a transaction.
absl::Status AnnounceCommit(Connection& connection);
// As Connection::AwaitCommits.
absl::Status AwaitWholeCommits(Connection& connection, const Context& context);

}  // namespace steelyard::sql::postgres
