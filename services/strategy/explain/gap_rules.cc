#include "services/strategy/explain/gap_rules.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "services/common/text/strings.h"
#include "services/strategy/explain/spelling.h"
#include "services/strategy/measures/measure_catalog.h"

namespace steelyard::strategy {
namespace {

constexpr std::string_view kPeople = "people/1";
constexpr std::string_view kNever = "never";  // the reason of a time that does not come; gap.proto

// The parts of people/1 by the names that its factors' expressions give them.
constexpr std::string_view kPopulation = "population";
constexpr std::string_view kGdp = "gdp";
constexpr std::string_view kCapital = "capital";

Rule Quotient(Input above, Input below) {
  Rule rule = {.expression = StrCat(above.name, " / ", below.name), .inputs = {}};
  rule.inputs.push_back(std::move(above));
  rule.inputs.push_back(std::move(below));
  return rule;
}

Rule LogOf(const Figure& ratio) {
  return {.expression = "ln(ratio)", .inputs = {Derived("ratio", ratio)}};
}

// The years of the evidence that the figure's coverage does not leave out.
std::vector<int> YearsOf(const Evidence& evidence, const Figure& figure) {
  const auto& missing = figure.coverage().missing();
  std::vector<int> years;
  for (int year = evidence.from; year <= evidence.to; ++year) {
    if (std::find(missing.begin(), missing.end(), StrCat(year)) == missing.end()) {
      years.push_back(year);
    }
  }
  return years;
}

// The time to the target, as it came out.
std::string TimeExpression(const v1::CatchUp& catch_up) {
  const bool known = catch_up.start_ratio().has_number();
  if (known && catch_up.start_ratio().number() <= catch_up.target_ratio()) {
    return "0, since start_ratio is target_ratio or less, whatever follower_growth and "
           "leader_growth";
  }
  if (catch_up.years().reason() == kNever) {
    return "never: start_ratio is above target_ratio, and follower_growth is not above "
           "leader_growth";
  }
  return "ln(start_ratio / target_ratio) / ln((1 + follower_growth) / (1 + leader_growth))";
}

}  // namespace

GapRules::GapRules(const v1::DecomposeGapRequest& request, const Evidence& evidence,
                   const v1::DecomposeGapResponse& answer)
    : request_(request),
      evidence_(evidence),
      answer_(answer),
      leader_{answer.leader().term(), &answer.leader_total(),
              GrowthRules(evidence, answer.leader().term(), request.filter())},
      follower_{answer.follower().term(), &answer.follower_total(),
                GrowthRules(evidence, answer.follower().term(), request.filter())} {}

std::optional<Rule> GapRules::Of(const Figure& figure) const {
  for (const v1::GapIdentity& identity : answer_.identities()) {
    if (auto rule = OfIdentity(identity, figure)) return rule;
  }
  if (auto rule = OfCatchUp(figure)) return rule;
  for (const Side* side : {&leader_, &follower_}) {
    if (auto rule = side->growth.Of(figure)) return rule;
  }
  return std::nullopt;
}

std::optional<Rule> GapRules::OfIdentity(const v1::GapIdentity& identity,
                                         const Figure& figure) const {
  if (figure.id() == identity.log_points().id()) return LogOf(identity.ratio());
  if (figure.id() == identity.ratio().id()) {
    if (identity.id() != kPeople) {
      return Quotient(Derived("leader_total", *leader_.total),
                      Derived("follower_total", *follower_.total));
    }
    const v1::GapFactor& any = identity.factors(0);
    Input leader = MeanOf(kCapital, any, leader_);
    Input follower = MeanOf(kCapital, any, follower_);
    leader.name = "leader";
    follower.name = "follower";
    return Quotient(std::move(leader), std::move(follower));
  }
  for (const v1::GapFactor& factor : identity.factors()) {
    if (auto rule = OfFactor(identity, factor, figure)) return rule;
  }
  return std::nullopt;
}

std::optional<Rule> GapRules::OfFactor(const v1::GapIdentity& identity, const v1::GapFactor& factor,
                                       const Figure& figure) const {
  const std::string& id = figure.id();
  if (id == factor.contribution().id()) {
    return Quotient(Derived("log_points", factor.log_points()),
                    Derived("gap_log_points", identity.log_points()));
  }
  if (id == factor.log_points().id()) return LogOf(factor.ratio());
  if (id == factor.ratio().id()) {
    return Quotient(Derived("leader", factor.leader()), Derived("follower", factor.follower()));
  }
  const Side* side = nullptr;
  if (id == factor.leader().id()) side = &leader_;
  if (id == factor.follower().id()) side = &follower_;
  if (side == nullptr) return std::nullopt;
  return identity.id() == kPeople ? OfPeople(factor, *side) : OfMarket(factor, *side);
}

Input GapRules::MeanOf(std::string_view name, const v1::GapFactor& factor, const Side& side) const {
  const bool invested = name == kCapital;
  const auto& response = name == kPopulation ? evidence_.facts.population : evidence_.facts.gdp;
  const auto* series =
      FindSeries(response, side.term, name == kPopulation ? std::string_view() : kGdpCurrency);
  std::vector<std::string> years;
  for (const int year : YearsOf(evidence_, factor.leader())) {
    if (!invested && series == nullptr) continue;
    years.push_back(invested
                        ? SpellFigure("funding", side.term, StrCat(year), request_.filter(),
                                      {StrCat("unit=", kGdpCurrency), "prices=nominal"})
                        : SpellPublished(name == kPopulation ? "population" : "gdp_current_usd",
                                         side.term, StrCat(year), series->facet()));
  }
  if (!years.empty()) return Written(std::string(name), SpellMean(years));
  return Alone(std::string(name),
               MakeUndefined({StrCat(name, "/", side.term), "", ""}, factor.leader().reason()));
}

Rule GapRules::OfPeople(const v1::GapFactor& factor, const Side& side) const {
  Input people = MeanOf(kPopulation, factor, side);
  if (factor.id() == "population") {
    if (!people.formula.empty()) return FormulaRule(people.formula);
    return {.expression = "mean(population)", .inputs = {}};
  }
  Input gdp = MeanOf(kGdp, factor, side);
  if (factor.id() == "gdp_per_person") return Quotient(std::move(gdp), std::move(people));
  return Quotient(MeanOf(kCapital, factor, side), std::move(gdp));
}

Rule GapRules::OfMarket(const v1::GapFactor& factor, const Side& side) const {
  const auto spell = [&](std::string_view name) {
    return SpellFigure(name, side.term, evidence_.PeriodName(), request_.filter());
  };
  if (factor.id() == "companies") return FormulaRule(spell("companies"));
  if (factor.id() == "rounds_per_company") {
    return FormulaRule(StrCat(spell("rounds"), " / ", spell("companies")));
  }
  Figure counted;
  counted.set_id(evidence_.PeriodId("counted_rounds", side.term));
  counted.set_status(common::v1::VALUE_STATUS_OK);
  counted.set_count(side.total->coverage().units_present());
  counted.set_unit("1");
  counted.set_formula(std::string(kCount));
  *counted.mutable_coverage() = side.total->coverage();
  if (factor.id() == "disclosed_share") {
    return Quotient(Alone("counted", counted), Written("rounds", spell("rounds")));
  }
  return Quotient(Derived("total", *side.total), Alone("counted", counted));
}

std::optional<Rule> GapRules::OfCatchUp(const Figure& figure) const {
  const v1::CatchUp& catch_up = answer_.catch_up();
  const std::string& id = figure.id();
  const Input start = Derived("start_ratio", catch_up.start_ratio());
  const Input target = Given("target_ratio", catch_up.target_ratio());
  const Input leader = Derived("leader_growth", catch_up.leader_growth());
  const Input follower = Derived("follower_growth", catch_up.follower_growth());
  if (id == catch_up.start_ratio().id() && catch_up.start_year() == 0) {
    return Rule{.expression = "leader / follower", .inputs = {}};
  }
  if (id == catch_up.years().id()) {
    return Rule{.expression = TimeExpression(catch_up),
                .inputs = {start, target, follower, leader}};
  }
  if (id == catch_up.required_growth().id()) {
    return Rule{.expression = "(1 + leader_growth) * (start_ratio / target_ratio)^(1 / years) - 1",
                .inputs = {leader, start, target,
                           Given("years", catch_up.target_year() - catch_up.start_year(), "a")}};
  }
  if (id == catch_up.never().id()) {
    return OfPaths("share of the paths that are not there in 100 years", {});
  }
  if (id == catch_up.by_target_year().id()) {
    return OfPaths("share of the paths that are there by target_year",
                   {GivenCount("target_year", static_cast<uint64_t>(catch_up.target_year()))});
  }
  for (const v1::Quantile& quantile : catch_up.quantiles()) {
    if (id != quantile.figure().id()) continue;
    return OfPaths("quantile of the years until a path is there, at probability",
                   {Given("probability", quantile.probability())});
  }
  return std::nullopt;
}

Rule GapRules::OfPaths(std::string expression, std::vector<Input> first) const {
  StrAppend(
      &expression,
      ", of so many paths drawn with seed; one is there when start_ratio * exp(sum over years of "
      "leader_drift + leader_volatility * Z1 - follower_drift - follower_volatility * Z2) <= "
      "target_ratio");
  Rule rule = {.expression = std::move(expression), .inputs = std::move(first)};
  const v1::CatchUp& catch_up = answer_.catch_up();
  rule.inputs.push_back(Derived("start_ratio", catch_up.start_ratio()));
  rule.inputs.push_back(Given("target_ratio", catch_up.target_ratio()));
  for (const auto& [name, side] :
       {std::pair("leader", &leader_), std::pair("follower", &follower_)}) {
    rule.inputs.push_back(Derived(StrCat(name, "_drift"), side->growth.Drift()));
    rule.inputs.push_back(Derived(StrCat(name, "_volatility"), side->growth.Volatility()));
  }
  const auto paths = catch_up.never().coverage().units_expected();
  rule.inputs.push_back(GivenCount("paths", static_cast<uint64_t>(paths)));
  rule.inputs.push_back(GivenCount("seed", request_.seed()));
  return rule;
}

}  // namespace steelyard::strategy
