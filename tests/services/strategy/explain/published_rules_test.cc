#include "services/strategy/explain/published_rules.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/strategy/profile/compare.h"
#include "services/strategy/profile/profile_ratios.h"
#include "tests/services/strategy/canned.h"

namespace steelyard::strategy {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// One source prints both directions of EUROPE's capital, of EU27, in two scopes.
Facts WorldOfFlows() {
  Facts facts = SmallWorld();
  AddPoint(AddSeries(facts.outgoing, "EUROPE", "EU27", "sources/both", "USD", "given"), "2021",
           Usd(10));
  AddPoint(AddSeries(facts.published, "EUROPE", "EU27", "sources/both", "USD", "received"), "2021",
           Usd(25));
  return facts;
}

class PublishedRulesTest : public ::testing::Test {
 protected:
  static Rule Get(const Facts& facts, const Figure& figure) {
    const Evidence evidence(facts, 2020, 2022);
    const auto rule = PublishedRule(evidence, figure);
    EXPECT_TRUE(rule.has_value()) << figure.id();
    return rule.value_or(Rule());
  }
};

TEST_F(PublishedRulesTest, ANetInflowIsOfTheOneSourceThatHasBoth) {
  const Facts facts = WorldOfFlows();
  const Figure ratio = NetInflowRatio(Evidence(facts, 2020, 2022), facts.totals.regions(1));
  ASSERT_EQ(ratio.number(), 2.5);
  const Rule rule = Get(facts, ratio);
  EXPECT_TRUE(rule.is_formula);
  EXPECT_EQ(rule.expression,
            "ai_investment[EU27, 2021, source=sources/both, scope=received, unit=USD] / "
            "ai_investment_outgoing[EU27, 2021, source=sources/both, scope=given, unit=USD]");
}

TEST_F(PublishedRulesTest, ModelsAreReadFromTheFacetOfTheAnswer) {
  const Facts facts = SmallWorld();
  const Figure models = ModelsPerBillion(Evidence(facts, 2020, 2022), facts.totals.regions(0));
  const Rule rule = Get(facts, models);
  EXPECT_TRUE(rule.is_formula);
  EXPECT_THAT(rule.expression,
              HasSubstr("ratio_of_sums(notable_ai_models[US, 2020..2022, source="));
  EXPECT_THAT(rule.expression, HasSubstr("per=1000000000) * 1 USD"));
}

TEST_F(PublishedRulesTest, WhatHasNoValueIsMadeOfNothing) {
  Facts facts = WorldOfFlows();
  facts.filtered = true;
  for (const Figure& figure :
       {NetInflowRatio(Evidence(facts, 2020, 2022), facts.totals.regions(1)),
        ModelsPerBillion(Evidence(facts, 2020, 2022), facts.totals.regions(1)),
        NetInflowRatio(Evidence(facts, 2020, 2022), facts.totals.regions(2))}) {
    const Rule rule = Get(facts, figure);
    EXPECT_FALSE(rule.is_formula) << figure.id();
    EXPECT_THAT(rule.inputs, IsEmpty()) << figure.id();
  }
}

TEST_F(PublishedRulesTest, KnowNoOtherFigure) {
  const Facts facts = SmallWorld();
  Figure figure;
  for (const char* id : {"total/US/2020..2022", "models_per_billion/JP/2020..2022",
                         "net_inflow_ratio/US/2020..2021"}) {
    figure.set_id(id);
    EXPECT_FALSE(PublishedRule(Evidence(facts, 2020, 2022), figure).has_value()) << id;
  }
}

TEST(ComparedRuleTest, IsOfTwoValuesOfOneFacet) {
  v1::CompareRegionsResponse comparison;
  v1::PublishedComparison& published = *comparison.add_published();
  published.set_variable("ai_investment");
  published.set_year(2024);
  published.mutable_facet()->set_source("sources/oecd");
  for (const auto& [term, region] :
       {std::pair("US", "US"), std::pair("EUROPE", "EU27"), std::pair("EUROPE", "EU27_UK")}) {
    v1::PublishedValue& value = *published.add_values();
    value.set_term(term);
    value.set_region(region);
  }
  published.add_ratios()->mutable_ratio()->set_id("first");
  published.add_ratios()->mutable_ratio()->set_id("second");
  const auto rule = ComparedRule(comparison, published.ratios(1).ratio());
  ASSERT_TRUE(rule.has_value());
  EXPECT_EQ(rule->expression,
            "ai_investment[US, 2024, source=sources/oecd] / "
            "ai_investment[EU27_UK, 2024, source=sources/oecd]");
  published.mutable_values(1)->mutable_figure()->set_id("observations/eu27");
  EXPECT_EQ(ComparedRule(comparison, published.values(1).figure())->expression,
            "ai_investment[EU27, 2024, source=sources/oecd]");
  Figure other;
  other.set_id("other");
  EXPECT_FALSE(ComparedRule(comparison, other).has_value());
}

}  // namespace
}  // namespace steelyard::strategy
