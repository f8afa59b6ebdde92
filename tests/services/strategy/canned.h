#pragma once

// A small world, written by hand as funding and the registry would answer about it. Sums with
// rounds in brackets:
//
//            2020       2021     2022
//   US       300 (2)    -        600 (3)
//   EUROPE   50.50 (1)  100 (2)  -
//   CN       -          -        -
//
//            layers                                             sectors
//   US       CHIPS 450, FOUNDATION_MODEL 270, none 180          HEALTH 450, LANGUAGE 450
//   EUROPE   FOUNDATION_MODEL 100, APPLICATION_VERTICAL 50.50   LANGUAGE 150.50
//   world    CHIPS 600, FOUNDATION_MODEL 500,                   HEALTH 600, LANGUAGE 900
//            APPLICATION_VERTICAL 100, none 300
//
//            from   US    DE    FR    GB    JP    unknown
//   to US           500   -     -     100   60    240
//   to DE           60    30    -     -     -     10.50
//   to FR           -     -     50    -     -     -
//   to JP           200   -     -     -     50    -
//   to unknown      -     -     -     20    -     179.50
//
// The world has 1500 in all. One of the five rounds of the US is undisclosed; 450 of its amounts
// are in mega-rounds. No group has as many companies as an interval takes. GDP and population of
// EUROPE lack FR after 2020 and everywhere. Models are counted in 2020 and 2021 for the US, in 2020
// and 2022 for EUROPE.

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/strategy/facts/facts.h"

