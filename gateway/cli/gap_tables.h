#pragma once

// What a gap between two regions is made of, as tables.

#include <string>

#include "steelyard/strategy/v1/gap.pb.h"

namespace steelyard::cli {

// Both totals; for each identity its factors with what each contributes, as bars; when the gap
// would close, with the quantiles of that time; beneath them what figures leave out, definition,
// sources and snapshot.
std::string RenderGap(const strategy::v1::DecomposeGapResponse& response);

}  // namespace steelyard::cli
