#pragma once

// Writing rounds, investors and companies as rows of a revision. All of it runs in the caller's
// transaction.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/sql/driver.h"
#include "services/funding/round.h"

namespace steelyard::funding {

// Appends a round and its participations as rows that hold from `revision` on.
absl::Status AppendRound(const Round& round, const std::string& digest, int64_t revision,
                         sql::Appender& rounds, sql::Appender& participations);
// A round with the digest of all that is stored of it.
struct DigestedRound {
  Round round;
  std::string digest;
};
// Writes rounds of which there is none yet.
absl::Status AppendRounds(sql::Connection& connection, int64_t revision,
                          const std::vector<DigestedRound>& rounds);
// Creates or replaces rounds as resolved, each id once. Returns the ids of those that are new or
// different, in the order given.
absl::StatusOr<std::vector<std::string>> WriteRounds(sql::Connection& connection,
                                                     const Context& context, int64_t revision,
                                                     const std::vector<Round>& rounds);
// Ends rounds that are there no more; ids without a round are no error.
absl::Status RemoveRounds(sql::Connection& connection, const Context& context, int64_t revision,
                          const std::vector<std::string>& ids);
// Creates or replaces; return how many are new or different.
absl::StatusOr<int64_t> WriteInvestors(sql::Connection& connection, const Context& context,
                                       int64_t revision, const std::vector<Investor>& investors);
absl::StatusOr<int64_t> WriteCompanies(sql::Connection& connection, const Context& context,
                                       int64_t revision,
                                       const std::vector<CompanyFacts>& companies);

}  // namespace steelyard::funding
