#include "services/strategy/facts/published.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "services/common/text/strings.h"
#include "services/strategy/facts/tables.h"
#include "services/strategy/measures/figures.h"
#include "services/strategy/measures/measure_catalog.h"

namespace steelyard::strategy {
namespace {

// Newest first, then by facet.
using GroupKey = std::tuple<int, std::string, std::string, std::string, std::string>;

GroupKey KeyOf(int year, const funding::v1::Facet& facet) {
  return {-year, facet.source(), facet.scope(), facet.unit(), facet.price_basis()};
}

// Position of the value's term, region: the order of values.
using ValueKey = std::tuple<size_t, std::string>;

v1::RegionRatio MakeRatio(const v1::PublishedComparison& comparison,
                          const v1::PublishedValue& numerator,
                          const v1::PublishedValue& denominator) {
  const auto name = [](const v1::PublishedValue& value) {
    return value.term() == value.region() ? value.term()
                                          : StrCat(value.term(), "(", value.region(), ")");
  };
  const auto above = NanosOf(numerator.figure());
  const auto below = NanosOf(denominator.figure());
  v1::RegionRatio out;
  out.set_numerator(numerator.term());
  out.set_denominator(denominator.term());
  Figure& ratio = *out.mutable_ratio();
  const FigureName id = {StrCat("ratio/", name(numerator), ":", name(denominator), "/",
                                comparison.year(), "/", comparison.variable(), "/",
                                comparison.facet().source(), "/", comparison.facet().scope()),
                         kRatio, "1"};
  const Value value = Divide(above, below);
  if (!value) {
    ratio = MakeUndefined(id, below == 0 ? "the denominator is zero" : "a value is not given");
    return out;
  }
  ratio = MakeNumber(id, value, "", CoverageOf(2, 2));
  ratio.add_sources(comparison.facet().source());
  SetQuotientBounds(numerator.figure(), denominator.figure(), ratio);
  return out;
}

struct Group {
  int year = 0;
  funding::v1::Facet facet;
  std::map<ValueKey, v1::PublishedValue> values;
};

std::map<GroupKey, Group> GroupValues(const std::vector<std::string>& terms,
                                      const funding::v1::GetSeriesResponse& response) {
  std::map<GroupKey, Group> groups;
  for (const funding::v1::Series& series : response.series()) {
    const auto term = std::find(terms.begin(), terms.end(), series.term());
    if (term == terms.end()) continue;
    const ValueKey value_key = {static_cast<size_t>(term - terms.begin()), series.region()};
    for (const funding::v1::SeriesPoint& point : series.points()) {
      const std::optional<int> year = YearOf(point.period());
      if (!year) continue;
      Group& group = groups[KeyOf(*year, series.facet())];
      group.year = *year;
      group.facet = series.facet();
      v1::PublishedValue value;
      value.set_term(series.term());
      value.set_region(series.region());
      *value.mutable_figure() = point.figure();
      group.values.emplace(value_key, std::move(value));
    }
  }
  return groups;
}

}  // namespace

std::vector<v1::PublishedComparison> ComparePublished(
    std::string_view variable, const std::vector<std::string>& terms,
    const funding::v1::GetSeriesResponse& series) {
  std::vector<v1::PublishedComparison> out;
  for (const auto& [key, group] : GroupValues(terms, series)) {
    std::set<size_t> with_value;
    for (const auto& [value_key, value] : group.values) with_value.insert(std::get<0>(value_key));
    if (with_value.size() < 2) continue;
    v1::PublishedComparison& comparison = out.emplace_back();
    comparison.set_variable(std::string(variable));
    comparison.set_year(group.year);
    *comparison.mutable_facet() = group.facet;
    for (const auto& [value_key, value] : group.values) *comparison.add_values() = value;
    for (int i = 1; i < comparison.values_size(); ++i) {
      *comparison.add_ratios() = MakeRatio(comparison, comparison.values(0), comparison.values(i));
    }
  }
  return out;
}

}  // namespace steelyard::strategy
