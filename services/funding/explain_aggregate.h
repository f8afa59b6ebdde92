#pragma once

// Derives figures of AggregateRounds from the stores.

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/funding/reference/reference_store.h"
#include "services/funding/store.h"
#include "services/funding/validate.h"
#include "steelyard/funding/v1/explain.pb.h"

namespace steelyard::funding {

// Which figure, and which of its rounds.
struct FigureAsked {
  std::string figure;
  int64_t offset = 0;
  int limit = 0;
};

// Sets the figure, the tree and the definition; gives the number of rounds in the group.
// FIGURE_NOT_FOUND; else the errors of AggregateRounds.
absl::StatusOr<int64_t> ExplainAggregate(const Context& context, const RoundStore& rounds,
                                         const ReferenceStore& reference, int64_t revision,
                                         const AggregateAsked& question, const FigureAsked& asked,
                                         v1::ExplainFigureResponse& response);

}  // namespace steelyard::funding
