#include "services/strategy/formula/default_axes.h"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/text/strings.h"
#include "services/strategy/formula/parser.h"

namespace steelyard::strategy::formula {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

funding::v1::Region Set(std::string_view region, std::initializer_list<std::string_view> members,
                        bool ended = false) {
  funding::v1::Region out;
  out.set_region(std::string(region));
  out.set_version("1");
  for (const std::string_view member : members) {
    funding::v1::RegionMember& added = *out.add_members();
    added.set_country(std::string(member));
    if (ended) added.mutable_valid_to()->set_year(2020);
  }
  return out;
}

std::vector<std::string> Of(const std::string& expression, const DefaultChoices& choices) {
  std::vector<std::string> out;
  for (const v1::AxisChoices& axis : DefaultAxes(Parse(expression).value(), choices)) {
    out.push_back(StrCat(v1::Axis_Name(axis.axis()).substr(5), " ", StrJoin(axis.choices(), " ")));
  }
  return out;
}

constexpr const char* kScope = "SCOPE EQUITY EQUITY+DEBT+GRANT";
constexpr const char* kLayers = "LAYER_ATTRIBUTION PRIMARY EQUAL_SPLIT FULL";
constexpr const char* kAttribution = "ATTRIBUTION RECIPIENT_HEADQUARTERS INVESTOR_ORIGIN";
constexpr const char* kPolicies = "SOURCE_POLICY listed-order/1 freshest/1 median/1";
constexpr const char* kPrices2025 = "PRICES nominal 2025:gdp_deflator_index";

struct Case {
  const char* expression;
  std::vector<std::string> axes;
};

// Of a formula without region words.
TEST(DefaultAxesTest, TriesWhatMakesADifference) {
  for (const Case& one : std::vector<Case>{
           {"1 + 2", {}},
           {"x[US, 2025] / x[US, 2015]", {}},
           {"funding[US, 2025]", {kScope, kAttribution, kPolicies}},
           {"rank(funding[*, 2025], of=US)", {kScope, kAttribution, kPolicies}},
           {"within(funding[US, 2025], 1 USD, by=0.5)", {kScope, kAttribution, kPolicies}},
           // Layers and sectors.
           {"funding[US, 2025, layer=CHIPS]", {kScope, kLayers, kAttribution, kPolicies}},
           {"rounds[US, 2025, sector=HEALTH]", {kScope, kLayers, kAttribution, kPolicies}},
           {"share(funding[US, 2025], layer=CHIPS)", {kScope, kLayers, kAttribution, kPolicies}},
           {"location_quotient(funding[US, 2025], sector=HEALTH)",
            {kScope, kLayers, kAttribution, kPolicies}},
           {"funding[US, 2025, filter='sector = \"HEALTH\"']",
            {kScope, kLayers, kAttribution, kPolicies}},
           {"funding[US, 2025, filter='company = \"layers\"']", {kScope, kAttribution, kPolicies}},
           // Amounts of several years.
           {"funding[US, 2015..2025]", {kScope, kAttribution, kPolicies, kPrices2025}},
           {"funding[US, 2025] / median_round[US, 2015]",
            {kScope, kAttribution, kPolicies, kPrices2025}},
           {"growth(funding[US, 2015..2025])", {kScope, kAttribution, kPolicies, kPrices2025}},
           {"share(funding[US, 2015..2025], layer=CHIPS)",
            {kScope, kLayers, kAttribution, kPolicies, kPrices2025}},
           {"rounds[US, 2015..2025] / companies[US, 2015..2020]",
            {kScope, kAttribution, kPolicies}},
           {"funding[US, 2025] / rounds[US, 2015..2025]", {kScope, kAttribution, kPolicies}},
           {"funding[US, 2025] / x[US, 2015]", {kScope, kAttribution, kPolicies}},
           {"funding[US, 2015..2025, prices=nominal]", {kScope, kAttribution, kPolicies}},
           // The world is the world, wherever its money counts.
           {"funding[WORLD, 2025]", {kScope, kPolicies}},
           // No year that funding takes as a base.
           {"funding[US, 2015..2150]", {kScope, kAttribution, kPolicies}}}) {
    EXPECT_THAT(Of(one.expression, {}), ElementsAreArray(one.axes)) << one.expression;
  }
}

class DefaultAxesOfWordsTest : public ::testing::Test {
 protected:
  DefaultAxesOfWordsTest() {
    *choices_.sets.Add() = Set("BROAD", {"DE", "FR", "GB", "CH"});
    *choices_.sets.Add() = Set("EU27", {"DE", "FR"});
    *choices_.sets.Add() = Set("EU28", {"DE", "FR", "GB"}, true);
    *choices_.sets.Add() = Set("MAINLAND", {"CN"});
    *choices_.sets.Add() = Set("WITH_HK", {"CN", "HK"});
    choices_.words = {
        {"EUROPE", choices_.sets[0]}, {"CN", choices_.sets[3]}, {"US", Set("US", {"US"})}};
  }
  // More sets that EUROPE may mean, which are then this many in all.
  void GiveEurope(int sets) {
    for (int i = 2; i < sets; ++i) {
      *choices_.sets.Add() = Set(StrCat("SET", i), {"DE", "FR", "GB"});
    }
  }

