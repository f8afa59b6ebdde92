#pragma once

// FundingService.ExplainFigure: asks the question again and derives one figure of its answer.

#include "absl/status/status.h"
#include "services/common/context/context.h"
#include "services/common/ledger/ledger.h"
#include "services/funding/reference/reference_store.h"
#include "services/funding/store.h"
#include "steelyard/funding/v1/explain.pb.h"

namespace steelyard::funding {

// FIGURE_NOT_FOUND when the answer has no such figure; else the errors of the question.
absl::Status ExplainFigure(const Context& context, const RoundStore& rounds,
                           const ReferenceStore& reference, const ledger::Ledger& ledger,
                           const v1::ExplainFigureRequest& request,
                           v1::ExplainFigureResponse& response);

}  // namespace steelyard::funding
