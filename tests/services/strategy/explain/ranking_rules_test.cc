#include "services/strategy/explain/ranking_rules.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/strategy/explain/find_figure.h"
#include "services/strategy/ranking/ranking.h"
#include "tests/services/strategy/canned.h"
#include "tests/services/strategy/figure_matchers.h"
#include "tests/support/step_arithmetic.h"

namespace steelyard::strategy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Figure Named(const char* id, Figure figure) {
  figure.set_id(id);
  return figure;
}

// Three regions over two indicators, the second better when it is lower; C lacks it.
RankingFigures World() {
  RankingFigures world;
  world.terms = {"A", "B", "C"};
  world.figures = {
      {Named("growth/A/2020..2022", Plain(0.1)), Named("top5_share/A/2020..2022", Plain(0.2))},
      {Named("growth/B/2020..2022", Plain(0.2)), Named("top5_share/B/2020..2022", Plain(0.5))},
      {Named("growth/C/2020..2022", Plain(0.4)),
       MakeUndefined({"top5_share/C/2020..2022", "", "1"}, "nothing is known")}};
  return world;
}

class RankingRulesTest : public ::testing::Test {
 protected:
  RankingRulesTest() {
    for (const char* const term : {"A", "B", "C"}) request_.add_regions(term);
    request_.mutable_period()->mutable_from()->set_year(2020);
    request_.mutable_period()->mutable_to()->set_year(2022);
    for (const auto& [id, weight] : {std::pair("growth", 0.75), std::pair("top5_share", 0.25)}) {
      v1::IndicatorChoice& choice = *request_.add_indicators();
      choice.set_indicator(id);
      choice.set_weight(weight);
    }
    request_.set_least_share(0.5);
    request_.set_draws(50);
    Rank();
  }

  void Rank() {
    request_ = WithDefaults(request_);
    const std::vector<RankingFigures> world = {World()};
    answer_ = MakeRanking(request_, world, 1, [] { return false; }).value();
  }
  Rule Get(const std::string& id) const {
    const Figure* figure = FindFigure(answer_, id);
    EXPECT_NE(figure, nullptr) << id;
    if (figure == nullptr) return {};
    const auto rule = RankingRules(request_, answer_).Of(*figure);
    EXPECT_TRUE(rule.has_value()) << id;
    return rule.value_or(Rule());
  }
  // The figure, worked out from the inputs of its rule.
  void ExpectWorkedOut(const std::string& id) const {
    const Rule rule = Get(id);
    v1::FormulaStep step;
    step.set_expression(rule.expression);
    for (const Input& input : rule.inputs) {
      step.add_inputs()->set_name(input.name);
      *step.mutable_inputs()->rbegin()->mutable_figure() = input.figure;
    }
    const auto value = WorkOut(step);
    ASSERT_TRUE(value.has_value()) << id << ": " << rule.expression;
    EXPECT_THAT(*FindFigure(answer_, id), IsNumber(*value)) << id << ": " << rule.expression;
  }

  v1::RankRegionsRequest request_;
  v1::RankRegionsResponse answer_;
};

TEST_F(RankingRulesTest, LeavesIndicatorsToProfiles) {
  const RankingRules rules(request_, answer_);
  for (const std::string& id : FigureIds(answer_, 1000)) {
    const bool indicator = id.starts_with("growth/") || id.starts_with("top5_share/");
    EXPECT_EQ(rules.Of(*FindFigure(answer_, id)).has_value(), !indicator) << id;
  }
}

TEST_F(RankingRulesTest, NormalisedValuesWorkOutInEveryFixedNormalisation) {
  for (const auto normalisation :
       {v1::NORMALISATION_MIN_MAX, v1::NORMALISATION_DISTANCE_TO_LEADER}) {
    request_.set_normalisation(normalisation);
    Rank();
    for (const char* id :
         {"A/2020..2022/indicator=growth", "B/2020..2022/indicator=growth",
          "A/2020..2022/indicator=top5_share", "B/2020..2022/indicator=top5_share"}) {
      ExpectWorkedOut(std::string("normalised/") + id);
    }
  }
}

TEST_F(RankingRulesTest, GoalpostsAreTheQuestions) {
  request_.mutable_indicators(0)->set_lower(0);
  request_.mutable_indicators(0)->set_upper(0.3);
  Rank();
  ExpectWorkedOut("normalised/A/2020..2022/indicator=growth");
  ExpectWorkedOut("normalised/C/2020..2022/indicator=growth");  // cut off
  EXPECT_THAT(Get("normalised/C/2020..2022/indicator=growth").inputs.at(2).figure, IsNumber(0.3));
}

TEST_F(RankingRulesTest, CompositesWorkOutOverTheIndicatorsThatARegionHas) {
  for (const auto aggregation : {v1::AGGREGATION_ARITHMETIC, v1::AGGREGATION_GEOMETRIC}) {
    request_.set_aggregation(aggregation);
    Rank();
    for (const char* id :
         {"composite/A/2020..2022", "composite/B/2020..2022", "composite/C/2020..2022"}) {
      ExpectWorkedOut(id);
    }
  }
  EXPECT_EQ(Get("composite/C/2020..2022").inputs.size(), 1U);
  for (v1::IndicatorChoice& choice : *request_.mutable_indicators()) choice.set_weight(0.5);
  request_.set_aggregation(v1::AGGREGATION_ARITHMETIC);
  Rank();
  ExpectWorkedOut("composite/A/2020..2022");
  EXPECT_EQ(Get("composite/A/2020..2022").expression, "mean(growth, top5_share)");
}

