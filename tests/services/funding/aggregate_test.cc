#include "services/funding/aggregate.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/services/funding/aggregate_fixture.h"

namespace steelyard::funding {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::Pair;

TEST(AggregateTest, NothingIsOneGroupWithoutAValue) {
  const Aggregation aggregation = Aggregate(Query(), Selection(), RateTable());
  ASSERT_EQ(aggregation.groups.size(), 1U);
  const Group& group = aggregation.groups[0];
  EXPECT_EQ(group.rounds, 0);
  EXPECT_FALSE(group.sum.has_value());
  EXPECT_FALSE(group.median.has_value());
  EXPECT_FALSE(group.hhi.has_value());
  EXPECT_THAT(group.top, IsEmpty());
}

TEST(AggregateTest, NothingByADimensionIsNoGroup) {
  EXPECT_THAT(Aggregate(Query({v1::DIMENSION_YEAR}), Selection(), RateTable()).groups, IsEmpty());
}

TEST(AggregateTest, UndisclosedAmountsCountAndAreNotZero) {
  const Selection selection = Select({{.company = "a", .minor_units = std::nullopt},
                                      {.company = "b", .minor_units = std::nullopt}});
  const Group group = Aggregate(Query(), selection, RateTable()).groups.at(0);
  EXPECT_EQ(group.rounds, 2);
  EXPECT_EQ(group.undisclosed, 2);
  EXPECT_EQ(group.companies, 2);
  EXPECT_FALSE(group.sum.has_value());
  EXPECT_FALSE(group.concentration_ratio.has_value());
}

TEST(AggregateTest, MeasuresOfAGroup) {
  const Selection selection = Select({{.company = "a", .minor_units = 2000},
                                      {.company = "a", .minor_units = 3000},
                                      {.company = "b", .minor_units = 2000},
                                      {.company = "c", .minor_units = 1001},
                                      {.company = "c", .minor_units = std::nullopt},
                                      {.company = "d", .minor_units = 2000}});
  const Group group = Aggregate(Query(), selection, RateTable()).groups.at(0);
  EXPECT_EQ(group.rounds, 6);
  EXPECT_EQ(group.disclosed(), 5);
  EXPECT_EQ(group.companies, 4);
  EXPECT_EQ(group.sum, Int128{10001});
  EXPECT_THAT(group.median, Optional(2000));
  EXPECT_THAT(group.mean, Optional(2000));  // 2000.2
  EXPECT_THAT(group.max, Optional(3000));
  EXPECT_DOUBLE_EQ(*group.concentration_ratio, 1.0);  // five is more than there are
}

// 20, 50, 20 and 10 have an index of .34, as Doersam (2004) prints it.
TEST(AggregateTest, HerfindahlIsOverCompanies) {
  const Selection selection = Select({{.company = "a", .minor_units = 20},
                                      {.company = "b", .minor_units = 30},
                                      {.company = "b", .minor_units = 20},
                                      {.company = "c", .minor_units = 20},
                                      {.company = "d", .minor_units = 10}});
  AggregateQuery query = Query();
  query.top_k = 2;
  const Group group = Aggregate(query, selection, RateTable()).groups.at(0);
  EXPECT_DOUBLE_EQ(*group.hhi, 0.34);
  EXPECT_DOUBLE_EQ(*group.concentration_ratio, 0.7);
}

TEST(AggregateTest, MeanAndMedianRoundHalfToEven) {
  const Selection two =
      Select({{.company = "a", .minor_units = 1}, {.company = "b", .minor_units = 2}});
  const Group group = Aggregate(Query(), two, RateTable()).groups.at(0);
  EXPECT_THAT(group.median, Optional(2));  // 1.5
  EXPECT_THAT(group.mean, Optional(2));
  const Selection other =
      Select({{.company = "a", .minor_units = 2}, {.company = "b", .minor_units = 3}});
  EXPECT_THAT(Aggregate(Query(), other, RateTable()).groups.at(0).median, Optional(2));  // 2.5
}

TEST(AggregateTest, SumsDoNotOverflow) {
  const int64_t most = std::numeric_limits<int64_t>::max();
  const Selection selection =
      Select({{.company = "a", .minor_units = most}, {.company = "b", .minor_units = most}});
  const Group group = Aggregate(Query(), selection, RateTable()).groups.at(0);
  EXPECT_EQ(group.sum, Int128{most} * 2);
  EXPECT_THAT(group.median, Optional(most));
  EXPECT_THAT(group.mean, Optional(most));
}

TEST(AggregateTest, AZeroSumHasNoShares) {
  const Group group =
      Aggregate(Query(), Select({{.company = "a", .minor_units = 0}}), RateTable()).groups.at(0);
  EXPECT_EQ(group.sum, Int128{0});
  EXPECT_FALSE(group.hhi.has_value());
  EXPECT_FALSE(group.concentration_ratio.has_value());
}

TEST(AggregateTest, TopListsAreBySumThenId) {
  const Selection selection = Select({{.company = "a", .minor_units = 10},
                                      {.company = "b", .minor_units = 30},
                                      {.company = "c", .minor_units = 10},
                                      {.company = "d", .minor_units = std::nullopt},
                                      {.company = "e", .minor_units = 5}});
  AggregateQuery query = Query();
  query.top_k = 3;
  const Group group = Aggregate(query, selection, RateTable()).groups.at(0);
  std::vector<std::string> ids;
  for (const CompanyTotal& total : group.top) {
    ids.push_back(selection.companies[static_cast<size_t>(total.company)].id);
  }
  EXPECT_THAT(ids, ElementsAre("b", "a", "c"));
  query.top_k = 100;  // a company without a disclosed amount has no sum to be ranked by
  EXPECT_EQ(Aggregate(query, selection, RateTable()).groups.at(0).top.size(), 4U);
}

TEST(AggregateTest, ConvertsAtTheRoundsDate) {
  const Selection selection = Select({{.company = "a", .minor_units = 300, .currency = "EUR"}});
  const Group group = Aggregate(Query(), selection, TwoDollarsToTheEuro()).groups.at(0);
  EXPECT_EQ(group.sum, Int128{600});
  EXPECT_EQ(group.unconverted, 0);
}

TEST(AggregateTest, WhatCannotBeConvertedIsCountedAndNotAdded) {
  const Selection selection =
      Select({{.company = "a", .minor_units = 300, .currency = "EUR"},
              {.company = "b", .announced = {2019, 1, 2}, .minor_units = 300, .currency = "EUR"},
              {.company = "c", .minor_units = 300, .currency = "KRW"}});
  const Group group = Aggregate(Query(), selection, TwoDollarsToTheEuro()).groups.at(0);
  EXPECT_EQ(group.rounds, 3);
  EXPECT_EQ(group.unconverted, 2);
  EXPECT_EQ(group.converted(), 1);
  EXPECT_EQ(group.disclosed(), 3);
  EXPECT_EQ(group.sum, Int128{600});
}

TEST(AggregateTest, AnAmountThatDoesNotFitOnceConvertedIsNotConverted) {
  const Selection selection = Select(
      {{.company = "a", .minor_units = std::numeric_limits<int64_t>::max(), .currency = "EUR"}});
  const Group group = Aggregate(Query(), selection, TwoDollarsToTheEuro()).groups.at(0);
  EXPECT_EQ(group.unconverted, 1);
  EXPECT_FALSE(group.sum.has_value());
}

TEST(AggregateTest, KeysOfPartialDates) {
  const Selection selection = Select({{.company = "a", .announced = {2025, 0, 0}},
                                      {.company = "b", .announced = {2025, 4, 0}},
                                      {.company = "c", .announced = {2025, 4, 30}},
                                      {.company = "d", .announced = {2024, 12, 1}}});
  struct Case {
    v1::Dimension dimension;
    std::vector<std::vector<std::string>> keys;
  };
  const std::vector<Case> cases = {
      {v1::DIMENSION_YEAR, {{"2024"}, {"2025"}}},
      {v1::DIMENSION_QUARTER, {{"2024-Q4"}, {"2025"}, {"2025-Q2"}}},
      {v1::DIMENSION_MONTH, {{"2024-12"}, {"2025"}, {"2025-04"}}},
  };
  for (const Case& test : cases) {
    EXPECT_EQ(KeysOf(Aggregate(Query({test.dimension}), selection, RateTable())), test.keys)
        << v1::Dimension_Name(test.dimension);
  }
}

TEST(AggregateTest, KeysOfTheOtherDimensions) {
  const Selection selection = Select({{.company = "a", .country = "", .layer = ""},
                                      {.company = "b", .stage = v1::STAGE_SERIES_A}});
  struct Case {
    v1::Dimension dimension;
    std::vector<std::vector<std::string>> keys;
  };
  const std::vector<Case> cases = {
      {v1::DIMENSION_COUNTRY, {{""}, {"US"}}},
      {v1::DIMENSION_LAYER, {{""}, {"CHIPS"}}},
      {v1::DIMENSION_SECTOR, {{""}}},
      {v1::DIMENSION_SOURCE_CATEGORY, {{""}}},
      {v1::DIMENSION_STAGE, {{"SEED"}, {"SERIES_A"}}},
      {v1::DIMENSION_COMPANY, {{"companies/a"}, {"companies/b"}}},
  };
  for (const Case& test : cases) {
    EXPECT_EQ(KeysOf(Aggregate(Query({test.dimension}), selection, RateTable())), test.keys)
        << v1::Dimension_Name(test.dimension);
  }
}

TEST(AggregateTest, RegionsComeInTheOrderAskedForAndOverlap) {
  const Selection selection = Select({{.company = "a", .country = "DE"},
                                      {.company = "b", .country = "US"},
                                      {.company = "c", .country = "CN"}});
  AggregateQuery query = Query({v1::DIMENSION_YEAR, v1::DIMENSION_REGION});
  query.regions = {Country("US"),
                   {.term = "WORLD", .region = "WORLD", .version = "", .members = {}},
                   Country("DE")};
  const Aggregation aggregation = Aggregate(query, selection, RateTable());
  EXPECT_THAT(KeysOf(aggregation),
              ElementsAre(ElementsAre("2024", "US"), ElementsAre("2024", "WORLD"),
                          ElementsAre("2024", "DE")));
  EXPECT_EQ(aggregation.groups[1].rounds, 3);
  EXPECT_THAT(aggregation.sources, ElementsAre(Pair("a", 3)));
}

TEST(AggregateTest, WithoutTheDimensionARoundInTwoRegionsCountsOnce) {
  const Selection selection =
      Select({{.company = "a", .country = "DE"}, {.company = "b", .country = "CN"}});
  AggregateQuery query = Query();
  query.regions = {Country("DE"), Country("DE")};
  EXPECT_EQ(Aggregate(query, selection, RateTable()).groups.at(0).rounds, 1);
}

TEST(AggregateTest, AnUnknownCountryIsInTheWorldOnly) {
  const Selection selection = Select({{.company = "a", .country = ""}});
  AggregateQuery query = Query();
  query.regions = {Country("US")};
  EXPECT_EQ(Aggregate(query, selection, RateTable()).groups.at(0).rounds, 0);
  query.regions = {{.term = "WORLD", .region = "WORLD", .version = "", .members = {}}};
  EXPECT_EQ(Aggregate(query, selection, RateTable()).groups.at(0).rounds, 1);
}

TEST(AggregateTest, MembershipIsThatOfTheLastDayOfTheDate) {
  const ResolvedRegion region{
      .term = "EU",
      .region = "EU",
      .version = "1",
      .members = {{.country = "DE"}, {.country = "GB", .until = Day(2020, 2, 1)}}};
  struct Case {
    PartialDate announced;
    int64_t rounds = 0;
  };
  for (const Case& test : {Case{{2020, 1, 31}, 1}, Case{{2020, 2, 1}, 0}, Case{{2020, 0, 0}, 0},
                           Case{{2020, 1, 0}, 1}, Case{{2019, 0, 0}, 1}}) {
    AggregateQuery query = Query();
    query.regions = {region};
    const Selection selection =
        Select({{.company = "a", .country = "GB", .announced = test.announced}});
    EXPECT_EQ(Aggregate(query, selection, RateTable()).groups.at(0).rounds, test.rounds)
        << test.announced.ToString();
  }
}

TEST(AggregateTest, SourcesAreByFrequencyThenId) {
  const Selection selection = Select({{.company = "a", .sources = "|z|"},
                                      {.company = "b", .sources = "|b|a|"},
                                      {.company = "c", .sources = "|z|"}});
  EXPECT_THAT(Aggregate(Query(), selection, RateTable()).sources,
              ElementsAre(Pair("z", 2), Pair("a", 1), Pair("b", 1)));
}

TEST(AggregateTest, TheSumWithoutTheLargestLeavesThemOut) {
  const Selection selection = Select({{.company = "a", .minor_units = 1000},
                                      {.company = "a", .minor_units = 20},
                                      {.company = "b", .minor_units = 300},
                                      {.company = "c", .minor_units = std::nullopt}});
  AggregateQuery query = Query();
  query.top_k = 2;
  EXPECT_THAT(Aggregate(query, selection, RateTable()).groups.at(0).sum_without_largest,
              Optional(Int128{20}));
  query.top_k = 0;  // five: more than there are
  EXPECT_THAT(Aggregate(query, selection, RateTable()).groups.at(0).sum_without_largest,
              Optional(Int128{0}));
}

// Five disclosed rounds of each amount, and one that tells none.
Selection PeersIn(const std::vector<std::pair<std::string, int64_t>>& countries) {
  std::vector<Given> rounds;
  for (const auto& [country, amount] : countries) {
    for (int i = 0; i < 5; ++i) {
      rounds.push_back(
          {.company = country + std::to_string(i), .country = country, .minor_units = amount});
    }
    rounds.push_back({.company = country + "x", .country = country, .minor_units = std::nullopt});
  }
  return Select(rounds);
}

std::vector<Int128> Centrals(const Aggregation& aggregation) {
  std::vector<Int128> centrals;
  for (const Group& group : aggregation.groups) centrals.push_back(group.imputed.value().central);
  return centrals;
}

TEST(AggregateTest, EstimatesTakePeersOfTheSameRegion) {
  const Selection selection = PeersIn({{"DE", 200}, {"FR", 600}, {"US", 1000}});
  AggregateQuery query = Query({v1::DIMENSION_COUNTRY});
  query.impute = true;
  EXPECT_THAT(Centrals(Aggregate(query, selection, RateTable())), ElementsAre(200, 600, 1000));

  query = Query({v1::DIMENSION_REGION});
  query.impute = true;
  query.regions = {{.term = "EU",
                    .region = "EU",
                    .version = "1",
                    .members = {{.country = "DE"}, {.country = "FR"}}},
                   Country("US")};
  // Two rounds at the median of 200 and 600.
  EXPECT_THAT(Centrals(Aggregate(query, selection, RateTable())), ElementsAre(800, 1000));

  query.group_by = {};
  query.regions.pop_back();
  EXPECT_THAT(Centrals(Aggregate(query, selection, RateTable())), ElementsAre(800));
}

TEST(AggregateTest, ARegionWithoutPeersTakesThoseOfOthers) {
  Selection selection = PeersIn({{"US", 1000}});
  const Selection lonely = Select({{.company = "z", .country = "SE", .minor_units = std::nullopt}});
  selection.companies.push_back(lonely.companies[0]);
  selection.rounds.push_back(lonely.rounds[0]);
  selection.rounds.back().company = static_cast<int32_t>(selection.companies.size()) - 1;
  AggregateQuery query = Query();
  query.impute = true;
  query.regions = {Country("SE")};
  const Group group = Aggregate(query, selection, RateTable()).groups.at(0);
  EXPECT_EQ(group.rounds, 1);
  ASSERT_TRUE(group.imputed.has_value());
  EXPECT_EQ(group.imputed->central, Int128{1000});
  EXPECT_THAT(group.imputed->levels, ElementsAre(Pair(PeerLevel::kStageYear, 1)));
}

TEST(AggregateTest, NothingIsEstimatedUnlessAsked) {
  const Selection selection = PeersIn({{"US", 1000}});
  EXPECT_FALSE(Aggregate(Query(), selection, RateTable()).groups.at(0).imputed.has_value());
}

}  // namespace
}  // namespace steelyard::funding
