#pragma once

// What rounds can be filtered and ordered by, over the tables of the SQL store: `r` is rounds, `c`
// the projection of companies (all NULL for a company that the registry does not know).

#include <string>
#include <vector>

#include "services/common/filter/filter.h"

namespace steelyard::funding {

// Stands in filters for the table of participations that the reader sees.
inline constexpr std::string_view kParticipationsTable = "<participations>";

// The fields that ListRoundsRequest.filter documents.
const std::vector<filter::Field>& RoundFilterFields();
// "announced_on", "amount", "id".
const std::vector<std::string>& RoundOrderFields();
// ORDER BY's expressions, ending in the id.
std::string RoundOrderSql(const std::vector<filter::OrderKey>& keys);

}  // namespace steelyard::funding
