#include "services/strategy/formula/facets.h"

#include <algorithm>
#include <tuple>

#include "services/common/text/strings.h"

namespace steelyard::strategy::formula {
namespace {

constexpr std::string_view kEditorial = "sources/editorial";

auto RankOf(const funding::v1::Facet& facet) {
  return std::tuple<bool, const std::string&, const std::string&, const std::string&,
                    const std::string&>(facet.source() == kEditorial, facet.source(), facet.scope(),
                                        facet.price_basis(), facet.unit());
}

}  // namespace

bool FacetOrder::operator()(const funding::v1::Facet& a, const funding::v1::Facet& b) const {
  return RankOf(a) < RankOf(b);
}

const funding::v1::SeriesPoint* PointAt(const funding::v1::Series& series,
                                        std::string_view period) {
  for (const funding::v1::SeriesPoint& point : series.points()) {
    if (point.period() == period && point.figure().status() == common::v1::VALUE_STATUS_OK) {
      return &point;
    }
  }
  return nullptr;
}

Published FindPublished(const funding::v1::GetSeriesResponse& response, std::string_view term,
                        const funding::v1::Facet& facet, std::string_view period) {
  for (const funding::v1::Series& series : response.series()) {
    if (series.term() != term || RankOf(series.facet()) != RankOf(facet)) continue;
    if (const funding::v1::SeriesPoint* point = PointAt(series, period)) return {&series, point};
  }
  return {};
}

FacetSet FacetsOf(const funding::v1::GetSeriesResponse& response, std::string_view term,
                  const std::vector<std::string>& periods) {
  FacetSet out;
  for (const funding::v1::Series& series : response.series()) {
    if (series.term() != term) continue;
    const bool all = std::all_of(periods.begin(), periods.end(), [&](const std::string& period) {
      return FindPublished(response, term, series.facet(), period).point != nullptr;
    });
    if (all) out.insert(series.facet());
  }
  return out;
}

FacetSet FacetsOfAny(const funding::v1::GetSeriesResponse& response, std::string_view term,
                     const std::vector<std::string>& periods) {
  FacetSet out;
  for (const std::string& period : periods) out.merge(FacetsOf(response, term, {period}));
  return out;
}

std::string StatisticOf(const FigureRef& figure) {
  FigureRef statistic = figure;
  statistic.region = "*";
  statistic.from.clear();
  statistic.to.clear();
  return statistic.options.empty() ? figure.name : Spell(statistic);
}

std::string Describe(const funding::v1::Facet& facet) {
  std::vector<std::string> parts;
  for (const std::string* part : {&facet.scope(), &facet.unit(), &facet.price_basis()}) {
    if (!part->empty()) parts.push_back(*part);
  }
  return StrCat(facet.source(), ": ", StrJoin(parts, ", "));
}

}  // namespace steelyard::strategy::formula
