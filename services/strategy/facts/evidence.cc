#include "services/strategy/facts/evidence.h"

#include "services/common/text/strings.h"
#include "services/strategy/measures/measure_catalog.h"

namespace steelyard::strategy {

Evidence::Evidence(const Facts& all, int from_year, int to_year)
    : facts(all),
      from(from_year),
      to(to_year),
      totals(all.totals),
      top5(all.top5),
      years(all.years),
      gdp_currency_years(all.gdp_currency_years),
      layers(all.layers),
      sectors(all.sectors),
      world(all.world),
      world_layers(all.world_layers),
      world_sectors(all.world_sectors),
      layer_codes(OrderedCodes(layers, all.layer_codes)),
      sector_codes(OrderedCodes(sectors, all.sector_codes)),
      currency(all.totals.definition().currency()),
      base_year(all.totals.definition().price_basis().base_year()) {}

std::string Evidence::PeriodName() const { return StrCat(from, "..", to); }

std::string Evidence::YearId(std::string_view measure, std::string_view term, int year) const {
  return StrCat(measure, "/", term, "/", year);
}

std::string Evidence::PeriodId(std::string_view measure, std::string_view term) const {
  return StrCat(measure, "/", term, "/", PeriodName());
}

bool Evidence::CompaniesHaveOneRegion() const {
  return facts.totals.definition().attribution() != common::v1::ATTRIBUTION_INVESTOR_ORIGIN;
}

bool Evidence::CompaniesHaveOneSlice() const {
  const auto layers_by = facts.totals.definition().layer_attribution();
  return layers_by != common::v1::LAYER_ATTRIBUTION_EQUAL_SPLIT && !SlicesOverlap();
}

bool Evidence::SlicesOverlap() const {
  return facts.totals.definition().layer_attribution() == common::v1::LAYER_ATTRIBUTION_FULL;
}

const Table& Evidence::NominalYears() const {
  const bool like_gdp = currency == kGdpCurrency && base_year == 0;
  return like_gdp ? years : gdp_currency_years;
}

Figure WorldTotal(const Evidence& evidence) {
  return Adopt({evidence.PeriodId("total", "WORLD"), kSum, evidence.currency},
               evidence.world.Find({}, funding::v1::MEASURE_SUM),
               StrCat("no round is known in ", evidence.PeriodName()));
}

std::string NoRound(const Evidence& evidence, std::string_view term) {
  return StrCat("no round of ", term, " is known in ", evidence.PeriodName());
}

}  // namespace steelyard::strategy