  DefaultChoices choices_;
};

TEST_F(DefaultAxesOfWordsTest, TriesEachSetThatAWordMayMean) {
  constexpr const char* kEurope = "REGION EUROPE=BROAD@1 EUROPE=EU27@1";
  constexpr const char* kChina = "REGION CN=MAINLAND@1 CN=WITH_HK@1";
  EXPECT_THAT(Of("x[US, 2025] > x[EUROPE, 2025]", choices_), ElementsAre(kEurope, kChina));
  EXPECT_THAT(Of("funding[US, 2025]", choices_),
              ElementsAre(kEurope, kChina, kScope, kAttribution, kPolicies));
}

// What flows from an origin flows to headquarters.
TEST_F(DefaultAxesOfWordsTest, LeavesTheAttributionOfOrigins) {
  choices_.words.clear();
  EXPECT_THAT(Of("share(funding[EUROPE, 2025], origin=US)", choices_),
              ElementsAre(kScope, kPolicies));
  EXPECT_THAT(Of("foreign_capital_share(funding[EUROPE, 2025])", choices_),
              ElementsAre(kScope, kPolicies));
}

TEST_F(DefaultAxesOfWordsTest, LeavesClaimsWithRegionsAndScope) {
  choices_.brief = true;
  choices_.words.clear();
  EXPECT_THAT(Of("share(funding[US, 2015..2025], layer=CHIPS)", choices_), ElementsAre(kScope));
  EXPECT_THAT(Of("x[US, 2025]", choices_), IsEmpty());
}

// 2 x 8 x 2 x 3 are 96: not twice or three times as many.
TEST_F(DefaultAxesOfWordsTest, LeavesOutWhatWouldBeTooMuch) {
  GiveEurope(8);
  const auto axes = Of("share(funding[US, 2015..2025], layer=CHIPS)", choices_);
  ASSERT_EQ(axes.size(), 4U);
  EXPECT_THAT(axes[2], HasSubstr("SCOPE"));
  EXPECT_THAT(axes[3], HasSubstr("LAYER_ATTRIBUTION"));
}

// 2 x 14 x 2 are 56: three times as many are too much, the next axis has two choices.
TEST_F(DefaultAxesOfWordsTest, GoesOnBehindWhatItLeavesOut) {
  GiveEurope(14);
  EXPECT_THAT(Of("share(funding[US, 2025], layer=CHIPS)", choices_),
              ElementsAre(HasSubstr("EUROPE"), HasSubstr("CN"), kScope, kAttribution));
}

TEST_F(DefaultAxesOfWordsTest, LeavesOutWhatCannotBeAsked) {
  choices_.fits = [](const Axes& axes) {
    return axes.rbegin()->axis() != v1::AXIS_SCOPE && axes.size() < 4;
  };
  EXPECT_THAT(Of("funding[US, 2025]", choices_),
              ElementsAre(HasSubstr("EUROPE"), HasSubstr("CN"), kAttribution));
  choices_.fits = [](const Axes&) { return false; };
  EXPECT_THAT(Of("funding[US, 2025]", choices_), IsEmpty());
}

}  // namespace
}  // namespace steelyard::strategy::formula
