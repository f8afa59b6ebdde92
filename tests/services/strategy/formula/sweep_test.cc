#include "services/strategy/formula/sweep.h"

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace steelyard::strategy {
namespace {

v1::Reading& AddReading(v1::SweepDefinitionsResponse& response, const std::string& region,
                        const std::string& scope, std::optional<double> value) {
  v1::Reading& reading = *response.add_readings();
  reading.add_choices()->set_axis(v1::AXIS_REGION);
  reading.mutable_choices(0)->set_choice("EUROPE=" + region);
  reading.add_choices()->set_axis(v1::AXIS_SCOPE);
  reading.mutable_choices(1)->set_choice(scope);
  if (value) {
    reading.mutable_figure()->set_status(common::v1::VALUE_STATUS_OK);
    reading.mutable_figure()->set_number(*value);
    reading.mutable_figure()->set_unit("1");
  }
  return reading;
}

TEST(SweepTest, TellsWhichChoiceDrivesTheAnswer) {
  v1::SweepDefinitionsResponse response;
  AddReading(response, "EU27", "EQUITY", 12);
  AddReading(response, "EU27", "EQUITY+DEBT", 12);
  AddReading(response, "EU27_UK", "EQUITY", 6);
  AddReading(response, "EU27_UK", "EQUITY+DEBT", 6);
  SummariseSweep(false, response);
  EXPECT_EQ(response.lowest().number(), 6);
  EXPECT_EQ(response.highest().number(), 12);
  ASSERT_EQ(response.effects_size(), 2);
  EXPECT_EQ(response.effects(0).axis(), v1::AXIS_REGION);
  EXPECT_EQ(response.effects(0).word(), "EUROPE");
  EXPECT_NEAR(response.effects(0).main_effect().number(), 1, 1e-12);
  EXPECT_NEAR(response.effects(1).main_effect().number(), 0, 1e-12);
  ASSERT_EQ(response.effects(0).means_size(), 2);
  EXPECT_EQ(response.effects(0).means(0).choice(), "EUROPE=EU27");
  EXPECT_NEAR(response.effects(0).means(0).mean().number(), 12, 1e-9);
}

// Two effects that multiply have main effects that sum to one: logarithms add up.
TEST(SweepTest, SharesTheVarianceOfLogarithms) {
  v1::SweepDefinitionsResponse response;
  for (const double region : {1.0, 3.0}) {
    for (const double scope : {1.0, 2.0}) {
      AddReading(response, region == 1 ? "EU27" : "EU27_UK", scope == 1 ? "EQUITY" : "DEBT",
                 region * scope);
    }
  }
  SummariseSweep(false, response);
  ASSERT_EQ(response.effects_size(), 2);
  const double r = std::log(3) * std::log(3);
  const double s = std::log(2) * std::log(2);
  EXPECT_NEAR(response.effects(0).main_effect().number(), r / (r + s), 1e-12);
  EXPECT_NEAR(response.effects(1).main_effect().number(), s / (r + s), 1e-12);
}

TEST(SweepTest, CountsTruthAsZeroAndOne) {
  v1::SweepDefinitionsResponse response;
  AddReading(response, "EU27", "EQUITY", 1.2).set_truth(v1::TRUTH_TRUE);
  AddReading(response, "EU27", "DEBT", 1.1).set_truth(v1::TRUTH_TRUE);
  AddReading(response, "EU27_UK", "EQUITY", 0.6).set_truth(v1::TRUTH_FALSE);
  AddReading(response, "EU27_UK", "DEBT", std::nullopt).set_truth(v1::TRUTH_UNKNOWN);
  SummariseSweep(true, response);
  EXPECT_EQ(response.highest().number(), 1.2);
  ASSERT_EQ(response.effects_size(), 2);
  EXPECT_EQ(response.effects(0).axis(), v1::AXIS_REGION);
  EXPECT_EQ(response.effects(0).means(0).mean().number(), 1);
  EXPECT_EQ(response.effects(0).means(1).mean().number(), 0);
  EXPECT_EQ(response.effects(0).means(1).readings(), 1);
}

TEST(SweepTest, TakesRoundingForNoDifference) {
  v1::SweepDefinitionsResponse response;
  AddReading(response, "EU27", "EQUITY", 0.1);
  AddReading(response, "EU27_UK", "EQUITY", 0.1 + 1e-17);
  AddReading(response, "EU27_UK", "DEBT", 0.1 * (1 + 1e-15));
  SummariseSweep(false, response);
  EXPECT_EQ(response.effects_size(), 0);
}

TEST(SweepTest, DoesNotHoldPricesOfDifferentYearsAgainstEachOther) {
  v1::SweepDefinitionsResponse response;
  AddReading(response, "EU27", "EQUITY", 5).mutable_figure()->set_unit("USD");
  v1::Reading& constant = AddReading(response, "EU27_UK", "EQUITY", 7);
  constant.mutable_figure()->set_unit("USD");
  constant.mutable_facet()->set_price_basis("constant_2021");
  SummariseSweep(false, response);
  EXPECT_EQ(response.lowest().status(), common::v1::VALUE_STATUS_UNDEFINED);
  EXPECT_EQ(response.highest().reason(), "readings are in different units: USD, USD@constant_2021");
  EXPECT_EQ(response.effects_size(), 0);
}

TEST(SweepTest, HasNoEffectsWhereNothingDiffers) {
  v1::SweepDefinitionsResponse response;
  SummariseSweep(false, response);
  EXPECT_FALSE(response.has_lowest());
  AddReading(response, "EU27", "EQUITY", 5);
  AddReading(response, "EU27_UK", "EQUITY", 5);
  SummariseSweep(false, response);
  EXPECT_EQ(response.lowest().number(), 5);
  EXPECT_EQ(response.effects_size(), 0);
}

}  // namespace
}  // namespace steelyard::strategy
