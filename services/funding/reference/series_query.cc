#include "services/funding/reference/series_query.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::funding {
namespace {

absl::StatusOr<std::vector<SeriesTerm>> ResolveTerms(const Context& context,
                                                     const ReferenceStore& store, int64_t revision,
                                                     const SeriesAsked& asked) {
  STEELYARD_ASSIGN_OR_RETURN(const std::shared_ptr<const RegionCatalogue> catalogue,
                             store.Regions(context, revision));
  STEELYARD_RETURN_IF_ERROR(catalogue->CheckAliases(asked.aliases, "region_bindings"));
  std::vector<SeriesTerm> terms;
  FieldErrors errors;
  for (size_t i = 0; i < asked.regions.size(); ++i) {
    const std::string& term = asked.regions[i];
    absl::StatusOr<ResolvedRegion> region = catalogue->Resolve(term, asked.aliases);
    if (region.ok()) {
      terms.push_back({term, *std::move(region)});
      continue;
    }
    STEELYARD_ASSIGN_OR_RETURN(const bool published,
                               store.IsPublished(context, revision, absl::AsciiStrToUpper(term)));
    if (published) {
      terms.push_back({term, std::nullopt});
    } else {
      errors.Add(StrCat("regions[", i, "]"), region.status());
    }
  }
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  return terms;
}

absl::Status CheckAdditive(const std::vector<PublishedValue>& values) {
  const bool additive =
      values.empty() || std::any_of(values.begin(), values.end(), [](const PublishedValue& value) {
        return IsAdditive(value.facet.unit);
      });
  FieldErrors errors;
  if (!additive) {
    errors.Add("sum_members", "is only allowed for variables in currencies and counts");
  }
  return errors.ToStatus();
}

// The terms without repetitions.
std::vector<SeriesTerm> Distinct(const std::vector<SeriesTerm>& terms) {
  std::set<std::string> seen;
  std::vector<SeriesTerm> distinct;
  std::copy_if(terms.begin(), terms.end(), std::back_inserter(distinct),
               [&](const SeriesTerm& term) { return seen.insert(term.term).second; });
  return distinct;
}

// The regions whose values can answer, as published; none stands for all. A sum needs members, and
// whether anything of the variable can be summed.
std::vector<std::string> CodesOf(const SeriesQuery& query, const std::vector<SeriesTerm>& terms) {
  std::vector<std::string> codes;
  if (query.sum_members) {
    return codes;
  }
  for (const SeriesTerm& term : terms) {
    const std::vector<std::string> published = PublishedCodes(term);
    codes.insert(codes.end(), published.begin(), published.end());
  }
  return codes;
}

absl::Status NothingPublished(const SeriesAsked& asked) {
  const std::string regions = StrJoin(asked.regions, ", ");
  return MakeError(common::v1::ERROR_REASON_SERIES_NOT_FOUND,
                   StrCat("nothing is published of \"", asked.query.variable, "\" for ", regions,
                          " with this facet and period"),
                   {{"variable", asked.query.variable}, {"regions", regions}});
}

}  // namespace

absl::StatusOr<SeriesAnswer> ReadSeries(const Context& context, const ReferenceStore& store,
                                        int64_t revision, const SeriesAsked& asked) {
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<SeriesTerm> terms,
                             ResolveTerms(context, store, revision, asked));
  const std::vector<SeriesTerm> distinct = Distinct(terms);
  STEELYARD_ASSIGN_OR_RETURN(
      const std::vector<PublishedValue> values,
      store.Vintages(context, revision, asked.query.variable, CodesOf(asked.query, distinct)));
  if (asked.query.sum_members) {
    STEELYARD_RETURN_IF_ERROR(CheckAdditive(values));
  }
  SeriesAnswer answer;
  std::vector<std::string> places;
  for (const SeriesTerm& term : distinct) {
    places.push_back(term.term);
    if (term.region.has_value()) {
      answer.regions.push_back(*term.region);
    }
  }
  // A table has a place for each term once.
  answer.series.rows =
      AssembleSeries(asked.query, asked.resolution.has_value() ? distinct : terms, values);
  if (answer.series.rows.empty()) {
    return NothingPublished(asked);
  }
  if (asked.resolution.has_value()) {
    answer.series = ResolveSeries(*asked.resolution, asked.query.variable, places,
                                  std::move(answer.series.rows));
  }
  return answer;
}

}  // namespace steelyard::funding
