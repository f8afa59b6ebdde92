#pragma once

// The formulas of one whole, over plain numbers: how concentrated, unequal or diverse it is. Each
// takes amounts of the declared units (companies, layers, members), in any one unit of measure,
// zeros included: a unit with nothing still counts as a unit. Nothing here knows where the amounts
// come from. Two wholes are in distances.h, change over time in dynamics.h.
//
// A value that the formula does not give is nullopt, never zero and never NaN. For every function
// of amounts that is the case when an amount is negative or not finite, when there is no unit, or
// when all amounts are zero; each function names its further edges. Pure and thread-safe; sums run
// in the order given, so equal input gives equal bits.

#include <optional>
#include <span>
#include <vector>

namespace steelyard::strategy {

using Amounts = std::span<const double>;
using Value = std::optional<double>;

// s_i = x_i / sum(x). Sums to 1 up to rounding. Unit 1, each in [0, 1].
std::optional<std::vector<double>> Shares(Amounts amounts);

// --- Concentration of one whole over its units ---

// Herfindahl-Hirschman index: sum of s_i^2. Unit 1, in [1/n, 1]; times 10,000 for the points of
// competition law. Source: Hirschman 1945, Herfindahl 1950.
Value Herfindahl(Amounts amounts);
// (H - 1/n) / (1 - 1/n). Unit 1, in [0, 1]. Undefined for one unit.
Value HerfindahlNormalised(Amounts amounts);
// 1 / H: how many equal units would give the same index. Unit 1, in [1, n]. Source: Adelman 1969.
Value EquivalentNumber(Amounts amounts);
// CR_k: sum of the k largest shares. Unit 1, in [0, 1]; 1 when k >= n. Undefined for k < 1. Ties
// do not matter to the value.
Value ConcentrationRatio(Amounts amounts, int k);
// Hall-Tideman / Rosenbluth: 1 / (2 sum(i s_(i)) - 1), shares in descending order, i from 1. Unit
// 1, in [1/n, 1]. Source: Hall and Tideman 1967.
Value Rosenbluth(Amounts amounts);

// --- Inequality between units ---

// Gini coefficient: sum((2i - n - 1) x_(i)) / (n sum(x)), amounts in ascending order, i from 1.
// Unit 1, in [0, 1 - 1/n]. Source: Gini 1912.
Value Gini(Amounts amounts);
// Gini n / (n - 1), for small samples. Unit 1, in [0, 1]. Undefined for one unit.
Value GiniStandardised(Amounts amounts);
// Theil's T, generalised entropy of order 1: mean of (x/m) ln(x/m), m the mean, 0 ln 0 = 0. Unit 1
// (nats), in [0, ln n]. Source: Theil 1967.
Value TheilT(Amounts amounts);
// Theil's L, the mean logarithmic deviation: mean of ln(m/x). Unit 1 (nats), in [0, inf).
// Undefined when any amount is zero. Source: Theil 1967.
Value TheilL(Amounts amounts);
// Theil's T in two parts that add up to it: within = sum of s_g T_g, between = sum of
// s_g ln(s_g / (n_g/n)), s_g being the group's share and n_g its number of units. A group with
// nothing adds 0 to both. Unit 1 (nats), both in [0, ln n]. Undefined when a group has no unit.
struct TheilParts {
  double within = 0;
  double between = 0;
};
std::optional<TheilParts> DecomposeTheilT(std::span<const std::vector<double>> groups);
// Generalised entropy of order a: (mean of (x/m)^a - 1) / (a (a - 1)), m the mean; in the limit
// Theil's L for a = 0 and Theil's T for a = 1. Half the squared coefficient of variation for a = 2.
// The larger a, the more weight have large amounts. Unit 1, in [0, inf). Undefined when a is not
// finite, or when a <= 0 and an amount is zero. Source: Cowell 1980; Shorrocks 1980.
Value GeneralisedEntropy(Amounts amounts, double order);
// Atkinson's index: 1 - e/m, m the mean and e the amount that, had each unit the same, were as good
// for an aversion to inequality of a: (mean of x^(1-a))^(1/(1-a)), for a = 1 the geometric mean.
// Unit 1, in [0, 1]; 1 when an amount is zero and a >= 1. Undefined when a is not above zero and
// finite. Source: Atkinson 1970.
Value Atkinson(Amounts amounts, double aversion);

// --- Diversity ---

// Shannon entropy of the shares: -sum of s ln s, 0 ln 0 = 0. Unit 1 (nats), in [0, ln n]. Source:
// Shannon 1948.
Value Entropy(Amounts amounts);
// e to the entropy: how many units of equal share would be as diverse. Unit 1, in [1, n]. Source:
// Hill 1973 (number of order 1).
Value EffectiveNumber(Amounts amounts);

// --- Two numbers ---

// numerator / denominator. Undefined for a denominator of zero or anything not finite. May be
// negative.
Value Ratio(double numerator, double denominator);
// ln(numerator / denominator), in log points: -ln 2 for half, ln 2 for twice. Any sign. Undefined
// unless both and their quotient are above zero and finite.
Value LogRatio(double numerator, double denominator);

// --- One amount in another unit ---

// An amount in the currency that it is converted to: amount x rate, the rate being units of that
// currency for one of its own, of the amount's date or the mean of its year. May be negative.
// Undefined for a rate that is not above zero and finite, or an amount that is not finite.
Value Converted(double amount, double rate);
// An amount in the prices of the base year: amount x base_index / index, the indices being those of
// prices in the base year and in the amount's own. May be negative. Undefined for an index that is
// not above zero and finite, or an amount that is not finite. Source: International Monetary Fund
// and others, Consumer Price Index Manual, 2020.
Value Deflated(double amount, double index, double base_index);
// An amount in international dollars: amount / factor, the factor being units of the local currency
// that buy what one dollar buys in the United States. May be negative. For what is bought at home;
// it misleads for goods and equity of world markets. Undefined as Converted. Source: World Bank,
// Purchasing Power Parities and the Size of World Economies, 2020.
Value AtPurchasingPower(double amount, double factor);

}  // namespace steelyard::strategy
