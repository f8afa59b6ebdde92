#include "services/strategy/explain/scenario_rules.h"

#include <utility>

#include "services/common/text/strings.h"
#include "services/strategy/explain/spelling.h"
#include "services/strategy/scenario/scenario.h"

namespace steelyard::strategy {
namespace {

constexpr double kNanos = 1e9;

// How a lever is called among the parts of a total, without its year.
std::string_view WordOf(const v1::Lever& lever) {
  switch (lever.kind_case()) {
    case v1::Lever::kYearlyFund:
      return "fund";
    case v1::Lever::kRetainedForeignCapital:
      return "retained";
    case v1::Lever::kLogShock:
      return "shock";
    case v1::Lever::kInfrastructureShift:
      return "shift";
    default:
      return "growth";
  }
}

Input InputOf(const v1::Lever& lever, std::string name) {
  switch (lever.kind_case()) {
    case v1::Lever::kYearlyFund:
      return Given(std::move(name),
                   static_cast<double>(lever.yearly_fund().units()) +
                       static_cast<double>(lever.yearly_fund().nanos()) / kNanos,
                   lever.yearly_fund().currency_code());
    case v1::Lever::kRetainedForeignCapital:
      return Given(std::move(name), lever.retained_foreign_capital());
    case v1::Lever::kLogShock:
      return Given(std::move(name), lever.log_shock());
    case v1::Lever::kInfrastructureShift:
      return Given(std::move(name), lever.infrastructure_shift());
    default:
      return Given(std::move(name), lever.log_growth(), "1/a");
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
      return OfTotal(region, year.year(), quantile.probability());
    }
  }
  for (const v1::FanYear& year : projection.infrastructure()) {
    for (const v1::Quantile& quantile : year.quantiles()) {
      if (quantile.figure().id() == figure.id()) return OfInfrastructure(region, year, quantile);
    }
  }
  return std::nullopt;
}

int ScenarioRules::FirstYearOf(const v1::Lever& lever) const {
  return lever.from_year() == 0 ? evidence_.to + 1 : lever.from_year();
}

// What follows from a shock goes on from where it left the path.
std::vector<const v1::Lever*> ScenarioRules::LeversOf(int region, int year) const {
  std::vector<const v1::Lever*> levers;
  for (const v1::Lever& lever : request_.levers()) {
    if (lever.region() != request_.regions(region) || FirstYearOf(lever) > year) continue;
    levers.push_back(&lever);
  }
  return levers;
}

ScenarioRules::Paths ScenarioRules::PathsOf(int region, int year, const std::string& prefix) const {
  const v1::RegionProjection& projection = answer_.regions(region);
  Paths paths;
  const auto add = [&](Input input) { paths.inputs.push_back(std::move(input)); };
  add(Written(prefix + "start_total",
              growth_[static_cast<size_t>(region)].TotalOf(projection.start_year())));
  add(GivenCount(prefix + "years", static_cast<uint64_t>(year - projection.start_year())));
  add(Derived(prefix + "drift", projection.drift()));
  add(Derived(prefix + "volatility", projection.volatility()));
  std::string steps;
  std::string factors;
  std::string funds;
  for (const v1::Lever* lever : LeversOf(region, year)) {
    if (lever->has_infrastructure_shift()) continue;
    std::string name = StrCat(prefix, WordOf(*lever), "_", FirstYearOf(*lever));
    if (lever->has_yearly_fund()) {
      StrAppend(&funds, " + ", name);
    } else if (lever->has_retained_foreign_capital()) {
      StrAppend(&factors, " * (1 + ", name, ")");
    } else if (lever->has_log_shock()) {
      StrAppend(&steps, " + ", name);
    } else {
      StrAppend(&steps, " + ", year - FirstYearOf(*lever) + 1, " * ", name);
    }
    add(InputOf(*lever, std::move(name)));
  }
  paths.expression =
      StrCat(prefix, "start_total * exp(", prefix, "years * ", prefix, "drift + ", prefix,
             "volatility * (Z1 + ... + Z_years)", steps, ")", factors, funds);
  return paths;
}

void ScenarioRules::AddDraws(Rule& rule) const {
  StrAppend(&rule.expression, ", over so many paths drawn with seed");
  rule.inputs.push_back(GivenCount("paths", static_cast<uint64_t>(answer_.paths())));
  rule.inputs.push_back(GivenCount("seed", answer_.seed()));
}

Rule ScenarioRules::OfTotal(int region, int year, double probability) const {
  Paths paths = PathsOf(region, year, "");
  Rule rule = {.expression = StrCat("quantile at probability of ", paths.expression),
               .inputs = {Given("probability", probability)}};
  for (Input& input : paths.inputs) rule.inputs.push_back(std::move(input));
  AddDraws(rule);
  return rule;
}

// The share is the same on every path, so that quantiles of the part are parts of quantiles.
Rule ScenarioRules::OfInfrastructure(int region, const v1::FanYear& year,
                                     const v1::Quantile& quantile) const {
  const std::string& term = request_.regions(region);
  Rule rule;
  for (const v1::FanYear& total : answer_.regions(region).totals()) {
    if (total.year() != year.year()) continue;
    for (const v1::Quantile& other : total.quantiles()) {
      if (other.probability() == quantile.probability()) {
        rule.inputs.push_back(Derived("total", other.figure()));
      }
    }
  }
  const std::string funding =
      SpellFigure("funding", term, evidence_.PeriodName(), request_.filter());
  // A layer without rounds has no value in a formula; here it is known that there is nothing.
  const bool none = InfrastructureShare(evidence_, term) == 0.0;
  rule.inputs.push_back(
      none ? Given("share", 0)
           : Written("share", StrCat("share(", funding, ", layer=INFRASTRUCTURE)")));
  std::string share = "share";
  for (const v1::Lever* lever : LeversOf(region, year.year())) {
    if (!lever->has_infrastructure_shift()) continue;
    std::string name = StrCat("shift_", FirstYearOf(*lever));
    StrAppend(&share, " + ", name);
    rule.inputs.push_back(InputOf(*lever, std::move(name)));
  }
  rule.expression =
      share == "share" ? "total * share" : StrCat("total * min(max(", share, ", 0), 1)");
  return rule;
}

std::optional<Rule> ScenarioRules::OfPairs(const Figure& figure) const {
  for (const v1::RatioProjection& ratio : answer_.ratios()) {
    for (const v1::FanYear& year : ratio.ratios()) {
      for (const v1::Quantile& quantile : year.quantiles()) {
        if (quantile.figure().id() != figure.id()) continue;
        return OfPair("quantile at probability of numerator / denominator", ratio.numerator(),
                      ratio.denominator(), year.year(),
                      {Given("probability", quantile.probability())});
      }
    }
  }
  for (const v1::TargetOutcome& outcome : answer_.targets()) {
    if (outcome.probability().id() != figure.id()) continue;
    const v1::RatioTarget& target = outcome.target();
    return OfPair("share with numerator / denominator <= ratio in a projected year up to by_year",
                  target.numerator(), target.denominator(), target.by_year(),
                  {Given("ratio", target.ratio()),
                   GivenCount("by_year", static_cast<uint64_t>(target.by_year()))});
  }
  return std::nullopt;
}

Rule ScenarioRules::OfPair(const std::string& beginning, const std::string& numerator,
                           const std::string& denominator, int year,
                           std::vector<Input> inputs) const {
  Paths above = PathsOf(PlaceOf(numerator), year, "numerator_");
  Paths below = PathsOf(PlaceOf(denominator), year, "denominator_");
  Rule rule = {.expression = StrCat(beginning, ", (", above.expression, ") / (", below.expression,
                                    ") in the last year"),
               .inputs = std::move(inputs)};
  for (Input& input : above.inputs) rule.inputs.push_back(std::move(input));
  for (Input& input : below.inputs) rule.inputs.push_back(std::move(input));
  AddDraws(rule);
  return rule;
}

int ScenarioRules::PlaceOf(std::string_view term) const {
  int place = 0;
  while (place + 1 < request_.regions_size() && request_.regions(place) != term) ++place;
  return place;
}

}  // namespace steelyard::strategy
