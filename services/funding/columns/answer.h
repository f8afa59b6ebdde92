#pragma once

// From grown groups to an answer.

#include "services/funding/columns/group_table.h"
#include "services/funding/columns/key_layout.h"
#include "services/funding/columns/scan.h"
#include "services/funding/imputation.h"

namespace steelyard::funding::columns {

// Takes the groups out of the table. `sources` are those of Aggregation.
Answer Finish(const Copy& copy, const Question& question, const KeyLayout& layout,
              GroupTable& table, Peers& peers,
              std::vector<std::pair<std::string, int64_t>> sources);

}  // namespace steelyard::funding::columns
