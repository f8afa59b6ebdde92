#pragma once

// Derives figures of GetSeries: which facet was chosen and why, what was passed over, the members
// that were added up, and other vintages of each value.

#include <string>

#include "absl/status/status.h"
#include "services/common/context/context.h"
#include "services/funding/reference/reference_store.h"
#include "services/funding/reference/validate.h"
#include "steelyard/funding/v1/explain.pb.h"

namespace steelyard::funding {

// Sets the figure and the tree. FIGURE_NOT_FOUND; else the errors of ReadSeries.
absl::Status ExplainSeries(const Context& context, const ReferenceStore& store, int64_t revision,
                           const SeriesAsked& question, const std::string& figure,
                           v1::ExplainFigureResponse& response);

}  // namespace steelyard::funding
