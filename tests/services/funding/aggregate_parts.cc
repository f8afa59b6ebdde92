// Adding up rounds whose amounts are divided.

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/services/funding/aggregate_fixture.h"

namespace steelyard::funding {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;
using ::testing::Pair;

// A part as a test writes it.
struct GivenPart {
  std::string country;
  std::string layer;
  std::string investor;
  int32_t slot = 0;
};

// Divides the last round of a selection.
void Divide(const std::vector<GivenPart>& parts, int32_t slots, Selection& selection) {
  SelectedRound& round = selection.rounds.back();
  round.first_part = static_cast<int32_t>(selection.parts.size());
  round.parts = static_cast<int32_t>(parts.size());
  Dictionary& texts = selection.texts;
  for (const GivenPart& part : parts) {
    selection.parts.push_back({.country = texts.Number(part.country),
                               .layer = texts.Number(part.layer),
                               .sector = texts.Number(""),
                               .investor = texts.Number(part.investor),
                               .investor_country = texts.Number(part.country),
                               .investor_kind = texts.Number("VC"),
                               .slot = part.slot,
                               .slots = slots});
  }
}

TEST(AggregatePartsTest, DividedRoundsCountOnceInEachGroupWithTheirPartsThere) {
  Selection selection = Select({{.company = "a", .minor_units = 100}});
  Divide({{"US", "CHIPS", "One", 0}, {"FR", "CHIPS", "Two", 1}, {"US", "CHIPS", "Three", 2}}, 3,
         selection);
  const Aggregation by_country = Aggregate(Query({v1::DIMENSION_COUNTRY}), selection, RateTable());
  ASSERT_THAT(KeysOf(by_country), ElementsAre(ElementsAre("FR"), ElementsAre("US")));
  EXPECT_THAT(by_country.groups[0].sum, Optional(Int128{33}));
  EXPECT_THAT(by_country.groups[1].sum, Optional(Int128{67}));
  EXPECT_EQ(by_country.groups[1].rounds, 1);
  EXPECT_EQ(by_country.groups[1].companies, 1);
  EXPECT_THAT(by_country.groups[1].median, Optional(67));
  EXPECT_THAT(by_country.groups[1].max, Optional(67));
  EXPECT_THAT(by_country.sources, ElementsAre(Pair("a", 1)));

  const Aggregation by_investor = Aggregate(
      Query({v1::DIMENSION_INVESTOR, v1::DIMENSION_INVESTOR_KIND}), selection, RateTable());
  EXPECT_THAT(KeysOf(by_investor), ElementsAre(ElementsAre("One", "VC"), ElementsAre("Three", "VC"),
                                               ElementsAre("Two", "VC")));
  EXPECT_THAT(by_investor.groups[0].sum, Optional(Int128{34}));
  EXPECT_THAT(by_investor.groups[2].sum, Optional(Int128{33}));

  const Aggregation all = Aggregate(Query(), selection, RateTable());
  EXPECT_THAT(all.groups[0].sum, Optional(Int128{100}));
  EXPECT_EQ(all.groups[0].rounds, 1);
}

TEST(AggregatePartsTest, AnAmountThatCountsWholeInEachLayerCountsOnceOverall) {
  Selection selection = Select({{.company = "a", .minor_units = 100}});
  Divide({{"US", "CHIPS", "", 0}, {"US", "CLOUD", "", 0}}, 1, selection);
  const Aggregation by_layer = Aggregate(Query({v1::DIMENSION_LAYER}), selection, RateTable());
  ASSERT_THAT(KeysOf(by_layer), ElementsAre(ElementsAre("CHIPS"), ElementsAre("CLOUD")));
  for (const Group& group : by_layer.groups) EXPECT_THAT(group.sum, Optional(Int128{100}));
  EXPECT_THAT(Aggregate(Query(), selection, RateTable()).groups[0].sum, Optional(Int128{100}));
}

TEST(AggregatePartsTest, PartsCountInTheRegionsOfTheirCountries) {
  Selection selection = Select({{.company = "a", .country = "DE", .minor_units = 90}});
  Divide({{"US", "", "One", 0}, {"", "", "Two", 1}, {"FR", "", "Three", 2}}, 3, selection);
  AggregateQuery query = Query({v1::DIMENSION_REGION});
  query.regions = {Country("US"), Country("DE"), Country("FR")};
  const Aggregation aggregation = Aggregate(query, selection, RateTable());
  ASSERT_THAT(KeysOf(aggregation), ElementsAre(ElementsAre("US"), ElementsAre("FR")));
  for (const Group& group : aggregation.groups) EXPECT_THAT(group.sum, Optional(Int128{30}));
  query.group_by.clear();
  EXPECT_THAT(Aggregate(query, selection, RateTable()).groups[0].sum, Optional(Int128{60}));
}

TEST(AggregatePartsTest, WhetherARoundIsAMegaRoundItsWholeAmountSays) {
  const int64_t mega = kMegaRound * kDollar;
  Selection selection = Select({{.company = "a", .minor_units = mega}});
  Divide({{"US", "", "One", 0}, {"FR", "", "Two", 1}}, 2, selection);
  const Aggregation aggregation = Aggregate(Query({v1::DIMENSION_COUNTRY}), selection, RateTable());
  ASSERT_EQ(aggregation.groups.size(), 2U);
  for (const Group& group : aggregation.groups) {
    EXPECT_THAT(group.mega_round_sum, Optional(Int128{mega / 2}));
  }
}

TEST(AggregatePartsTest, WholeRoundsAreEstimatedAndPartsAreNot) {
  std::vector<Given> given(5, {.company = "a", .minor_units = 60});
  given.push_back({.company = "a", .minor_units = std::nullopt});
  Selection all = Select(given);
  const std::vector<SelectedRound> rounds = std::exchange(all.rounds, {});
  for (const SelectedRound& round : rounds) {
    all.rounds.push_back(round);
    // Only the round that tells no amount has an investor of GB.
    const std::string third = round.minor_units ? "FR" : "GB";
    Divide({{"US", "", "One", 0}, {"US", "", "Two", 1}, {third, "", "Three", 2}}, 3, all);
  }
  AggregateQuery query = Query({v1::DIMENSION_COUNTRY});
  query.impute = true;
  const Aggregation aggregation = Aggregate(query, all, RateTable());
  ASSERT_THAT(KeysOf(aggregation),
              ElementsAre(ElementsAre("FR"), ElementsAre("GB"), ElementsAre("US")));
  // Nothing of it is to be estimated.
  EXPECT_FALSE(aggregation.groups[0].divided);
  ASSERT_TRUE(aggregation.groups[0].imputed.has_value());
  EXPECT_EQ(aggregation.groups[0].imputed->central, 0);
  for (const size_t group : {1, 2}) {
    EXPECT_TRUE(aggregation.groups[group].divided);
    EXPECT_FALSE(aggregation.groups[group].imputed.has_value());
  }
}

TEST(AggregatePartsTest, MembersSayWhichOfTheirPartsCount) {
  Selection selection = Select({{.company = "a", .minor_units = 100}});
  Divide({{"US", "", "One", 0}, {"US", "", "Two", 1}, {"FR", "", "Three", 2}}, 3, selection);
  AggregateQuery query = Query({v1::DIMENSION_COUNTRY});
  query.trace = true;
  const Aggregation aggregation = Aggregate(query, selection, RateTable());
  const GroupMember& member = aggregation.groups[1].members.at(0);
  EXPECT_THAT(member.amount, Optional(67));
  EXPECT_THAT(member.whole, Optional(100));
  EXPECT_EQ(member.parts, 2);
  EXPECT_EQ(member.slots, 3);
}

}  // namespace
}  // namespace steelyard::funding
