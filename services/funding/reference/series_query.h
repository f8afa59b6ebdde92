#pragma once

// Answers a question for series from the store.

#include <vector>

#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/funding/reference/reference_store.h"
#include "services/funding/reference/resolve_series.h"
#include "services/funding/reference/validate.h"

namespace steelyard::funding {

struct SeriesAnswer {
  ResolvedSeries series;
  std::vector<ResolvedRegion> regions;  // the terms that are regions, each once
};

// The series at a revision, in the order of AssembleSeries or, for a question with a resolution, of
// ResolveSeries. UNKNOWN_REGION for a term that is neither a region nor a code that anything is
// published under; INVALID_FIELD for sum_members of a variable without values in currencies or
// counts; SERIES_NOT_FOUND when nothing answers any of the terms.
absl::StatusOr<SeriesAnswer> ReadSeries(const Context& context, const ReferenceStore& store,
                                        int64_t revision, const SeriesAsked& asked);

}  // namespace steelyard::funding
