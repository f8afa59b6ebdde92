#include "services/strategy/facts/facts.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <limits>
#include <set>
#include <utility>

#include "services/common/rpc/client.h"
#include "services/common/rpc/handler.h"
#include "services/common/status/status.h"
#include "services/strategy/facts/shared_calls.h"

namespace steelyard::strategy {
namespace {

using funding::v1::AggregateRoundsRequest;
using funding::v1::AggregateRoundsResponse;
using funding::v1::GetSeriesRequest;
using funding::v1::GetSeriesResponse;
using registry::v1::GetCodelistRequest;
using registry::v1::GetCodelistResponse;

constexpr int kDefaultTopK = 5;
constexpr int kLargestK = 5;
constexpr int kAggregatePage = 10'000;
// Pairs of countries that have rounds are a few thousand: more pages than these are no ordinary
// use.
constexpr int kMoreFlowPages = 4;
constexpr std::string_view kModelsPolicy = "most-complete/1";

// What a group's sum and its interval take.
constexpr funding::v1::Measure kSpread[] = {
    funding::v1::MEASURE_SUM, funding::v1::MEASURE_COMPANY_COUNT, funding::v1::MEASURE_HHI};

// One question to funding and where its answer goes.
struct Aggregate {
  AggregateRoundsRequest request;
  AggregateRoundsResponse* response;
  // How many pages after the first are read at most.
  int more_pages = std::numeric_limits<int>::max();
};

struct SeriesQuestion {
  GetSeriesRequest request;
  GetSeriesResponse* response;
};

class Questions {
 public:
  Questions(const v1::CompareRegionsRequest& request, const common::v1::Snapshot& snapshot)
      : request_(request) {
    read_.set_snapshot(snapshot.token());
  }

  AggregateRoundsRequest World(const std::vector<funding::v1::Dimension>& group_by) const {
    AggregateRoundsRequest out;
    *out.mutable_period() = request_.period();
    out.set_filter(request_.filter());
    for (const funding::v1::Dimension dimension : group_by) out.add_group_by(dimension);
    for (const funding::v1::Measure measure : kSpread) out.add_measures(measure);
    out.set_page_size(kAggregatePage);
    *out.mutable_definition() = request_.definition();
    *out.mutable_read() = read_;
    return out;
  }

  AggregateRoundsRequest Regions(std::vector<funding::v1::Dimension> group_by,
                                 const std::vector<funding::v1::Measure>& measures,
                                 int top_k = 0) const {
    group_by.insert(group_by.begin(), funding::v1::DIMENSION_REGION);
    AggregateRoundsRequest out = World(group_by);
    *out.mutable_regions() = request_.regions();
    out.clear_measures();
    for (const funding::v1::Measure measure : measures) out.add_measures(measure);
    out.set_top_k(top_k);
    return out;
  }

  // Between the countries of headquarters and of investors, whatever side of a round the definition
  // counts by.
  AggregateRoundsRequest Flows() const {
    AggregateRoundsRequest out =
        World({funding::v1::DIMENSION_COUNTRY, funding::v1::DIMENSION_INVESTOR_COUNTRY});
    out.clear_measures();
    out.add_measures(funding::v1::MEASURE_SUM);
    out.mutable_definition()->set_attribution(common::v1::ATTRIBUTION_RECIPIENT_HEADQUARTERS);
    return out;
  }

  GetSeriesRequest Series(std::string_view variable, bool sum_members) const {
    GetSeriesRequest out;
    out.set_variable(std::string(variable));
    *out.mutable_regions() = request_.regions();
    *out.mutable_period() = request_.period();
    out.set_sum_members(sum_members);
    *out.mutable_region_bindings() = request_.definition().regions();
    *out.mutable_read() = read_;
    return out;
  }

  GetSeriesRequest OneSource(std::string_view variable) const {
    GetSeriesRequest out = Series(variable, true);
    out.set_one_source(true);
    out.set_source_policy(std::string(kModelsPolicy));
    return out;
  }

  GetCodelistRequest Codelist(std::string_view id) const {
    GetCodelistRequest out;
    out.set_name("codelists/" + std::string(id));
    *out.mutable_read() = read_;
    return out;
  }

