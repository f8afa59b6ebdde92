#pragma once

// Writing what sources say: assertions, links, and the rounds that they resolve to under the
// default policy, all in one revision.

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/sql/driver.h"
#include "services/funding/round_changes.h"

namespace steelyard::funding {

// What a commit of changes did.
struct RoundsWritten {
  // Reports of which something new is said, or that were linked, and rounds that read otherwise
  // now.
  std::set<std::string> rounds;
  LinkTable links;  // as they are now
};

// Each runs in the caller's transaction, which becomes `revision`. Reports that are new are matched
// with the rounds that were there before, and linked. INVALID_FIELD for links that lead back.
absl::StatusOr<RoundsWritten> CommitRounds(sql::Connection& connection, const Context& context,
                                           int64_t revision, const RoundChanges& changes);
// Writes the rounds, amendments, links and sources of an import, batch by batch: neither the number
// of batches nor their order matters to what is written. Returns how many of RoundsWritten's rounds
// and of sources there are.
absl::StatusOr<int64_t> CommitImport(sql::Connection& connection, const Context& context,
                                     int64_t revision, const StagedImport& staged);
// Withdraws what the sources (empty: all) say under the name; returns the sources, sorted.
// ROUND_NOT_FOUND when none of them says anything.
absl::StatusOr<std::vector<std::string>> CommitRetraction(sql::Connection& connection,
                                                          const Context& context, int64_t revision,
                                                          const Retraction& retraction);
// Writes a decision; says whether it is new. ROUND_NOT_FOUND when nothing is said under one of the
// names; INVALID_FIELD when it leads back.
absl::StatusOr<bool> CommitDecision(sql::Connection& connection, const Context& context,
                                    int64_t revision, const RoundLink& decision);

}  // namespace steelyard::funding
