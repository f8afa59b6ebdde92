#pragma once

// Answers EvaluateFormula and SweepDefinitions.

#include "absl/status/statusor.h"
#include "services/strategy/facts/facts.h"
#include "services/strategy/formula/readings.h"
#include "steelyard/strategy/v1/formula.pb.h"

namespace steelyard::strategy {

// INVALID_ARGUMENT for axes that are none; formulas are checked where they are read.
absl::Status Validate(const v1::EvaluateFormulaRequest& request);
absl::Status Validate(const v1::SweepDefinitionsRequest& request);

// Thread-safe. Errors are those of the contract and of the services behind.
absl::StatusOr<v1::EvaluateFormulaResponse> EvaluateFormula(
    const rpc::Call& call, const Backends& backends, const v1::EvaluateFormulaRequest& request);
absl::StatusOr<v1::SweepDefinitionsResponse> SweepDefinitions(
    const rpc::Call& call, const Backends& backends, const v1::SweepDefinitionsRequest& request);

// The axes that a formula is swept over when none are given: asks what its region words mean and
// which region sets there are.
absl::StatusOr<formula::Axes> AskDefaultAxes(const rpc::Call& call, const Backends& backends,
                                             const std::string& snapshot,
                                             const common::v1::Definition& definition,
                                             const formula::Formula& formula, bool brief);

}  // namespace steelyard::strategy
