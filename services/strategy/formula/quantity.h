#pragma once

// Values of formulas: a number between bounds with a unit, or a truth.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "services/common/money/money.h"
#include "steelyard/common/v1/figure.pb.h"
#include "steelyard/funding/v1/series.pb.h"
#include "steelyard/strategy/v1/formula.pb.h"

namespace steelyard::strategy::formula {

// A product of powers of currencies and other base units. Amounts in prices of a year have a unit
// of their own, "USD@constant_2021", so that they are never added to amounts as paid. Counts,
// ratios and percentages are pure numbers. What is counted may stand in braces, "{person}": UCUM's
// annotations, which are written and change nothing, so that people are still a pure number.
class Unit {
 public:
  Unit() = default;  // pure
  // "USD", "1", "count", "percent", ...; a price basis other than "" and "nominal" makes it another
  // unit.
  static Unit Of(std::string_view unit, std::string_view price_basis);

  Unit Times(const Unit& other, int sign) const;
  // nullopt when a power is not whole.
  std::optional<Unit> Power(double exponent) const;
  bool pure() const { return *this == Unit(); }
  // "1", "USD", "USD/EUR", "USD^2", "USD/{person}".
  std::string ToString() const;
  // Annotations make no difference.
  bool operator==(const Unit& other) const;

 private:
  std::map<std::string, int> powers_;  // none is 0
};

// low <= value <= high; infinite bounds are possible, an infinite value is not.
struct Quantity {
  double low = 0;
  double value = 0;
  double high = 0;
  Unit unit;
  double level = 1;  // probability that the bounds hold; 1 for certain ones
  // Exactly, in billionths: of money, of what is counted, and of sums of them. A quotient of two is
  // that of the exact ones, whatever `value` had to be rounded to.
  std::optional<Int128> nanos = {};

  static Quantity Exact(double value, Unit unit = {}) {
    return {value, value, value, std::move(unit), 1};
  }
  bool exact() const { return low == high; }
};

// What a part of a formula comes to: a quantity, a truth, or why there is neither.
struct Outcome {
  std::optional<Quantity> quantity;
  v1::Truth truth = v1::TRUTH_UNSPECIFIED;
  std::string missing;                                // a sentence; set when a number has no value
  std::optional<common::v1::Coverage> coverage = {};  // of a number, where one is known
};

// The one of two coverages of which the smaller part is there; the first when they are equal. What
// expects nothing lacks nothing.
std::optional<common::v1::Coverage> Worse(const std::optional<common::v1::Coverage>& a,
                                          const std::optional<common::v1::Coverage>& b);

// The result of an operation on what is known: the interval of all values that it can take, which
// holds at least with the levels of both, less one (Bonferroni). nullopt where it is not defined
// for some of them: division by an interval with zero inside, the logarithm of one that is not
// positive, anything that overflows. A bound of zero that a denominator does not reach leaves no
// bound.
std::optional<Quantity> Add(const Quantity& a, const Quantity& b, int sign);
std::optional<Quantity> Multiply(const Quantity& a, const Quantity& b);
std::optional<Quantity> Divide(const Quantity& a, const Quantity& b);
// Of a pure exponent that is exact. Of a base that may be negative only to whole powers.
std::optional<Quantity> Power(const Quantity& base, double exponent);
// "abs", "exp", "ln" or "sqrt" of a quantity; the last two and abs only of what they are defined
// for.
std::optional<Quantity> Apply(std::string_view function, const Quantity& a);

// Whether `a op b` holds; both of one unit. "~=" is within `tolerance` of b, relative to it.
v1::Truth Compare(std::string_view op, const Quantity& a, const Quantity& b, double tolerance);

// The figure's value and bounds; percentages become shares. nullopt unless its status is OK.
std::optional<Quantity> QuantityOf(const common::v1::Figure& figure, std::string_view price_basis);
// The other way: OK with its bounds and their level, method "interval_arithmetic/1".
common::v1::Figure FigureOf(const Quantity& quantity, std::string_view id);

}  // namespace steelyard::strategy::formula
