#pragma once

// The formulas that set two wholes over the same units against each other: a region's layers
// against another region's, or against those of a reference that holds it. Amounts are as in
// measures.h: in any one unit of measure on each side, the units in the same order on both.
//
// nullopt where a formula gives no value, never zero and never NaN. For every function of two lists
// that is the case when they differ in the number of units, an amount is negative or not finite,
// or one side has nothing; each function names its further edges. Pure and thread-safe; sums run in
// the order given, so equal input gives equal bits.

#include <span>
#include <vector>

#include "services/strategy/measures/measures.h"

namespace steelyard::strategy {

// --- How far apart: s and t are the shares of the two sides ---

// Krugman's specialisation index: sum of |s_k - t_k|. Unit 1, in [0, 2]: 0 for equal shares, 2 for
// no unit in common. Source: Krugman, Geography and Trade, 1991.
Value Krugman(Amounts left, Amounts right);
// The same against several others: sum of |s_k - m_k|, m_k the mean of the others' shares, in which
// each counts the same whatever its size. Unit 1, in [0, 2]. Undefined when there are no others.
// Source: Nakamura and Morrison Paul, Measuring Agglomeration, 2009.
Value KrugmanAgainstOthers(Amounts amounts, std::span<const std::vector<double>> others);
// Total variation distance: sum of |s_k - t_k| / 2, the share that would have to move between units
// to make both alike. Unit 1, in [0, 1]. Source: Levin, Peres and Wilmer, Markov Chains and Mixing
// Times, 2009, chapter 4.
Value TotalVariation(Amounts left, Amounts right);
// Finger-Kreinin similarity: sum of min(s_k, t_k) = 1 - Krugman/2. Unit 1, in [0, 1]. Source:
// Finger and Kreinin, A Measure of Export Similarity and Its Possible Uses, 1979.
Value FingerKreinin(Amounts left, Amounts right);
// Jensen-Shannon divergence to base 2: half the sum of s_k lb(s_k/m_k) + t_k lb(t_k/m_k), m_k the
// mean of s_k and t_k, 0 lb 0 = 0. Unit bit, in [0, 1]. Source: Lin, Divergence Measures Based on
// the Shannon Entropy, 1991.
Value JensenShannon(Amounts left, Amounts right);
// The root of the Jensen-Shannon divergence to base 2, which is a metric. Unit 1, in [0, 1].
// Source: Endres and Schindelin, A New Metric for Probability Distributions, 2003.
Value JensenShannonDistance(Amounts left, Amounts right);
// Hellinger distance: sqrt(1 - sum of sqrt(s_k t_k)), a metric. Unit 1, in [0, 1]. Source:
// Hellinger 1909, in the form of Le Cam, Asymptotic Methods in Statistical Decision Theory, 1986.
Value Hellinger(Amounts left, Amounts right);
// Cosine similarity: sum of s_k t_k over the product of the two lengths. Unit 1, in [0, 1]: 1 for
// equal shares, 0 for no unit in common. Source: Salton, Wong and Yang, A Vector Space Model for
// Automatic Indexing, 1975.
Value Cosine(Amounts left, Amounts right);

// Cohen's h of two proportions: 2 asin(sqrt p) - 2 asin(sqrt q). Unit 1, in [-pi, pi], positive
// when p is larger; Cohen calls 0.2 small, 0.5 medium and 0.8 large. Undefined outside [0, 1].
// Source: Cohen, Statistical Power Analysis for the Behavioral Sciences, 1988.
Value CohenH(double p, double q);

// --- One unit's share against its share in a reference ---

// Location quotient (Hoover-Balassa): (x/X) / (w/W), a unit's share in a region over its share in
// the reference. Unit 1, in [0, inf), 1 is neutral. Undefined when X, w or W is zero, or an amount
// is negative or not finite. Source: Balassa, Trade Liberalisation and "Revealed" Comparative
// Advantage, 1965.
Value LocationQuotient(double part, double whole, double reference_part, double reference_whole);
// Revealed symmetric comparative advantage: (LQ - 1) / (LQ + 1). Unit 1, in [-1, 1), -1 for LQ 0.
// Undefined for a negative or infinite LQ. Source: Laursen 1998.
Value SymmetricAdvantage(double location_quotient);
// ln LQ: as far above zero for twice the reference's share as below for half of it. Unit 1, any
// sign. Undefined for an LQ that is zero, negative or infinite. Source: Vollrath, A Theoretical
// Evaluation of Alternative Trade Intensity Measures of Revealed Comparative Advantage, 1991.
Value LogLocationQuotient(double location_quotient);
// Additive location quotient: x/X - w/W, in points of share. Unit 1, in [-1, 1], 0 is neutral.
// Undefined when X or W is zero, a part is larger than its whole, or an amount is negative or not
// finite. Source: Michaely 1962; Hoen and Oosterhaven, On the Measurement of Comparative Advantage,
// 2006.
Value AdditiveLocationQuotient(double part, double whole, double reference_part,
                               double reference_whole);

// --- A whole against a reference that holds it ---

// Hachman index: 1 / sum of LQ_k s_k = 1 / sum of s_k^2 / t_k, t the reference's shares. Unit 1, in
// (0, 1], 1 for the reference's own shares. Undefined when the region has something of a unit of
// which the reference has nothing. Source: Hachman, Bureau of Economic and Business Research,
// University of Utah, 1995.
Value Hachman(Amounts region, Amounts reference);
// Locational Gini coefficient: the Gini coefficient of the units' location quotients, each unit
// counting the same. Over regions, one industry's amounts against all industries', it is the
// concentration of the industry; over industries, one region's against all regions', the
// specialisation of the region. Unit 1, in [0, 1 - 1/n], 0 for the reference's own shares.
// Undefined when the reference has nothing of a unit. Source: Krugman, Geography and Trade, 1991;
// unweighted as in Farhauer and Kroell, Standorttheorien, 2013.
Value LocationalGini(Amounts part, Amounts reference);

}  // namespace steelyard::strategy
