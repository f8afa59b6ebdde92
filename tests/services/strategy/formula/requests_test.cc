#include "services/strategy/formula/requests.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/strategy/formula/parser.h"
#include "tests/support/proto_matchers.h"

namespace steelyard::strategy::formula {
namespace {

using ::steelyard::testing::EqualsProto;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RequestsTest : public ::testing::Test {
 protected:
  RequestsTest() {
    definition_.set_currency("EUR");
    definition_.set_layer_attribution(common::v1::LAYER_ATTRIBUTION_FULL);
    definition_.set_attribution(common::v1::ATTRIBUTION_INVESTOR_ORIGIN);
    for (const char* alias : {"europe", "CN"}) {
      common::v1::RegionBinding& binding = *definition_.add_regions();
      binding.set_alias(alias);
      binding.set_region_set("SET");
    }
  }
  funding::v1::AggregateRoundsRequest Rounds(const std::string& figure,
                                             funding::v1::Measure measure) const {
    const FigureRef ref = Parse(figure).value().figure;
    return Requests(definition_, read_).Rounds(ref, {.regions = {ref.region}, .measure = measure});
  }
  funding::v1::AggregateRoundsRequest Sum(const std::string& figure) const {
    return Rounds(figure, funding::v1::MEASURE_SUM);
  }

  common::v1::Definition definition_;
  common::v1::ReadOptions read_;
};

TEST_F(RequestsTest, AsksForASum) {
  read_.set_snapshot("token");
  EXPECT_THAT(Sum("funding[US, 2015..2025, filter='x']"), EqualsProto(R"pb(
                period {
                  from { year: 2015 }
                  to { year: 2025 }
                }
                regions: "US"
                filter: "x"
                group_by: DIMENSION_REGION
                measures: MEASURE_SUM
                page_size: 10000
                definition { attribution: ATTRIBUTION_INVESTOR_ORIGIN currency: "EUR" }
                read { snapshot: "token" }
              )pb"));
}

// What a word means is asked of its figure alone.
TEST_F(RequestsTest, HoldsTheMeaningsOfItsRegions) {
  EXPECT_THAT(Sum("funding[US, 2025]").definition().regions(), IsEmpty());
  ASSERT_EQ(Sum("funding[EUROPE, 2025]").definition().regions_size(), 1);
  EXPECT_EQ(Sum("funding[EUROPE, 2025]").definition().regions(0).alias(), "europe");
  const FigureRef figure = Parse("x[US, 2025]").value().figure;
  const Requests requests(definition_, read_);
  EXPECT_THAT(requests.Series(figure, {"US"}).region_bindings(), IsEmpty());
  EXPECT_EQ(requests.Series(figure, {"US", "CN"}).region_bindings_size(), 1);
  EXPECT_EQ(requests.Definition().definition().regions_size(), 2);
}

struct LayerCase {
  const char* figure;
  bool holds;
};

TEST_F(RequestsTest, HoldsTheLayerAttributionWhereLayersAreToldApart) {
  for (const LayerCase& one : std::vector<LayerCase>{
           {"funding[US, 2025]", false},
           {"funding[US, 2025, filter='country = \"layered\"']", false},
           {"funding[US, 2025, filter='NOT layer=\"CHIPS\"']", true},
           {"funding[US, 2025, filter='year > 2020 AND sector = \"HEALTH\"']", true},
           {"funding[US, 2025, layer=CHIPS]", true},
           {"funding[US, 2025, layer=INFRASTRUCTURE]", true},
           {"funding[US, 2025, sector=HEALTH]", true}}) {
    const auto definition = Sum(one.figure).definition();
    EXPECT_EQ(definition.layer_attribution() == common::v1::LAYER_ATTRIBUTION_FULL, one.holds)
        << one.figure;
    EXPECT_EQ(definition.attribution(), common::v1::ATTRIBUTION_INVESTOR_ORIGIN) << one.figure;
  }
  EXPECT_EQ(Requests(definition_, read_).Definition().definition().layer_attribution(),
            common::v1::LAYER_ATTRIBUTION_FULL);
}

// A company of two layers is in both groups: their sum would count it twice.
TEST_F(RequestsTest, FiltersBySeveralCodesWhoseGroupsOverlap) {
  const auto several =
      Sum("funding[US, 2025, layer=CHIPS;APPLIED, sector=HEALTH, filter='a OR b']");
  EXPECT_EQ(several.filter(),
            "(a OR b) AND (layer = \"CHIPS\" OR layer = \"APPLICATION_HORIZONTAL\" OR "
            "layer = \"APPLICATION_VERTICAL\")");
  EXPECT_THAT(several.group_by(),
              ElementsAre(funding::v1::DIMENSION_REGION, funding::v1::DIMENSION_SECTOR));
  EXPECT_EQ(Sum("funding[US, 2025, sector='a\"*';'']").filter(),
            R"((sector = "a\"\*" OR sector = ""))");
  const auto one = Sum("funding[US, 2025, layer=CHIPS]");
  EXPECT_EQ(one.filter(), "");
  EXPECT_THAT(one.group_by(),
              ElementsAre(funding::v1::DIMENSION_REGION, funding::v1::DIMENSION_LAYER));
}

TEST_F(RequestsTest, GroupsByTheCountriesOfInvestors) {
  const auto one = Sum("funding[US, 2025, origin=GB]");
  EXPECT_THAT(one.group_by(),
              ElementsAre(funding::v1::DIMENSION_REGION, funding::v1::DIMENSION_INVESTOR_COUNTRY));
  EXPECT_EQ(one.definition().layer_attribution(), common::v1::LAYER_ATTRIBUTION_UNSPECIFIED);
  EXPECT_EQ(one.definition().attribution(), common::v1::ATTRIBUTION_INVESTOR_ORIGIN);
  // Whichever origins: figures share the question.
  EXPECT_THAT(Sum("funding[US, 2025, origin=EUROPE;'']"), EqualsProto(one));
  const auto crowded = Sum("funding[US, 2025, sector=HEALTH, origin=GB, layer=CHIPS]");
  EXPECT_EQ(crowded.filter(), "(sector = \"HEALTH\")");
  EXPECT_THAT(crowded.group_by(),
              ElementsAre(funding::v1::DIMENSION_REGION, funding::v1::DIMENSION_INVESTOR_COUNTRY,
                          funding::v1::DIMENSION_LAYER));
}

// What a word means hangs on its binding and the period alone, so that readings share it.
TEST_F(RequestsTest, AsksForTheMembersOfAnOrigin) {
  const FigureRef figure = Parse("funding[US, 2015..2025, unit=USD, filter=x]").value().figure;
  EXPECT_THAT(Requests(definition_, read_).Members(figure, "EUROPE"), EqualsProto(R"pb(
                period {
                  from { year: 2015 }
                  to { year: 2025 }
                }
                regions: "EUROPE"
                measures: MEASURE_COUNT
                definition { regions { alias: "europe" region_set: "SET" } }
                read {}
              )pb"));
}

// As an origin a country's code means the country alone.
TEST_F(RequestsTest, CallsABoundCountryByWhatItMeans) {
  EXPECT_EQ(OriginOf("CN", definition_), "SET");
  EXPECT_EQ(OriginOf("US", definition_), "US");
  EXPECT_EQ(OriginOf("EUROPE", definition_), "EUROPE");
  EXPECT_EQ(MeaningOf("Europe", definition_), "SET");
  EXPECT_EQ(MeaningOf("US", definition_), "");
}

// Parts of amounts add up, but a round with parts in two groups is one round of its coverage.
TEST_F(RequestsTest, GroupsWhereGroupsAddUp) {
  constexpr const char* kFigure = "funding[US, 2025, layer=CHIPS;CLOUD]";
  for (const auto attribution :
       {common::v1::LAYER_ATTRIBUTION_UNSPECIFIED, common::v1::LAYER_ATTRIBUTION_PRIMARY}) {
    definition_.set_layer_attribution(attribution);
    EXPECT_EQ(Sum(kFigure).filter(), "");
    EXPECT_EQ(Sum(kFigure).group_by_size(), 2);
    EXPECT_EQ(Rounds(kFigure, funding::v1::MEASURE_COUNT).group_by_size(), 2);
  }
  for (const auto attribution :
       {common::v1::LAYER_ATTRIBUTION_EQUAL_SPLIT, common::v1::LAYER_ATTRIBUTION_FULL}) {
    definition_.set_layer_attribution(attribution);
    EXPECT_EQ(Sum(kFigure).filter(), "(layer = \"CHIPS\" OR layer = \"CLOUD\")");
    EXPECT_EQ(Sum(kFigure).group_by_size(), 1);
  }
}

}  // namespace
}  // namespace steelyard::strategy::formula
