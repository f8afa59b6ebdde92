#pragma once

// From grown groups to an answer.

#include "services/funding/columns/group_table.h"
#include "services/funding/columns/key_layout.h"
#include "services/funding/columns/scan.h"
#include "services/funding/imputation.h"

namespace steelyard::funding::columns {

// Takes those groups out of the table that the question wants; `skipped` groups of the answer come
// before all that are there. `sources` are those of Aggregation. The same on any number of threads.
Answer Finish(const Copy& copy, const Question& question, const KeyLayout& layout,
              GroupTable& table, Peers& peers, std::vector<std::pair<std::string, int64_t>> sources,
              int64_t skipped = 0, size_t threads = 1);

}  // namespace steelyard::funding::columns
