#pragma once

// A comparison as tables.

#include <string>

#include "steelyard/gateway/v1/gateway.pb.h"

namespace steelyard::cli {

// Regions as columns: figures, years, layers, sectors, largest companies, what others published,
// and beneath them definition, coverage, sources and snapshot.
std::string RenderComparison(const gateway::v1::CompareResponse& response);

}  // namespace steelyard::cli
