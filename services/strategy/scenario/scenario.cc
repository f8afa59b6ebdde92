#include "services/strategy/scenario/scenario.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/strategy/facts/evidence.h"
#include "services/strategy/facts/layer_groups.h"
#include "services/strategy/facts/sources.h"
#include "services/strategy/measures/digits.h"
#include "services/strategy/measures/measure_catalog.h"
#include "services/strategy/scenario/outlook.h"

namespace steelyard::strategy {
namespace {

using Fans = google::protobuf::RepeatedPtrField<v1::FanYear>;

constexpr int kDefaultPaths = 10'000;
constexpr double kNanos = 1e9;
Evidence EvidenceOf(const v1::ProjectScenarioRequest& request, const Facts& facts) {
  return {facts, request.history().from().year(), request.history().to().year()};
}

// --- From facts to the plan ---

absl::Status TooFewPoints(const std::string& region, int points, std::string_view message) {
  return MakeError(
      common::v1::ERROR_REASON_TOO_FEW_POINTS, message,
      {{"region", region}, {"points", StrCat(points)}, {"least", StrCat(kFewestDifferences)}});
}

// Growth from the history, unless the request says otherwise.
absl::StatusOr<Growth> GrowthOf(const v1::ProjectScenarioRequest& request, const Evidence& evidence,
                                const std::string& region, const std::map<int, double>& totals) {
  if (totals.empty()) {
    return TooFewPoints(
        region, 0,
        StrCat("no year of ", evidence.PeriodName(), " has a total of ", region,
               ", so that its paths have nowhere to start; choose a longer history, a wider "
               "definition or filter, or leave the region out"));
  }
  for (const v1::GrowthPrior& prior : request.priors()) {
    if (prior.region() == region) return Growth{prior.drift(), prior.volatility(), 0};
  }
  const std::optional<Growth> growth = EstimateGrowth(totals);
  const int points = growth ? growth->points : 0;
  if (points < kFewestDifferences) {
    return TooFewPoints(
        region, points,
        StrCat(region, " has ", points, points == 1 ? " difference" : " differences",
               " of yearly totals in ", evidence.PeriodName(), ", and drift and volatility need ",
               kFewestDifferences, "; choose a longer history or give a prior for ", region));
  }
  return *growth;
}

// The years in which a lever works: `to` is its first one for a shock.
struct Years {
  int from = 0;
  int to = 0;
};

Years YearsOf(const v1::Lever& lever, const v1::ProjectScenarioRequest& request) {
  const int from = lever.from_year() == 0 ? request.history().to().year() + 1 : lever.from_year();
  return {from, lever.has_log_shock() ? from : request.to_year()};
}

void Apply(const v1::Lever& lever, YearEffect& effect) {
  switch (lever.kind_case()) {
    case v1::Lever::kYearlyFund:
      effect.fund += static_cast<double>(lever.yearly_fund().units()) +
                     static_cast<double>(lever.yearly_fund().nanos()) / kNanos;
      break;
    case v1::Lever::kRetainedForeignCapital:
      effect.factor *= 1 + lever.retained_foreign_capital();
      break;
    case v1::Lever::kLogShock:
      effect.log_step += lever.log_shock();
      break;
    case v1::Lever::kLogGrowth:
      effect.log_step += lever.log_growth();
      break;
    case v1::Lever::kInfrastructureShift:  // leaves the total
    case v1::Lever::KIND_NOT_SET:
      break;
  }
}

std::map<int, YearEffect> EffectsOf(const v1::ProjectScenarioRequest& request,
                                    std::string_view region) {
  std::map<int, YearEffect> effects;
  for (const v1::Lever& lever : request.levers()) {
    if (lever.region() != region) continue;
    const Years years = YearsOf(lever, request);
    for (int year = years.from; year <= years.to; ++year) Apply(lever, effects[year]);
  }
  return effects;
}

std::map<int, double> InfrastructureShares(const v1::ProjectScenarioRequest& request,
                                           const std::string& region, int start_year,
                                           double share) {
  std::map<int, double> shares;
  for (int year = start_year + 1; year <= request.to_year(); ++year) {
    double shifted = share;
    for (const v1::Lever& lever : request.levers()) {
      if (lever.region() != region || !lever.has_infrastructure_shift()) continue;
      if (year >= YearsOf(lever, request).from) shifted += lever.infrastructure_shift();
    }
    shares.emplace(year, std::clamp(shifted, 0.0, 1.0));
  }
  return shares;
}

// What only the facts can tell of levers.
absl::Status CheckLevers(const v1::ProjectScenarioRequest& request, const Evidence& evidence) {
  FieldErrors errors;
  for (int i = 0; i < request.levers_size(); ++i) {
    const v1::Lever& lever = request.levers(i);
    const std::string field = StrCat("levers[", i, "]");
    if (lever.has_yearly_fund() && lever.yearly_fund().currency_code() != evidence.currency) {
      errors.Add(StrCat(field, ".yearly_fund.currency_code"),
                 StrCat("a fund is in the answer's currency, ", evidence.currency, ", not '",
                        lever.yearly_fund().currency_code(), "'"));
    }
    if (lever.has_infrastructure_shift() && !InfrastructureShare(evidence, lever.region())) {
      errors.Add(StrCat(field, ".infrastructure_shift"),
                 StrCat("no layer of a round of ", lever.region(), " is known in ",
                        evidence.PeriodName(), ", so that there is nothing to move"));
    }
  }
  return errors.ToStatus();
}

size_t PlaceOf(const v1::ProjectScenarioRequest& request, const std::string& region) {
  const auto found = std::find(request.regions().begin(), request.regions().end(), region);
  return static_cast<size_t>(found - request.regions().begin());
}

// --- From the outcome to the answer ---

class Writer {
 public:
  Writer(const v1::ProjectScenarioRequest& request, const Facts& facts, const Scenario& scenario)
      : request_(request), in_(EvidenceOf(request, facts)), scenario_(scenario) {}

