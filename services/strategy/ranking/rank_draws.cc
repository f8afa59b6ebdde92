#include "services/strategy/ranking/rank_draws.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <utility>

#include "services/strategy/parallel.h"

namespace steelyard::strategy {
namespace {

constexpr std::array kScalings = {Scaling::kMinMax, Scaling::kZScore, Scaling::kRank,
                                  Scaling::kDistanceToLeader};
constexpr std::array kWeighings = {Weighing::kArithmetic, Weighing::kGeometric,
                                   Weighing::kOutranking};

// What a sequence is for: the second number of its name. Indicators are numbered by the third.
enum Purpose : uint32_t { kChoices = 0, kWeights = 1 };

// Draws in one task: few enough to stop soon and to keep all threads busy, many enough that the
// counts of all tasks fit into little memory.
constexpr int kMostTasks = 64;

random::Sequence SequenceOf(uint64_t seed, uint32_t draw, Purpose purpose, uint32_t number) {
  const random::Key key = {static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)};
  return {key, draw, purpose, number};
}

// One of n with equal probability.
size_t Choose(size_t n, random::Sequence& random) {
  return std::min(n - 1, static_cast<size_t>(random.Uniform() * static_cast<double>(n)));
}

// What some draws came to. Whole numbers, so that adding them up in any grouping gives the same.
struct Tally {
  explicit Tally(size_t regions)
      : ranks(regions, std::vector<int64_t>(2 * regions + 1)),
        firsts(regions, std::vector<int64_t>(regions + 1)),
        pairs(regions, std::vector<PairCount>(regions)) {}

  void Add(const std::vector<Value>& scores);
  void Add(const Tally& other);

  // By region, then by twice the rank, which is whole also where level regions share a place.
  std::vector<std::vector<int64_t>> ranks;
  // By region, then by how many share the first place with it, itself included.
  std::vector<std::vector<int64_t>> firsts;
  // By region, then by an earlier region: the other half follows from this one.
  std::vector<std::vector<PairCount>> pairs;
};

void Tally::Add(const std::vector<Value>& scores) {
  std::vector<double> rounded(scores.size());
  // A region alone is at place 1; every other adds 1 when it is ahead and a half when it is level.
  std::vector<size_t> half_ranks(scores.size(), 2);
  std::optional<double> best;
  for (size_t a = 0; a < scores.size(); ++a) {
    if (!scores[a]) continue;
    rounded[a] = RoundScore(*scores[a]);
    best = std::max(best.value_or(rounded[a]), rounded[a]);
    for (size_t b = 0; b < a; ++b) {
      if (!scores[b]) continue;
      const int ahead_halves =
          1 + static_cast<int>(rounded[a] > rounded[b]) - static_cast<int>(rounded[a] < rounded[b]);
      PairCount& pair = pairs[a][b];
      ++pair.both;
      pair.ahead_halves += ahead_halves;
      half_ranks[a] += static_cast<size_t>(2 - ahead_halves);
      half_ranks[b] += static_cast<size_t>(ahead_halves);
    }
  }
  std::vector<size_t> first;
  for (size_t r = 0; r < scores.size(); ++r) {
    if (!scores[r]) continue;
    ++ranks[r][half_ranks[r]];
    if (rounded[r] == *best) first.push_back(r);
  }
  for (const size_t r : first) ++firsts[r][first.size()];
}

void AddUp(const std::vector<int64_t>& from, std::vector<int64_t>& to) {
  for (size_t k = 0; k < to.size(); ++k) to[k] += from[k];
}

void Tally::Add(const Tally& other) {
  for (size_t a = 0; a < ranks.size(); ++a) {
    AddUp(other.ranks[a], ranks[a]);
    AddUp(other.firsts[a], firsts[a]);
    for (size_t b = 0; b < pairs[a].size(); ++b) {
      pairs[a][b].both += other.pairs[a][b].both;
      pairs[a][b].ahead_halves += other.pairs[a][b].ahead_halves;
    }
  }
}

// The composite in every scaling and definition that may be drawn.
class Drawer {
 public:
  Drawer(std::span<const CompositeIndicator> indicators, std::span<const Columns> definitions,
         const DrawPlan& plan)
      : plan_(plan), definitions_(definitions.size()) {
    for (const CompositeIndicator& indicator : indicators) weights_.push_back(indicator.weight);
    const std::vector<bool> contenders =
        ScaleAll(indicators, definitions.front(), plan.scaling, plan.least_share).enough;
    for (const Columns& columns : definitions) {
      for (const Scaling scaling : kScalings) {
        ScaledTable& table =
            tables_.emplace_back(ScaleAll(indicators, columns, scaling, plan.least_share));
        for (size_t r = 0; r < contenders.size(); ++r) {
          table.enough[r] = table.enough[r] && contenders[r];
        }
      }
    }
  }

  size_t regions() const { return tables_.front().enough.size(); }

