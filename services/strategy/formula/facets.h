#pragma once

// Which published facets a formula can be read from. Figures of one statistic are always read from
// one facet, so that sources which count different things are never mixed.

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "services/strategy/formula/ast.h"
#include "steelyard/funding/v1/series.pb.h"
#include "steelyard/funding/v1/statistics.pb.h"

namespace steelyard::strategy::formula {

// Facets in the default order: editorial sources last, then source, scope, price basis, unit.
struct FacetOrder {
  bool operator()(const funding::v1::Facet& a, const funding::v1::Facet& b) const;
};
using FacetSet = std::set<funding::v1::Facet, FacetOrder>;
// By statistic: figures of one variable that ask for the same facets are read from one.
using FacetChoice = std::map<std::string, funding::v1::Facet>;
// The statistic of a published figure: its variable, and the options that restrict its facets.
std::string StatisticOf(const FigureRef& figure);

// The point of a series' period; nullptr when it has none with a value.
const funding::v1::SeriesPoint* PointAt(const funding::v1::Series& series, std::string_view period);
// The first series of a term and facet that has a point there, and the point.
struct Published {
  const funding::v1::Series* series = nullptr;
  const funding::v1::SeriesPoint* point = nullptr;
};
Published FindPublished(const funding::v1::GetSeriesResponse& response, std::string_view term,
                        const funding::v1::Facet& facet, std::string_view period);
// The facets with a value for a term in each of the periods.
FacetSet FacetsOf(const funding::v1::GetSeriesResponse& response, std::string_view term,
                  const std::vector<std::string>& periods);
// The facets with a value for a term in one of the periods at least.
FacetSet FacetsOfAny(const funding::v1::GetSeriesResponse& response, std::string_view term,
                     const std::vector<std::string>& periods);

// "sources/oecd: ai_vc_all_stages, USD, nominal".
std::string Describe(const funding::v1::Facet& facet);

}  // namespace steelyard::strategy::formula
