#include "services/strategy/formula/quantity.h"

#include <cmath>
#include <limits>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/random/philox.h"

namespace steelyard::strategy::formula {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Quantity Between(double low, double value, double high) { return {low, value, high, {}}; }

void ExpectBounds(const std::optional<Quantity>& got, double low, double value, double high) {
  ASSERT_TRUE(got.has_value());
  EXPECT_DOUBLE_EQ(got->low, low);
  EXPECT_DOUBLE_EQ(got->value, value);
  EXPECT_DOUBLE_EQ(got->high, high);
}

TEST(QuantityTest, GivesAllThatAnOperationCanTake) {
  ExpectBounds(Add(Between(1, 2, 3), Between(10, 20, 30), 1), 11, 22, 33);
  ExpectBounds(Add(Between(1, 2, 3), Between(10, 20, 30), -1), -29, -18, -7);
  ExpectBounds(Multiply(Between(-1, 2, 3), Between(-10, 1, 20)), -30, 2, 60);
  ExpectBounds(Divide(Between(1, 2, 4), Between(2, 4, 8)), 0.125, 0.5, 2);
  ExpectBounds(Power(Between(-2, 1, 3), 2), 0, 1, 9);
  ExpectBounds(Power(Between(1, 2, 3), -1), 1.0 / 3, 0.5, 1);
  ExpectBounds(Apply("abs", Between(-3, -1, 2)), 0, 1, 3);
  ExpectBounds(Apply("sqrt", Between(1, 4, 9)), 1, 2, 3);
  ExpectBounds(Apply("ln", Between(1, 1, std::exp(1.0))), 0, 0, 1);
  ExpectBounds(Apply("exp", Between(0, 0, 1)), 1, 1, std::exp(1.0));
}

// 0.1 + 0.2 is 0.3, and a quotient is that of the exact sums.
TEST(QuantityTest, KeepsSumsOfMoneyExact) {
  const auto money = [](int64_t units, int32_t nanos) {
    common::v1::Figure figure;
    figure.set_status(common::v1::VALUE_STATUS_OK);
    figure.mutable_money()->set_units(units);
    figure.mutable_money()->set_nanos(nanos);
    figure.set_unit("USD");
    return QuantityOf(figure, "").value();
  };
  const Quantity sum = *Add(money(0, 100'000'000), money(0, 200'000'000), 1);
  EXPECT_EQ(sum.value, 0.3);
  EXPECT_TRUE(sum.exact());
  EXPECT_EQ(Add(sum, money(0, 300'000'000), -1)->value, 0);
  const Quantity third = *Divide(sum, money(0, 900'000'000));
  EXPECT_EQ(third.value, 300'000'000.0 / 900'000'000.0);
  EXPECT_TRUE(third.exact());
  EXPECT_FALSE(third.nanos.has_value());
  Quantity bounded = sum;
  bounded.high = 5;
  ExpectBounds(Divide(bounded, money(1, 0)), 0.3, 0.3, 5);
}

TEST(QuantityTest, IsNothingWhereItIsNotDefined) {
  EXPECT_FALSE(Divide(Between(1, 1, 1), Between(0, 0, 0)).has_value());
  EXPECT_FALSE(Divide(Between(1, 1, 1), Between(-1, 1, 2)).has_value());
  EXPECT_FALSE(Apply("ln", Between(0, 0, 0)).has_value());
  EXPECT_FALSE(Apply("ln", Between(-1, 1, 2)).has_value());
  EXPECT_FALSE(Apply("sqrt", Between(-1, 1, 2)).has_value());
  EXPECT_FALSE(Power(Between(-1, 1, 2), -1).has_value());
  EXPECT_FALSE(Power(Quantity::Exact(10), 400).has_value());
  EXPECT_FALSE(Multiply(Quantity::Exact(1e300), Quantity::Exact(1e300)).has_value());
}

TEST(QuantityTest, AddsUpTheDoubtsOfBounds) {
  Quantity a = Between(1, 2, 3);
  a.level = 0.95;
  Quantity b = Between(10, 20, 30);
  b.level = 0.9;
  EXPECT_NEAR(Multiply(a, b)->level, 0.85, 1e-12);
  EXPECT_EQ(Apply("abs", a)->level, 0.95);
  EXPECT_EQ(Power(b, 2)->level, 0.9);
  EXPECT_NEAR(FigureOf(*Add(a, b, 1), "x").interval().level(), 0.85, 1e-12);
}

TEST(QuantityTest, CarriesOneSidedBounds) {
  // "less than 59.5" below 119: the quotient is more than 2.
  ExpectBounds(Divide(Quantity::Exact(119), Between(0, 59.5, 59.5)), 2, 2, kInfinity);
  ExpectBounds(Divide(Quantity::Exact(119), Between(-0.0, 59.5, 59.5)), 2, 2, kInfinity);
  ExpectBounds(Add(Between(10, 10, kInfinity), Quantity::Exact(1), 1), 11, 11, kInfinity);
  ExpectBounds(Multiply(Quantity::Exact(0), Between(1, 1, kInfinity)), 0, 0, 0);
}

// Interval arithmetic contains every result of values within the bounds.
TEST(QuantityTest, ContainsWhatValuesWithinTheBoundsGive) {
  random::Sequence draws({7, 7}, 0, 0, 0);
  const auto interval = [&] {
    const double middle = 20 * draws.Uniform() - 10;
    return Between(middle - 3 * draws.Uniform(), middle, middle + 3 * draws.Uniform());
  };
  const auto within = [&](const Quantity& q) { return q.low + (q.high - q.low) * draws.Uniform(); };
  for (int i = 0; i < 2000; ++i) {
    const Quantity a = interval();
    const Quantity b = interval();
    const double x = within(a);
    const double y = within(b);
    const auto check = [](const std::optional<Quantity>& got, double value) {
      if (!got) return;
      EXPECT_LE(got->low, value + 1e-9);
      EXPECT_GE(got->high, value - 1e-9);
      EXPECT_LE(got->low, got->value);
      EXPECT_GE(got->high, got->value);
    };
    check(Add(a, b, 1), x + y);
    check(Add(a, b, -1), x - y);
    check(Multiply(a, b), x * y);
    check(Divide(a, b), x / y);
    check(Power(a, 3), x * x * x);
    check(Power(a, 2), x * x);
    check(Apply("abs", a), std::abs(x));
  }
}

struct Comparison {
  const char* op;
  Quantity a, b;
  v1::Truth truth;
};

TEST(QuantityTest, LeavesOpenWhatBoundsDoNotDecide) {
  const Quantity two = Quantity::Exact(2);
  const Quantity three = Quantity::Exact(3);
  for (const Comparison& comparison : std::vector<Comparison>{
           {"<", two, three, v1::TRUTH_TRUE},
           {"<", three, two, v1::TRUTH_FALSE},
           {"<", two, two, v1::TRUTH_FALSE},
           {"<=", two, two, v1::TRUTH_TRUE},
           {">=", two, two, v1::TRUTH_TRUE},
           {">", two, two, v1::TRUTH_FALSE},
           {"==", two, two, v1::TRUTH_TRUE},
           {"!=", two, two, v1::TRUTH_FALSE},
           {"==", two, three, v1::TRUTH_FALSE},
           {">", Between(1, 4, 5), three, v1::TRUTH_OPEN},
           {">", Between(2, 2, kInfinity), two, v1::TRUTH_OPEN},
           {">=", Between(2, 2, kInfinity), two, v1::TRUTH_TRUE},
           {"==", Between(1, 4, 5), three, v1::TRUTH_OPEN},
           {"==", Between(4, 4, 5), three, v1::TRUTH_FALSE},
           {"~=", Quantity::Exact(109), Quantity::Exact(100), v1::TRUTH_TRUE},
           {"~=", Quantity::Exact(111), Quantity::Exact(100), v1::TRUTH_FALSE},
           {"~=", Between(90, 100, 200), Quantity::Exact(100), v1::TRUTH_OPEN},
           {"~=", Between(150, 160, 200), Quantity::Exact(100), v1::TRUTH_FALSE},
           {"~=", Quantity::Exact(1), Between(10, 10, kInfinity), v1::TRUTH_FALSE},
           {"~=", Between(95, 100, 105), Quantity::Exact(100), v1::TRUTH_TRUE}}) {
    EXPECT_EQ(Compare(comparison.op, comparison.a, comparison.b, 0.1), comparison.truth)
        << comparison.a.value << comparison.op << comparison.b.value;
  }
}

TEST(QuantityTest, KeepsUnitsApart) {
  const Unit usd = Unit::Of("USD", "nominal");
  EXPECT_EQ(usd, Unit::Of("USD", ""));
  EXPECT_NE(usd, Unit::Of("USD", "constant_2021"));
  EXPECT_EQ(Unit::Of("USD", "constant_2021"), Unit::Of("USD@constant_2021", ""));
  EXPECT_TRUE(Unit::Of("count", "").pure());
  EXPECT_TRUE(Unit::Of("percent", "").pure());
  EXPECT_TRUE(usd.Times(usd, -1).pure());
  EXPECT_EQ(usd.Times(Unit::Of("EUR", ""), -1).ToString(), "USD/EUR");
  EXPECT_EQ(usd.Power(2)->ToString(), "USD^2");
  EXPECT_EQ(usd.Power(2)->Power(0.5), usd);
  EXPECT_FALSE(usd.Power(0.5).has_value());
}

TEST(QuantityTest, WritesWhatIsCountedAndComparesIt) {
  const Unit person = Unit::Of("{person}", "");
  const Unit usd = Unit::Of("USD", "");
  EXPECT_TRUE(person.pure());
  EXPECT_EQ(person, Unit());
  EXPECT_EQ(person.ToString(), "{person}");
  EXPECT_EQ(usd.Times(person, -1), usd);
  EXPECT_EQ(usd.Times(person, -1).ToString(), "USD/{person}");
  EXPECT_EQ(usd.Times(person, -1).Times(person, 1).ToString(), "USD");
  EXPECT_EQ(person.Power(2)->ToString(), "{person}^2");
  // There is no root of people to write.
  EXPECT_EQ(person.Power(0.5)->ToString(), "1");
}

TEST(QuantityTest, KeepsTheWorseCoverage) {
  const auto of = [](int64_t expected, int64_t present) {
    common::v1::Coverage coverage;
    coverage.set_units_expected(expected);
    coverage.set_units_present(present);
    return std::optional(coverage);
  };
  EXPECT_EQ(Worse(of(5, 4), of(10, 7))->units_present(), 7);
  EXPECT_EQ(Worse(of(10, 7), of(5, 4))->units_present(), 7);
  EXPECT_EQ(Worse(of(2, 1), of(4, 2))->units_present(), 1);
  EXPECT_EQ(Worse(of(0, 0), of(5, 4))->units_present(), 4);
  EXPECT_EQ(Worse(std::nullopt, of(5, 4))->units_present(), 4);
  EXPECT_EQ(Worse(of(5, 4), std::nullopt)->units_present(), 4);
  EXPECT_FALSE(Worse(std::nullopt, std::nullopt).has_value());
}

TEST(QuantityTest, ReadsFiguresAndWritesThem) {
  common::v1::Figure figure;
  figure.set_status(common::v1::VALUE_STATUS_OK);
  figure.set_number(12.5);
  figure.set_unit("percent");
  EXPECT_DOUBLE_EQ(QuantityOf(figure, "")->value, 0.125);
  figure.set_unit("USD");
  figure.mutable_interval()->set_lower(10);
  figure.mutable_interval()->set_upper(kInfinity);
  ExpectBounds(QuantityOf(figure, ""), 10, 12.5, kInfinity);
  figure.set_status(common::v1::VALUE_STATUS_UNDEFINED);
  EXPECT_FALSE(QuantityOf(figure, "").has_value());
  const common::v1::Figure written = FigureOf(Between(1, 2, 3), "x");
  EXPECT_EQ(written.number(), 2);
  EXPECT_EQ(written.interval().lower(), 1);
  EXPECT_EQ(written.interval().method(), "interval_arithmetic/1");
  EXPECT_FALSE(FigureOf(Quantity::Exact(2), "x").has_interval());
}

}  // namespace
}  // namespace steelyard::strategy::formula
