#pragma once

// Taking over what the registry says of companies, and what follows from it for rounds.

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "services/common/context/context.h"
#include "services/common/sql/driver.h"
#include "services/funding/round.h"

namespace steelyard::funding {

// Writes the facts of companies and the ids that are part of them, in the caller's transaction,
// which becomes `revision`. Rounds reported under an id that stands for another company now become
// that company's: matches between reports that are of one company no more end, and the rounds that
// moved are matched with those that were there.
absl::Status CommitCompanies(sql::Connection& connection, const Context& context, int64_t revision,
                             const std::vector<CompanyFacts>& companies);

}  // namespace steelyard::funding
