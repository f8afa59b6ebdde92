#pragma once

// Writing rounds, investors and companies as rows of a revision. All of it runs in the caller's
// transaction.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/sql/driver.h"
#include "services/funding/round.h"

namespace steelyard::funding {

// Creates or replaces rounds, each id once. Returns the ids of those that are new or different, in
// the order given.
absl::StatusOr<std::vector<std::string>> WriteRounds(sql::Connection& connection,
                                                     const Context& context, int64_t revision,
                                                     const std::vector<Round>& rounds);
// Likewise; return how many are new or different.
absl::StatusOr<int64_t> WriteInvestors(sql::Connection& connection, const Context& context,
                                       int64_t revision, const std::vector<Investor>& investors);
absl::StatusOr<int64_t> WriteCompanies(sql::Connection& connection, const Context& context,
                                       int64_t revision,
                                       const std::vector<CompanyFacts>& companies);

// Which round each round is included in; rounds that are in none are absent.
using Inclusions = std::map<std::string, std::string, std::less<>>;
absl::StatusOr<Inclusions> ReadInclusions(sql::Connection& connection, const Context& context);
// Whether following the inclusions from `round` leads back to it.
bool LeadsBack(const Inclusions& inclusions, std::string_view round);

}  // namespace steelyard::funding
