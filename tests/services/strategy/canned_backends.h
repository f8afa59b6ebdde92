#pragma once

// Backends that answer about a world written by hand, as far as the service asks.

#include <string>
#include <string_view>

#include "services/common/status/status.h"
#include "services/strategy/facts/facts.h"
#include "tests/support/fake_backends.h"

namespace steelyard::strategy {

// The answer that funding would give to one of the service's questions.
inline const funding::v1::AggregateRoundsResponse& AnswerTo(
    const Facts& world, const funding::v1::AggregateRoundsRequest& request) {
  const bool regions = request.regions_size() > 0;
  funding::v1::Dimension last = funding::v1::DIMENSION_UNSPECIFIED;
  if (request.group_by_size() > 0) last = request.group_by(request.group_by_size() - 1);
  switch (last) {
    case funding::v1::DIMENSION_YEAR:
      return world.years;
    case funding::v1::DIMENSION_LAYER:
      return regions ? world.layers : world.world_layers;
    case funding::v1::DIMENSION_SECTOR:
      return regions ? world.sectors : world.world_sectors;
    case funding::v1::DIMENSION_INVESTOR_COUNTRY:
      return world.flows;
    case funding::v1::DIMENSION_REGION:
      return request.measures(0) == funding::v1::MEASURE_CONCENTRATION_RATIO ? world.top5
                                                                             : world.totals;
    default:
      return world.world;
  }
}

// The series that it would give; empty for a variable of which nothing is published.
inline funding::v1::GetSeriesResponse SeriesOf(const Facts& world, std::string_view variable) {
  if (variable == "gdp_current_usd") return world.gdp;
  if (variable == "population") return world.population;
  if (variable == kPublishedVariable) return world.published;
  if (variable == kOutgoingVariable) return world.outgoing;
  if (variable == kModelsVariable) return world.notable_models;
  return {};
}

// From here on the backends answer about the world, which must outlive them, as it is when asked.
// The registry knows every source, by a title that ends with its name.
inline void AnswerAbout(const Facts& world, testing::FakeBackends& fakes,
                        const std::string& title = "Title of ") {
  fakes.funding.ResolveSnapshotAnswer = [&world](const auto&, auto& reply) {
    *reply.mutable_snapshot() = world.snapshot;
    return absl::OkStatus();
  };
  fakes.funding.AggregateRoundsAnswer = [&world](const auto& request, auto& reply) {
    reply = AnswerTo(world, request);
    return absl::OkStatus();
  };
  fakes.statistics.GetSeriesAnswer = [&world](const auto& request, auto& reply) {
    reply = SeriesOf(world, request.variable());
    if (reply.series_size() > 0) return absl::OkStatus();
    return MakeError(common::v1::ERROR_REASON_SERIES_NOT_FOUND, "there is no such series");
  };
  fakes.registry.GetCodelistAnswer = [&world](const auto& request, auto& reply) {
    *reply.mutable_codelist() =
        request.name() == "codelists/LAYER" ? world.layer_codes : world.sector_codes;
    return absl::OkStatus();
  };
  fakes.registry.ListSourcesAnswer = [title](const auto& request, auto& reply) {
    for (const std::string& name : request.names()) {
      reply.add_sources()->set_name(name);
      reply.mutable_sources()->rbegin()->set_title(title + name);
    }
    return absl::OkStatus();
  };
}

}  // namespace steelyard::strategy
