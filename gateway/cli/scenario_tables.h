#pragma once

// A projection as fans of quantiles by year.

#include <string>

#include "steelyard/strategy/v1/scenario.pb.h"

namespace steelyard::cli {

// For each region its drift and volatility, and a fan of totals and one of infrastructure; the
// ratios; what became of the targets; beneath them paths and seed, definition, sources and
// snapshot.
std::string RenderProjection(const strategy::v1::Projection& projection);

}  // namespace steelyard::cli
