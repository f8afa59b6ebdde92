#pragma once

// Between the contract's messages and the reference data's own types.

#include "services/funding/reference/reference_store.h"
#include "services/funding/reference/regions.h"
#include "services/funding/reference/resolve_series.h"
#include "services/funding/reference/statistics.h"
#include "steelyard/funding/v1/statistics.pb.h"

namespace steelyard::funding {

inline constexpr std::string_view kObservationPrefix = "observations/";
inline constexpr std::string_view kSourcePrefix = "sources/";
inline constexpr std::string_view kRegionPrefix = "regions/";

// The text without the prefix; empty when it does not begin with it.
std::string WithoutPrefix(std::string_view text, std::string_view prefix);

// An observation as it would be stored: ids bare, the region's code normal, no qualifier is exact,
// the value in the unit. Nothing is checked: names without their prefix become empty ids, which the
// rules refuse; a vintage that is no date is not known.
PublishedValue ValueOf(const v1::Observation& observation);
SeriesFacet FacetOf(const v1::Facet& facet);

v1::Facet MessageOf(const SeriesFacet& facet);
// With the choice of each point, if it has one and `show_choice`.
v1::Series MessageOf(SeriesRow row, bool show_choice);
v1::MissingValue MessageOf(const MissingCell& cell);
// With periods and vintages, if they are there.
v1::SeriesInfo MessageOf(const SeriesSummary& summary);
v1::Region MessageOf(const RegionSet& set);
// A country and the world have no version.
v1::Region MessageOf(const ResolvedRegion& region);

}  // namespace steelyard::funding
