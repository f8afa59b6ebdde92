// Goalposts of a composite: ends of the scale that the request fixes.

#include <cmath>
#include <optional>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/strategy/measures/composite.h"

namespace steelyard::strategy {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;

auto Near(double expected) { return Optional(DoubleNear(expected, 1e-12)); }

CompositeIndicator Between(double lower, double upper) {
  return {1, false, Goalposts{lower, upper}};
}

TEST(GoalpostsTest, WhatIsOutsideIsCutOff) {
  CompositeIndicator indicator = Between(0, 20);
  EXPECT_THAT(Scale(indicator, {-5.0, 5.0, 20.0, 40.0}, Scaling::kMinMax).values,
              ElementsAre(Near(0), Near(0.25), Near(1), Near(1)));
  indicator.lower_is_better = true;
  EXPECT_THAT(Scale(indicator, {-5.0, 5.0, 20.0, 40.0}, Scaling::kMinMax).values,
              ElementsAre(Near(1), Near(0.75), Near(0), Near(0)));
}

TEST(GoalpostsTest, AreOfMinMaxAlone) {
  const CompositeIndicator none = {1, false, std::nullopt};
  for (const Scaling scaling : {Scaling::kZScore, Scaling::kRank, Scaling::kDistanceToLeader}) {
    EXPECT_EQ(Scale(Between(0, 1), {1.0, 2.0, 4.0}, scaling).values,
              Scale(none, {1.0, 2.0, 4.0}, scaling).values);
    EXPECT_THAT(Scale(Between(0, 1), {3.0, 3.0}, scaling).excluded, HasSubstr("the same value"));
    EXPECT_THAT(Scale(Between(0, 1), {3.0, std::nullopt}, scaling).excluded,
                HasSubstr("only one region"));
  }
}

// The place between goalposts hangs on no other region.
TEST(GoalpostsTest, KeepWhatIsEqualForAllOrOfOneRegion) {
  const ScaledColumn equal = Scale(Between(0, 10), {3.0, 3.0}, Scaling::kMinMax);
  EXPECT_THAT(equal.excluded, IsEmpty());
  EXPECT_THAT(equal.values, ElementsAre(Near(0.3), Near(0.3)));
  EXPECT_THAT(equal.logs, ElementsAre(Near(std::log(30.7)), Near(std::log(30.7))));
  const ScaledColumn single = Scale(Between(0, 10), {3.0, std::nullopt}, Scaling::kMinMax);
  EXPECT_THAT(single.excluded, IsEmpty());
  EXPECT_THAT(single.values, ElementsAre(Near(0.3), Value()));
  EXPECT_THAT(Scale(Between(0, 10), {std::nullopt}, Scaling::kMinMax).excluded,
              HasSubstr("no region"));
}

// What the goalposts cut out of the scale is not stretched over all of it again.
TEST(GoalpostsTest, StayInTheGeometricMean) {
  const std::vector<CompositeIndicator> one = {Between(0, 100)};
  const std::vector<double> weights = {1};
  EXPECT_THAT(
      Scores(ScaleAll(one, {{20.0, 50.0}}, Scaling::kMinMax, 0.65), weights, Weighing::kGeometric),
      ElementsAre(Near(20.8), Near(50.5)));
}

}  // namespace
}  // namespace steelyard::strategy
