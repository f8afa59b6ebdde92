#include "gateway/cli/choice_words.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "tests/support/proto_matchers.h"

namespace steelyard::cli {
namespace {

using ::steelyard::testing::EqualsProto;
using ::testing::AllOf;
using ::testing::HasSubstr;

struct Case {
  std::string text;
  std::string message;
};

TEST(ParseIndicatorTest, ReadsIdWeightAndDirection) {
  const Case cases[] = {
      {"world_share", R"pb(indicator: "world_share")pb"},
      {"growth:0.3", R"pb(indicator: "growth" weight: 0.3)pb"},
      {"growth:30%:higher", R"pb(indicator: "growth" weight: 0.3 direction: DIRECTION_HIGHER)pb"},
      {"hhi:1:lower", R"pb(indicator: "hhi" weight: 1 direction: DIRECTION_LOWER)pb"},
      {"hhi:lower", R"pb(indicator: "hhi" direction: DIRECTION_LOWER)pb"},
      {"location_quotient:HEALTH", R"pb(indicator: "location_quotient:HEALTH")pb"},
      {"location_quotient:HEALTH:0.5:lower", R"pb(indicator: "location_quotient:HEALTH"
                                                  weight: 0.5
                                                  direction: DIRECTION_LOWER)pb"},
  };
  for (const Case& c : cases) {
    const auto indicator = ParseIndicator(c.text);
    ASSERT_TRUE(indicator.ok()) << c.text << ": " << indicator.status();
    EXPECT_THAT(*indicator, EqualsProto(c.message)) << c.text;
  }
  for (const char* text : {"", ":0.5", "growth:0", "growth:-0.1", "growth:1.5:lower", "growth:"}) {
    const auto indicator = ParseIndicator(text);
    EXPECT_EQ(ReasonOf(indicator.status()), common::v1::ERROR_REASON_INVALID_FIELD) << text;
    EXPECT_THAT(std::string(indicator.status().message()),
                AllOf(HasSubstr(StrCat("'", text, "'")), HasSubstr("for example world_share:0.5")));
  }
}

TEST(AddGoalpostsTest, SetsThoseOfANamedIndicator) {
  google::protobuf::RepeatedPtrField<strategy::v1::IndicatorChoice> indicators;
  indicators.Add()->set_indicator("per_capita");
  ASSERT_TRUE(AddGoalposts("per_capita=-1, 1000", indicators).ok());
  EXPECT_THAT(indicators.Get(0),
              EqualsProto(R"pb(indicator: "per_capita" lower: -1 upper: 1000)pb"));
  const Case wrong[] = {
      {"per_capita", "is not of the form ID=LOWER,UPPER"},
      {"per_capita=1", "needs two numbers"},
      {"per_capita=1,2,3", "needs two numbers"},
      {"per_capita=2,1", "the lower one first"},
      {"per_capita=a,b", "needs two numbers"},
      {"growth=0,1", "'growth' is not named by one"},
  };
  for (const Case& c : wrong) {
    EXPECT_THAT(std::string(AddGoalposts(c.text, indicators).message()), HasSubstr(c.message));
  }
}

TEST(ParseAlternativeTest, ChangesTheDefinitionOfTheQuestion) {
  common::v1::Definition base;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"pb(regions { alias: "EUROPE" region_set: "EU27" }
           currency: "EUR"
           source_policy: "priority/1"
           source_priority: "sources/a")pb",
      &base));
  const auto region = ParseAlternative("EUROPE=EU27_UK, CN=CHINA_WITH_HK_MO", base);
  ASSERT_TRUE(region.ok()) << region.status();
  EXPECT_THAT(*region, EqualsProto(R"pb(regions { alias: "EUROPE" region_set: "EU27_UK" }
                                        regions { alias: "CN" region_set: "CHINA_WITH_HK_MO" }
                                        currency: "EUR"
                                        source_policy: "priority/1"
                                        source_priority: "sources/a")pb"));
  const auto policy = ParseAlternative("policy=median", base);
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_EQ(policy->source_policy(), "median/1");
  EXPECT_TRUE(policy->source_priority().empty());
  for (const char* text : {"", "EU27", "=EU27", "EUROPE=", "EUROPE=EU27,"}) {
    EXPECT_THAT(std::string(ParseAlternative(text, base).status().message()),
                HasSubstr("for example EUROPE=EU27"))
        << text;
  }
}