 private:
  const v1::CompareRegionsRequest& request_;
  common::v1::ReadOptions read_;
};

std::vector<Aggregate> Aggregates(const v1::CompareRegionsRequest& request, const Questions& ask,
                                  CapitalFlows flows, Facts& facts) {
  using namespace funding::v1;  // NOLINT(google-build-using-namespace): names of dimensions,
                                // measures
  const int top_k = request.top_k() == 0 ? kDefaultTopK : request.top_k();
  std::vector<Aggregate> out;
  out.push_back(
      {ask.Regions({},
                   {MEASURE_SUM, MEASURE_COUNT, MEASURE_COMPANY_COUNT, MEASURE_MEDIAN, MEASURE_MAX,
                    MEASURE_HHI, MEASURE_MEAN, MEASURE_DISCLOSED_SHARE, MEASURE_MEGA_ROUND_SUM},
                   top_k),
       &facts.totals});
  // What has a k of its own whatever the length of the list, and beside it the estimate: funding
  // reads on one thread for it.
  out.push_back(
      {ask.Regions({},
                   {MEASURE_CONCENTRATION_RATIO, MEASURE_SUM_WITHOUT_LARGEST, MEASURE_IMPUTED_SUM},
                   kLargestK),
       &facts.top5});
  out.push_back({ask.Regions({DIMENSION_YEAR}, {MEASURE_SUM, MEASURE_COUNT}), &facts.years});
  const std::vector<Measure> spread(std::begin(kSpread), std::end(kSpread));
  out.push_back({ask.Regions({DIMENSION_LAYER}, spread), &facts.layers});
  out.push_back({ask.Regions({DIMENSION_SECTOR}, spread), &facts.sectors});
  out.push_back({ask.World({}), &facts.world});
  out.push_back({ask.World({DIMENSION_LAYER}), &facts.world_layers});
  out.push_back({ask.World({DIMENSION_SECTOR}), &facts.world_sectors});
  if (flows == CapitalFlows::kAsk) out.push_back({ask.Flows(), &facts.flows, kMoreFlowPages});
  // GDP is nominal, in its own currency.
  const std::string& currency = request.definition().currency();
  const bool in_dollars = currency.empty() || currency == kGdpCurrency;
  if (!in_dollars || request.definition().price_basis().base_year() != 0) {
    out.push_back({ask.Regions({DIMENSION_YEAR}, {MEASURE_SUM}), &facts.gdp_currency_years});
    out.back().request.mutable_definition()->set_currency(std::string(kGdpCurrency));
    out.back().request.mutable_definition()->clear_price_basis();
  }
  return out;
}

// Fetches the pages after the first, as many as the question allows.
absl::Status FollowPages(const rpc::Call& call, const Backends& backends, Aggregate& question) {
  for (int page_number = 0;
       page_number < question.more_pages && !question.response->next_page_token().empty();
       ++page_number) {
    question.request.set_page_token(question.response->next_page_token());
    AggregateRoundsResponse page;
    STEELYARD_RETURN_IF_ERROR(
        rpc::Invoke(call, kFundingService, [&](grpc::ClientContext* context, auto done) {
          backends.funding->async()->AggregateRounds(context, &question.request, &page,
                                                     std::move(done));
        }));
    question.response->mutable_rows()->MergeFrom(page.rows());
    question.response->set_next_page_token(page.next_page_token());
  }
  return absl::OkStatus();
}

absl::Status AskRegistry(const rpc::Call& call, const Backends& backends, Facts& facts) {
  if (facts.source_names.empty() || !facts.unreachable.empty()) return absl::OkStatus();
  auto sources = FetchSources(call, backends, facts.snapshot.token(), facts.source_names);
  if (!sources.ok() && !IsUnreachable(sources.status())) return sources.status();
  if (!sources.ok()) {
    facts.unreachable.emplace_back(kRegistryService);
  } else {
    facts.sources = *std::move(sources);
  }
  return absl::OkStatus();
}

// Names the sources of rounds and series. Funding names at most its first ones with their number;
// the world's rounds include the regions'.
void CollectSources(Facts& facts) {
  std::set<std::string> of_rounds;
  for (const AggregateRoundsResponse* reply : {&facts.world, &facts.totals}) {
    of_rounds.insert(reply->sources().begin(), reply->sources().end());
  }
  std::set<std::string> names = of_rounds;
  for (const GetSeriesResponse* reply :
       {&facts.gdp, &facts.population, &facts.published, &facts.outgoing, &facts.notable_models}) {
    for (const funding::v1::Series& series : reply->series()) {
      names.insert(series.facet().source());
      // Of a resolved series only the points name their sources.
      for (const funding::v1::SeriesPoint& point : series.points()) {
        names.insert(point.facet().source());
      }
    }
  }
  names.erase("");
  const int64_t unnamed =
      std::max<int64_t>(0, facts.world.source_count() - static_cast<int64_t>(of_rounds.size()));
  facts.source_count = static_cast<int64_t>(names.size()) + unnamed;
  facts.source_names.assign(names.begin(), names.end());
  if (facts.source_names.size() > kMostSources) facts.source_names.resize(kMostSources);
}

// A series or codelist that does not exist is an empty answer.
absl::Status AbsentIsEmpty(const absl::Status& status) {
  return absl::IsNotFound(status) ? absl::OkStatus() : status;
}

}  // namespace

Backends::Backends(const std::shared_ptr<grpc::Channel>& funding_channel,
                   const std::shared_ptr<grpc::Channel>& registry_channel)
    : funding(funding::v1::FundingService::NewStub(funding_channel)),
      statistics(funding::v1::StatisticsService::NewStub(funding_channel)),
      registry(registry::v1::RegistryService::NewStub(registry_channel)) {}

absl::StatusOr<Facts> GatherFacts(const rpc::Call& call, const Backends& backends,
                                  const v1::CompareRegionsRequest& request, CapitalFlows flows) {
  Facts facts;
  STEELYARD_ASSIGN_OR_RETURN(facts.snapshot, PinSnapshot(call, backends, request.read()));
  facts.filtered = !request.filter().empty();
  const Questions ask(request, facts.snapshot);

  std::vector<Aggregate> aggregates = Aggregates(request, ask, flows, facts);
  std::vector<SeriesQuestion> series = {
      {ask.Series("gdp_current_usd", true), &facts.gdp},
      {ask.Series("population", true), &facts.population},
      {ask.Series(kPublishedVariable, false), &facts.published},
      {ask.Series(kOutgoingVariable, false), &facts.outgoing},
      {ask.OneSource(kModelsVariable), &facts.notable_models},
  };
  const GetCodelistRequest codelists[] = {ask.Codelist("LAYER"), ask.Codelist("SECTOR")};
  GetCodelistResponse lists[2];

  rpc::FanOut calls(call);
  for (Aggregate& question : aggregates) {
    calls.Add(kFundingService, [&](grpc::ClientContext* context, auto done) {
      backends.funding->async()->AggregateRounds(context, &question.request, question.response,
                                                 std::move(done));
    });
  }
  calls.Optional();  // from here on a failure may be an answer
  for (SeriesQuestion& question : series) {
    calls.Add(kFundingService, [&](grpc::ClientContext* context, auto done) {
      backends.statistics->async()->GetSeries(context, &question.request, question.response,
                                              std::move(done));
    });
  }
  for (int i = 0; i < 2; ++i) {
    calls.Add(kRegistryService, [&, i](grpc::ClientContext* context, auto done) {
      backends.registry->async()->GetCodelist(context, &codelists[i], &lists[i], std::move(done));
    });
  }
  const std::vector<absl::Status> outcomes = calls.Wait();

  const size_t from_funding = aggregates.size() + series.size();
  // A required failure cancels the other calls: report it rather than their cancellation.
  for (const absl::Status& outcome : outcomes) {
    if (&outcome - outcomes.data() >= static_cast<std::ptrdiff_t>(aggregates.size())) break;
    if (!outcome.ok() && !absl::IsCancelled(outcome)) return outcome;
  }
  for (size_t i = 0; i < outcomes.size(); ++i) {
    if (i >= from_funding && IsUnreachable(outcomes[i])) {
      facts.unreachable = {std::string(kRegistryService)};
      continue;
    }
    STEELYARD_RETURN_IF_ERROR(i < aggregates.size() ? outcomes[i] : AbsentIsEmpty(outcomes[i]));
  }
  for (Aggregate& question : aggregates) {
    STEELYARD_RETURN_IF_ERROR(FollowPages(call, backends, question));
  }
  facts.layer_codes = std::move(*lists[0].mutable_codelist());
  facts.sector_codes = std::move(*lists[1].mutable_codelist());
  CollectSources(facts);
  STEELYARD_RETURN_IF_ERROR(AskRegistry(call, backends, facts));
  return facts;
}

}  // namespace steelyard::strategy
