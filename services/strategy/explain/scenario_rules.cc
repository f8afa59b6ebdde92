#include "services/strategy/explain/scenario_rules.h"

#include <utility>

#include "services/common/text/strings.h"
#include "services/strategy/explain/spelling.h"

namespace steelyard::strategy {
namespace {

constexpr double kNanos = 1e9;

// How a lever is called among the parts of a total, and its number.
Input InputOf(const v1::Lever& lever, const std::string& prefix, int first_year) {
  const int year = lever.from_year() == 0 ? first_year : lever.from_year();
  const std::string from = StrCat(" from ", year);
  switch (lever.kind_case()) {
    case v1::Lever::kYearlyFund:
      return Given(StrCat(prefix, "fund", from),
                   static_cast<double>(lever.yearly_fund().units()) +
                       static_cast<double>(lever.yearly_fund().nanos()) / kNanos,
                   lever.yearly_fund().currency_code());
    case v1::Lever::kRetainedForeignCapital:
      return Given(StrCat(prefix, "retained", from), lever.retained_foreign_capital());
    case v1::Lever::kLogShock:
      return Given(StrCat(prefix, "shock in ", year), lever.log_shock());
    case v1::Lever::kInfrastructureShift:
      return Given(StrCat(prefix, "shift", from), lever.infrastructure_shift());
    default:
      return Given(StrCat(prefix, "growth", from), lever.log_growth(), "1/a");
  }
}

}  // namespace

ScenarioRules::ScenarioRules(const v1::ProjectScenarioRequest& request, const Evidence& evidence,
                             const v1::Projection& answer)
    : request_(request), evidence_(evidence), answer_(answer) {
  for (const std::string& term : request.regions()) {
    growth_.emplace_back(evidence, term, request.filter());
  }
}

std::optional<Rule> ScenarioRules::Of(const Figure& figure) const {
  for (int region = 0; region < answer_.regions_size(); ++region) {
    if (auto rule = OfRegion(region, figure)) return rule;
  }
  return OfPairs(figure);
}

std::optional<Rule> ScenarioRules::OfRegion(int region, const Figure& figure) const {
  const v1::RegionProjection& projection = answer_.regions(region);
  const GrowthRules& growth = growth_[static_cast<size_t>(region)];
  const bool prior = projection.points() == 0;
  if (prior &&
      (figure.id() == projection.drift().id() || figure.id() == projection.volatility().id())) {
    return Rule{.expression = "as the question gives it", .inputs = {}};
  }
  if (auto rule = growth.Of(figure)) return rule;
  for (const v1::FanYear& year : projection.totals()) {
    for (const v1::Quantile& quantile : year.quantiles()) {
      if (quantile.figure().id() != figure.id()) continue;
      if (year.year() == projection.start_year()) return FormulaRule(growth.TotalOf(year.year()));
      return OfTotal(region, quantile.probability());
    }
  }
  for (const v1::FanYear& year : projection.infrastructure()) {
    for (const v1::Quantile& quantile : year.quantiles()) {
      if (quantile.figure().id() == figure.id()) return OfInfrastructure(region, year, quantile);
    }
  }
  return std::nullopt;
}

Rule ScenarioRules::OfTotal(int region, double probability) const {
  Rule rule = {.expression =
                   "quantile(start_total * exp(sum over years of drift + volatility * Z + "
                   "growth + shock) * (1 + retained) + fund, probability)",
               .inputs = {Given("probability", probability)}};
  AddPath(region, "", rule);
  AddDraws(rule);
  return rule;
}

// The share is the same on every path, so that quantiles of the part are parts of quantiles.
Rule ScenarioRules::OfInfrastructure(int region, const v1::FanYear& year,
                                     const v1::Quantile& quantile) const {
  const std::string& term = request_.regions(region);
  Rule rule = {.expression = "total * min(max(share + shift, 0), 1)", .inputs = {}};
  for (const v1::FanYear& total : answer_.regions(region).totals()) {
    if (total.year() != year.year()) continue;
    for (const v1::Quantile& other : total.quantiles()) {
      if (other.probability() == quantile.probability()) {
        rule.inputs.push_back(Derived("total", other.figure()));
      }
    }
  }
  rule.inputs.push_back(Written(
      "share",
      StrCat("share(", SpellFigure("funding", term, evidence_.PeriodName(), request_.filter()),
             ", layer=INFRASTRUCTURE)")));
  for (const v1::Lever& lever : request_.levers()) {
    if (lever.region() != term || !lever.has_infrastructure_shift()) continue;
    rule.inputs.push_back(InputOf(lever, "", evidence_.to + 1));
  }
  return rule;
}

std::optional<Rule> ScenarioRules::OfPairs(const Figure& figure) const {
  for (const v1::RatioProjection& ratio : answer_.ratios()) {
    for (const v1::FanYear& year : ratio.ratios()) {
      for (const v1::Quantile& quantile : year.quantiles()) {
        if (quantile.figure().id() != figure.id()) continue;
        Rule rule = OfPair("quantile(numerator / denominator, probability)", ratio.numerator(),
                           ratio.denominator());
        rule.inputs.insert(rule.inputs.begin(), Given("probability", quantile.probability()));
        return rule;
      }
    }
  }
  for (const v1::TargetOutcome& target : answer_.targets()) {
    if (target.probability().id() != figure.id()) continue;
    Rule rule = OfPair(
        "share of the paths with numerator / denominator <= ratio in a projected "
        "year up to by_year",
        target.target().numerator(), target.target().denominator());
    rule.inputs.insert(rule.inputs.begin(), {Given("ratio", target.target().ratio()),
                                             Given("by_year", target.target().by_year(), "a")});
    return rule;
  }
  return std::nullopt;
}

Rule ScenarioRules::OfPair(std::string expression, const std::string& numerator,
                           const std::string& denominator) const {
  StrAppend(&expression,
            "; numerator and denominator are start_total * exp(sum over years of drift + "
            "volatility * Z + growth + shock) * (1 + retained) + fund, each of its own");
  Rule rule = {.expression = std::move(expression), .inputs = {}};
  AddPath(PlaceOf(numerator), "numerator ", rule);
  AddPath(PlaceOf(denominator), "denominator ", rule);
  AddDraws(rule);
  return rule;
}

void ScenarioRules::AddPath(int region, const std::string& prefix, Rule& rule) const {
  const v1::RegionProjection& projection = answer_.regions(region);
  rule.inputs.push_back(
      Written(StrCat(prefix, "start_total"),
              growth_[static_cast<size_t>(region)].TotalOf(projection.start_year())));
  rule.inputs.push_back(Derived(StrCat(prefix, "drift"), projection.drift()));
  rule.inputs.push_back(Derived(StrCat(prefix, "volatility"), projection.volatility()));
  for (const v1::Lever& lever : request_.levers()) {
    if (lever.region() != request_.regions(region) || lever.has_infrastructure_shift()) continue;
    rule.inputs.push_back(InputOf(lever, prefix, evidence_.to + 1));
  }
}

void ScenarioRules::AddDraws(Rule& rule) const {
  rule.inputs.push_back(Given("paths", answer_.paths()));
  rule.inputs.push_back(Given("seed", static_cast<double>(answer_.seed())));
}

int ScenarioRules::PlaceOf(std::string_view term) const {
  int place = 0;
  while (place + 1 < request_.regions_size() && request_.regions(place) != term) ++place;
  return place;
}

}  // namespace steelyard::strategy
