#pragma once

// What the figures of an answer refer to by `formula`: every measure with its formula, unit, range,
// edges and source.

#include <string_view>
#include <vector>

#include "steelyard/strategy/v1/strategy.pb.h"

namespace steelyard::strategy {

// Ids of the measures; a changed formula gets a new version.
inline constexpr std::string_view kCagr = "cagr/1";
inline constexpr std::string_view kCompanyCount = "company_count/1";
inline constexpr std::string_view kConcentrationRatio = "concentration_ratio/1";
inline constexpr std::string_view kCount = "count/1";
inline constexpr std::string_view kEntropy = "entropy/1";
inline constexpr std::string_view kFingerKreinin = "finger_kreinin/1";
inline constexpr std::string_view kGap = "gap/1";
inline constexpr std::string_view kHhi = "hhi/1";
inline constexpr std::string_view kLocationQuotient = "location_quotient/1";
inline constexpr std::string_view kMax = "max/1";
inline constexpr std::string_view kMedian = "median/1";
inline constexpr std::string_view kPerCapita = "per_capita/1";
inline constexpr std::string_view kPerGdp = "per_gdp/1";
inline constexpr std::string_view kRatio = "ratio/1";
inline constexpr std::string_view kShare = "share/1";
inline constexpr std::string_view kSum = "sum/1";
inline constexpr std::string_view kWorldShare = "world_share/1";

// All of them, by id. Never changes while the process runs.
const std::vector<v1::MeasureInfo>& MeasureCatalog();

}  // namespace steelyard::strategy
