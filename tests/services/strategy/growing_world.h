#pragma once

// A world of eleven years, 2015 to 2025, in millions of dollars, as funding and the registry would
// answer about it:
//
//   US      100 130 150 210 200 260 400 380 500 700 1000   CHIPS 30 %, FOUNDATION_MODEL 70 %
//   EUROPE   10  11  14  15  19  18  30  33  35  60   80   APPLICATION_VERTICAL, all of it
//   CN       20  30  25   -  40   -   -  60  55   -    -   nothing known of layers
//
// Population and GDP of US and EUROPE are known for 2015 to 2024. Two of ten rounds of the US are
// undisclosed.

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "tests/services/strategy/canned.h"
#include "tests/support/fake_backends.h"

namespace steelyard::strategy {

inline constexpr int kFirstYear = 2015;
inline constexpr int kLastYear = 2025;
inline constexpr int64_t kMillion = 1'000'000;

// One row a year that has a total.
inline void AddYears(Facts& facts, std::string_view term,
                     const std::vector<std::optional<int64_t>>& millions) {
  int year = kFirstYear;
  for (const std::optional<int64_t>& total : millions) {
    if (total) {
      AddRow(facts.years, {term, std::to_string(year)},
             {{funding::v1::MEASURE_SUM, Over(Usd(*total * kMillion), 1, 1)},
              {funding::v1::MEASURE_COUNT, CountOf(1)}});
    }
    ++year;
  }
}

inline void AddTotals(Facts& facts, std::string_view term, int64_t millions, int64_t companies,
                      int64_t rounds, int64_t disclosed) {
  AddRow(facts.totals, {term},
         {{funding::v1::MEASURE_SUM, Over(Usd(millions * kMillion), rounds, disclosed)},
          {funding::v1::MEASURE_COUNT, Over(CountOf(rounds), rounds, disclosed)},
          {funding::v1::MEASURE_COMPANY_COUNT, Over(CountOf(companies), rounds, disclosed)}});
}

inline void AddPeople(Facts& facts, std::string_view term, int64_t persons, int64_t product) {
  funding::v1::Series& people = AddSeries(facts.population, term, term, "sources/people", "count");
  funding::v1::Series& gdp = AddSeries(facts.gdp, term, term, "sources/gdp", "USD");
  for (int year = kFirstYear; year < kLastYear; ++year) {
    AddPoint(people, std::to_string(year), CountOf(persons));
    AddPoint(gdp, std::to_string(year), Usd(product));
  }
}

inline Facts GrowingWorld() {
  Facts facts;
  facts.snapshot.set_token("sy1.growing");
  facts.totals.mutable_definition()->set_currency("USD");
  AddRegion(facts.totals, "US", "US", {"US"});
  AddRegion(facts.totals, "EUROPE", "EU27", {"DE", "FR"});
  AddRegion(facts.totals, "CN", "CHINA_MAINLAND", {"CN"});
  AddYears(facts, "US", {100, 130, 150, 210, 200, 260, 400, 380, 500, 700, 1000});
  AddYears(facts, "EUROPE", {10, 11, 14, 15, 19, 18, 30, 33, 35, 60, 80});
  const std::optional<int64_t> none;
  AddYears(facts, "CN", {20, 30, 25, none, 40, none, none, 60, 55, none, none});
  AddTotals(facts, "US", 4030, 5, 10, 8);
  AddTotals(facts, "EUROPE", 325, 4, 6, 6);
  AddTotals(facts, "CN", 230, 2, 6, 6);
  AddRow(facts.layers, {"US", "CHIPS"}, {{funding::v1::MEASURE_SUM, Usd(1209 * kMillion)}});
  AddRow(facts.layers, {"US", "FOUNDATION_MODEL"},
         {{funding::v1::MEASURE_SUM, Usd(2821 * kMillion)}});
  AddRow(facts.layers, {"EUROPE", "APPLICATION_VERTICAL"},
         {{funding::v1::MEASURE_SUM, Usd(325 * kMillion)}});
  AddRow(facts.layers, {"CN", ""}, {{funding::v1::MEASURE_SUM, Usd(230 * kMillion)}});
  AddPeople(facts, "US", 330 * kMillion, 20'000'000 * kMillion);
  AddPeople(facts, "EUROPE", 450 * kMillion, 15'000'000 * kMillion);
  return facts;
}

// Only the regions of these places, as if nothing else had been asked for.
inline Facts OnlyRegions(Facts facts, const std::vector<int>& places) {
  const auto all = facts.totals.regions();
  facts.totals.clear_regions();
  for (const int place : places) *facts.totals.add_regions() = all[place];
  return facts;
}

// The rows of the regions that are asked for.
inline void OnlyAsked(const funding::v1::AggregateRoundsRequest& request,
                      funding::v1::AggregateRoundsResponse& reply) {
  const funding::v1::AggregateRoundsResponse all = reply;
  reply.clear_rows();
  for (const funding::v1::AggregateRow& row : all.rows()) {
    const auto& asked = request.regions();
    if (std::find(asked.begin(), asked.end(), row.keys(0).value()) != asked.end()) {
      *reply.add_rows() = row;
    }
  }
}

// What a question for one year has of the yearly sums, by region.
inline void OnlyYear(int year, funding::v1::AggregateRoundsResponse& reply) {
  const funding::v1::AggregateRoundsResponse all = reply;
  reply.clear_rows();
  for (const funding::v1::AggregateRow& row : all.rows()) {
    if (row.keys(1).value() != std::to_string(year)) continue;
    *reply.add_rows() = row;
    reply.mutable_rows()->rbegin()->mutable_keys()->RemoveLast();
  }
}

// Makes the services answer about a world, which must outlive them.
inline void AnswerAboutGrowth(const Facts& world, testing::FakeBackends& fakes) {
  fakes.funding.ResolveSnapshotAnswer = [&world](const auto&, auto& reply) {
    *reply.mutable_snapshot() = world.snapshot;
    return absl::OkStatus();
  };
  fakes.funding.AggregateRoundsAnswer = [&world](const auto& request, auto& reply) {
    const bool of_regions = request.regions_size() > 0;
    const auto by = request.group_by_size() == 0 ? funding::v1::DIMENSION_UNSPECIFIED
                                                 : request.group_by(request.group_by_size() - 1);
    if (by == funding::v1::DIMENSION_YEAR) reply = world.years;
    if (by == funding::v1::DIMENSION_LAYER && of_regions) reply = world.layers;
    const auto& period = request.period();
    const bool one_year = period.has_from() && period.from().year() == period.to().year();
    if (by == funding::v1::DIMENSION_REGION) reply = one_year ? world.years : world.totals;
    if (of_regions) OnlyAsked(request, reply);
    if (by == funding::v1::DIMENSION_REGION && one_year) OnlyYear(period.from().year(), reply);
    reply.clear_regions();
    for (const std::string& term : request.regions()) {
      for (const auto& region : world.totals.regions()) {
        if (region.term() == term) *reply.add_regions() = region;
      }
    }
    *reply.mutable_definition() = world.totals.definition();
    return absl::OkStatus();
  };
  fakes.statistics.GetSeriesAnswer = [&world](const auto& request, auto& reply) {
    if (request.variable() == "gdp_current_usd") reply = world.gdp;
    if (request.variable() == "population") reply = world.population;
    if (reply.series_size() > 0) return absl::OkStatus();
    return MakeError(common::v1::ERROR_REASON_SERIES_NOT_FOUND, "there is no such series");
  };
  fakes.registry.GetCodelistAnswer = [](const auto&, auto& reply) {
    reply.mutable_codelist();
    return absl::OkStatus();
  };
  fakes.registry.ListSourcesAnswer = [](const auto& request, auto& reply) {
    for (const std::string& name : request.names()) reply.add_sources()->set_name(name);
    return absl::OkStatus();
  };
}

}  // namespace steelyard::strategy
