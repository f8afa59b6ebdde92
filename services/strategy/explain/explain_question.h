#pragma once

// Derives a figure of one answer: asks the question again at the answer's snapshot, and follows the
// figure from what it is made of to the figures of funding's that it ends in.

#include <string>

#include "absl/status/statusor.h"
#include "services/common/rpc/call.h"
#include "services/strategy/explain/derivation.h"
#include "services/strategy/facts/facts.h"
#include "steelyard/strategy/v1/explain.pb.h"

namespace steelyard::strategy {

// `question` is one that its own Validate has accepted, and reads a snapshot. FIGURE_NOT_FOUND for
// an id that its answer does not have, with some that it has; else the errors of the question.
absl::StatusOr<Derivation> Explain(const rpc::Call& call, const Backends& backends,
                                   const v1::CompareRegionsRequest& question,
                                   const std::string& id);
absl::StatusOr<Derivation> Explain(const rpc::Call& call, const Backends& backends,
                                   const v1::DecomposeGapRequest& question, const std::string& id);
absl::StatusOr<Derivation> Explain(const rpc::Call& call, const Backends& backends,
                                   const v1::ProjectScenarioRequest& question,
                                   const std::string& id);
absl::StatusOr<Derivation> Explain(const rpc::Call& call, const Backends& backends,
                                   const v1::RankRegionsRequest& question, const std::string& id);
// The whole formula without an id.
absl::StatusOr<Derivation> Explain(const rpc::Call& call, const Backends& backends,
                                   const v1::EvaluateFormulaRequest& question,
                                   const std::string& id);

// The figure of a request without question, by its id alone.
absl::StatusOr<Derivation> ExplainById(const rpc::Call& call, const Backends& backends,
                                       const v1::ExplainFigureRequest& request,
                                       const std::string& snapshot);

}  // namespace steelyard::strategy
