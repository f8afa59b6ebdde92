#pragma once

// Answers ExplainFigure.

#include "absl/status/statusor.h"
#include "services/strategy/facts/facts.h"
#include "steelyard/strategy/v1/explain.pb.h"

namespace steelyard::strategy {

absl::Status Validate(const v1::ExplainFigureRequest& request);

// Thread-safe. Errors are those of the contract and of the services behind.
absl::StatusOr<v1::ExplainFigureResponse> ExplainFigure(const rpc::Call& call,
                                                        const Backends& backends,
                                                        const v1::ExplainFigureRequest& request);

}  // namespace steelyard::strategy
