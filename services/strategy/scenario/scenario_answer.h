#pragma once

// Answers ProjectScenario: gathers the facts, draws the paths and tells how far it is.

#include <functional>

#include "absl/status/statusor.h"
#include "services/strategy/facts/facts.h"
#include "steelyard/strategy/v1/scenario.pb.h"

namespace steelyard::strategy {

// In two steps, for what needs the facts too. `request` is one that Validate has accepted. Calls
// `report` on the calling thread, at most twenty
// times; false means that the caller has gone, and the answer is CANCELLED. Errors of GatherFacts
// and PlanScenario; CANCELLED or DEADLINE_EXCEEDED when the call ends. Thread-safe.
absl::StatusOr<Facts> ScenarioFacts(const rpc::Call& call, const Backends& backends,
                                    const v1::ProjectScenarioRequest& request);
absl::StatusOr<v1::Projection> ProjectionFrom(
    const rpc::Call& call, const Facts& facts, const v1::ProjectScenarioRequest& request,
    const std::function<bool(const v1::ScenarioProgress&)>& report);
// Both.
absl::StatusOr<v1::Projection> ProjectScenario(
    const rpc::Call& call, const Backends& backends, const v1::ProjectScenarioRequest& request,
    const std::function<bool(const v1::ScenarioProgress&)>& report);

}  // namespace steelyard::strategy
