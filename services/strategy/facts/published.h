#pragma once

// What sources themselves have published about several of the regions, put side by side. Only
// values of one source, scope, unit and price basis are compared with each other.

#include <string>
#include <string_view>
#include <vector>

#include "steelyard/funding/v1/statistics.pb.h"
#include "steelyard/strategy/v1/strategy.pb.h"

namespace steelyard::strategy {

// One comparison for each year and facet in which at least two of the terms have a value: by year,
// newest first, then by source, scope, unit and price basis. Values are in the order of the terms;
// a source that prints several regions for one term (say EU27 and EU27_UK for EUROPE) keeps them
// all, by region. Values for quarters and months take no part.
std::vector<v1::PublishedComparison> ComparePublished(std::string_view variable,
                                                      const std::vector<std::string>& terms,
                                                      const funding::v1::GetSeriesResponse& series);

}  // namespace steelyard::strategy