  v1::RegionProjection Region(size_t r, const std::vector<Fan>& totals) const;
  v1::RatioProjection Ratio(size_t r, const std::vector<Fan>& ratios) const;
  v1::TargetOutcome Target(int i, int64_t reached) const;

 private:
  const std::string& TermOf(size_t r) const { return request_.regions(static_cast<int>(r)); }
  const funding::v1::ResolvedRegion& RegionAt(size_t r) const {
    return in_.facts.totals.regions(static_cast<int>(r));
  }
  // One year's quantiles, each made by `make` from its name's id and value.
  static void AddFan(std::string_view id, const Fan& fan, const auto& make, Fans& out) {
    v1::FanYear& year = *out.Add();
    year.set_year(fan.year);
    for (size_t i = 0; i < kFanProbabilities.size(); ++i) {
      v1::Quantile& quantile = *year.add_quantiles();
      quantile.set_probability(kFanProbabilities[i]);
      *quantile.mutable_figure() = make(StrCat(id, "/q=", kFanProbabilities[i]), fan.quantiles[i]);
    }
  }

  const v1::ProjectScenarioRequest& request_;
  const Evidence in_;
  const Scenario& scenario_;
};

v1::RegionProjection Writer::Region(size_t r, const std::vector<Fan>& totals) const {
  const std::string& term = TermOf(r);
  const ScenarioRegion& region = scenario_.regions[r];
  const Coverage coverage = CoverageOfYears(in_, region.totals);
  v1::RegionProjection out;
  *out.mutable_region() = RegionAt(r);
  if (region.growth.points == 0) {  // a prior, which rests on nothing here
    *out.mutable_drift() = MakeGiven(StrCat("prior_drift/", term), "1/a", region.growth.drift);
    *out.mutable_volatility() =
        MakeGiven(StrCat("prior_volatility/", term), "1", region.growth.volatility);
  } else {
    *out.mutable_drift() =
        MakeNumber({in_.PeriodId("drift", term), kDrift, "1/a"}, region.growth.drift, "", coverage);
    *out.mutable_volatility() = MakeNumber({in_.PeriodId("volatility", term), kVolatility, "1"},
                                           region.growth.volatility, "", coverage);
  }
  out.set_points(region.growth.points);
  out.set_start_year(scenario_.plan.regions[r].start_year);
  const auto amount = [&](std::string id, double value) {
    return MakeAmount({std::move(id), kQuantile, in_.currency}, value, coverage);
  };
  for (const Fan& fan : totals) {
    AddFan(in_.YearId("total", term, fan.year), fan, amount, *out.mutable_totals());
    const auto share = region.infrastructure_shares.find(fan.year);
    if (share == region.infrastructure_shares.end()) continue;
    // The share is the same on every path, so that quantiles of the part are parts of quantiles.
    Fan part = fan;
    // Nothing of a total beyond a double is still nothing.
    for (double& quantile : part.quantiles) {
      quantile = share->second == 0 ? 0 : quantile * share->second;
    }
    AddFan(in_.YearId("infrastructure", term, fan.year), part, amount,
           *out.mutable_infrastructure());
  }
  return out;
}

v1::RatioProjection Writer::Ratio(size_t r, const std::vector<Fan>& ratios) const {
  v1::RatioProjection out;
  out.set_numerator(TermOf(0));
  out.set_denominator(TermOf(r));
  const std::string pair = StrCat(TermOf(0), ":", TermOf(r));
  const Coverage coverage = Add(CoverageOfYears(in_, scenario_.regions[0].totals),
                                CoverageOfYears(in_, scenario_.regions[r].totals));
  const std::string shared = WhyNotIndependent(in_, RegionAt(0), RegionAt(r));
  const auto number = [&](std::string id, double value) {
    const bool known = shared.empty() && value <= std::numeric_limits<double>::max();
    return MakeNumber({std::move(id), kQuantile, "1"}, known ? Value(value) : std::nullopt,
                      shared.empty() ? "it is beyond what a number can hold" : shared, coverage);
  };
  for (const Fan& fan : ratios) {
    AddFan(in_.YearId("ratio", pair, fan.year), fan, number, *out.mutable_ratios());
  }
  return out;
}

v1::TargetOutcome Writer::Target(int i, int64_t reached) const {
  const v1::RatioTarget& target = request_.targets(i);
  const std::string pair = StrCat(target.numerator(), ":", target.denominator());
  v1::TargetOutcome out;
  *out.mutable_target() = target;
  const std::string id =
      StrCat(in_.YearId("probability", pair, target.by_year()), "/ratio=", Digits(target.ratio()));
  const int paths = scenario_.plan.paths;
  const std::string shared = WhyNotIndependent(in_, RegionAt(PlaceOf(request_, target.numerator())),
                                               RegionAt(PlaceOf(request_, target.denominator())));
  *out.mutable_probability() = shared.empty() ? MakeProbability(id, reached, paths)
                                              : MakeNumber({id, kProbability, "1"}, std::nullopt,
                                                           shared, CoverageOf(paths, 0));
  return out;
}

}  // namespace

std::optional<double> InfrastructureShare(const Evidence& evidence, std::string_view region) {
  bool classified = false;
  Int128 part = 0;
  for (const std::string& code : evidence.layer_codes) {
    const auto sum = NanosOf(evidence.layers.Find({region, code}, funding::v1::MEASURE_SUM));
    if (!sum || code.empty()) continue;
    classified = true;
    const bool counts = std::find(kInfrastructureLayers.begin(), kInfrastructureLayers.end(),
                                  code) != kInfrastructureLayers.end();
    if (counts) part += *sum;
  }
  if (!classified) return std::nullopt;
  return Divide(part, NanosOf(evidence.totals.Find({region}, funding::v1::MEASURE_SUM)));
}

absl::StatusOr<Scenario> PlanScenario(const v1::ProjectScenarioRequest& request,
                                      const Facts& facts) {
  const Evidence evidence = EvidenceOf(request, facts);
  STEELYARD_RETURN_IF_ERROR(CheckLevers(request, evidence));
  Scenario scenario;
  scenario.plan.first_year = evidence.to + 1;
  scenario.plan.last_year = request.to_year();
  scenario.plan.paths = request.paths() == 0 ? kDefaultPaths : request.paths();
  scenario.plan.seed = request.seed();
  for (const std::string& term : request.regions()) {
    ScenarioRegion region;
    region.totals = YearlyTotals(evidence, term);
    STEELYARD_ASSIGN_OR_RETURN(region.growth, GrowthOf(request, evidence, term, region.totals));
    RegionPlan plan;
    std::tie(plan.start_year, plan.start_total) = *region.totals.rbegin();
    plan.drift = region.growth.drift;
    plan.volatility = region.growth.volatility.value_or(0);
    plan.effects = EffectsOf(request, term);
    if (const auto share = InfrastructureShare(evidence, term)) {
      region.infrastructure_shares = InfrastructureShares(request, term, plan.start_year, *share);
    }
    scenario.plan.regions.push_back(std::move(plan));
    scenario.regions.push_back(std::move(region));
  }
  for (const v1::RatioTarget& target : request.targets()) {
    scenario.plan.goals.push_back({PlaceOf(request, target.numerator()),
                                   PlaceOf(request, target.denominator()), target.ratio(),
                                   target.by_year()});
  }
  return scenario;
}

v1::Projection MakeProjection(const v1::ProjectScenarioRequest& request, const Facts& facts,
                              const Scenario& scenario, const ProjectionOutcome& outcome) {
  const Writer writer(request, facts, scenario);
  v1::Projection out;
  for (size_t r = 0; r < outcome.totals.size(); ++r) {
    *out.add_regions() = writer.Region(r, outcome.totals[r]);
    if (r > 0) *out.add_ratios() = writer.Ratio(r, outcome.ratios[r - 1]);
  }
  for (int i = 0; i < request.targets_size(); ++i) {
    *out.add_targets() = writer.Target(i, outcome.reached[static_cast<size_t>(i)]);
  }
  out.set_paths(scenario.plan.paths);
  out.set_seed(request.seed());
  out.set_generator(std::string(kGenerator));
  *out.mutable_definition() = facts.totals.definition();
  *out.mutable_snapshot() = facts.snapshot;
  SetSources(facts, *out.mutable_sources());
  out.mutable_unreachable()->Add(facts.unreachable.begin(), facts.unreachable.end());
  return out;
}

}  // namespace steelyard::strategy
