#include "services/strategy/profile/strategy_indicators.h"

#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/strategy/profile/profile.h"
#include "tests/services/strategy/canned.h"
#include "tests/services/strategy/figure_matchers.h"
#include "tests/support/proto_matchers.h"

namespace steelyard::strategy {
namespace {

using ::steelyard::testing::EqualsProto;
using ::testing::ElementsAre;

using Indicators = google::protobuf::RepeatedPtrField<v1::Indicator>;

std::vector<std::string> IdsOf(const Indicators& indicators) {
  std::vector<std::string> ids;
  for (const v1::Indicator& indicator : indicators) ids.push_back(indicator.id());
  return ids;
}

// The figure of an indicator that must be there.
Figure FigureOf(const Indicators& indicators, std::string_view id) {
  for (const v1::Indicator& indicator : indicators) {
    if (indicator.id() == id) return indicator.figure();
  }
  ADD_FAILURE() << "no indicator " << id;
  return {};
}

class StrategyIndicatorsTest : public ::testing::Test {
 protected:
  v1::RegionProfile Profile(int region) const {
    return MakeProfile(Evidence(facts_, 2020, 2022), facts_.totals.regions(region));
  }
  static std::vector<const Indicators*> ListsOf(const v1::RegionProfile& profile) {
    std::vector<const Indicators*> lists = {&profile.scale(), &profile.efficiency()};
    for (const v1::Ambition& ambition : profile.ambitions()) {
      lists.push_back(&ambition.indicators());
    }
    return lists;
  }

