#pragma once

// Conditions on rounds, to be added to SelectRounds of schema.h.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "services/common/filter/filter.h"
#include "services/common/time/date.h"
#include "services/funding/round.h"
#include "services/funding/schema.h"

namespace steelyard::funding {

// Expressions for the date that counts: its first day, last day and precision.
struct DateColumns {
  std::string_view first, last, precision;
};
DateColumns ColumnsOf(common::v1::DateBasis basis);

// Only dates of which every day lies in the period.
void AddPeriod(const DateRange& period, common::v1::DateBasis basis, Statement& statement);
// `tables` are those that the statement reads; layers and sectors are what the expressions give.
void AddFilter(const filter::Predicate& filter, const RoundTables& tables, Statement& statement,
               std::string_view layer = kLayerColumn, std::string_view sector = kSectorColumn);
// Only these kinds of money.
void AddScope(const std::vector<AmountKind>& scope, Statement& statement);
// Only companies of these countries; empty: all.
void AddCountries(const std::vector<std::string>& countries, Statement& statement);
// Only rounds whose stored state at the revision began after another one.
void AddUpdatedAfter(int64_t revision, int64_t after, Statement& statement);
// Leaves out what is part of another round's amount.
void AddWhole(int64_t revision, Statement& statement);

}  // namespace steelyard::funding
