#pragma once

// A composite indicator over plain numbers: indicators of different units made comparable, weighed
// and put together. Source: OECD and JRC, Handbook on Constructing Composite Indicators:
// Methodology and User Guide, 2008, steps 5 and 6.
//
// Regions and indicators are known by their place. Pure and thread-safe; sums run in the order
// given, so equal input gives equal bits.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "services/strategy/measures/measures.h"

namespace steelyard::strategy {

// How an indicator becomes comparable with others. "The regions" are those that have it.
enum class Scaling {
  // (x - lower) / (upper - lower), lower and upper the goalposts, or the least and the greatest
  // value of the regions; cut off at 0 and 1. For LOWER, 1 less that.
  kMinMax,
  // (x - mean) / standard deviation, the latter over n: the regions are the whole, not a sample.
  // For LOWER, its negative.
  kZScore,
  // Share of the other regions that it is ahead of, ties half. In [0, 1].
  kRank,
  // x / best; for LOWER, best / x. In (0, 1] when all values are positive; an x below zero gives a
  // value below zero. Needs a best above zero, and for LOWER all values.
  kDistanceToLeader,
};

// How comparable indicators become one score, with their weights over those that a region has.
enum class Weighing {
  // sum(w_i z_i) / sum(w_i). Indicators make up for each other.
  kArithmetic,
  // exp(sum(w_i ln y_i) / sum(w_i)), y_i = 1 + 99 z_i for kMinMax, and for the others
  // 1 + 99 (z_i - min z) / (max z - min z), over the regions. In [1, 100]. Little of one indicator
  // is made up for by much of another less than in a mean.
  kGeometric,
  // Copeland's rule: of each two regions the one wins that is ahead on the larger weight, over the
  // indicators that both have; (won - lost) / number of other regions. In [-1, 1]; 0 for a region
  // alone. How far it is ahead does not matter, so that nothing makes up for anything. Source:
  // Copeland, A reasonable social welfare function, 1951; Munda and Nardo 2009.
  kOutranking,
};

// Fixed ends of kMinMax, so that several years or sets of regions stay comparable; the other
// scalings have no use for them. lower < upper.
struct Goalposts {
  double lower = 0;
  double upper = 1;
};

// What is asked of one indicator.
struct CompositeIndicator {
  // Above zero, finite.
  double weight = 1;
  bool lower_is_better = false;
  std::optional<Goalposts> goalposts;
};

// One value per region; nullopt where it is not known.
using Column = std::vector<Value>;
// One column per indicator, all of one length.
using Columns = std::vector<Column>;

// An indicator made comparable.
struct ScaledColumn {
  // Per region; nullopt where the indicator has no value, and everywhere when it is excluded.
  Column values;
  // ln y of kGeometric, likewise.
  Column logs;
  // Why it takes no part, for people; empty when it does. That is so when no region has it; unless
  // it is placed between goalposts, when only one region has it or all values are equal; and when
  // the scaling does not give finite numbers for it (a best that is not positive, differences too
  // small or too large for the arithmetic).
  std::string excluded;
};

// Makes an indicator comparable. A value that is not finite counts as not known.
ScaledColumn Scale(const CompositeIndicator& indicator, const Column& values, Scaling scaling);

// All indicators made comparable, and which regions have enough of them.
struct ScaledTable {
  std::vector<ScaledColumn> columns;
  // How many of the columns take part.
  int included = 0;
  // Per region, how many of those it has.
  std::vector<int> present;
  // Per region, whether those are at least `least_share` of the ones that take part, and one.
  std::vector<bool> enough;
};

// `least_share` in [0, 1].
ScaledTable ScaleAll(std::span<const CompositeIndicator> indicators, const Columns& columns,
                     Scaling scaling, double least_share);

// The score of each region that has enough, nullopt for the others. `weights` has one for each
// column, none below zero; weights of columns that are excluded or that a region lacks are left
// out, and the others scaled up. nullopt too for a region whose weights are all zero.
std::vector<Value> Scores(const ScaledTable& table, std::span<const double> weights,
                          Weighing weighing);

// The score in whole trillionths: scores for which this is the same are level, so that the order in
// which sums were rounded decides nothing.
double RoundScore(double score);
// Whether a is ahead of b (1), behind (-1) or level with it (0).
int CompareScores(double a, double b);

// Places from 1, best first, level scores in the order of the regions; 0 for one without score.
std::vector<int> RankScores(std::span<const Value> scores);

// Pearson's correlation of the pairs in which both are known, squared: in [0, 1]. nullopt for fewer
// than three pairs, or when either side does not vary. Source: Pearson 1895; as the importance of
// an indicator Paruolo, Saisana and Saltelli 2013.
Value SquaredCorrelation(std::span<const Value> left, std::span<const Value> right);

}  // namespace steelyard::strategy
