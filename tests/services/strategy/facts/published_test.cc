#include "services/strategy/facts/published.h"

#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/services/strategy/canned.h"
#include "tests/support/proto_matchers.h"

namespace steelyard::strategy {
namespace {

using ::testing::DoubleNear;

const std::vector<std::string>& Terms() {
  static const auto* const terms = new std::vector<std::string>{"US", "EUROPE", "CN"};
  return *terms;
}

common::v1::Figure Bounded(int64_t units, double lower, double upper) {
  common::v1::Figure figure = Usd(units);
  figure.mutable_interval()->set_lower(lower);
  figure.mutable_interval()->set_upper(upper);
  figure.mutable_interval()->set_level(1);
  return figure;
}

TEST(PublishedTest, ValuesOfOneSourceScopeAndYearStandTogether) {
  funding::v1::GetSeriesResponse series;
  auto& us = AddSeries(series, "US", "US", "sources/oecd", "USD", "vc");
  AddPoint(us, "2024", Usd(80));
  AddPoint(us, "2025", Usd(194));
  AddPoint(us, "2025-Q1", Usd(50));
  AddPoint(AddSeries(series, "US", "US", "sources/oecd", "USD", "all"), "2025", Usd(300));
  auto& cn = AddSeries(series, "CN", "CN", "sources/oecd", "USD", "vc");
  AddPoint(cn, "2024", Usd(10));
  AddPoint(cn, "2025", Usd(20));
  AddPoint(cn, "2025-Q1", Usd(5));
  AddPoint(AddSeries(series, "CN", "CN", "sources/other", "USD", "vc"), "2025", Usd(21));

  const auto compared = ComparePublished("ai_investment", Terms(), series);
  ASSERT_EQ(compared.size(), 2);
  EXPECT_EQ(compared[0].year(), 2025);
  EXPECT_EQ(compared[0].variable(), "ai_investment");
  EXPECT_EQ(compared[0].facet().scope(), "vc");
  ASSERT_EQ(compared[0].values_size(), 2);
  EXPECT_EQ(compared[0].values(0).term(), "US");
  EXPECT_EQ(compared[0].values(0).figure().money().units(), 194);
  ASSERT_EQ(compared[0].ratios_size(), 1);
  EXPECT_EQ(compared[0].ratios(0).numerator(), "US");
  EXPECT_EQ(compared[0].ratios(0).denominator(), "CN");
  EXPECT_EQ(compared[0].ratios(0).ratio().number(), 9.7);
  EXPECT_FALSE(compared[0].ratios(0).ratio().has_interval());
  EXPECT_EQ(compared[1].year(), 2024);
  EXPECT_EQ(compared[1].ratios(0).ratio().number(), 8);
}

TEST(PublishedTest, SeveralRegionsForOneTermAreAllKept) {
  funding::v1::GetSeriesResponse series;
  AddPoint(AddSeries(series, "EUROPE", "EU27_UK", "sources/oecd", "USD"), "2025", Usd(30));
  AddPoint(AddSeries(series, "EUROPE", "EU27", "sources/oecd", "USD"), "2025", Usd(16));
  AddPoint(AddSeries(series, "US", "US", "sources/oecd", "USD"), "2025", Usd(192));

  const auto compared = ComparePublished("ai_investment", Terms(), series);
  ASSERT_EQ(compared.size(), 1);
  ASSERT_EQ(compared[0].values_size(), 3);
  EXPECT_EQ(compared[0].values(0).region(), "US");
  EXPECT_EQ(compared[0].values(1).region(), "EU27");
  EXPECT_EQ(compared[0].values(2).region(), "EU27_UK");
  EXPECT_EQ(compared[0].ratios(0).ratio().number(), 12);
  EXPECT_EQ(compared[0].ratios(1).ratio().number(), 6.4);
  EXPECT_NE(compared[0].ratios(0).ratio().id(), compared[0].ratios(1).ratio().id());
}

TEST(PublishedTest, OneTermWithTwoRegionsIsNoComparison) {
  funding::v1::GetSeriesResponse series;
  AddPoint(AddSeries(series, "EUROPE", "EU27_UK", "sources/oecd", "USD"), "2025", Usd(30));
  AddPoint(AddSeries(series, "EUROPE", "EU27", "sources/oecd", "USD"), "2025", Usd(16));
  EXPECT_TRUE(ComparePublished("ai_investment", Terms(), series).empty());
}

TEST(PublishedTest, UnitsAndPriceBasesAreNotMixed) {
  funding::v1::GetSeriesResponse series;
  AddPoint(AddSeries(series, "US", "US", "sources/a", "USD"), "2025", Usd(30));
  AddPoint(AddSeries(series, "CN", "CN", "sources/a", "CNY"), "2025", Usd(16));
  auto& constant = AddSeries(series, "EUROPE", "EUROPE", "sources/a", "USD");
  constant.mutable_facet()->set_price_basis("constant_2021");
  AddPoint(constant, "2025", Usd(5));
  EXPECT_TRUE(ComparePublished("ai_investment", Terms(), series).empty());
}

TEST(PublishedTest, SameYearIsOrderedBySourceThenScope) {
  funding::v1::GetSeriesResponse series;
  for (const auto& [source, scope] :
       {std::pair("sources/b", "x"), std::pair("sources/a", "y"), std::pair("sources/a", "x")}) {
    AddPoint(AddSeries(series, "US", "US", source, "USD", scope), "2025", Usd(3));
    AddPoint(AddSeries(series, "CN", "CN", source, "USD", scope), "2025", Usd(2));
  }
  const auto compared = ComparePublished("ai_investment", Terms(), series);
  ASSERT_EQ(compared.size(), 3);
  EXPECT_EQ(compared[0].facet().source() + compared[0].facet().scope(), "sources/ax");
  EXPECT_EQ(compared[1].facet().source() + compared[1].facet().scope(), "sources/ay");
  EXPECT_EQ(compared[2].facet().source() + compared[2].facet().scope(), "sources/bx");
}

TEST(PublishedTest, BoundsOfValuesBoundTheRatio) {
  const double infinity = std::numeric_limits<double>::infinity();
  struct Case {
    common::v1::Figure above, below;
    double lower, upper;
  };
  for (const Case& c : {
           Case{Bounded(100, 90, 110), Usd(10), 9, 11},
           Case{Usd(100), Bounded(10, 8, 12.5), 8, 12.5},
           Case{Bounded(100, 90, 110), Bounded(10, 9, 11), 90.0 / 11, 110.0 / 9},
           Case{Bounded(100, 100, infinity), Usd(10), 10, infinity},
           Case{Usd(100), Bounded(10, 0, 10), 10, infinity},
       }) {
    funding::v1::GetSeriesResponse series;
    AddPoint(AddSeries(series, "US", "US", "sources/a", "USD"), "2025", c.above);
    AddPoint(AddSeries(series, "CN", "CN", "sources/a", "USD"), "2025", c.below);
    const auto compared = ComparePublished("ai_investment", Terms(), series);
    ASSERT_EQ(compared.size(), 1);
    const common::v1::Figure& ratio = compared[0].ratios(0).ratio();
    EXPECT_EQ(ratio.number(), 10);
    EXPECT_THAT(ratio.interval().lower(), DoubleNear(c.lower, 1e-12));
    if (std::isinf(c.upper)) {
      EXPECT_EQ(ratio.interval().upper(), infinity);
    } else {
      EXPECT_THAT(ratio.interval().upper(), DoubleNear(c.upper, 1e-12));
    }
    EXPECT_EQ(ratio.interval().level(), 1);
  }
}

TEST(PublishedTest, BoundsThatSayNothingAreLeftOut) {
  const double infinity = std::numeric_limits<double>::infinity();
  funding::v1::GetSeriesResponse series;
  AddPoint(AddSeries(series, "US", "US", "sources/a", "USD"), "2025", Bounded(1, 0, infinity));
  AddPoint(AddSeries(series, "CN", "CN", "sources/a", "USD"), "2025", Bounded(1, 0, infinity));
  const auto compared = ComparePublished("ai_investment", Terms(), series);
  ASSERT_EQ(compared.size(), 1);
  EXPECT_FALSE(compared[0].ratios(0).ratio().has_interval());
}

TEST(PublishedTest, ARatioOverNothingIsUndefined) {
  funding::v1::GetSeriesResponse series;
  AddPoint(AddSeries(series, "US", "US", "sources/a", "USD"), "2025", Usd(5));
  AddPoint(AddSeries(series, "CN", "CN", "sources/a", "USD"), "2025", Usd(0));
  const auto compared = ComparePublished("ai_investment", Terms(), series);
  ASSERT_EQ(compared.size(), 1);
  const common::v1::Figure& ratio = compared[0].ratios(0).ratio();
  EXPECT_EQ(ratio.status(), common::v1::VALUE_STATUS_UNDEFINED);
  EXPECT_EQ(ratio.reason(), "the denominator is zero");
}

}  // namespace
}  // namespace steelyard::strategy
