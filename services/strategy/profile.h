#pragma once

// One region's half of a comparison. Pure: the same facts give the same profile.

#include <string>
#include <vector>

#include "services/strategy/facts.h"
#include "services/strategy/tables.h"
#include "steelyard/strategy/v1/strategy.pb.h"

namespace steelyard::strategy {

// Facts of one comparison with their indexes. The facts must outlive it.
struct Evidence {
  Evidence(const Facts& all, int from_year, int to_year);

  // "2015..2025".
  std::string PeriodName() const;
  std::string YearId(std::string_view measure, std::string_view term, int year) const;
  std::string PeriodId(std::string_view measure, std::string_view term) const;

  const Facts& facts;
  const int from;
  const int to;
  const Table totals;
  const Table top5;
  const Table years;
  const Table gdp_currency_years;
  const Table layers;
  const Table sectors;
  const Table world;
  const Table world_layers;
  const Table world_sectors;
  // Codes with a round in any of the regions, in the order of slices.
  const std::vector<std::string> layer_codes;
  const std::vector<std::string> sector_codes;
  // The currency of all amounts.
  const std::string currency;
  // The year of their prices; 0 for amounts as paid.
  const int base_year;
};

// Sum over all rounds of the world: "total/WORLD/2015..2025".
common::v1::Figure WorldTotal(const Evidence& evidence);

// The profile of a region, by its term as asked. Figures are named "<measure>/<term>/<period>", or
// with a year, and slices "<measure>/<term>/<period>/layer=<code>".
v1::RegionProfile MakeProfile(const Evidence& evidence, const funding::v1::ResolvedRegion& region);

}  // namespace steelyard::strategy