TEST_F(RankingRulesTest, WhatDependsOnAllRegionsNamesThem) {
  request_.set_normalisation(v1::NORMALISATION_Z_SCORE);
  request_.set_aggregation(v1::AGGREGATION_OUTRANKING);
  Rank();
  const Rule normalised = Get("normalised/A/2020..2022/indicator=growth");
  EXPECT_EQ(
      normalised.expression,
      "(x - mean(x)) / deviation(x) of all regions, the standard deviation over their number");
  ASSERT_EQ(normalised.inputs.size(), 3U);
  EXPECT_FALSE(normalised.inputs[0].alone);
  EXPECT_TRUE(normalised.inputs[1].alone);
  EXPECT_THAT(Get("normalised/A/2020..2022/indicator=top5_share").expression,
              HasSubstr("(mean(x) - x)"));
  const Rule composite = Get("composite/A/2020..2022");
  EXPECT_THAT(composite.expression, HasSubstr("(won - lost) / other ranked regions"));
  EXPECT_EQ(composite.inputs.size(), 6U);
}

TEST_F(RankingRulesTest, NoContestIsWithARegionWithoutRank) {
  request_.set_aggregation(v1::AGGREGATION_OUTRANKING);
  request_.set_least_share(1);  // C lacks an indicator
  Rank();
  std::vector<std::string> names;
  for (const Input& input : Get("composite/A/2020..2022").inputs) names.push_back(input.name);
  EXPECT_THAT(names, ElementsAre("growth", "growth of B", "top5_share", "top5_share of B"));
}

TEST_F(RankingRulesTest, EndsOfNothingSayWhy) {
  RankingFigures world = World();
  for (auto& figures : world.figures) {
    figures[1] = MakeUndefined({"top5_share", "", "1"}, "nothing is known");
  }
  const std::vector<RankingFigures> worlds = {world};
  answer_ = MakeRanking(request_, worlds, 1, [] { return false; }).value();
  EXPECT_THAT(Get("normalised/A/2020..2022/indicator=top5_share").inputs.at(1).figure,
              IsUndefined("no region has a value"));
}

TEST_F(RankingRulesTest, PairsAreMadeOfBothRegions) {
  ASSERT_GT(answer_.pairs_size(), 0);
  const std::string pair = answer_.pairs(0).ahead() + ":" + answer_.pairs(0).behind();
  const Rule probability = Get("pairwise_probability/" + pair + "/2020..2022");
  EXPECT_EQ(probability.inputs.at(0).figure.id(),
            "composite/" + answer_.pairs(0).ahead() + "/2020..2022");
  EXPECT_THAT(probability.expression, HasSubstr("one of the four normalisations"));
  std::map<std::string, Figure> inputs;
  for (const Input& input : probability.inputs) inputs.emplace(input.name, input.figure);
  EXPECT_EQ(inputs["draws"].count(), 50);
  EXPECT_EQ(inputs["growth of C"].number(), 0.4);
  EXPECT_FALSE(inputs.contains("definitions"));
  request_.set_fix_normalisation(true);
  request_.add_alternatives()->set_source_policy("median/1");
  const Rule fixed = Get("pairwise_probability/" + pair + "/2020..2022");
  EXPECT_THAT(fixed.expression, ::testing::Not(HasSubstr("normalisations")));
  EXPECT_THAT(fixed.expression, HasSubstr("definitions"));
}

// |w . d| / |d - mean(d)|.
TEST_F(RankingRulesTest, ASwapIsOfTheIndicatorsThatTakePart) {
  const auto pair = std::find_if(answer_.pairs().begin(), answer_.pairs().end(),
                                 [](const auto& one) { return one.swap_distance().has_number(); });
  ASSERT_NE(pair, answer_.pairs().end());
  const Rule swap = Get(pair->swap_distance().id());
  ASSERT_EQ(swap.inputs.size(), 6U);
  EXPECT_EQ(swap.inputs[3].name, "weight of top5_share");
  EXPECT_THAT(swap.inputs[3].figure, IsNumber(0.25));
  const double growth = swap.inputs[1].figure.number() - swap.inputs[2].figure.number();
  const double top5 = swap.inputs[4].figure.number() - swap.inputs[5].figure.number();
  const double mean = (growth + top5) / 2;
  EXPECT_THAT(pair->swap_distance(), IsNumber(std::abs(0.75 * growth + 0.25 * top5) /
                                              std::hypot(growth - mean, top5 - mean)));
  request_.set_aggregation(v1::AGGREGATION_GEOMETRIC);
  Rank();
  EXPECT_TRUE(Get(answer_.pairs(0).swap_distance().id()).inputs.empty());
}

TEST_F(RankingRulesTest, ImportanceIsOverTheRankedRegions) {
  const Rule rule = Get("effective_importance/2020..2022/indicator=growth");
  std::vector<std::string> names;
  for (const Input& input : rule.inputs) names.push_back(input.name);
  EXPECT_THAT(names, ::testing::UnorderedElementsAre("normalised of A", "composite of A",
                                                     "normalised of B", "composite of B",
                                                     "normalised of C", "composite of C"));
  EXPECT_FALSE(rule.inputs[0].alone);
}

}  // namespace
}  // namespace steelyard::strategy
