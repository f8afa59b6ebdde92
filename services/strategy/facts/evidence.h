#pragma once

// The facts of one comparison with their indexes: what every figure of a profile is formed from.

#include <string>
#include <string_view>
#include <vector>

#include "services/strategy/facts/facts.h"
#include "services/strategy/facts/tables.h"

namespace steelyard::strategy {

// Pure: made of the facts alone, which must outlive it.
struct Evidence {
  Evidence(const Facts& all, int from_year, int to_year);

  // "2015..2025".
  std::string PeriodName() const;
  std::string YearId(std::string_view measure, std::string_view term, int year) const;
  std::string PeriodId(std::string_view measure, std::string_view term) const;
  // Whether a company counts in one region only, as it does unless its investors decide: what
  // compares regions by chance takes them for independent.
  bool CompaniesHaveOneRegion() const;
  // Whether a company counts in one layer and one sector only.
  bool CompaniesHaveOneSlice() const;
  // Whether layers, and sectors, hold the same amounts, so that their sums do not add up.
  bool SlicesOverlap() const;
  // The table of yearly sums in the currency of GDP and as paid.
  const Table& NominalYears() const;

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
Figure WorldTotal(const Evidence& evidence);

// Why a figure of a region has no value when the region has no round.
std::string NoRound(const Evidence& evidence, std::string_view term);

}  // namespace steelyard::strategy
