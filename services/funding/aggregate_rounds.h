#pragma once

// FundingService.AggregateRounds from the stores: resolves regions, selects, adds up, makes
// figures.

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/ledger/ledger.h"
#include "services/funding/aggregate.h"
#include "services/funding/columns/columns.h"
#include "services/funding/figures.h"
#include "services/funding/reference/reference_store.h"
#include "services/funding/store.h"
#include "services/funding/validate.h"
#include "steelyard/funding/v1/funding.pb.h"

namespace steelyard::funding {

// What a question is at a revision: everything but the rounds.
struct AggregatePlan {
  std::shared_ptr<const RegionCatalogue> catalogue;
  std::shared_ptr<const RateTable> rates;
  AggregateQuery query;
  FigureScope scope;
};
// UNKNOWN_REGION (or INVALID_FIELD for bindings) and the stores' errors.
absl::StatusOr<AggregatePlan> PlanAggregate(const Context& context, const ReferenceStore& reference,
                                            int64_t revision, const AggregateAsked& asked);

// Answers a checked question at a revision; `response.snapshot` is set by then and pinned into the
// next page's token. `columns`, if there are any, answer what they can. UNKNOWN_REGION (or
// INVALID_FIELD for bindings) and the stores' errors.
absl::Status AggregateRounds(const Context& context, const RoundStore& rounds,
                             const ReferenceStore& reference, const ledger::Revision& at,
                             const AggregateAsked& asked, v1::AggregateRoundsResponse& response,
                             columns::Columns* columns = nullptr);

}  // namespace steelyard::funding
