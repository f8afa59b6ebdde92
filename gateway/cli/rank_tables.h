#pragma once

// A ranking as tables.

#include <string>

#include "steelyard/strategy/v1/ranking.pb.h"

namespace steelyard::cli {

// Ranks with how sure they are, drawn as intervals; the indicators behind each score; what each
// indicator weighs in truth; which neighbours change places how easily; beneath them what figures
// leave out, draws and seed, definition, sources and snapshot.
std::string RenderRanking(const strategy::v1::RankRegionsResponse& response);

}  // namespace steelyard::cli