  std::vector<Value> Draw(uint32_t draw) const {
    // All are drawn even if they are kept, so that keeping one does not change the others.
    random::Sequence random = SequenceOf(plan_.seed, draw, kChoices, 0);
    size_t scaling = Choose(kScalings.size(), random);
    size_t weighing = Choose(kWeighings.size(), random);
    const size_t definition = Choose(definitions_, random);
    if (plan_.fix_scaling) scaling = Place(kScalings, plan_.scaling);
    if (plan_.fix_weighing) weighing = Place(kWeighings, plan_.weighing);
    const ScaledTable& table = tables_[definition * kScalings.size() + scaling];
    if (!plan_.concentration) return Scores(table, weights_, kWeighings[weighing]);
    return Scores(table, DrawWeights(weights_, *plan_.concentration, plan_.seed, draw),
                  kWeighings[weighing]);
  }

 private:
  template <typename Choices, typename Choice>
  static size_t Place(const Choices& choices, Choice choice) {
    return static_cast<size_t>(std::find(choices.begin(), choices.end(), choice) - choices.begin());
  }

  const DrawPlan& plan_;
  const size_t definitions_;
  std::vector<double> weights_;
  // By definition, then by scaling.
  std::vector<ScaledTable> tables_;
};

// Twice the rank of the draw at this place, from 1, when draws are ordered by rank; `ranks` is by
// twice the rank.
int AtPlace(const std::vector<int64_t>& ranks, int64_t place) {
  int64_t so_far = 0;
  for (size_t half_rank = 0; half_rank < ranks.size(); ++half_rank) {
    so_far += ranks[half_rank];
    if (so_far >= place) return static_cast<int>(half_rank);
  }
  return 0;
}

// Twice the least rank that at least `percent` of the draws do not exceed.
int Quantile(const std::vector<int64_t>& ranks, int64_t draws, int64_t percent) {
  return AtPlace(ranks, (draws * percent + 99) / 100);
}

RankSpread SpreadOf(const std::vector<int64_t>& ranks, const std::vector<int64_t>& firsts,
                    int all_draws) {
  const int64_t draws = std::accumulate(ranks.begin(), ranks.end(), int64_t{0});
  if (draws == 0) return {};
  RankSpread spread;
  spread.median = (AtPlace(ranks, (draws + 1) / 2) + AtPlace(ranks, draws / 2 + 1)) / 4.0;
  spread.low = Quantile(ranks, draws, 5) / 2;
  spread.high = (Quantile(ranks, draws, 95) + 1) / 2;
  double first = 0;
  for (size_t sharing = 1; sharing < firsts.size(); ++sharing) {
    first += static_cast<double>(firsts[sharing]) / static_cast<double>(sharing);
  }
  spread.first_share = first / all_draws;
  return spread;
}

}  // namespace

double DrawLogGamma(double shape, random::Sequence& random) {
  if (shape < 1) {
    const double boost = std::log(random.Uniform()) / shape;
    return DrawLogGamma(shape + 1, random) + boost;
  }
  const double d = shape - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  while (true) {
    const double x = random.Normal();
    const double root = 1 + c * x;
    const double u = random.Uniform();
    if (root <= 0) continue;
    const double v = root * root * root;
    if (std::log(u) < 0.5 * x * x + d - d * v + d * std::log(v)) return std::log(d * v);
  }
}

std::vector<double> DrawWeights(std::span<const double> weights, double concentration,
                                uint64_t seed, uint32_t draw) {
  std::vector<double> drawn;
  for (size_t i = 0; i < weights.size(); ++i) {
    random::Sequence random = SequenceOf(seed, draw, kWeights, static_cast<uint32_t>(i));
    drawn.push_back(DrawLogGamma(concentration * weights[i], random));
  }
  if (drawn.empty()) return drawn;
  // Against the largest, which becomes 1: the sum is never nil.
  const double largest = *std::max_element(drawn.begin(), drawn.end());
  double sum = 0;
  for (double& weight : drawn) {
    weight = std::exp(weight - largest);
    sum += weight;
  }
  for (double& weight : drawn) weight /= sum;
  return drawn;
}

std::optional<RankDraws> DrawRanks(std::span<const CompositeIndicator> indicators,
                                   std::span<const Columns> definitions, const DrawPlan& plan,
                                   int threads, const std::function<bool()>& stop) {
  const Drawer drawer(indicators, definitions, plan);
  const size_t regions = drawer.regions();
  const int tasks = std::min(plan.draws, kMostTasks);
  std::vector<Tally> tallies(static_cast<size_t>(std::max(tasks, 0)), Tally(regions));
  const bool done = ParallelFor(tasks, threads, stop, [&](int64_t task) {
    for (int64_t draw = task; draw < plan.draws; draw += tasks) {
      tallies[static_cast<size_t>(task)].Add(drawer.Draw(static_cast<uint32_t>(draw)));
    }
  });
  if (!done) return std::nullopt;
  Tally all(regions);
  for (const Tally& tally : tallies) all.Add(tally);
  RankDraws out;
  for (size_t r = 0; r < regions; ++r) {
    out.spreads.push_back(SpreadOf(all.ranks[r], all.firsts[r], plan.draws));
  }
  out.pairs = std::move(all.pairs);
  for (size_t a = 0; a < regions; ++a) {
    for (size_t b = 0; b < a; ++b) {
      const PairCount& pair = out.pairs[a][b];
      out.pairs[b][a] = {pair.both, 2 * pair.both - pair.ahead_halves};
    }
  }
  return out;
}

}  // namespace steelyard::strategy
