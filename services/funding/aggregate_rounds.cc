#include "services/funding/aggregate_rounds.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/common/filter/filter.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/reference/convert.h"

namespace steelyard::funding {
namespace {

constexpr size_t kMostSources = 1000;

bool Contains(const std::vector<v1::Measure>& measures, v1::Measure measure) {
  return std::find(measures.begin(), measures.end(), measure) != measures.end();
}

// Every region of the question; UNKNOWN_REGION names each one that is none.
absl::StatusOr<std::vector<ResolvedRegion>> ResolveRegions(const AggregateAsked& asked,
                                                           const RegionCatalogue& catalogue) {
  STEELYARD_RETURN_IF_ERROR(catalogue.CheckAliases(asked.definition.aliases, "definition.regions"));
  FieldErrors errors;
  std::vector<ResolvedRegion> regions;
  for (size_t i = 0; i < asked.regions.size(); ++i) {
    absl::StatusOr<ResolvedRegion> region =
        catalogue.Resolve(asked.regions[i], asked.definition.aliases);
    if (region.ok()) {
      regions.push_back(*std::move(region));
    } else {
      errors.Add(StrCat("regions[", i, "]"), region.status());
    }
  }
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  return regions;
}

// The price index that the question names; nullopt for nominal amounts.
absl::StatusOr<std::optional<Deflator>> FindDeflator(const Context& context,
                                                     const ReferenceStore& reference,
                                                     int64_t revision,
                                                     const CheckedDefinition& definition) {
  if (definition.deflator.empty()) return std::nullopt;
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<PublishedValue> observations,
                             reference.Observations(context, revision, definition.deflator));
  STEELYARD_ASSIGN_OR_RETURN(
      Deflator deflator,
      Deflator::Make(observations, definition.deflator, definition.currency, definition.base_year));
  return deflator;
}

// What figures outside of a REGION dimension are about.
std::string RegionLabel(const std::vector<ResolvedRegion>& regions) {
  if (regions.empty()) return std::string(kWorld);
  std::vector<std::string> terms;
  for (const ResolvedRegion& region : regions) terms.push_back(region.term);
  return StrJoin(terms, "+");
}

void AddRegion(const ResolvedRegion& region, const DateRange& period,
               v1::AggregateRoundsResponse& response) {
  v1::ResolvedRegion& resolved = *response.add_regions();
  resolved.set_term(region.term);
  resolved.set_region(region.region);
  resolved.set_version(region.version);
  for (std::string& member : region.MembersDuring(period)) {
    resolved.add_members(std::move(member));
  }
}

// The page's rows, and the token of the next one.
void AddRows(const AggregateAsked& asked, const FigureScope& scope, const columns::Answer& answer,
             v1::AggregateRoundsResponse& response) {
  for (const Group& group : answer.aggregation.groups) {
    FillRow(asked.measures, scope, group, answer.companies, *response.add_rows());
  }
  if (answer.more) {
    const auto end = asked.offset + static_cast<int64_t>(answer.aggregation.groups.size());
    response.set_next_page_token(
        filter::EncodePage({.snapshot = response.snapshot().token(), .offset = end}, asked.digest));
  }
}

GroupNeeds NeedsOf(const AggregateAsked& asked) {
  return {.companies = Contains(asked.measures, v1::MEASURE_COMPANY_COUNT),
          .median = Contains(asked.measures, v1::MEASURE_MEDIAN),
          .without_largest = Contains(asked.measures, v1::MEASURE_SUM_WITHOUT_LARGEST),
          .mega_rounds = Contains(asked.measures, v1::MEASURE_MEGA_ROUND_SUM),
          .hhi = Contains(asked.measures, v1::MEASURE_HHI),
          .top = asked.top_k > 0 || Contains(asked.measures, v1::MEASURE_CONCENTRATION_RATIO)};
}

// The page that is asked for of all groups.
columns::Answer PageOf(const AggregateAsked& asked, Aggregation aggregation, Selection selection) {
  std::vector<Group>& groups = aggregation.groups;
  const auto all = static_cast<int64_t>(groups.size());
  const int64_t begin = std::min(asked.offset, all);
  const int64_t end = begin + std::min<int64_t>(asked.limit, all - begin);
  groups.erase(groups.begin() + end, groups.end());
  groups.erase(groups.begin(), groups.begin() + begin);
  return {.aggregation = std::move(aggregation),
          .more = end < all,
          .companies = std::move(selection.companies)};
}

// The columns' answer, if they have one, else the store's.
absl::StatusOr<columns::Answer> Answer(const Context& context, const RoundStore& rounds,
                                       int64_t revision, const AggregateAsked& asked,
                                       const AggregatePlan& plan, columns::Columns* columns) {
  if (columns != nullptr) {
    const columns::Question question{.query = plan.query,
                                     .selection = asked.selection,
                                     .needs = NeedsOf(asked),
                                     .rates = plan.rates,
                                     .revision = revision,
                                     .offset = asked.offset,
                                     .limit = asked.limit};
    STEELYARD_ASSIGN_OR_RETURN(std::optional<columns::Answer> answer,
                               columns->Aggregate(context, question));
    if (answer) return *std::move(answer);
  }
  STEELYARD_ASSIGN_OR_RETURN(Selection selection,
                             rounds.Select(context, revision, asked.selection));
  Aggregation aggregation = Aggregate(plan.query, selection, *plan.rates);
  return PageOf(asked, std::move(aggregation), std::move(selection));
}

}  // namespace

