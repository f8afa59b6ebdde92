#include "services/strategy/explain/growth_rules.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/strategy/measures/dynamics.h"
#include "services/strategy/measures/projection.h"
#include "services/strategy/scenario/outlook.h"
#include "tests/services/strategy/figure_matchers.h"
#include "tests/services/strategy/growing_world.h"

namespace steelyard::strategy {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class GrowthRulesTest : public ::testing::Test {
 protected:
  GrowthRules Of(const char* term) const { return {evidence_, term, "a = \"b\""}; }

  const Facts facts_ = GrowingWorld();
  const Evidence evidence_{facts_, kFirstYear, kLastYear};
};

TEST_F(GrowthRulesTest, DriftIsThatOfTheLastAndTheFirstYear) {
  const GrowthRules growth = Of("CN");  // 2015 to 2023, with years between that are not known
  const auto rule = growth.Of(growth.Drift());
  ASSERT_TRUE(rule.has_value());
  EXPECT_TRUE(rule->is_formula);
  EXPECT_EQ(
      rule->expression,
      "ln(funding[CN, 2023, filter='a = \"b\"'] / funding[CN, 2015, filter='a = \"b\"']) / 8");
  EXPECT_THAT(growth.Drift(), IsNumber(std::log(55.0 / 20) / 8));
  EXPECT_EQ(growth.Drift().id(), "drift/CN/2015..2025");
}

TEST_F(GrowthRulesTest, VolatilityIsOfEveryYearWithATotal) {
  const GrowthRules growth = Of("CN");
  const auto rule = growth.Of(growth.Volatility());
  ASSERT_TRUE(rule.has_value());
  ASSERT_THAT(rule->inputs, SizeIs(7));
  EXPECT_EQ(rule->inputs[0].figure.id(), "drift/CN/2015..2025");
  EXPECT_EQ(rule->inputs[1].name, "2015");
  EXPECT_EQ(rule->inputs[6].figure.id(), "total/CN/2023");
  EXPECT_EQ(rule->inputs[6].figure.money().units(), 55 * kMillion);
  const auto estimate = EstimateGrowth(YearlyTotals(evidence_, "CN"));
  EXPECT_THAT(growth.Volatility(), IsNumber(estimate->volatility.value()));
}

TEST_F(GrowthRulesTest, MeanGrowthFollowsFromTheDrift) {
  Figure growth;
  growth.set_id("mean_growth/US/2015..2025");
  const auto rule = Of("US").Of(growth);
  ASSERT_TRUE(rule.has_value());
  EXPECT_EQ(rule->expression, "exp(drift) - 1");
  EXPECT_EQ(rule->inputs.at(0).figure.id(), "drift/US/2015..2025");
  growth.set_id("mean_growth/EUROPE/2015..2025");
  EXPECT_FALSE(Of("US").Of(growth).has_value());
}

TEST_F(GrowthRulesTest, WithoutTwoYearsThereIsNothingToDeriveFrom) {
  const GrowthRules growth = Of("JP");
  EXPECT_THAT(growth.Drift(), IsUndefined("too few years of 2015..2025"));
  const auto rule = growth.Of(growth.Drift());
  ASSERT_TRUE(rule.has_value());
  EXPECT_FALSE(rule->is_formula);
  EXPECT_THAT(rule->inputs, IsEmpty());
}

}  // namespace
}  // namespace steelyard::strategy
