#include "services/strategy/formula/axes.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/strategy/formula/parser.h"

namespace steelyard::strategy::formula {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

Axes AxesOf(const std::vector<std::pair<v1::Axis, std::vector<std::string>>>& axes) {
  Axes out;
  for (const auto& [axis, choices] : axes) {
    v1::AxisChoices& added = *out.Add();
    added.set_axis(axis);
    for (const std::string& choice : choices) added.add_choices(choice);
  }
  return out;
}

TEST(AxesTest, CombinesEverythingTheLastAxisFastest) {
  common::v1::Definition definition;
  definition.set_currency("EUR");
  const auto variants =
      MakeVariants(definition, AxesOf({{v1::AXIS_REGION, {"EUROPE=EU27", "EUROPE=EU27_UK"}},
                                       {v1::AXIS_SCOPE, {"EQUITY", "EQUITY+DEBT"}},
                                       {v1::AXIS_PRICES, {"2021:cpi_index"}},
                                       {v1::AXIS_LAYER_ATTRIBUTION, {"FULL"}},
                                       {v1::AXIS_SOURCE_POLICY, {"median/1"}},
                                       {v1::AXIS_DATE_BASIS, {"CLOSED"}},
                                       {v1::AXIS_FX, {"YEAR_AVERAGE"}},
                                       {v1::AXIS_ATTRIBUTION, {"INVESTOR_ORIGIN"}}}));
  ASSERT_EQ(variants.size(), 4U);
  const common::v1::Definition& second = variants[1].definition;
  EXPECT_EQ(second.currency(), "EUR");
  EXPECT_EQ(second.regions(0).alias(), "EUROPE");
  EXPECT_EQ(second.regions(0).region_set(), "EU27");
  EXPECT_THAT(second.scope(),
              ElementsAre(common::v1::AMOUNT_KIND_EQUITY, common::v1::AMOUNT_KIND_DEBT));
  EXPECT_EQ(second.price_basis().base_year(), 2021);
  EXPECT_EQ(second.price_basis().deflator(), "cpi_index");
  EXPECT_EQ(second.layer_attribution(), common::v1::LAYER_ATTRIBUTION_FULL);
  EXPECT_EQ(second.source_policy(), "median/1");
  EXPECT_EQ(second.date_basis(), common::v1::DATE_BASIS_CLOSED);
  EXPECT_EQ(second.fx_policy().method(), common::v1::FX_METHOD_YEAR_AVERAGE);
  EXPECT_EQ(variants[2].definition.regions(0).region_set(), "EU27_UK");
  EXPECT_EQ(second.attribution(), common::v1::ATTRIBUTION_INVESTOR_ORIGIN);
  EXPECT_EQ(variants[3].choices.size(), 8U);
  EXPECT_EQ(MakeVariants(definition, {}).size(), 1U);
}

TEST(AxesTest, OffersEveryAttribution) {
  const auto variants = MakeVariants({}, AxesOf({{v1::AXIS_ATTRIBUTION,
                                                  {"RECIPIENT_HEADQUARTERS", "INVESTOR_ORIGIN",
                                                   "LEGAL_DOMICILE", "FOUNDING_COUNTRY"}}}));
  ASSERT_EQ(variants.size(), 4U);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(variants[static_cast<size_t>(i)].definition.attribution(), i + 1);
  }
}

struct Mistake {
  Axes axes;
  const char* field;
  const char* says;
};

TEST(AxesTest, SaysWhichChoiceIsNone) {
  std::vector<std::string> many;
  for (int i = 0; i < 17; ++i) many.push_back(StrCat("EUROPE=R", i));
  for (const Mistake& mistake : std::vector<Mistake>{
           {AxesOf({{v1::AXIS_UNSPECIFIED, {"x"}}}), "axes[0].choices[0]", "an axis that can be"},
           {AxesOf({{v1::AXIS_FACET, {"x"}}}), "axes[0].choices[0]", "an axis that can be"},
           {AxesOf({{v1::AXIS_REGION, {"EU27"}}}), "axes[0].choices[0]", "such as EUROPE=EU27"},
           {AxesOf({{v1::AXIS_REGION, {"EUROPE=EU27", "CN=X"}}}), "axes[0].choices[1]",
            "about one region word"},
           {AxesOf({{v1::AXIS_SCOPE, {"EQUITY+MONEY"}}}), "axes[0].choices[0]", "EQUITY+DEBT"},
           {AxesOf({{v1::AXIS_PRICES, {"2021"}}}), "axes[0].choices[0]", "2021:gdp_deflator_index"},
           {AxesOf({{v1::AXIS_LAYER_ATTRIBUTION, {"HALF"}}}), "axes[0].choices[0]", "EQUAL_SPLIT"},
           {AxesOf({{v1::AXIS_ATTRIBUTION, {"INVESTOR"}}}), "axes[0].choices[0]",
            "'INVESTOR' is not RECIPIENT_HEADQUARTERS, INVESTOR_ORIGIN, LEGAL_DOMICILE or "
            "FOUNDING_COUNTRY"},
           {AxesOf({{v1::AXIS_ATTRIBUTION, {"UNSPECIFIED"}}}), "axes[0].choices[0]",
            "FOUNDING_COUNTRY"},
           {AxesOf({{v1::AXIS_DATE_BASIS, {"PAID"}}}), "axes[0].choices[0]", "CLOSED"},
           {AxesOf({{v1::AXIS_FX, {"FIXED_DATE"}}}), "axes[0].choices[0]", "YEAR_AVERAGE"},
           {AxesOf({{v1::AXIS_SCOPE, {}}}), "axes[0].choices", "1 to 16 choices, not 0"},
           {AxesOf({{v1::AXIS_REGION, many}}), "axes[0].choices", "1 to 16 choices, not 17"},
           {AxesOf({{v1::AXIS_SCOPE, {"EQUITY", "EQUITY"}}}), "axes[0].choices[1]", "twice"},
           {AxesOf({{v1::AXIS_SCOPE, {"EQUITY"}}, {v1::AXIS_SCOPE, {"DEBT"}}}), "axes[1]",
            "once"}}) {
    FieldErrors errors;
    CheckAxes(mistake.axes, "axes", errors);
    EXPECT_THAT(FieldsOf(errors.ToStatus()),
                ::testing::Contains(Pair(mistake.field, HasSubstr(mistake.says))));
  }
}

TEST(AxesTest, RefusesTooManyCombinations) {
  std::vector<std::string> sets;
  for (int i = 0; i < 13; ++i) sets.push_back(StrCat("A=R", i));
  std::vector<std::string> others;
  for (int i = 0; i < 10; ++i) others.push_back(StrCat("B=R", i));
  FieldErrors errors;
  CheckAxes(AxesOf({{v1::AXIS_REGION, sets}, {v1::AXIS_REGION, others}}), "axes", errors);
  EXPECT_THAT(std::string(ToStd(errors.ToStatus().message())),
              HasSubstr("at most 128 combinations"));
}

TEST(AxesWordsTest, FindsTheRegionWordsOfAFormula) {
  EXPECT_THAT(
      RegionWords(Parse("x[US, 2025] + x[EUROPE, 2025] > x[US, 2024] / x[WORLD, 2025]").value()),
      ElementsAre("US", "EUROPE"));
  EXPECT_THAT(RegionWords(Parse("rank(x[*, 2025], of=US, among=US;EUROPE) == 1").value()),
              ElementsAre("US", "EUROPE"));
}

}  // namespace
}  // namespace steelyard::strategy::formula
