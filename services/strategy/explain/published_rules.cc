#include "services/strategy/explain/published_rules.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "services/common/text/strings.h"
#include "services/strategy/explain/spelling.h"
#include "services/strategy/facts/facts.h"
#include "services/strategy/profile/profile_ratios.h"

namespace steelyard::strategy {
namespace {

using funding::v1::ResolvedRegion;

// The region as the source names it, which may be another one than the term's.
std::string RegionOf(const funding::v1::Series& series) {
  return series.region().empty() ? series.term() : series.region();
}

Rule NetInflowRule(const Evidence& evidence, const std::string& term) {
  const auto flows = LatestPublishedFlows(evidence, term);
  if (evidence.facts.filtered || !flows) return {.expression = "received / given", .inputs = {}};
  const std::string year = StrCat(flows->year);
  return FormulaRule(StrCat(SpellPublished(kPublishedVariable, RegionOf(*flows->received_series),
                                           year, flows->received_series->facet()),
                            " / ",
                            SpellPublished(kOutgoingVariable, RegionOf(*flows->given_series), year,
                                           flows->given_series->facet())));
}

// The one facet of all counts; of a resolved series the points name it.
const funding::v1::Facet* FacetOfModels(const Evidence& evidence, const std::string& term) {
  const funding::v1::Series* series = FindSeries(evidence.facts.notable_models, term, "");
  if (series == nullptr) return nullptr;
  for (const funding::v1::SeriesPoint& point : series->points()) {
    if (point.has_facet()) return &point.facet();
  }
  return &series->facet();
}

Rule ModelsRule(const Evidence& evidence, const std::string& term) {
  const funding::v1::Facet* facet = FacetOfModels(evidence, term);
  if (evidence.facts.filtered || facet == nullptr) {
    return {.expression = "models / billions invested", .inputs = {}};
  }
  const std::string period = evidence.PeriodName();
  return FormulaRule(StrCat(
      "ratio_of_sums(", SpellPublished(kModelsVariable, term, period, *facet), ", ",
      SpellFigure("funding", term, period, "", {StrCat("unit=", kGdpCurrency), "prices=nominal"}),
      ", per=1000000000) * 1 ", kGdpCurrency));
}

}  // namespace

std::optional<Rule> PublishedRule(const Evidence& evidence, const Figure& figure) {
  for (const ResolvedRegion& region : evidence.facts.totals.regions()) {
    const std::string& term = region.term();
    if (figure.id() == evidence.PeriodId("models_per_billion", term)) {
      return ModelsRule(evidence, term);
    }
    const std::string net_inflow = evidence.PeriodId("net_inflow_ratio", term);
    if (figure.id() == net_inflow || figure.id().starts_with(net_inflow + "/year=")) {
      return NetInflowRule(evidence, term);
    }
  }
  return std::nullopt;
}

std::optional<Rule> ComparedRule(const v1::CompareRegionsResponse& comparison,
                                 const Figure& figure) {
  for (const v1::PublishedComparison& published : comparison.published()) {
    const auto spell = [&](const v1::PublishedValue& value) {
      return SpellPublished(published.variable(),
                            value.region().empty() ? value.term() : value.region(),
                            StrCat(published.year()), published.facet());
    };
    for (const v1::PublishedValue& value : published.values()) {
      if (value.figure().id() == figure.id()) return FormulaRule(spell(value));
    }
    for (int i = 0; i < published.ratios_size(); ++i) {
      if (published.ratios(i).ratio().id() != figure.id()) continue;
      return FormulaRule(StrCat(spell(published.values(0)), " / ", spell(published.values(i + 1))));
    }
  }
  return std::nullopt;
}

}  // namespace steelyard::strategy
