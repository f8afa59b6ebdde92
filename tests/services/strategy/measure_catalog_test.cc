#include "services/strategy/measure_catalog.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace steelyard::strategy {
namespace {

TEST(MeasureCatalogTest, IsOrderedByIdWithoutRepetition) {
  const std::vector<v1::MeasureInfo>& catalog = MeasureCatalog();
  ASSERT_FALSE(catalog.empty());
  for (size_t i = 1; i < catalog.size(); ++i) {
    EXPECT_LT(catalog[i - 1].id(), catalog[i].id());
  }
}

TEST(MeasureCatalogTest, SaysEverythingAboutEachMeasure) {
  for (const v1::MeasureInfo& measure : MeasureCatalog()) {
    SCOPED_TRACE(measure.id());
    EXPECT_THAT(measure.id(), ::testing::MatchesRegex("[a-z_]+/[0-9]+"));
    for (const std::string* text : {&measure.title(), &measure.expression(), &measure.unit(),
                                    &measure.range(), &measure.edges(), &measure.reference()}) {
      EXPECT_FALSE(text->empty());
    }
    EXPECT_THAT(measure.range(), ::testing::MatchesRegex("[[(].+, .+[])]"));
  }
}

}  // namespace
}  // namespace steelyard::strategy
