#include "services/strategy/profile/compare.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/common/text/strings.h"
#include "services/strategy/facts/company_sums.h"
#include "services/strategy/facts/published.h"
#include "services/strategy/facts/sources.h"
#include "services/strategy/measures/measure_catalog.h"

namespace steelyard::strategy {
namespace {

using Slices = google::protobuf::RepeatedPtrField<v1::Slice>;

Figure RatioOf(const std::string& id, const Figure& numerator, const Figure& denominator) {
  const auto above = NanosOf(numerator);
  const auto below = NanosOf(denominator);
  std::string_view reason = "the denominator is zero";
  if (!below) reason = "the denominator is not known";
  if (!above) reason = "the numerator is not known";
  return MakeNumber({id, kRatio, "1"}, Divide(above, below), reason,
                    Add(numerator.coverage(), denominator.coverage()));
}

Figure GapOf(const std::string& id, const Figure& left, const Figure& right) {
  const FigureName name = {id, kGap, left.unit()};
  const Coverage coverage = Add(left.coverage(), right.coverage());
  if (!left.has_money() || !right.has_money()) {
    return MakeNumber(name, std::nullopt, "a total is not known", coverage);
  }
  Figure gap = MakeNumber(name, 0, "", coverage);
  *gap.mutable_money() = Subtract(left.money(), right.money());
  return gap;
}

// Both regions' slices are over the same codes in the same order.
Figure SimilarityOf(const std::string& id, const Slices& left, const Slices& right) {
  std::vector<double> s;
  std::vector<double> t;
  Coverage coverage;
  for (int k = 0; k < left.size(); ++k) {
    if (left[k].code().empty()) continue;  // being unclassified is nothing in common
    s.push_back(static_cast<double>(NanosOf(left[k].total()).value_or(0)));
    t.push_back(static_cast<double>(NanosOf(right[k].total()).value_or(0)));
    coverage = Add(coverage, Add(left[k].total().coverage(), right[k].total().coverage()));
  }
  return MakeNumber({id, kFingerKreinin, "1"}, FingerKreinin(s, t),
                    "a region has no disclosed amount that is classified", coverage);
}

// Regions with a country, or companies, in common are not independent of each other: their ratio
// has no interval.
void BoundRatio(const Evidence& evidence, const v1::RegionProfile& numerator,
                const v1::RegionProfile& denominator, Figure& ratio) {
  if (!evidence.CompaniesHaveOneRegion()) return;
  if (!AreDisjoint(numerator.region(), denominator.region())) return;
  const auto above = CompanySumOf(evidence.totals, {numerator.region().term()});
  const auto below = CompanySumOf(evidence.totals, {denominator.region().term()});
  if (!above || !below) return;
  SetInterval(RatioInterval(*above, *below, kIntervalLevel), kIntervalLevel,
              kCombinedIntervalMethod, ratio);
}

// What the figures of a comparison refer to, by id. A test holds it against the figures.
constexpr std::string_view kMeasures[] = {
    kCagr,
    kCompanyCount,
    kConcentrationRatio,
    kCount,
    kDisclosedShare,
    kEntropy,
    kFingerKreinin,
    kForeignCapitalShare,
    kGap,
    kHhi,
    kImputedSum,
    kLocationQuotient,
    kMax,
    kMean,
    kMedian,
    kModelsPerBillion,
    kNetInflowRatio,
    kPerCapita,
    kPerCompany,
    kPerGdp,
    kRatio,
    kRoundsInflowRatio,
    kShare,
    kSum,
    kSumWithoutLargest,
    kWorldShare,
};

void AddMeasures(v1::CompareRegionsResponse& response) {
  for (const v1::MeasureInfo& measure : MeasureCatalog()) {
    if (std::binary_search(std::begin(kMeasures), std::end(kMeasures), measure.id())) {
      *response.add_measures() = measure;
    }
  }
}

}  // namespace

v1::RegionRatio MakeRatio(const Evidence& evidence, const v1::RegionProfile& numerator,
                          const v1::RegionProfile& denominator) {
  const std::string pair = StrCat(numerator.region().term(), ":", denominator.region().term());
  v1::RegionRatio out;
  out.set_numerator(numerator.region().term());
  out.set_denominator(denominator.region().term());
  *out.mutable_ratio() =
      RatioOf(evidence.PeriodId("ratio", pair), numerator.total(), denominator.total());
  *out.mutable_gap() =
      GapOf(evidence.PeriodId("gap", pair), numerator.total(), denominator.total());
  BoundRatio(evidence, numerator, denominator, *out.mutable_ratio());
  for (int i = 0; i < numerator.years_size(); ++i) {
    v1::YearRatio& year = *out.add_years();
    year.set_year(numerator.years(i).year());
    *year.mutable_ratio() = RatioOf(evidence.YearId("ratio", pair, year.year()),
                                    numerator.years(i).total(), denominator.years(i).total());
  }
  *out.mutable_layer_similarity() = SimilarityOf(evidence.PeriodId("layer_similarity", pair),
                                                 numerator.layers(), denominator.layers());
  *out.mutable_sector_similarity() = SimilarityOf(evidence.PeriodId("sector_similarity", pair),
                                                  numerator.sectors(), denominator.sectors());
  return out;
}

v1::CompareRegionsResponse MergeComparison(const v1::CompareRegionsRequest& request,
                                           const Facts& facts) {
  const Evidence evidence(facts, request.period().from().year(), request.period().to().year());
  v1::CompareRegionsResponse response;
  for (const funding::v1::ResolvedRegion& region : facts.totals.regions()) {
    *response.add_profiles() = MakeProfile(evidence, region);
  }
  for (int i = 1; i < response.profiles_size(); ++i) {
    *response.add_ratios() = MakeRatio(evidence, response.profiles(0), response.profiles(i));
  }
  *response.mutable_world_total() = WorldTotal(evidence);
  const std::vector<std::string> terms(request.regions().begin(), request.regions().end());
  for (v1::PublishedComparison& comparison :
       ComparePublished(kPublishedVariable, terms, facts.published)) {
    *response.add_published() = std::move(comparison);
  }
  *response.mutable_definition() = facts.totals.definition();
  SetSources(facts, *response.mutable_sources());
  response.set_source_count(facts.source_count);
  AddMeasures(response);
  *response.mutable_snapshot() = facts.snapshot;
  for (const std::string& service : facts.unreachable) response.add_unreachable(service);
  return response;
}

}  // namespace steelyard::strategy
