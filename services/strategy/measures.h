#pragma once

// The formulas of comparison, over plain numbers. Each takes amounts of the declared units of one
// whole (companies, layers, members), in any one unit of measure, zeros included: a unit with
// nothing still counts as a unit. Nothing here knows where the amounts come from.
//
// A value that the formula does not give is nullopt, never zero and never NaN. For every function
// that is the case when an amount is negative or not finite, when there is no unit, or when all
// amounts are zero; each function names its further edges. Pure and thread-safe; sums run in the
// order given, so equal input gives equal bits.

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
// Shannon entropy of the shares: -sum of s ln s, 0 ln 0 = 0. Unit 1 (nats), in [0, ln n]; its
// exponential is the effective number of units. Source: Shannon 1948.
Value Entropy(Amounts amounts);

// --- Two wholes over the same units ---

// Location quotient (Hoover-Balassa): (x/X) / (w/W), a unit's share in a region over its share in
// the reference. Unit 1, in [0, inf), 1 is neutral. Undefined when X, w or W is zero. Source:
// Balassa 1965.
Value LocationQuotient(double part, double whole, double reference_part, double reference_whole);
// Revealed symmetric comparative advantage: (LQ - 1) / (LQ + 1). Unit 1, in [-1, 1), -1 for LQ 0.
// Undefined for a negative or infinite LQ. Source: Laursen 1998.
Value SymmetricAdvantage(double location_quotient);
// Krugman's specialisation index: sum of |s_k - t_k|. Unit 1, in [0, 2]. Undefined when either
// side has nothing or they differ in the number of units. Source: Krugman 1991.
Value Krugman(Amounts left, Amounts right);
// Finger-Kreinin similarity: sum of min(s_k, t_k) = 1 - Krugman/2. Unit 1, in [0, 1]. Undefined as
// Krugman's. Source: Finger and Kreinin 1979.
Value FingerKreinin(Amounts left, Amounts right);

// --- Two numbers ---

// numerator / denominator. Undefined for a denominator of zero or anything not finite. May be
// negative.
Value Ratio(double numerator, double denominator);
// Compound annual growth rate: (last/first)^(1/years) - 1. Unit 1 per year, in [-1, inf).
// Undefined when first <= 0, last < 0 or years <= 0. Says nothing about the years between.
Value CompoundGrowth(double first, double last, double years);

}  // namespace steelyard::strategy