absl::StatusOr<AggregatePlan> PlanAggregate(const Context& context, const ReferenceStore& reference,
                                            int64_t revision, const AggregateAsked& asked) {
  AggregatePlan plan;
  STEELYARD_ASSIGN_OR_RETURN(plan.catalogue, reference.Regions(context, revision));
  STEELYARD_ASSIGN_OR_RETURN(plan.rates, reference.Rates(context, revision));
  plan.query = {.group_by = asked.group_by,
                .regions = {},
                .currency = asked.definition.currency,
                .fx = asked.definition.fx,
                .deflator = std::nullopt,
                .top_k = asked.top_k,
                .impute = Contains(asked.measures, v1::MEASURE_IMPUTED_SUM)};
  STEELYARD_ASSIGN_OR_RETURN(plan.query.regions, ResolveRegions(asked, *plan.catalogue));
  STEELYARD_ASSIGN_OR_RETURN(plan.query.deflator,
                             FindDeflator(context, reference, revision, asked.definition));
  plan.scope = {.region = RegionLabel(plan.query.regions),
                .period = PeriodLabel(asked.selection.period),
                .currency = plan.query.currency,
                .group_by = plan.query.group_by};
  return plan;
}

absl::Status AggregateRounds(const Context& context, const RoundStore& rounds,
                             const ReferenceStore& reference, const ledger::Revision& at,
                             const AggregateAsked& asked, v1::AggregateRoundsResponse& response,
                             columns::Columns* columns) {
  STEELYARD_ASSIGN_OR_RETURN(const AggregatePlan plan,
                             PlanAggregate(context, reference, at.revision, asked));
  STEELYARD_ASSIGN_OR_RETURN(const columns::Answer answer,
                             Answer(context, rounds, at.revision, asked, plan, columns));
  AddRows(asked, plan.scope, answer, response);
  *response.mutable_definition() = EffectiveDefinition(
      asked.definition, *plan.catalogue, plan.query.deflator ? plan.query.deflator->source() : "");
  for (const ResolvedRegion& region : plan.query.regions) {
    AddRegion(region, asked.selection.period, response);
  }
  const auto& sources = answer.aggregation.sources;
  for (size_t i = 0; i < std::min(kMostSources, sources.size()); ++i) {
    response.add_sources(StrCat(kSourcePrefix, sources[i].first));
  }
  response.set_source_count(static_cast<int64_t>(sources.size()));
  return absl::OkStatus();
}

}  // namespace steelyard::funding
