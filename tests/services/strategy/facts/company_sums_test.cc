#include "services/strategy/facts/company_sums.h"

#include "gtest/gtest.h"
#include "tests/services/strategy/canned.h"

namespace steelyard::strategy {
namespace {

using funding::v1::MEASURE_COMPANY_COUNT;
using funding::v1::MEASURE_HHI;
using funding::v1::MEASURE_SUM;

Figure Nothing() {
  Figure figure;
  figure.set_status(common::v1::VALUE_STATUS_UNDEFINED);
  return figure;
}

TEST(CompanySumsTest, ReadsAGroup) {
  funding::v1::AggregateRoundsResponse reply;
  AddRow(reply, {"US", "CHIPS"},
         {{MEASURE_SUM, Usd(10, 50)},
          {MEASURE_COMPANY_COUNT, CountOf(7)},
          {MEASURE_HHI, Plain(0.25)}});
  const auto sum = CompanySumOf(Table(reply), {"US", "CHIPS"});
  ASSERT_TRUE(sum);
  EXPECT_EQ(sum->total, 10.5);
  EXPECT_EQ(sum->hhi, 0.25);
  EXPECT_EQ(sum->companies, 7);
  EXPECT_FALSE(CompanySumOf(Table(reply), {"US", "CLOUD"}));
}

TEST(CompanySumsTest, ASumOfZeroIsKnownAndHasNoIndex) {
  funding::v1::AggregateRoundsResponse reply;
  AddRow(reply, {"US"},
         {{MEASURE_SUM, Usd(0)}, {MEASURE_COMPANY_COUNT, CountOf(2)}, {MEASURE_HHI, Nothing()}});
  const auto sum = CompanySumOf(Table(reply), {"US"});
  ASSERT_TRUE(sum);
  EXPECT_EQ(sum->total, 0);
  EXPECT_EQ(sum->hhi, 0);
  EXPECT_EQ(sum->companies, 2);
}

TEST(CompanySumsTest, WhatIsNotKnownIsNoSum) {
  for (const auto& figures :
       {std::vector<Measured>{{MEASURE_SUM, Nothing()},
                              {MEASURE_COMPANY_COUNT, CountOf(2)},
                              {MEASURE_HHI, Nothing()}},
        std::vector<Measured>{{MEASURE_SUM, Usd(5)}, {MEASURE_COMPANY_COUNT, CountOf(2)}},
        std::vector<Measured>{{MEASURE_SUM, Usd(5)}, {MEASURE_HHI, Plain(0.5)}},
        std::vector<Measured>{{MEASURE_SUM, Usd(5)},
                              {MEASURE_COMPANY_COUNT, CountOf(2)},
                              {MEASURE_HHI, Nothing()}}}) {
    funding::v1::AggregateRoundsResponse reply;
    funding::v1::AggregateRow& row = AddRow(reply, {"US"}, {});
    for (const auto& [measure, figure] : figures) {
      row.add_figures()->set_measure(measure);
      *row.mutable_figures()->rbegin()->mutable_figure() = figure;
    }
    EXPECT_FALSE(CompanySumOf(Table(reply), {"US"})) << row.DebugString();
  }
}

TEST(CompanySumsTest, LayersAreJoinedIfAllThatAreKnownHaveTheirIndex) {
  Facts facts = SmallWorld();
  constexpr std::string_view kCodes[] = {"CHIPS", "CLOUD", "FOUNDATION_MODEL"};
  EXPECT_FALSE(JoinLayers(Evidence(facts, 2020, 2022), "US", kCodes));
  for (const int row : {1, 2}) {
    facts.layers.mutable_rows(row)->clear_figures();
    for (const auto& [measure, figure] :
         {Measured{MEASURE_SUM, Usd(row == 1 ? 450 : 270)},
          Measured{MEASURE_COMPANY_COUNT, CountOf(6)}, Measured{MEASURE_HHI, Plain(0.5)}}) {
      facts.layers.mutable_rows(row)->add_figures()->set_measure(measure);
      *facts.layers.mutable_rows(row)->mutable_figures()->rbegin()->mutable_figure() = figure;
    }
  }
  const auto joined = JoinLayers(Evidence(facts, 2020, 2022), "US", kCodes);
  ASSERT_TRUE(joined);
  EXPECT_DOUBLE_EQ(joined->total, 720);
  EXPECT_EQ(joined->companies, 12);
  EXPECT_NEAR(joined->hhi, 0.5 * (450.0 * 450 + 270.0 * 270) / (720.0 * 720), 1e-12);
  EXPECT_FALSE(JoinLayers(Evidence(facts, 2020, 2022), "CN", kCodes));
}

TEST(CompanySumsTest, RegionsAreDisjointWithoutACommonMember) {
  const Facts facts = SmallWorld();
  const auto& regions = facts.totals.regions();
  EXPECT_TRUE(AreDisjoint(regions[0], regions[1]));
  EXPECT_FALSE(AreDisjoint(regions[1], regions[1]));
  funding::v1::ResolvedRegion france;
  france.add_members("FR");
  EXPECT_FALSE(AreDisjoint(regions[1], france));
  EXPECT_TRUE(AreDisjoint(regions[0], france));
  // The world names no members.
  EXPECT_FALSE(AreDisjoint(regions[0], funding::v1::ResolvedRegion()));
  EXPECT_FALSE(AreDisjoint(funding::v1::ResolvedRegion(), regions[0]));
}

}  // namespace
}  // namespace steelyard::strategy
