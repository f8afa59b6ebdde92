#include "services/strategy/explain/scenario_rules.h"

#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/strategy/explain/find_figure.h"
#include "tests/services/strategy/figure_matchers.h"
#include "tests/services/strategy/scenario_support.h"

namespace steelyard::strategy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ScenarioRulesTest : public ::testing::Test {
 protected:
  ScenarioRulesTest() {
    v1::GrowthPrior& prior = *request_.add_priors();
    prior.set_region("CN");
    prior.set_drift(0.1);
    prior.set_volatility(0.4);
    v1::Lever& fund = AddLever(request_, "US", 2027);
    fund.mutable_yearly_fund()->set_currency_code("USD");
    fund.mutable_yearly_fund()->set_units(20);
    fund.mutable_yearly_fund()->set_nanos(500'000'000);
    AddLever(request_, "US", 2028).set_log_shock(-0.5);
    AddLever(request_, "US").set_infrastructure_shift(0.1);
    AddLever(request_, "EUROPE").set_log_growth(0.05);
    AddLever(request_, "EUROPE").set_retained_foreign_capital(0.2);
    AddTarget(request_, 5, 2030);
    answer_ = Answer(request_, facts_).value();
  }

  Rule Get(const std::string& id) const {
    const Figure* figure = FindFigure(answer_, id);
    EXPECT_NE(figure, nullptr) << id;
    if (figure == nullptr) return {};
    const auto rule = ScenarioRules(request_, evidence_, answer_).Of(*figure);
    EXPECT_TRUE(rule.has_value()) << id;
    return rule.value_or(Rule());
  }

  const Facts facts_ = GrowingWorld();
  const Evidence evidence_{facts_, kFirstYear, kLastYear};
  v1::ProjectScenarioRequest request_ = ScenarioQuestion();
  v1::Projection answer_;
};

std::vector<std::string> NamesOf(const Rule& rule) {
  std::vector<std::string> names;
  for (const Input& input : rule.inputs) names.push_back(input.name);
  return names;
}

