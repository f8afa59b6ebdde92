#pragma once

// Conditions on rounds, to be added to SelectRounds of schema.h.

#include <cstdint>
#include <string>
#include <vector>

#include "services/common/filter/filter.h"
#include "services/common/time/date.h"
#include "services/funding/round.h"
#include "services/funding/schema.h"

namespace steelyard::funding {

// Only dates of which every day lies in the period.
void AddPeriod(const DateRange& period, Statement& statement);
void AddFilter(const filter::Predicate& filter, Statement& statement);
// Only these kinds of money.
void AddScope(const std::vector<AmountKind>& scope, Statement& statement);
// Only companies of these countries; empty: all.
void AddCountries(const std::vector<std::string>& countries, Statement& statement);
// Leaves out what is part of another round's amount.
void AddWhole(int64_t revision, Statement& statement);

}  // namespace steelyard::funding
