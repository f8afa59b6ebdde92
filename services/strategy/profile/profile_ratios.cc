#include "services/strategy/profile/profile_ratios.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "services/common/text/strings.h"
#include "services/strategy/facts/company_sums.h"
#include "services/strategy/measures/measure_catalog.h"

namespace steelyard::strategy {
namespace {

constexpr std::string_view kNotFiltered =
    "the rounds are filtered, and what is published cannot be filtered alike";

using funding::v1::ResolvedRegion;
using funding::v1::Series;
using funding::v1::SeriesPoint;

constexpr int64_t kBillion = 1'000'000'000;

// Years of the period, of which some are left out.
class YearCoverage {
 public:
  explicit YearCoverage(const Evidence& in) : coverage_(CoverageOf(in.to - in.from + 1, 0)) {}
  void LeaveOut(int year) { coverage_.add_missing(StrCat(year)); }
  int64_t present() const { return coverage_.units_expected() - coverage_.missing_size(); }
  Coverage Get() const {
    Coverage coverage = CoverageOf(coverage_.units_expected(), present());
    *coverage.mutable_missing() = coverage_.missing();
    return coverage;
  }

 private:
  Coverage coverage_;
};

Figure Insufficient(const FigureName& name, std::string_view reason, const Coverage& coverage) {
  Figure figure = MakeUndefined(name, reason, common::v1::VALUE_STATUS_INSUFFICIENT_COVERAGE);
  *figure.mutable_coverage() = coverage;
  return figure;
}

Figure WithoutPopulation(const Evidence& in, const ResolvedRegion& region, const FigureName& name,
                         const ReferenceYears& people) {
  const int64_t members = std::max(1, region.members_size());
  const int64_t missing = people.missing_members.empty()
                              ? members
                              : static_cast<int64_t>(people.missing_members.size());
  Coverage coverage = CoverageOf(members, std::max<int64_t>(0, members - missing));
  coverage.mutable_missing()->Add(people.missing_members.begin(), people.missing_members.end());
  return Insufficient(name,
                      StrCat("no year of ", in.PeriodName(),
                             " has the population of every member of ", region.term()),
                      coverage);
}

bool IsComparable(const Series& given, const Series& received) {
  const funding::v1::Facet& a = given.facet();
  const funding::v1::Facet& b = received.facet();
  return given.term() == received.term() && given.region() == received.region() &&
         a.source() == b.source() && a.unit() == b.unit() && a.price_basis() == b.price_basis();
}

const SeriesPoint* PointOf(const Series& series, std::string_view period) {
  for (const SeriesPoint& point : series.points()) {
    if (point.period() == period && NanosOf(point.figure())) return &point;
  }
  return nullptr;
}

// Sets what the same source says of the same region's companies in that period: of the same scope,
// or of the only one that it has. False when there is none, or when several could be meant.
bool SetReceived(const Series& given, std::string_view period,
                 const funding::v1::GetSeriesResponse& received, PublishedFlows& flows) {
  int scopes = 0;
  for (const Series& series : received.series()) {
    if (!IsComparable(given, series)) continue;
    const SeriesPoint* point = PointOf(series, period);
    if (point == nullptr) continue;
    flows.received_series = &series;
    flows.received = point;
    if (series.facet().scope() == given.facet().scope()) return true;
    ++scopes;
  }
  return scopes == 1;
}

// Why there are no flows.
std::string WhyNoFlows(const Evidence& in, std::string_view term) {
  const Series* given = FindSeries(in.facts.outgoing, term, "");
  if (given == nullptr) {
    return StrCat("no source says what investors of ", term, " gave in a year of ",
                  in.PeriodName());
  }
  return StrCat(given->facet().source(), " says what investors of ", term,
                " gave, but not what its companies received in the same year; what another source "
                "says of that need not count the same rounds");
}

}  // namespace

// Of several in the latest year the first in funding's order of facets.
std::optional<PublishedFlows> LatestPublishedFlows(const Evidence& evidence,
                                                   std::string_view term) {
  std::optional<PublishedFlows> latest;
  for (const Series& series : evidence.facts.outgoing.series()) {
    if (series.term() != term) continue;
    for (const SeriesPoint& point : series.points()) {
      const std::optional<int> year = YearOf(point.period());
      if (!year || !NanosOf(point.figure()) || (latest && latest->year >= *year)) continue;
      PublishedFlows flows;
      flows.year = *year;
      flows.given_series = &series;
      flows.given = &point;
      if (SetReceived(series, point.period(), evidence.facts.published, flows)) latest = flows;
    }
  }
  return latest;
}

Figure PerCapita(const Evidence& evidence, const ResolvedRegion& region, const Figure& total) {
  const std::string& term = region.term();
  const ReferenceYears people = ReadReference(evidence.facts.population, term, "");
  FigureName name = {evidence.PeriodId("per_capita", term), kPerCapita,
                     StrCat(evidence.currency, "/{person}")};
  if (people.complete.empty()) return WithoutPopulation(evidence, region, name, people);
  const auto& [year, persons] = *people.complete.rbegin();
  StrAppend(&name.id, "/population=", year);
  const int64_t members = std::max(1, region.members_size());
  Figure figure = MakeNumber(name, Divide(NanosOf(total), persons),
                             total.reason().empty() ? NoRound(evidence, term) : total.reason(),
                             CoverageOf(members, members));
  if (auto sum = CompanySumOf(evidence.totals, {term})) {
    sum->total /= static_cast<double>(persons) / static_cast<double>(kBillion);
    SetInterval(TotalInterval(*sum, kIntervalLevel), kIntervalLevel, kSumIntervalMethod, figure);
  }
  return figure;
}

Figure PerGdp(const Evidence& evidence, const ResolvedRegion& region) {
  const std::string& term = region.term();
  const ReferenceYears gdp = ReadReference(evidence.facts.gdp, term, kGdpCurrency);
  const FigureName name = {evidence.PeriodId("per_gdp", term), kPerGdp, "1"};
  YearCoverage years(evidence);
  std::optional<Int128> invested;
  Int128 product = 0;
  for (int year = evidence.from; year <= evidence.to; ++year) {
    const auto known = gdp.complete.find(year);
    const auto sum =
        NanosOf(evidence.NominalYears().Find({term, StrCat(year)}, funding::v1::MEASURE_SUM));
    // A year of which no amount is known is not one without investment.
    if (known == gdp.complete.end() || !sum) {
      years.LeaveOut(year);
      continue;
    }
    product += known->second;
    invested = invested.value_or(0) + *sum;
  }
  if (!gdp.complete.empty()) {
    return MakeNumber(name, Divide(invested, product),
                      StrCat("no amount of ", term, " is known in the years with GDP"),
                      years.Get());
  }
  std::string reason =
      StrCat("no year of ", evidence.PeriodName(), " has the GDP of every member of ", term);
  if (!gdp.missing_members.empty()) {
    StrAppend(&reason, "; missing: ", StrJoin(gdp.missing_members, ", "));
  }
  return Insufficient(name, reason, years.Get());
}

Figure ModelsPerBillion(const Evidence& evidence, const ResolvedRegion& region) {
  const std::string& term = region.term();
  const CountedYears models = ReadCounts(evidence.facts.notable_models, term);
  const FigureName name = {evidence.PeriodId("models_per_billion", term), kModelsPerBillion, "1"};
  if (evidence.facts.filtered) return MakeUndefined(name, kNotFiltered);
  YearCoverage years(evidence);
  std::optional<Int128> counted;
  std::optional<Int128> invested;
  bool partial = false;
  for (int year = evidence.from; year <= evidence.to; ++year) {
    const auto known = models.values.find(year);
    const auto sum =
        NanosOf(evidence.NominalYears().Find({term, StrCat(year)}, funding::v1::MEASURE_SUM));
    if (known == models.values.end() || !sum) {
      years.LeaveOut(year);
      continue;
    }
    counted = counted.value_or(0) + known->second;
    partial = partial || models.partial.contains(year);
    invested = invested.value_or(0) + *sum;
  }
  if (models.values.empty()) {
    return Insufficient(name,
                        StrCat("no source counts the notable AI models of ", term, " in a year of ",
                               evidence.PeriodName()),
                        years.Get());
  }
  if (counted) counted = *counted * kBillion;
  Figure figure = MakeNumber(
      name, Divide(counted, invested),
      invested ? "the amounts add up to zero"
               : StrCat("no amount of ", term, " is known in a year whose models are counted"),
      years.Get());
  figure.mutable_sources()->Add(models.sources.begin(), models.sources.end());
  if (partial && figure.has_number()) SetLowerBound(figure.number(), figure);
  return figure;
}

Figure NetInflowRatio(const Evidence& evidence, const ResolvedRegion& region) {
  const std::string& term = region.term();
  FigureName name = {evidence.PeriodId("net_inflow_ratio", term), kNetInflowRatio, "1"};
  if (evidence.facts.filtered) return MakeUndefined(name, kNotFiltered);
  const std::optional<PublishedFlows> flows = LatestPublishedFlows(evidence, term);
  if (!flows) {
    const bool given = FindSeries(evidence.facts.outgoing, term, "") != nullptr;
    return Insufficient(name, WhyNoFlows(evidence, term), CoverageOf(2, given ? 1 : 0));
  }
  StrAppend(&name.id, "/year=", flows->year);
  const std::string& published = flows->given_series->region();
  if (published != term && published != region.region()) {
    StrAppend(&name.id, ",region=", published);
  }
  const Figure& received = flows->received->figure();
  const Figure& given = flows->given->figure();
  const Value ratio = Divide(NanosOf(received), NanosOf(given));
  Figure figure = MakeNumber(name, ratio, "the investors gave nothing", CoverageOf(2, 2));
  figure.add_sources(flows->given_series->facet().source());
  if (ratio) SetQuotientBounds(received, given, figure);
  return figure;
}

}  // namespace steelyard::strategy