  Facts facts_ = SmallWorld();
};

TEST_F(StrategyIndicatorsTest, ScaleIsMadeOfSevenFigures) {
  const v1::RegionProfile us = Profile(0);
  EXPECT_THAT(IdsOf(us.scale()),
              ElementsAre("total", "world_share", "mega_round_share", "top5_share",
                          "company_concentration", "infrastructure_and_model_share", "mean_round"));
  EXPECT_THAT(FigureOf(us.scale(), "total"), EqualsProto(us.total()));
  EXPECT_THAT(FigureOf(us.scale(), "mega_round_share"), IsNumber(0.5));
  EXPECT_THAT(FigureOf(us.scale(), "mean_round"), EqualsProto(us.mean_round()));
}

TEST_F(StrategyIndicatorsTest, EfficiencyIsOutputBreadthAndSpecialisation) {
  const v1::RegionProfile us = Profile(0);
  EXPECT_THAT(
      IdsOf(us.efficiency()),
      ElementsAre("applied_share", "sector_entropy", "per_company", "models_per_billion", "per_gdp",
                  "location_quotient:HEALTH", "location_quotient:BIOTECH",
                  "location_quotient:MANUFACTURING", "location_quotient:ROBOTICS",
                  "location_quotient:MOBILITY", "location_quotient:ENERGY_CLIMATE",
                  "location_quotient:CYBERSECURITY", "location_quotient:ENTERPRISE_SOFTWARE",
                  "location_quotient:LANGUAGE", "location_quotient:PUBLIC_SERVICES"));
  const Figure health = FigureOf(us.efficiency(), "location_quotient:HEALTH");
  EXPECT_THAT(health, IsNumber(0.5 / (600.0 / 1500)));
  EXPECT_EQ(health.id(), "location_quotient/US/2020..2022/sector=HEALTH");
}

TEST_F(StrategyIndicatorsTest, TheFiveAmbitionsHaveTheirMeasures) {
  const v1::RegionProfile us = Profile(0);
  std::map<std::string, std::vector<std::string>> ids;
  for (const v1::Ambition& ambition : us.ambitions()) {
    ids[ambition.id()] = IdsOf(ambition.indicators());
    EXPECT_FALSE(ambition.title().empty()) << ambition.id();
  }
  const std::map<std::string, std::vector<std::string>> expected = {
      {"sovereign_compute",
       {"share:COMPUTE_DATACENTER", "location_quotient:COMPUTE_DATACENTER",
        "total:COMPUTE_DATACENTER", "share:CLOUD", "location_quotient:CLOUD", "total:CLOUD"}},
      {"dedicated_funds", {"infrastructure_and_model_share", "infrastructure_and_model_total"}},
      {"less_dependence",
       {"net_inflow_ratio", "foreign_capital_share", "location_quotient:FOUNDATION_MODEL",
        "location_quotient:CLOUD"}},
      {"hardware", {"share:CHIPS", "location_quotient:CHIPS"}},
      {"deep_tech", {"mega_round_share", "largest_round", "companies", "top5_share"}},
  };
  EXPECT_EQ(ids, expected);
}

TEST_F(StrategyIndicatorsTest, TheSumOfAGroupOfLayersIsExact) {
  const Figure us =
      FigureOf(Profile(0).ambitions(1).indicators(), "infrastructure_and_model_total");
  EXPECT_THAT(us, EqualsProto(R"pb(
                id: "infrastructure_and_model_total/US/2020..2022"
                status: VALUE_STATUS_OK
                money { currency_code: "USD" units: 720 }
                unit: "USD"
                coverage { units_expected: 4 units_present: 3 share: 0.75 undisclosed: 1 }
                formula: "sum/1")pb"));
  EXPECT_THAT(FigureOf(Profile(2).ambitions(1).indicators(), "infrastructure_and_model_total"),
              IsUndefined("no disclosed amount of CN"));
}

// No region has a round in the cloud: there is no slice, and the indicator says so.
TEST_F(StrategyIndicatorsTest, ALayerWithoutAnyRoundIsUndefined) {
  const v1::RegionProfile us = Profile(0);
  const Indicators& compute = us.ambitions(0).indicators();
  for (const char* id : {"share:CLOUD", "location_quotient:CLOUD", "total:CLOUD"}) {
    EXPECT_THAT(FigureOf(compute, id), IsUndefined("no round of US is known there")) << id;
  }
  EXPECT_EQ(FigureOf(compute, "total:CLOUD").id(), "total/US/2020..2022/layer=CLOUD");
  EXPECT_EQ(FigureOf(compute, "total:CLOUD").unit(), "USD");
  EXPECT_EQ(FigureOf(compute, "share:CLOUD").formula(), "share/1");
}

TEST_F(StrategyIndicatorsTest, EveryRegionHasTheSameIndicatorsEachOnceAndTitled) {
  const v1::RegionProfile us = Profile(0);
  for (int region = 0; region < 3; ++region) {
    const v1::RegionProfile profile = Profile(region);
    const auto lists = ListsOf(profile);
    ASSERT_EQ(lists.size(), ListsOf(us).size());
    for (size_t i = 0; i < lists.size(); ++i) {
      EXPECT_EQ(IdsOf(*lists[i]), IdsOf(*ListsOf(us)[i]));
      std::set<std::string> ids;
      std::set<std::string> titles;
      for (const v1::Indicator& indicator : *lists[i]) {
        EXPECT_TRUE(ids.insert(indicator.id()).second) << indicator.id();
        EXPECT_TRUE(titles.insert(indicator.title()).second) << indicator.title();
        EXPECT_FALSE(indicator.title().empty()) << indicator.id();
        EXPECT_NE(indicator.figure().id().find(profile.region().term()), std::string::npos);
      }
    }
  }
}

// Titles are made for the codes of the lists that the suite ships with.
TEST_F(StrategyIndicatorsTest, CodesAreThoseOfTheCodelists) {
  std::ifstream file(std::string(STEELYARD_SOURCE_DIR) + "/deploy/dataset/codes.csv");
  ASSERT_TRUE(file.good());
  std::set<std::string> codes;
  for (std::string line; std::getline(file, line);) {
    const size_t first = line.find(',');
    const size_t begin = line.find(',', first + 1) + 1;
    codes.insert(line.substr(begin, line.find(',', begin) - begin));
  }
  const v1::RegionProfile us = Profile(0);
  for (const Indicators* list : ListsOf(us)) {
    for (const v1::Indicator& indicator : *list) {
      const size_t colon = indicator.id().find(':');
      if (colon == std::string::npos) continue;
      EXPECT_TRUE(codes.contains(indicator.id().substr(colon + 1))) << indicator.id();
    }
  }
}

}  // namespace
}  // namespace steelyard::strategy