TEST_F(ScenarioRulesTest, KnowsEveryFigureOfTheAnswer) {
  const ScenarioRules rules(request_, evidence_, answer_);
  const std::vector<std::string> ids = FigureIds(answer_, 10'000);
  EXPECT_GT(ids.size(), 200U);
  for (const std::string& id : ids) {
    const auto rule = rules.Of(*FindFigure(answer_, id));
    ASSERT_TRUE(rule.has_value()) << id;
    EXPECT_FALSE(rule->expression.empty()) << id;
  }
}

TEST_F(ScenarioRulesTest, TheFirstYearIsHistory) {
  const Rule rule = Get("total/US/2025/q=0.5");
  EXPECT_TRUE(rule.is_formula);
  EXPECT_EQ(rule.expression, "funding[US, 2025]");
}

TEST_F(ScenarioRulesTest, ALaterYearIsDrawnFromGrowthAndLevers) {
  const Rule rule = Get("total/US/2029/q=0.25");
  EXPECT_EQ(rule.expression,
            "quantile at probability of start_total * exp(years * drift + volatility * (Z1 + ... + "
            "Z_years) + shock_2028) + fund_2027, over so many paths drawn with seed");
  EXPECT_THAT(NamesOf(rule), ElementsAre("probability", "start_total", "years", "drift",
                                         "volatility", "fund_2027", "shock_2028", "paths", "seed"));
  EXPECT_THAT(rule.inputs[0].figure, IsNumber(0.25));
  EXPECT_EQ(rule.inputs[1].formula, "funding[US, 2025]");
  EXPECT_EQ(rule.inputs[2].figure.count(), 4);
  EXPECT_EQ(rule.inputs[3].figure.id(), "drift/US/2015..2025");
  EXPECT_THAT(rule.inputs[5].figure, IsNumber(20.5));
  EXPECT_EQ(rule.inputs[5].figure.unit(), "USD");
  EXPECT_EQ(rule.inputs[7].figure.count(), 400);
  EXPECT_EQ(rule.inputs[8].figure.count(), 5);
}

TEST_F(ScenarioRulesTest, ALeverMakesNoDifferenceBeforeItWorks) {
  EXPECT_THAT(
      NamesOf(Get("total/US/2026/q=0.25")),
      ElementsAre("probability", "start_total", "years", "drift", "volatility", "paths", "seed"));
  EXPECT_THAT(NamesOf(Get("total/US/2027/q=0.25")), ::testing::Contains("fund_2027"));
  const Rule growth = Get("total/EUROPE/2028/q=0.5");
  EXPECT_THAT(growth.expression, HasSubstr(" + 3 * growth_2026) * (1 + retained_2026),"));
}

// Of paths that do not spread every quantile is what the expression comes to.
TEST_F(ScenarioRulesTest, ATotalWithoutVolatilityWorksOut) {
  for (const char* term : {"US", "EUROPE"}) {
    v1::GrowthPrior& prior = *request_.add_priors();
    prior.set_region(term);
    prior.set_drift(0.25);
  }
  answer_ = Answer(request_, facts_).value();
  const double grown = 1000.0 * kMillion * std::exp(4 * 0.25 - 0.5) + 20.5;
  EXPECT_NEAR(MoneyOf(*FindFigure(answer_, "total/US/2029/q=0.25")), grown, 0.01);
  const double moved = 80.0 * kMillion * std::exp(3 * 0.25 + 3 * 0.05) * 1.2;
  EXPECT_NEAR(MoneyOf(*FindFigure(answer_, "total/EUROPE/2028/q=0.95")), moved, 0.01);
}

TEST_F(ScenarioRulesTest, AnExpressionNamesItsInputs) {
  for (const char* id :
       {"total/US/2030/q=0.5", "total/EUROPE/2026/q=0.05", "infrastructure/US/2030/q=0.5",
        "ratio/US:EUROPE/2029/q=0.5", "probability/US:EUROPE/2030/ratio=5"}) {
    const Rule rule = Get(id);
    EXPECT_GT(rule.inputs.size(), 1U);
    for (const std::string& name : NamesOf(rule)) {
      EXPECT_THAT(rule.expression, HasSubstr(name)) << id;
    }
  }
}

TEST_F(ScenarioRulesTest, InfrastructureIsAPartOfTheSameQuantile) {
  const Rule rule = Get("infrastructure/US/2026/q=0.75");
  EXPECT_THAT(NamesOf(rule), ElementsAre("total", "share", "shift_2026"));
  EXPECT_EQ(rule.inputs[0].figure.id(), "total/US/2026/q=0.75");
  EXPECT_EQ(rule.inputs[1].formula, "share(funding[US, 2015..2025], layer=INFRASTRUCTURE)");
  // 30 % of the history, and a tenth.
  EXPECT_NEAR(MoneyOf(*FindFigure(answer_, "infrastructure/US/2026/q=0.75")),
              MoneyOf(rule.inputs[0].figure) * 0.4, 0.01);
  EXPECT_EQ(rule.expression, "total * min(max(share + shift_2026, 0), 1)");
}

TEST_F(ScenarioRulesTest, AShiftMovesNothingBeforeItsYear) {
  request_.mutable_levers(2)->set_from_year(2028);
  answer_ = Answer(request_, facts_).value();
  const Rule before = Get("infrastructure/US/2027/q=0.75");
  EXPECT_EQ(before.expression, "total * share");
  EXPECT_NEAR(MoneyOf(*FindFigure(answer_, "infrastructure/US/2027/q=0.75")),
              MoneyOf(before.inputs.at(0).figure) * 0.3, 0.01);
  EXPECT_THAT(NamesOf(Get("infrastructure/US/2028/q=0.75")),
              ElementsAre("total", "share", "shift_2028"));
}

// Layers are known of EUROPE, and none of them is of the infrastructure.
TEST_F(ScenarioRulesTest, NothingOfItIsAShareOfZero) {
  const Rule rule = Get("infrastructure/EUROPE/2027/q=0.5");
  EXPECT_TRUE(rule.inputs.at(1).formula.empty());
  EXPECT_THAT(rule.inputs.at(1).figure, IsNumber(0));
  EXPECT_EQ(MoneyOf(*FindFigure(answer_, "infrastructure/EUROPE/2027/q=0.5")), 0);
}

TEST_F(ScenarioRulesTest, RatiosAndTargetsAreOfTwoPaths) {
  const Rule ratio = Get("ratio/US:EUROPE/2030/q=0.5");
  EXPECT_THAT(NamesOf(ratio),
              ElementsAre("probability", "numerator_start_total", "numerator_years",
                          "numerator_drift", "numerator_volatility", "numerator_fund_2027",
                          "numerator_shock_2028", "denominator_start_total", "denominator_years",
                          "denominator_drift", "denominator_volatility", "denominator_growth_2026",
                          "denominator_retained_2026", "paths", "seed"));
  const Rule target = Get("probability/US:EUROPE/2030/ratio=5");
  EXPECT_THAT(target.inputs.at(0).figure, IsNumber(5));
  EXPECT_EQ(target.inputs.at(1).figure.count(), 2030);
  EXPECT_EQ(target.inputs.size(), ratio.inputs.size() + 1);
}

TEST_F(ScenarioRulesTest, APriorComesFromTheQuestion) {
  const Rule rule = Get("prior_drift/CN");
  EXPECT_EQ(rule.expression, "as the question gives it");
  EXPECT_THAT(rule.inputs, IsEmpty());
  EXPECT_EQ(Get("total/CN/2030/q=0.5").inputs.at(3).figure.id(), "prior_drift/CN");
}

}  // namespace
}  // namespace steelyard::strategy
