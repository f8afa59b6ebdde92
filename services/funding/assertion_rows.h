#pragma once

// Assertions, links and sources as rows. Reads name the revision that they see; writes run in the
// caller's transaction.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/ledger/ledger.h"
#include "services/common/sql/driver.h"
#include "services/funding/assertion.h"
#include "services/funding/source_policy.h"

namespace steelyard::funding {

// The tables of assertions, links and sources.
ledger::Migration AssertionMigration();

// What is said, under these names, at a revision: by name, then source. Retracted ones come too.
absl::StatusOr<std::vector<Assertion>> ReadAssertions(sql::Connection& connection,
                                                      const Context& context, int64_t revision,
                                                      std::span<const std::string> reports);
// What is said now under any number of names, in a writer's transaction; in the same order.
absl::StatusOr<std::vector<Assertion>> ReadStanding(sql::Connection& connection,
                                                    const Context& context,
                                                    std::span<const std::string> reports);
// The same with what was said before the revision: by name, source, from_revision.
absl::StatusOr<std::vector<StoredAssertion>> ReadAssertionHistory(
    sql::Connection& connection, const Context& context, int64_t revision,
    std::span<const std::string> reports);
// Names under which two sources or more say something at a revision, bytewise.
absl::StatusOr<std::vector<std::string>> ContestedReports(sql::Connection& connection,
                                                          const Context& context, int64_t revision);
// Names under which something is said now by one of the sources, or of one of the companies, by the
// ids that were asserted; bytewise. In a writer's transaction.
enum class AssertedKey { kSource, kCompany };
absl::StatusOr<std::vector<std::string>> ReportsWith(sql::Connection& connection,
                                                     const Context& context, AssertedKey key,
                                                     std::span<const std::string> values);
// Whether anything is said now under any name.
absl::StatusOr<bool> AnyReports(sql::Connection& connection, const Context& context);
// Those of the names under which anything is said now. In a writer's transaction.
absl::StatusOr<std::unordered_set<std::string>> KnownReports(sql::Connection& connection,
                                                             const Context& context,
                                                             std::span<const std::string> reports);
absl::StatusOr<LinkTable> ReadLinks(sql::Connection& connection, const Context& context,
                                    int64_t revision);
absl::StatusOr<SourceTable> ReadSources(sql::Connection& connection, const Context& context,
                                        int64_t revision);

// Writes assertions under names of which nothing is said yet.
absl::Status AppendAssertions(sql::Connection& connection, int64_t revision,
                              const std::vector<Assertion>& assertions);
// Writes assertions, each key once; returns the keys of those that are new or say something else
// than before. One that was retracted stays so unless it says something else.
absl::StatusOr<std::vector<std::string>> WriteAssertions(sql::Connection& connection,
                                                         const Context& context, int64_t revision,
                                                         const std::vector<Assertion>& assertions);
// Withdraws assertions, given as they stand.
absl::Status RetractAssertions(sql::Connection& connection, const Context& context,
                               int64_t revision, const std::vector<Assertion>& assertions,
                               std::string_view reason);
// Writes links, each key once; returns how many are new or different.
absl::StatusOr<int64_t> WriteLinks(sql::Connection& connection, const Context& context,
                                   int64_t revision, const std::vector<RoundLink>& links);
// Writes sources; returns the ids of those that are new or different.
absl::StatusOr<std::vector<std::string>> WriteSources(sql::Connection& connection,
                                                      const Context& context, int64_t revision,
                                                      const SourceTable& sources);

}  // namespace steelyard::funding
