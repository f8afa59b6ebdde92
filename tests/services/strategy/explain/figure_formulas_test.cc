#include "services/strategy/explain/figure_formulas.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/status/status.h"
#include "services/strategy/formula/readings.h"
#include "tests/support/status_matchers.h"

namespace steelyard::strategy {
namespace {

using ::steelyard::testing::HasReason;

struct Case {
  const char* figure;
  const char* filter;
  const char* formula;
};

TEST(FigureFormulasTest, GivesTheFormulaOfAnId) {
  for (const Case& one : std::vector<Case>{
           {"total/US/2015..2025", "", "funding[US, 2015..2025]"},
           {"total/US/2025", "stage = \"SEED\"", "funding[US, 2025, filter='stage = \"SEED\"']"},
           {"total/WORLD/2025", "", "funding[WORLD, 2025]"},
           {"total/US/2025/layer=CHIPS", "", "funding[US, 2025, layer=CHIPS]"},
           {"share/US/2025/layer=", "", "share(funding[US, 2025], layer='')"},
           {"location_quotient/EUROPE/2015..2025/sector=HEALTH", "",
            "location_quotient(funding[EUROPE, 2015..2025], sector=HEALTH)"},
           {"ratio/US:EUROPE/2025", "", "funding[US, 2025] / funding[EUROPE, 2025]"},
           {"gap/US:EUROPE/2025", "", "funding[US, 2025] - funding[EUROPE, 2025]"},
           {"world_share/EU27@2020-02-01/2025", "",
            "funding[EU27@2020-02-01, 2025] / funding[WORLD, 2025]"},
           {"per_capita/US/2015..2025/population=2024", "",
            "funding[US, 2015..2025] / population[US, 2024]"},
           {"sector_entropy/US/2015..2025", "", "entropy(funding[US, 2015..2025], by=sector)"},
           {"layer_similarity/US:EUROPE/2025", "",
            "finger_kreinin(funding[US, 2025], funding[EUROPE, 2025], by=layer)"},
           {"sector_similarity/US:EUROPE/2025", "",
            "finger_kreinin(funding[US, 2025], funding[EUROPE, 2025], by=sector)"},
           {"per_gdp/US/2024..2025", "stage = \"SEED\"",
            "ratio_of_sums(funding[US, 2024..2025, unit=USD, prices=nominal, "
            "filter='stage = \"SEED\"'], "
            "gdp_current_usd[US, 2024..2025, unit=USD, members=all])"},
           {"models_per_billion/US/2025..2025", "",
            "ratio_of_sums(notable_ai_models[US, 2025, policy=most-complete/1], "
            "funding[US, 2025, unit=USD, prices=nominal], per=1000000000) * 1 USD"},
           {"mega_round_share/US/2025", "", "mega_round_funding[US, 2025] / funding[US, 2025]"},
           {"foreign_capital_share/US/2025", "a OR b",
            "foreign_capital_share(funding[US, 2025, filter='a OR b'])"},
           {"foreign_capital_share/WORLD/2025", "",
            "foreign_capital_share(funding[WORLD, 2025, filter='country != \"\"'])"},
           {"rounds_inflow_ratio/US/2025", "a OR b",
            "funding[US, 2025, origin=WORLD, filter='a OR b'] / funding[WORLD, 2025, origin=US, "
            "filter='(a OR b) AND country != \"\"']"},
           {"total/EUROPE/2015..2025/origin=US", "", "funding[EUROPE, 2015..2025, origin=US]"},
           {"total/WORLD/2025/origin=US", "",
            "funding[WORLD, 2025, origin=US, filter='country != \"\"']"},
           {"foreign_capital_share/world/2025", "",
            "foreign_capital_share(funding[world, 2025, filter='country != \"\"'])"},
           {"share/EUROPE/2025/origin=US", "",
            "funding[EUROPE, 2025, origin=US] / funding[EUROPE, 2025, origin=WORLD]"},
           {"total/EUROPE/2025/destination=US", "", "funding[US, 2025, origin=EUROPE]"},
           {"share/EUROPE/2025/destination=US", "",
            "funding[US, 2025, origin=EUROPE] / funding[WORLD, 2025, origin=EUROPE]"}}) {
    const auto formula = FormulaOf(one.figure, one.filter, {});
    ASSERT_TRUE(formula.ok()) << formula.status();
    EXPECT_EQ(formula->expression, one.formula);
  }
}

// A flow's other end is a country even where its code is a region word for more.
TEST(FigureFormulasTest, KeepsCountriesApartFromRegionsOfTheSameName) {
  common::v1::Definition definition;
  definition.add_regions()->set_alias("CN");
  definition.mutable_regions(0)->set_region_set("CHINA_WITH_HK_MO");
  const auto expression = [&](const char* figure) {
    return FormulaOf(figure, "", definition).value().expression;
  };
  EXPECT_EQ(expression("total/US/2025/origin=CN"), "funding[US, 2025, origin=CN]");
  EXPECT_EQ(expression("total/US/2025/destination=CN"), "funding[CHN, 2025, origin=US]");
  EXPECT_EQ(expression("total/CN/2025/destination=US"),
            "funding[US, 2025, origin=CHINA_WITH_HK_MO]");
}

TEST(FigureFormulasTest, SaysWhichFiguresAreOfHeadquarters) {
  for (const char* figure : {"foreign_capital_share/US/2025", "rounds_inflow_ratio/US/2025",
                             "total/US/2025/origin=GB", "share/US/2025/destination=GB"}) {
    EXPECT_TRUE(FormulaOf(figure, "", {}).value().by_headquarters) << figure;
  }
  EXPECT_FALSE(FormulaOf("total/US/2025", "", {}).value().by_headquarters);
}

TEST(FigureFormulasTest, GivesFormulasThatHold) {
  for (const std::string_view measure : ExplainedMeasures()) {
    const std::string name(measure);
    for (const std::string& figure :
         {name + "/US:EUROPE/2015..2025", name + "/US/2015..2025",
          name + "/US/2015..2025/layer=CHIPS", name + "/US/2015..2025/population=2024"}) {
      const auto formula = FormulaOf(figure, "", {});
      if (!formula.ok()) continue;
      const auto made = formula::MakeFormula(formula->expression);
      EXPECT_TRUE(made.ok()) << figure << ": " << made.status();
    }
  }
}

TEST(FigureFormulasTest, RefusesOthers) {
  for (const char* figure : {"", "total", "total/US", "total//2025", "total/US/2025/layer=A/b",
                             "net_inflow_ratio/US/2015..2025/year=2024", "layer_similarity/US/2025",
                             "per_gdp/US/2025-Q1", "total/US/2025/origin=UX",
                             "total/US/2025/origin=", "location_quotient/US/2025/origin=GB",
                             "total/US:CN/2025/origin=GB", "world_share/US/2025/layer=CHIPS"}) {
    EXPECT_THAT(FormulaOf(figure, "", {}).status(),
                HasReason(common::v1::ERROR_REASON_FIGURE_NOT_FOUND))
        << figure;
  }
}

TEST(FigureFormulasTest, ARefusalSaysWhichPartIsWrong) {
  const struct {
    const char* figure;
    const char* filter;
    const char* says;
  } cases[] = {
      {"total", "", "an id is measure/region/period"},
      {"composite/US/2020..2022", "", "the measures are"},
      {"ratio/US/2020..2022", "", "is of two, such as US:EUROPE"},
      {"total/US:EUROPE/2020..2022", "", "total is of one region"},
      {"total/US/2020..2022/colour=red", "", "has no part 'colour=red'"},
      {"models_per_billion/US/2020..2022", "stage = SEED", "which no filter restricts"},
      {"total/US/2022..2020", "", "2022"},
  };
  for (const auto& test : cases) {
    const auto refused = FormulaOf(test.figure, test.filter, {});
    EXPECT_THAT(refused, HasReason(common::v1::ERROR_REASON_FIGURE_NOT_FOUND)) << test.figure;
    EXPECT_THAT(std::string(refused.status().message()), ::testing::HasSubstr(test.says));
  }
}

}  // namespace
}  // namespace steelyard::strategy
