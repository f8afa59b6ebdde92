#pragma once

// A world for formulas: rounds and published values in two tables, answered as funding would.
// EUROPE means EU27 (DE) or, bound so, EU27_UK (DE and GB).
//
//   rounds, USD   2020  2025                  published x, 2025
//   US   CHIPS      10    60                  oecd (USD)   US 194  EU27 15.8  EU27_UK 29.6
//   US   CLOUD       -    40                  cset (USD, constant_2021)  US 260  DE 20  GB -
//   DE   CHIPS       5     8                  article (USD)  US 119  CN at most 59.5
//   GB   CLOUD       -     2

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "tests/support/fake_backends.h"

namespace steelyard::strategy {

struct RoundOfWorld {
  std::string_view country, layer, year;
  int64_t amount;
};
inline constexpr RoundOfWorld kRoundsOfWorld[] = {
    {"US", "CHIPS", "2020", 10}, {"US", "CHIPS", "2025", 60}, {"US", "CLOUD", "2025", 40},
    {"DE", "CHIPS", "2020", 5},  {"DE", "CHIPS", "2025", 8},  {"GB", "CLOUD", "2025", 2}};

struct ValueOfWorld {
  std::string_view source, region;
  double value;
  std::string_view price_basis = "nominal";
  bool at_most = false;
};
inline constexpr ValueOfWorld kValuesOfWorld[] = {{"sources/article", "US", 119},
                                                  {"sources/article", "CN", 59.5, "nominal", true},
                                                  {"sources/cset", "DE", 20, "constant_2021"},
                                                  {"sources/cset", "US", 260, "constant_2021"},
                                                  {"sources/oecd", "EU27", 15.8},
                                                  {"sources/oecd", "EU27_UK", 29.6},
                                                  {"sources/oecd", "US", 194}};

using Bindings = google::protobuf::RepeatedPtrField<common::v1::RegionBinding>;

inline std::string MeaningOf(const std::string& term, const Bindings& bindings) {
  for (const common::v1::RegionBinding& binding : bindings) {
    if (binding.alias() == term)
      return binding.region_set().substr(0, binding.region_set().find('@'));
  }
  return term == "EUROPE" ? "EU27" : term;
}

inline std::vector<std::string_view> MembersOf(const std::string& region) {
  if (region == "WORLD") return {"US", "DE", "GB"};
  if (region == "EU27") return {"DE"};
  if (region == "EU27_UK") return {"DE", "GB"};
  for (const std::string_view country : {"US", "DE", "GB"}) {
    if (region == country) return {country};
  }
  return {};
}

// What one round is in a group.
inline std::vector<std::string> KeysOf(const RoundOfWorld& round, const std::string& term,
                                       const funding::v1::AggregateRoundsRequest& request) {
  std::vector<std::string> keys;
  for (const int dimension : request.group_by()) {
    switch (dimension) {
      case funding::v1::DIMENSION_REGION:
        keys.push_back(term);
        break;
      case funding::v1::DIMENSION_COUNTRY:
        keys.emplace_back(round.country);
        break;
      case funding::v1::DIMENSION_YEAR:
        keys.emplace_back(round.year);
        break;
      default:
        keys.emplace_back(round.layer);
    }
  }
  return keys;
}

inline absl::Status AggregateWorld(const funding::v1::AggregateRoundsRequest& request,
                                   funding::v1::AggregateRoundsResponse& reply) {
  *reply.mutable_definition() = request.definition();
  reply.mutable_definition()->set_currency("USD");
  std::map<std::vector<std::string>, std::pair<int64_t, int64_t>> groups;  // sum and number
  const auto add = [&](const std::string& term, const std::vector<std::string_view>& members) {
    for (const RoundOfWorld& round : kRoundsOfWorld) {
      const bool in = std::find(members.begin(), members.end(), round.country) != members.end() &&
                      round.year >= StrCat(request.period().from().year()) &&
                      round.year <= StrCat(request.period().to().year());
      if (!in) continue;
      auto& [sum, number] = groups[KeysOf(round, term, request)];
      sum += round.amount;
      ++number;
    }
  };
  for (int i = 0; i < request.regions_size(); ++i) {
    const std::string& term = request.regions(i);
    const auto members = MembersOf(MeaningOf(term, request.definition().regions()));
    if (members.empty()) {
      FieldErrors errors;
      errors.Add(StrCat("regions[", i, "]"), StrCat("there is no region '", term, "'"),
                 common::v1::ERROR_REASON_UNKNOWN_REGION);
      return errors.ToStatus();
    }
    add(term, members);
  }
  if (request.regions().empty()) add("", {"US", "DE", "GB"});
  const funding::v1::Measure measure = request.measures(0);
  for (const auto& [keys, group] : groups) {
    funding::v1::AggregateRow& row = *reply.add_rows();
    for (const std::string& key : keys) row.add_keys()->set_value(key);
    row.add_figures()->set_measure(measure);
    common::v1::Figure& figure = *row.mutable_figures(0)->mutable_figure();
    figure.set_id(StrCat("of/", StrJoin(keys, "/")));
    figure.set_status(common::v1::VALUE_STATUS_OK);
    figure.mutable_coverage()->set_units_expected(group.second);
    figure.mutable_coverage()->set_units_present(group.second);
    if (measure == funding::v1::MEASURE_SUM) {
      figure.mutable_money()->set_units(group.first);
      figure.mutable_money()->set_currency_code("USD");
      figure.set_unit("USD");
    } else if (measure == funding::v1::MEASURE_HHI) {
      figure.set_number(0.5);
      figure.set_unit("1");
    } else {
      figure.set_count(group.second);
      figure.set_unit("1");
    }
  }
  reply.add_sources("sources/rounds");
  return absl::OkStatus();
}

inline void AddValue(const std::string& term, const ValueOfWorld& value, double number,
                     int64_t expected, int64_t present, funding::v1::GetSeriesResponse& reply) {
  funding::v1::Series& series = *reply.add_series();
  series.set_term(term);
  series.mutable_facet()->set_source(std::string(value.source));
  series.mutable_facet()->set_scope("all");
  series.mutable_facet()->set_unit("USD");
  series.mutable_facet()->set_price_basis(std::string(value.price_basis));
  funding::v1::SeriesPoint& point = *series.add_points();
  point.set_period("2025");
  common::v1::Figure& figure = *point.mutable_figure();
  figure.set_id(StrCat("observations/", value.source, "/", value.region));
  figure.set_status(common::v1::VALUE_STATUS_OK);
  figure.set_number(number);
  figure.set_unit("USD");
  if (value.at_most) {
    figure.mutable_interval()->set_lower(-std::numeric_limits<double>::infinity());
    figure.mutable_interval()->set_upper(number);
  }
  if (expected == 0) return;
  figure.mutable_coverage()->set_units_expected(expected);
  figure.mutable_coverage()->set_units_present(present);
}

// What each source printed of a region, or the sum of the members that it has.
inline absl::Status SeriesOfWorld(const funding::v1::GetSeriesRequest& request,
                                  funding::v1::GetSeriesResponse& reply) {
  for (const std::string& term : request.regions()) {
    const std::string region = MeaningOf(term, request.region_bindings());
    const auto members = MembersOf(region);
    for (const std::string_view source : {"sources/article", "sources/cset", "sources/oecd"}) {
      if (request.has_facet() && request.facet().source() != source) continue;
      double sum = 0;
      int64_t present = 0;
      const ValueOfWorld* printed = nullptr;
      const ValueOfWorld* member = nullptr;
      for (const ValueOfWorld& value : kValuesOfWorld) {
        if (value.source != source) continue;
        if (value.region == region) printed = &value;
        if (std::find(members.begin(), members.end(), value.region) == members.end()) continue;
        sum += value.value;
        ++present;
        member = &value;
      }
      if (printed != nullptr) {
        AddValue(term, *printed, printed->value, 0, 0, reply);
      } else if (member != nullptr) {
        AddValue(term, *member, sum, static_cast<int64_t>(members.size()), present, reply);
      }
    }
  }
  if (request.variable() == "x" && reply.series_size() > 0) return absl::OkStatus();
  reply.Clear();
  return MakeError(common::v1::ERROR_REASON_SERIES_NOT_FOUND, "there is no such series");
}

inline void AnswerAboutFormulas(testing::FakeBackends& fakes) {
  fakes.funding.ResolveSnapshotAnswer = [](const auto&, auto& reply) {
    reply.mutable_snapshot()->set_token("token");
    return absl::OkStatus();
  };
  fakes.funding.AggregateRoundsAnswer = AggregateWorld;
  fakes.statistics.GetSeriesAnswer = SeriesOfWorld;
  fakes.statistics.ListSeriesAnswer = [](const auto& request, auto& reply) {
    if (request.filter() != "variable = \"x\"") return absl::OkStatus();
    for (const std::string_view region : {"CN", "DE", "EU27", "US"}) {
      reply.add_series()->set_region(std::string(region));
    }
    return absl::OkStatus();
  };
  fakes.statistics.GetRegionAnswer = [](const auto& request, auto& reply) {
    const std::string term = request.name().substr(std::string_view("regions/").size());
    const std::string region = MeaningOf(term, request.region_bindings());
    reply.mutable_region()->set_region(region);
    for (const std::string_view member : MembersOf(region)) {
      reply.mutable_region()->add_members()->set_country(std::string(member));
    }
    return absl::OkStatus();
  };
  fakes.statistics.ListRegionsAnswer = [](const auto&, auto& reply) {
    for (const std::string region : {"EU27", "EU27_UK"}) {
      funding::v1::Region& added = *reply.add_regions();
      added.set_region(region);
      added.set_version("1");
      for (const std::string_view member : MembersOf(region)) {
        added.add_members()->set_country(std::string(member));
      }
    }
    return absl::OkStatus();
  };
  fakes.funding.ExplainFigureAnswer = [](const auto& request, auto& reply) {
    reply.mutable_root()->set_id(request.figure());
    return absl::OkStatus();
  };
  fakes.registry.GetCodelistAnswer = [](const auto& request, auto& reply) {
    const std::vector<std::string> layers = {"CHIPS", "CLOUD", "COMPUTE_DATACENTER", "ENERGY",
                                             "FOUNDATION_MODEL"};
    const std::vector<std::string> sectors = {
        "BIOTECH",  "CYBERSECURITY", "ENERGY_CLIMATE", "ENTERPRISE_SOFTWARE", "HEALTH",
        "LANGUAGE", "MANUFACTURING", "MOBILITY",       "PUBLIC_SERVICES",     "ROBOTICS"};
    for (const std::string& code : request.name() == "codelists/LAYER" ? layers : sectors) {
      reply.mutable_codelist()->add_codes()->set_code(code);
    }
    return absl::OkStatus();
  };
  fakes.registry.ListSourcesAnswer = [](const auto& request, auto& reply) {
    for (const std::string& name : request.names()) {
      reply.add_sources()->set_name(name);
      reply.mutable_sources()->rbegin()->set_title("Title");
    }
    return absl::OkStatus();
  };
}

}  // namespace steelyard::strategy