TEST(ParseAxesTest, ReadsChoicesInTheContractsSpelling) {
  const auto axes = ParseAxes(
      {"region:EUROPE=EU27,CN=CHINA_MAINLAND", "scope:equity,EQUITY+DEBT", "region:EUROPE=EU27_UK",
       "prices:nominal,2021,2020:cpi_index", "layer-attribution:primary,equal-split",
       "attribution:recipient-headquarters,INVESTOR_ORIGIN", "source-policy:median,freshest/1",
       "date_basis:closed", "fx:year-average"});
  ASSERT_TRUE(axes.ok()) << axes.status();
  strategy::v1::SweepDefinitionsRequest request;
  *request.mutable_axes() = *axes;
  EXPECT_THAT(
      request, EqualsProto(R"pb(
        axes { axis: AXIS_REGION choices: "EUROPE=EU27" choices: "EUROPE=EU27_UK" }
        axes { axis: AXIS_REGION choices: "CN=CHINA_MAINLAND" }
        axes { axis: AXIS_SCOPE choices: "EQUITY" choices: "EQUITY+DEBT" }
        axes {
          axis: AXIS_PRICES
          choices: "nominal"
          choices: "2021:gdp_deflator_index"
          choices: "2020:cpi_index"
        }
        axes { axis: AXIS_LAYER_ATTRIBUTION choices: "PRIMARY" choices: "EQUAL_SPLIT" }
        axes { axis: AXIS_ATTRIBUTION choices: "RECIPIENT_HEADQUARTERS" choices: "INVESTOR_ORIGIN" }
        axes { axis: AXIS_SOURCE_POLICY choices: "median/1" choices: "freshest/1" }
        axes { axis: AXIS_DATE_BASIS choices: "CLOSED" }
        axes { axis: AXIS_FX choices: "YEAR_AVERAGE" }
      )pb"));
  EXPECT_TRUE(ParseAxes({})->empty());
}

TEST(ParseAxesTest, ShowsWhatIsWrongAndAnExample) {
  const struct {
    std::vector<std::string> texts;
    const char* says;
  } cases[] = {
      {{"colour:red"}, "'colour' is none of region, scope, prices"},
      {{""}, "is no axis"},
      {{"scope"}, "names no choices"},
      {{"scope:"}, "has an empty choice"},
      {{"scope:EQUITY,,DEBT"}, "has an empty choice"},
      {{"facet:x"}, "which are always all tried"},
      {{"region:EU27"}, "has 'EU27' where WORD=REGION_SET is due"},
      {{"scope:EQUITY", "scope:DEBT"}, "is the second axis of scope"},
      {{"attribution:investor-origin", "attribution:legal-domicile"},
       "is the second axis of attribution"},
  };
  for (const auto& c : cases) {
    const auto axes = ParseAxes(c.texts);
    EXPECT_EQ(ReasonOf(axes.status()), common::v1::ERROR_REASON_INVALID_FIELD);
    EXPECT_THAT(std::string(axes.status().message()),
                AllOf(HasSubstr(c.says), HasSubstr("for example scope:EQUITY,EQUITY+DEBT")));
  }
}

TEST(AxisTitleTest, IsWordsAndForRegionsTheirWord) {
  EXPECT_EQ(AxisTitle(strategy::v1::AXIS_SOURCE_POLICY, ""), "source policy");
  EXPECT_EQ(AxisTitle(strategy::v1::AXIS_ATTRIBUTION, ""), "attribution");
  EXPECT_EQ(ChoiceText(strategy::v1::AXIS_REGION, "EUROPE=EU27@1"), "EU27@1");
  EXPECT_EQ(ChoiceText(strategy::v1::AXIS_SCOPE, "EQUITY"), "EQUITY");
  EXPECT_EQ(AxisTitle(strategy::v1::AXIS_REGION, "EUROPE"), "region EUROPE");
}

}  // namespace
}  // namespace steelyard::cli
