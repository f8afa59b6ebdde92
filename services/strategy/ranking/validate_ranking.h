#pragma once

// Checks requests for rankings before anything is asked.

#include "absl/status/status.h"
#include "steelyard/strategy/v1/ranking.pb.h"

namespace steelyard::strategy {

// Every rule of ranking.proto that needs no facts. Region words, filter, definitions and token are
// checked by the services that own them, whose requests have fields of the same names. One
// INVALID_ARGUMENT lists every bad field.
absl::Status Validate(const v1::RankRegionsRequest& request);

}  // namespace steelyard::strategy
