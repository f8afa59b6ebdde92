#include "services/strategy/explain/growth_rules.h"

#include <utility>

#include "services/common/text/strings.h"
#include "services/strategy/explain/spelling.h"
#include "services/strategy/measures/measure_catalog.h"
#include "services/strategy/measures/projection.h"
#include "services/strategy/scenario/outlook.h"

namespace steelyard::strategy {

GrowthRules::GrowthRules(const Evidence& evidence, std::string term, std::string filter)
    : term_(std::move(term)),
      filter_(std::move(filter)),
      mean_growth_(evidence.PeriodId("mean_growth", term_)) {
  const std::map<int, double> totals = YearlyTotals(evidence, term_);
  for (const auto& [year, total] : totals) {
    Figure& figure = totals_[year];
    figure = *evidence.years.Find({term_, StrCat(year)}, funding::v1::MEASURE_SUM);
    figure.set_id(evidence.YearId("total", term_, year));
  }
  const std::optional<Growth> growth = EstimateGrowth(totals);
  const Coverage coverage = CoverageOfYears(evidence, totals);
  const std::string few = StrCat("too few years of ", evidence.PeriodName(), " have a total");
  drift_ = MakeNumber({evidence.PeriodId("drift", term_), kDrift, "1/a"},
                      growth ? Value(growth->drift) : std::nullopt, few, coverage);
  volatility_ = MakeNumber({evidence.PeriodId("volatility", term_), kVolatility, "1"},
                           growth ? growth->volatility : std::nullopt, few, coverage);
}

std::string GrowthRules::TotalOf(int year) const {
  return SpellFigure("funding", term_, StrCat(year), filter_);
}

// The differences of logarithms between known years add up to that of the last and the first.
Rule GrowthRules::DriftRule() const {
  if (totals_.size() < 2) return {.expression = "ln(last / first) / years", .inputs = {}};
  const int first = totals_.begin()->first;
  const int last = totals_.rbegin()->first;
  return FormulaRule(StrCat("ln(", TotalOf(last), " / ", TotalOf(first), ") / ", last - first));
}

Rule GrowthRules::VolatilityRule() const {
  Rule rule = {
      .expression = "sqrt(sum((ln(next / total) - years * drift)^2 / years) / (differences - 1))",
      .inputs = {}};
  rule.inputs.push_back(Derived("drift", drift_));
  for (const auto& [year, total] : totals_) rule.inputs.push_back(Derived(StrCat(year), total));
  return rule;
}

std::optional<Rule> GrowthRules::Of(const Figure& figure) const {
  if (figure.id() == drift_.id()) return DriftRule();
  if (figure.id() == volatility_.id()) return VolatilityRule();
  if (figure.id() != mean_growth_) return std::nullopt;
  Rule rule = {.expression = "exp(drift) - 1", .inputs = {}};
  rule.inputs.push_back(Derived("drift", drift_));
  return rule;
}

}  // namespace steelyard::strategy
