#pragma once

// One region's profile as tables.

#include <string>

#include "steelyard/strategy/v1/profile.pb.h"

namespace steelyard::cli {

// Figures with their intervals, what speaks of scale and what of efficiency, the ambitions, years
// and slices with bars, the largest companies; beneath them why figures have no value or leave
// something out, definition, sources and snapshot.
std::string RenderProfile(const strategy::v1::ProfileRegionResponse& response);

}  // namespace steelyard::cli
