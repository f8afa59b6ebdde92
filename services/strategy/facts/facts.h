#pragma once

// What a comparison rests on: sums by groups, published and reference series, codelists and
// sources, all of one snapshot. Asked for in one round of parallel calls whose number is fixed.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "grpcpp/channel.h"
#include "steelyard/funding/v1/funding.grpc.pb.h"
#include "steelyard/funding/v1/statistics.grpc.pb.h"
#include "steelyard/registry/v1/registry.grpc.pb.h"
#include "steelyard/strategy/v1/strategy.pb.h"

namespace steelyard::rpc {
struct Call;
}  // namespace steelyard::rpc

namespace steelyard::strategy {

inline constexpr std::string_view kFundingService = "services/funding";
inline constexpr std::string_view kRegistryService = "services/registry";
inline constexpr std::string_view kPublishedVariable = "ai_investment";
// What investors of a region give, wherever to.
inline constexpr std::string_view kOutgoingVariable = "ai_investment_outgoing";
inline constexpr std::string_view kModelsVariable = "notable_ai_models";
// The currency of the reference series for GDP.
inline constexpr std::string_view kGdpCurrency = "USD";

// The services behind this one. Thread-safe, as stubs are.
struct Backends {
  Backends(const std::shared_ptr<grpc::Channel>& funding_channel,
           const std::shared_ptr<grpc::Channel>& registry_channel);

  std::unique_ptr<funding::v1::FundingService::Stub> funding;
  std::unique_ptr<funding::v1::StatisticsService::Stub> statistics;
  std::unique_ptr<registry::v1::RegistryService::Stub> registry;
};

// The answers to one comparison's questions. All sums are over the request's period and filter.
struct Facts {
  common::v1::Snapshot snapshot;
  // Whether a filter restricts the rounds: what others publish cannot be restricted alike.
  bool filtered = false;

  // By region: SUM, COUNT, COMPANY_COUNT, MEDIAN, MAX, HHI, MEAN, DISCLOSED_SHARE, MEGA_ROUND_SUM,
  // and the top list asked for.
  funding::v1::AggregateRoundsResponse totals;
  // By region: CONCENTRATION_RATIO of the five largest companies, SUM_WITHOUT_LARGEST of the five
  // largest rounds, IMPUTED_SUM.
  funding::v1::AggregateRoundsResponse top5;
  // By region and year: SUM, COUNT.
  funding::v1::AggregateRoundsResponse years;
  // By region and year: SUM in the currency of GDP and as paid; empty when `years` are like that.
  funding::v1::AggregateRoundsResponse gdp_currency_years;
  // By region and layer, by region and sector: SUM, COMPANY_COUNT, HHI.
  funding::v1::AggregateRoundsResponse layers;
  funding::v1::AggregateRoundsResponse sectors;
  // Of all rounds of the world, in one group, by layer, by sector: SUM, COMPANY_COUNT, HHI.
  funding::v1::AggregateRoundsResponse world;
  funding::v1::AggregateRoundsResponse world_layers;
  funding::v1::AggregateRoundsResponse world_sectors;
  // Of all rounds of the world, by country of the companies' headquarters and country of the
  // investors: SUM. Empty unless asked for; a next_page_token says that there are more pairs than
  // are read.
  funding::v1::AggregateRoundsResponse flows;

  // Empty when nothing is known.
  funding::v1::GetSeriesResponse gdp;
  funding::v1::GetSeriesResponse population;
  funding::v1::GetSeriesResponse published;
  funding::v1::GetSeriesResponse outgoing;
  // All from one facet, that which has most of the regions and years, so that regions compare.
  funding::v1::GetSeriesResponse notable_models;

  // Empty when the registry did not answer or has no such list.
  registry::v1::Codelist layer_codes;
  registry::v1::Codelist sector_codes;
  // What the registry knows of the sources in `source_names`.
  std::vector<common::v1::SourceRef> sources;
  // Sources of the rounds and series, sorted, at most 1000.
  std::vector<std::string> source_names;
  // How many there are in all; at least as many as are named.
  int64_t source_count = 0;
  // Services that did not answer, such as "services/registry".
  std::vector<std::string> unreachable;
};

// Whether the flows of capital between countries are asked for too, which only profiles show.
enum class CapitalFlows { kSkip, kAsk };

// Asks for everything, at the snapshot that the request's `read` stands for. The registry may fail
// to answer (UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED): then it is named in
// `unreachable`. Every other error is returned with its code, reason and details.
absl::StatusOr<Facts> GatherFacts(const rpc::Call& call, const Backends& backends,
                                  const v1::CompareRegionsRequest& request, CapitalFlows flows);

}  // namespace steelyard::strategy
