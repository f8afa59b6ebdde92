#include "services/strategy/measures/figures.h"

#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/services/strategy/canned.h"
#include "tests/support/proto_matchers.h"

namespace steelyard::strategy {
namespace {

using ::steelyard::testing::EqualsProto;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Figure Bounded(double value, double lower, double upper, double level = 1) {
  Figure figure = Plain(value);
  figure.mutable_interval()->set_lower(lower);
  figure.mutable_interval()->set_upper(upper);
  figure.mutable_interval()->set_level(level);
  return figure;
}

TEST(FiguresTest, MoneyIsExactToTheBillionth) {
  EXPECT_THAT(MakeMoney(Int128{1'500'000'000}, "USD"),
              EqualsProto("currency_code: 'USD' units: 1 nanos: 500000000"));
  EXPECT_THAT(MakeMoney(Int128{-1'500'000'000}, "EUR"),
              EqualsProto("currency_code: 'EUR' units: -1 nanos: -500000000"));
  EXPECT_THAT(MakeMoney(Int128{0}, "USD"), EqualsProto("currency_code: 'USD'"));
}

TEST(SetQuotientBoundsTest, EachEndTakesTheOthersFarEnd) {
  Figure quotient = Plain(2);
  SetQuotientBounds(Bounded(10, 8, 12, 0.9), Bounded(5, 4, 6, 0.95), quotient);
  EXPECT_DOUBLE_EQ(quotient.interval().lower(), 8.0 / 6);
  EXPECT_DOUBLE_EQ(quotient.interval().upper(), 3);
  EXPECT_DOUBLE_EQ(quotient.interval().level(), 0.85);
  EXPECT_EQ(quotient.interval().method(), "quotient_of_bounds/1");
}

TEST(SetQuotientBoundsTest, AnExactSideIsItsOwnBounds) {
  Figure quotient = Plain(2);
  SetQuotientBounds(Bounded(10, 8, kInfinity), Plain(5), quotient);
  EXPECT_DOUBLE_EQ(quotient.interval().lower(), 1.6);
  EXPECT_EQ(quotient.interval().upper(), kInfinity);
  EXPECT_EQ(quotient.interval().level(), 1);
}

TEST(SetQuotientBoundsTest, SaysNothingWhereThereIsNothingToSay) {
  const Figure unknown;
  for (const auto& [above, below] : {std::pair{Plain(10), Plain(5)},
                                     {Bounded(10, 0, 12), Bounded(5, 0, 6)},
                                     {Bounded(10, 8, 12), unknown},
                                     {unknown, Bounded(5, 4, 6)}}) {
    Figure quotient = Plain(2);
    SetQuotientBounds(above, below, quotient);
    EXPECT_FALSE(quotient.has_interval()) << above.DebugString() << below.DebugString();
  }
}

}  // namespace
}  // namespace steelyard::strategy
