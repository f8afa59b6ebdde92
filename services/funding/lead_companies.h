#pragma once

// Ids of companies in questions: those that were merged mean the company that they are part of.

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "services/common/context/context.h"
#include "services/common/filter/filter.h"
#include "services/funding/store.h"

namespace steelyard::funding {

// Leads the companies that a filter of RoundFilterFields() compares with to those that they are
// part of at the revision; wildcards stay. In a history rounds have the companies of their times:
// there an id means both. Errors are the store's.
enum class Times { kOne, kAll };
absl::Status LeadCompanies(const Context& context, const RoundStore& rounds, int64_t revision,
                           filter::Predicate& filter, Times times = Times::kOne);
// The same of an id; an empty one stays.
absl::Status LeadCompany(const Context& context, const RoundStore& rounds, int64_t revision,
                         std::string& company);

}  // namespace steelyard::funding
