#include "services/strategy/explain/gap_rules.h"

#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/strategy/explain/find_figure.h"
#include "services/strategy/scenario/gap.h"
#include "tests/services/strategy/growing_world.h"

namespace steelyard::strategy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class GapRulesTest : public ::testing::Test {
 protected:
  explicit GapRulesTest(const std::vector<int>& places = {0, 1})
      : facts_(OnlyRegions(GrowingWorld(), places)), evidence_(facts_, kFirstYear, kLastYear) {
    request_.set_leader(facts_.totals.regions(0).term());
    request_.set_follower(facts_.totals.regions(1).term());
    request_.mutable_period()->mutable_from()->set_year(kFirstYear);
    request_.mutable_period()->mutable_to()->set_year(kLastYear);
    request_.set_paths(100);
    request_.set_seed(3);
    answer_ = MakeGap(request_, facts_, 1, [] { return false; }).value();
  }

  std::optional<Rule> RuleOf(const std::string& id) const {
    const Figure* figure = FindFigure(answer_, id);
    EXPECT_NE(figure, nullptr) << id;
    if (figure == nullptr) return std::nullopt;
    return GapRules(request_, evidence_, answer_).Of(*figure);
  }
  Rule Get(const std::string& id) const {
    const auto rule = RuleOf(id);
    EXPECT_TRUE(rule.has_value()) << id;
    return rule.value_or(Rule());
  }

  Facts facts_;
  const Evidence evidence_;
  v1::DecomposeGapRequest request_;
  v1::DecomposeGapResponse answer_;
};

std::vector<std::string> NamesOf(const Rule& rule) {
  std::vector<std::string> names;
  for (const Input& input : rule.inputs) names.push_back(input.name);
  return names;
}

TEST_F(GapRulesTest, LeavesToFormulasWhatAComparisonHasToo) {
  std::set<std::string> left;
  for (const std::string& id : FigureIds(answer_, 1000)) {
    if (!RuleOf(id)) left.insert(id);
  }
  EXPECT_THAT(
      left, ElementsAre("gap/US:EUROPE/2015..2025", "ratio/US:EUROPE/2015..2025",
                        "ratio/US:EUROPE/2025", "total/EUROPE/2015..2025", "total/US/2015..2025"));
}

TEST_F(GapRulesTest, FollowsAContributionToThePeopleOfEachYear) {
  const std::string pair = "US:EUROPE/2015..2025/identity=people";
  const Rule share = Get("contribution/" + pair + ",factor=population");
  EXPECT_EQ(share.expression, "log_points / gap_log_points");
  EXPECT_EQ(share.inputs.at(0).figure.id(), "log_points/" + pair + ",factor=population");
  EXPECT_EQ(share.inputs.at(1).figure.id(), "log_points/" + pair);
  EXPECT_EQ(Get(share.inputs[0].figure.id()).inputs.at(0).figure.id(),
            "ratio/" + pair + ",factor=population");
  const Rule ratio = Get("ratio/" + pair + ",factor=population");
  EXPECT_THAT(NamesOf(ratio), ElementsAre("leader", "follower"));
  const Rule people = Get(ratio.inputs.at(1).figure.id());
  EXPECT_TRUE(people.is_formula);
  EXPECT_THAT(people.expression, HasSubstr("mean(population[EUROPE, 2015, source=sources/people"));
  EXPECT_THAT(people.expression, HasSubstr("population[EUROPE, 2024, "));
  // 2025 has no population.
  EXPECT_THAT(people.expression, ::testing::Not(HasSubstr("2025")));
  const Rule capital = Get("capital_per_gdp/US/2015..2025/identity=people");
  EXPECT_THAT(NamesOf(capital), ElementsAre("capital", "gdp"));
  EXPECT_THAT(capital.inputs.at(0).formula,
              HasSubstr("funding[US, 2015, unit=USD, prices=nominal]"));
}

TEST_F(GapRulesTest, CountsTheRoundsWhoseAmountCounts) {
  const Rule share = Get("disclosed_share/US/2015..2025/identity=market");
  EXPECT_EQ(share.expression, "counted / rounds");
  EXPECT_EQ(share.inputs.at(0).figure.count(), 8);
  EXPECT_EQ(share.inputs.at(1).formula, "rounds[US, 2015..2025]");
  EXPECT_EQ(Get("companies/US/2015..2025/identity=market").expression, "companies[US, 2015..2025]");
}

TEST_F(GapRulesTest, SaysWhatPathsAreDrawnFrom) {
  for (const char* id :
       {"never/US:EUROPE/2015..2025", "by_target_year/US:EUROPE/2015..2025/year=2035",
        "catch_up_time/US:EUROPE/2015..2025/q=0.5"}) {
    const Rule rule = Get(id);
    const std::vector<std::string> names = NamesOf(rule);
    for (const char* name : {"start_ratio", "target_ratio", "leader_drift", "leader_volatility",
                             "follower_drift", "follower_volatility", "paths", "seed"}) {
      EXPECT_THAT(names, ::testing::Contains(name)) << id;
    }
    EXPECT_EQ(rule.inputs.back().figure.count(), 3);
    EXPECT_EQ(rule.inputs[rule.inputs.size() - 2].figure.count(), 100);
    for (const std::string& name : names) EXPECT_THAT(rule.expression, HasSubstr(name)) << id;
  }
}

TEST_F(GapRulesTest, ATimeSaysHowItCameOut) {
  EXPECT_THAT(Get("catch_up_time/US:EUROPE/2015..2025").expression, HasSubstr("never: "));
  request_.set_target_ratio(50);
  answer_ = MakeGap(request_, facts_, 1, [] { return false; }).value();
  EXPECT_THAT(Get("catch_up_time/US:EUROPE/2015..2025").expression,
              HasSubstr("0, since start_ratio is target_ratio or less"));
}

// EUROPE first, and the US growing faster.
class GapThatClosesTest : public GapRulesTest {
 protected:
  GapThatClosesTest() : GapRulesTest({1, 0}) {}
};

TEST_F(GapThatClosesTest, IsGivenByAFormula) {
  request_.set_target_ratio(0.01);
  answer_ = MakeGap(request_, facts_, 1, [] { return false; }).value();
  EXPECT_GT(answer_.catch_up().years().number(), 0);
  EXPECT_THAT(Get("catch_up_time/EUROPE:US/2015..2025").expression,
              HasSubstr("ln(start_ratio / target_ratio) / ln("));
}

// Nothing is known of the people of CN, and no year has a total of both.
class GapWithoutPeopleTest : public GapRulesTest {
 protected:
  GapWithoutPeopleTest() : GapRulesTest({0, 2}) {}
};

TEST_F(GapWithoutPeopleTest, HasRulesThatEndAtTheReason) {
  EXPECT_THAT(Get("population/CN/2015..2025/identity=people").inputs, IsEmpty());
  const Rule gdp = Get("gdp_per_person/CN/2015..2025/identity=people");
  ASSERT_THAT(gdp.inputs, SizeIs(2));
  EXPECT_TRUE(gdp.inputs[0].alone);
  EXPECT_THAT(gdp.inputs[0].figure.reason(), HasSubstr("no year of 2015..2025"));
}

}  // namespace
}  // namespace steelyard::strategy
