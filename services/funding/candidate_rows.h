#pragma once

// What matching reads of the store: rounds by company, and the rates that make amounts comparable.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/sql/driver.h"
#include "services/funding/reference/exchange_rates.h"
#include "services/funding/round.h"

namespace steelyard::funding {

// Rounds of a company, or of all for an empty id, at a revision, without participations, by company
// and id bytewise.
absl::StatusOr<std::vector<Round>> ReadRoundsOf(sql::Connection& connection, const Context& context,
                                                int64_t revision, std::string_view company);
// Those of any of the companies. In a writer's transaction; in the same order.
absl::StatusOr<std::vector<Round>> ReadRoundsOf(sql::Connection& connection, const Context& context,
                                                int64_t revision,
                                                const std::vector<std::string>& companies);
// The rounds that any of the reports can be matched with: those of their companies, but for rounds
// of a source that all the reports list. In a writer's transaction; in the same order.
absl::StatusOr<std::vector<Round>> ReadCandidates(sql::Connection& connection,
                                                  const Context& context, int64_t revision,
                                                  const std::vector<Round>& reports);

// Rates of the currencies that the rounds' amounts are in; none when it is one currency alone.
absl::StatusOr<RateTable> ReadRatesFor(sql::Connection& connection, const Context& context,
                                       int64_t revision, const std::vector<Round>& rounds,
                                       const std::vector<Round>& others);

}  // namespace steelyard::funding
