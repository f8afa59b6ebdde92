#pragma once

// How sure the ranks of a composite are: it is made again and again with weights drawn around the
// given ones and with scalings, weighings and definitions drawn from those that are open, and the
// ranks are counted. Source: Saisana, Saltelli and Tarantola, Uncertainty and sensitivity analysis
// techniques as tools for the quality assessment of composite indicators, Journal of the Royal
// Statistical Society A 168, 2005; Handbook on Constructing Composite Indicators, 2008, step 7.
//
// Draws come from counters (random/philox.h): draw k is the same whatever the number of draws and
// of threads.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "services/common/random/philox.h"
#include "services/strategy/measures/composite.h"

namespace steelyard::strategy {

// ln of a draw of the gamma distribution with this shape, above zero, and scale 1. Logarithms,
// because a draw of a small shape is too small for a double as often as not. Source: Marsaglia and
// Tsang, A simple method for generating gamma variables, 2000, with their G(a) = G(a + 1) U^(1/a)
// for a below 1.
double DrawLogGamma(double shape, random::Sequence& random);

// Weights of the Dirichlet distribution with mean `weights` (above zero, of sum 1): parameters
// concentration * w_i. Of sum 1 up to rounding; the variance of each is
// w (1 - w) / (concentration + 1). `draw` numbers the draw.
std::vector<double> DrawWeights(std::span<const double> weights, double concentration,
                                uint64_t seed, uint32_t draw);

// What is drawn.
struct DrawPlan {
  int draws = 2000;
  uint64_t seed = 0;
  // Of the weights. nullopt keeps them as they are.
  std::optional<double> concentration = 20;
  // The scaling and the weighing of the composite itself.
  Scaling scaling = Scaling::kMinMax;
  Weighing weighing = Weighing::kArithmetic;
  // Whether all draws keep these, else each draws one of all there are.
  bool fix_scaling = false;
  bool fix_weighing = false;
  // Share of the indicators that a region needs, in [0, 1].
  double least_share = 0.65;
};

// How the ranks of a region came out, over the draws in which it had enough indicators. All zero
// when there was none. Regions that are level in a draw share the mean of the places that they take
// together: two behind one are both at 2.5. So the order of the regions decides nothing.
struct RankSpread {
  // The middle rank, of an even number the mean of the middle two.
  double median = 0;
  // The least ranks that at least 5 % and 95 % of the draws do not exceed; a half is rounded down
  // in `low` and up in `high`.
  int low = 0;
  int high = 0;
  // Share of all draws in which it was first; a draw in which m were level there adds 1 / m.
  double first_share = 0;
};

// How two regions compared.
struct PairCount {
  // Draws in which both had enough indicators.
  int64_t both = 0;
  // Twice the number of those in which the first was ahead; a draw in which they were level adds 1.
  int64_t ahead_halves = 0;
};

struct RankDraws {
  // By region.
  std::vector<RankSpread> spreads;
  // By region, then by region.
  std::vector<std::vector<PairCount>> pairs;
};

// `definitions` has the values under each definition that is drawn from, the composite's own first;
// all of the same regions and indicators. Only regions that have enough indicators under that one
// take part, and each in the draws in which it has enough. Scores are level as CompareScores says.
//
// On at most `threads` threads (0: as ParallelFor chooses); equal input gives equal bits on any
// number. nullopt when `stop` said so before the end; see ParallelFor.
std::optional<RankDraws> DrawRanks(std::span<const CompositeIndicator> indicators,
                                   std::span<const Columns> definitions, const DrawPlan& plan,
                                   int threads, const std::function<bool()>& stop);

}  // namespace steelyard::strategy
