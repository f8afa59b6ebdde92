#pragma once

// Checks requests before anything is asked.

#include "absl/status/status.h"
#include "steelyard/strategy/v1/strategy.pb.h"

namespace steelyard::strategy {

// What this service knows about the fields; region words, filter, definition and token are checked
// by the services that own them, whose requests have fields of the same names.
absl::Status Validate(const v1::CompareRegionsRequest& request);
absl::Status Validate(const v1::ProfileRegionRequest& request);

}  // namespace steelyard::strategy
