#pragma once

// Answers questions by going over a copy's columns.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/funding/aggregate.h"
#include "services/funding/columns/block.h"
#include "services/funding/columns/prices.h"
#include "services/funding/group_builder.h"
#include "services/funding/store.h"

namespace steelyard::funding::columns {

// A question at a revision that the copy holds. What it refers to must outlive it.
struct Question {
  const AggregateQuery& query;  // without a trace
  const SelectionQuery& selection;
  GroupNeeds needs;
  const std::shared_ptr<const RateTable>& rates;
  int64_t revision = 0;
  // Which groups of the whole answer are wanted.
  int64_t offset = 0;
  int64_t limit = INT64_MAX;
};

// What Aggregate gives, but only of the groups that are wanted, with the companies that its top
// lists name.
struct Answer {
  Aggregation aggregation;
  bool more = false;  // whether groups come after those
  std::vector<SelectedCompany> companies;
};

// nullopt when the groups' keys do not fit, or the filter needs what columns do not have. `prices`
// of the question's valuation save converting amounts; null: they are converted. The same with and
// without, and on any number of threads. CANCELLED, DEADLINE_EXCEEDED.
absl::StatusOr<std::optional<Answer>> Scan(const Context& context, const Copy& copy,
                                           const Prices* prices, const Question& question,
                                           size_t threads);

}  // namespace steelyard::funding::columns