namespace steelyard::strategy {

inline common::v1::Figure Usd(int64_t units, int32_t cents = 0) {
  common::v1::Figure figure;
  figure.set_status(common::v1::VALUE_STATUS_OK);
  figure.mutable_money()->set_currency_code("USD");
  figure.mutable_money()->set_units(units);
  figure.mutable_money()->set_nanos(cents * 10'000'000);
  figure.set_unit("USD");
  return figure;
}

inline common::v1::Figure CountOf(int64_t count) {
  common::v1::Figure figure;
  figure.set_status(common::v1::VALUE_STATUS_OK);
  figure.set_count(count);
  figure.set_unit("1");
  return figure;
}

inline common::v1::Figure Plain(double number) {
  common::v1::Figure figure;
  figure.set_status(common::v1::VALUE_STATUS_OK);
  figure.set_number(number);
  figure.set_unit("1");
  return figure;
}

// The figure over so many rounds, of which so many are disclosed.
inline common::v1::Figure Over(common::v1::Figure figure, int64_t rounds, int64_t disclosed) {
  common::v1::Coverage& coverage = *figure.mutable_coverage();
  coverage.set_units_expected(rounds);
  coverage.set_units_present(disclosed);
  coverage.set_undisclosed(rounds - disclosed);
  if (rounds > 0) coverage.set_share(static_cast<double>(disclosed) / static_cast<double>(rounds));
  return figure;
}

using Measured = std::pair<funding::v1::Measure, common::v1::Figure>;

inline funding::v1::AggregateRow& AddRow(funding::v1::AggregateRoundsResponse& reply,
                                         std::initializer_list<std::string_view> keys,
                                         std::initializer_list<Measured> figures) {
  funding::v1::AggregateRow& row = *reply.add_rows();
  for (const std::string_view key : keys) row.add_keys()->set_value(std::string(key));
  for (const auto& [measure, figure] : figures) {
    row.add_figures()->set_measure(measure);
    *row.mutable_figures()->rbegin()->mutable_figure() = figure;
  }
  return row;
}

inline funding::v1::Series& AddSeries(funding::v1::GetSeriesResponse& reply, std::string_view term,
                                      std::string_view region, std::string_view source,
                                      std::string_view unit, std::string_view scope = "") {
  funding::v1::Series& series = *reply.add_series();
  series.set_term(std::string(term));
  series.set_region(std::string(region));
  series.mutable_facet()->set_source(std::string(source));
  series.mutable_facet()->set_unit(std::string(unit));
  series.mutable_facet()->set_scope(std::string(scope));
  return series;
}

inline common::v1::Figure& AddPoint(funding::v1::Series& series, std::string_view period,
                                    const common::v1::Figure& figure) {
  funding::v1::SeriesPoint& point = *series.add_points();
  point.set_period(std::string(period));
  *point.mutable_figure() = figure;
  return *point.mutable_figure();
}

inline void AddRegion(funding::v1::AggregateRoundsResponse& reply, std::string_view term,
                      std::string_view region, std::initializer_list<std::string_view> members) {
  funding::v1::ResolvedRegion& resolved = *reply.add_regions();
  resolved.set_term(std::string(term));
  resolved.set_region(std::string(region));
  for (const std::string_view member : members) resolved.add_members(std::string(member));
}

inline void FillSums(Facts& facts) {
  using namespace funding::v1;  // NOLINT(google-build-using-namespace): names of measures
  AddRegion(facts.totals, "US", "US", {"US"});
  AddRegion(facts.totals, "EUROPE", "EUROPE_BROAD", {"DE", "FR", "GB"});
  AddRegion(facts.totals, "CN", "CHINA_MAINLAND", {"CN"});
  facts.totals.mutable_definition()->set_currency("USD");
  AggregateRow& us = AddRow(facts.totals, {"US"},
                            {{MEASURE_SUM, Over(Usd(900), 5, 4)},
                             {MEASURE_COUNT, CountOf(5)},
                             {MEASURE_COMPANY_COUNT, CountOf(3)},
                             {MEASURE_MEDIAN, Over(Usd(225), 5, 4)},
                             {MEASURE_MAX, Over(Usd(400), 5, 4)},
                             {MEASURE_HHI, Over(Plain(0.5), 5, 4)},
                             {MEASURE_MEAN, Over(Usd(225), 5, 4)},
                             {MEASURE_DISCLOSED_SHARE, Over(Plain(0.8), 5, 4)},
                             {MEASURE_MEGA_ROUND_SUM, Over(Usd(450), 5, 4)}});
  us.add_top()->set_company("companies/big");
  AddRow(facts.totals, {"EUROPE"},
         {{MEASURE_SUM, Over(Usd(150, 50), 3, 3)},
          {MEASURE_COUNT, CountOf(3)},
          {MEASURE_COMPANY_COUNT, CountOf(2)},
          {MEASURE_MEDIAN, Over(Usd(50, 50), 3, 3)},
          {MEASURE_MAX, Over(Usd(60), 3, 3)},
          {MEASURE_HHI, Over(Plain(0.6), 3, 3)},
          {MEASURE_MEAN, Over(Usd(50, 17), 3, 3)},
          {MEASURE_DISCLOSED_SHARE, Over(Plain(1), 3, 3)},
          {MEASURE_MEGA_ROUND_SUM, Over(Usd(0), 3, 3)}});
  common::v1::Figure imputed = Over(Usd(1125), 5, 4);
  imputed.mutable_interval()->set_lower(900);
  imputed.mutable_interval()->set_upper(1400);
  imputed.mutable_interval()->set_level(0.95);
  AddRow(facts.top5, {"US"},
         {{MEASURE_CONCENTRATION_RATIO, Over(Plain(1), 5, 4)},
          {MEASURE_SUM_WITHOUT_LARGEST, Over(Usd(0), 5, 4)},
          {MEASURE_IMPUTED_SUM, imputed}});
  AddRow(facts.top5, {"EUROPE"},
         {{MEASURE_CONCENTRATION_RATIO, Over(Plain(1), 3, 3)},
          {MEASURE_SUM_WITHOUT_LARGEST, Over(Usd(0), 3, 3)},
          {MEASURE_IMPUTED_SUM, Over(Usd(150, 50), 3, 3)}});
  AddRow(facts.years, {"US", "2020"},
         {{MEASURE_SUM, Over(Usd(300), 2, 2)}, {MEASURE_COUNT, CountOf(2)}});
  AddRow(facts.years, {"US", "2022"},
         {{MEASURE_SUM, Over(Usd(600), 3, 2)}, {MEASURE_COUNT, CountOf(3)}});
  AddRow(facts.years, {"EUROPE", "2020"},
         {{MEASURE_SUM, Over(Usd(50, 50), 1, 1)}, {MEASURE_COUNT, CountOf(1)}});
  AddRow(facts.years, {"EUROPE", "2021"},
         {{MEASURE_SUM, Over(Usd(100), 2, 2)}, {MEASURE_COUNT, CountOf(2)}});
  AddRow(facts.layers, {"US", ""}, {{MEASURE_SUM, Over(Usd(180), 1, 1)}});
  AddRow(facts.layers, {"US", "CHIPS"}, {{MEASURE_SUM, Over(Usd(450), 2, 1)}});
  AddRow(facts.layers, {"US", "FOUNDATION_MODEL"}, {{MEASURE_SUM, Over(Usd(270), 2, 2)}});
  AddRow(facts.layers, {"EUROPE", "APPLICATION_VERTICAL"},
         {{MEASURE_SUM, Over(Usd(50, 50), 1, 1)}});
  AddRow(facts.layers, {"EUROPE", "FOUNDATION_MODEL"}, {{MEASURE_SUM, Over(Usd(100), 2, 2)}});
  AddRow(facts.sectors, {"US", "HEALTH"}, {{MEASURE_SUM, Over(Usd(450), 2, 2)}});
  AddRow(facts.sectors, {"US", "LANGUAGE"}, {{MEASURE_SUM, Over(Usd(450), 3, 2)}});
  AddRow(facts.sectors, {"EUROPE", "LANGUAGE"}, {{MEASURE_SUM, Over(Usd(150, 50), 3, 3)}});
  AddRow(facts.world, {}, {{MEASURE_SUM, Over(Usd(1500), 12, 10)}});
  AddRow(facts.world_layers, {""}, {{MEASURE_SUM, Over(Usd(300), 3, 3)}});
  AddRow(facts.world_layers, {"APPLICATION_VERTICAL"}, {{MEASURE_SUM, Over(Usd(100), 2, 2)}});
  AddRow(facts.world_layers, {"CHIPS"}, {{MEASURE_SUM, Over(Usd(600), 3, 2)}});
  AddRow(facts.world_layers, {"FOUNDATION_MODEL"}, {{MEASURE_SUM, Over(Usd(500), 4, 3)}});
  AddRow(facts.world_sectors, {"HEALTH"}, {{MEASURE_SUM, Over(Usd(600), 4, 3)}});
  AddRow(facts.world_sectors, {"LANGUAGE"}, {{MEASURE_SUM, Over(Usd(900), 8, 7)}});
}

// Who gave whom how much, over so many rounds of which so many are disclosed.
inline void AddFlow(Facts& facts, std::string_view company, std::string_view investor,
                    const common::v1::Figure& amount, int64_t rounds, int64_t disclosed) {
  AddRow(facts.flows, {company, investor},
         {{funding::v1::MEASURE_SUM, Over(amount, rounds, disclosed)}});
}

inline void FillFlows(Facts& facts) {
  AddFlow(facts, "", "", Usd(179, 50), 3, 2);
  AddFlow(facts, "", "GB", Usd(20), 1, 1);
  AddFlow(facts, "DE", "", Usd(10, 50), 1, 1);
  AddFlow(facts, "DE", "DE", Usd(30), 2, 2);
  AddFlow(facts, "DE", "US", Usd(60), 1, 1);
  AddFlow(facts, "FR", "FR", Usd(50), 1, 1);
  AddFlow(facts, "JP", "JP", Usd(50), 1, 1);
  AddFlow(facts, "JP", "US", Usd(200), 2, 2);
  AddFlow(facts, "US", "", Usd(240), 1, 1);
  AddFlow(facts, "US", "GB", Usd(100), 1, 1);
  AddFlow(facts, "US", "JP", Usd(60), 1, 1);
  AddFlow(facts, "US", "US", Usd(500), 3, 2);
}

inline void FillReferences(Facts& facts) {
  funding::v1::Series& us_gdp = AddSeries(facts.gdp, "US", "US", "sources/wb_gdp", "USD");
  AddPoint(us_gdp, "2020", Usd(1000));
  AddPoint(us_gdp, "2021", Usd(1100));
  funding::v1::Series& europe_gdp =
      AddSeries(facts.gdp, "EUROPE", "EUROPE_BROAD", "sources/wb_gdp", "USD");
  AddPoint(europe_gdp, "2020", Over(Usd(500), 3, 3));
  AddPoint(europe_gdp, "2021", Over(Usd(400), 3, 2)).mutable_coverage()->add_missing("FR");
  funding::v1::Series& us_people =
      AddSeries(facts.population, "US", "US", "sources/wb_population", "count");
  AddPoint(us_people, "2020", CountOf(10));
  AddPoint(us_people, "2021", CountOf(11));
  funding::v1::Series& europe_people =
      AddSeries(facts.population, "EUROPE", "EUROPE_BROAD", "sources/wb_population", "count");
  AddPoint(europe_people, "2020", Over(CountOf(20), 3, 2)).mutable_coverage()->add_missing("FR");
}

// As funding resolves a series: its points name the facets.
inline void AddModels(Facts& facts, std::string_view term, std::string_view region,
                      std::initializer_list<std::pair<std::string_view, int64_t>> years) {
  funding::v1::Series& series = AddSeries(facts.notable_models, term, region, "", "count");
  for (const auto& [year, models] : years) {
    AddPoint(series, year, CountOf(models));
    series.mutable_points()->rbegin()->mutable_facet()->set_source("sources/models");
  }
}

inline Facts SmallWorld() {
  Facts facts;
  facts.snapshot.set_token("sy1.test");
  facts.snapshot.set_funding_revision(7);
  FillSums(facts);
  FillFlows(facts);
  FillReferences(facts);
  AddModels(facts, "US", "US", {{"2020", 6}, {"2021", 8}});
  AddModels(facts, "EUROPE", "EUROPE_BROAD", {{"2020", 2}, {"2022", 3}});
  for (const std::string_view code :
       {"CHIPS", "COMPUTE_DATACENTER", "FOUNDATION_MODEL", "APPLICATION_VERTICAL"}) {
    facts.layer_codes.add_codes()->set_code(std::string(code));
  }
  for (const std::string_view code : {"LANGUAGE", "HEALTH"}) {
    facts.sector_codes.add_codes()->set_code(std::string(code));
  }
  return facts;
}

// A valid question about the small world.
inline v1::CompareRegionsRequest Question() {
  v1::CompareRegionsRequest request;
  for (const std::string_view term : {"US", "EUROPE", "CN"}) {
    request.add_regions(std::string(term));
  }
  request.mutable_period()->mutable_from()->set_year(2020);
  request.mutable_period()->mutable_to()->set_year(2022);
  return request;
}

}  // namespace steelyard::strategy
