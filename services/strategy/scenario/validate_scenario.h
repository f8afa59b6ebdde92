#pragma once

// Checks requests about gaps and scenarios before anything is asked.

#include "absl/status/status.h"
#include "steelyard/strategy/v1/gap.pb.h"
#include "steelyard/strategy/v1/scenario.pb.h"

namespace steelyard::strategy {

// Every rule of gap.proto. Region words, filter, definition and token are checked by the services
// that own them.
absl::Status Validate(const v1::DecomposeGapRequest& request);

// Every rule of scenario.proto, likewise. Whether a fund is in the answer's currency, and whether
// there is something that a lever can move, is seen from the facts (PlanScenario).
absl::Status Validate(const v1::ProjectScenarioRequest& request);

}  // namespace steelyard::strategy
