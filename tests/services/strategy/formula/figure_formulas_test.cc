#include "services/strategy/formula/figure_formulas.h"

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
            "ratio_of_sums(notable_ai_models[US, 2025..2025, policy=most-complete/1], "
            "funding[US, 2025, unit=USD, prices=nominal], per=1000000000) * 1 USD"},
           {"mega_round_share/US/2025", "", "mega_round_funding[US, 2025] / funding[US, 2025]"}}) {
    const auto formula = FormulaOf(one.figure, one.filter);
    ASSERT_TRUE(formula.ok()) << formula.status();
    EXPECT_EQ(*formula, one.formula);
  }
}

TEST(FigureFormulasTest, GivesFormulasThatHold) {
  for (const std::string_view measure : ExplainedMeasures()) {
    const std::string name(measure);
    for (const std::string& figure :
         {name + "/US:EUROPE/2015..2025", name + "/US/2015..2025",
          name + "/US/2015..2025/layer=CHIPS", name + "/US/2015..2025/population=2024"}) {
      const auto formula = FormulaOf(figure, "");
      if (!formula.ok()) continue;
      const auto made = formula::MakeFormula(*formula);
      EXPECT_TRUE(made.ok()) << figure << ": " << made.status();
    }
  }
}

TEST(FigureFormulasTest, RefusesOthers) {
  for (const char* figure : {"", "total", "total/US", "total//2025", "total/US/2025/layer=A/b",
                             "net_inflow_ratio/US/2015..2025/year=2024", "layer_similarity/US/2025",
                             "per_gdp/US/2025-Q1", "world_share/US/2025/layer=CHIPS"}) {
    EXPECT_THAT(FormulaOf(figure, "").status(),
                HasReason(common::v1::ERROR_REASON_FIGURE_NOT_FOUND))
        << figure;
  }
}

}  // namespace
}  // namespace steelyard::strategy
