#include "services/strategy/facts/tables.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/services/strategy/canned.h"

namespace steelyard::strategy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(TableTest, FindsGroupsByTheirKeys) {
  const Facts facts = SmallWorld();
  const Table layers(facts.layers);
  ASSERT_NE(layers.Row({"US", "CHIPS"}), nullptr);
  EXPECT_EQ(layers.Row({"US", "CLOUD"}), nullptr);
  EXPECT_EQ(layers.Find({"US", "CHIPS"}, funding::v1::MEASURE_SUM)->money().units(), 450);
  EXPECT_EQ(layers.Find({"US", "CHIPS"}, funding::v1::MEASURE_MEDIAN), nullptr);
  EXPECT_THAT(layers.LastValues(),
              ElementsAre("", "APPLICATION_VERTICAL", "CHIPS", "FOUNDATION_MODEL"));
}

TEST(FindSeriesTest, TakesTheFirstOfTheTermAndUnit) {
  funding::v1::GetSeriesResponse reply;
  AddSeries(reply, "FR", "FR", "sources/a", "EUR");
  AddSeries(reply, "US", "US", "sources/a", "EUR");
  AddSeries(reply, "US", "US", "sources/b", "USD");
  EXPECT_EQ(FindSeries(reply, "US", ""), &reply.series(1));
  EXPECT_EQ(FindSeries(reply, "US", "USD"), &reply.series(2));
  EXPECT_EQ(FindSeries(reply, "US", "CNY"), nullptr);
  EXPECT_EQ(FindSeries(reply, "DE", ""), nullptr);
}

TEST(ReadCountsTest, TakesEveryYearThatHasAValue) {
  funding::v1::GetSeriesResponse reply;
  funding::v1::Series& series = AddSeries(reply, "EUROPE", "EUROPE_BROAD", "", "count");
  AddPoint(series, "2020", Over(CountOf(3), 41, 5));  // a sum of those that the source names
  series.mutable_points(0)->mutable_facet()->set_source("sources/b");
  AddPoint(series, "2021", Figure());
  AddPoint(series, "2022", CountOf(0));
  series.mutable_points(2)->mutable_facet()->set_source("sources/a");
  AddPoint(series, "2022-Q1", CountOf(9));
  const CountedYears counts = ReadCounts(reply, "EUROPE");
  EXPECT_THAT(counts.values, ElementsAre(Pair(2020, Int128{3'000'000'000}), Pair(2022, Int128{0})));
  EXPECT_THAT(counts.sources, ElementsAre("sources/a", "sources/b"));
  EXPECT_THAT(ReadCounts(reply, "US").values, IsEmpty());
}

TEST(ReadCountsTest, ASeriesThatIsNotResolvedNamesItsSourceItself) {
  funding::v1::GetSeriesResponse reply;
  AddPoint(AddSeries(reply, "US", "US", "sources/a", "count"), "2020", CountOf(3));
  EXPECT_THAT(ReadCounts(reply, "US").sources, ElementsAre("sources/a"));
}

TEST(ReadReferenceTest, AYearThatLacksAMemberIsNotComplete) {
  const Facts facts = SmallWorld();
  const ReferenceYears gdp = ReadReference(facts.gdp, "EUROPE", "USD");
  EXPECT_THAT(gdp.complete, ElementsAre(Pair(2020, Int128{500'000'000'000})));
  EXPECT_THAT(gdp.missing_members, ElementsAre("FR"));
  EXPECT_THAT(ReadReference(facts.gdp, "EUROPE", "EUR").complete, IsEmpty());
}

TEST(YearOfTest, OnlyWholeYearsAreYears) {
  EXPECT_EQ(YearOf("2025"), 2025);
  for (const char* period : {"2025-Q1", "2025-04", "", "0000", "year", "20255"}) {
    EXPECT_EQ(YearOf(period), std::nullopt) << period;
  }
}

}  // namespace
}  // namespace steelyard::strategy
