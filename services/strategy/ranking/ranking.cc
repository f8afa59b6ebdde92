#include "services/strategy/ranking/ranking.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <numeric>
#include <string_view>
#include <utility>

#include "services/common/text/strings.h"
#include "services/strategy/measures/composite.h"
#include "services/strategy/measures/measure_catalog.h"
#include "services/strategy/measures/weight_swap.h"
#include "services/strategy/profile/indicators.h"
#include "services/strategy/profile/profile.h"
#include "services/strategy/ranking/rank_draws.h"

namespace steelyard::strategy {
namespace {

constexpr std::array<std::string_view, 6> kDefaultIndicators = {
    "world_share", "growth", "per_capita", "infrastructure_share", "model_share", "sector_entropy"};
constexpr double kDefaultLeastShare = 0.65;
constexpr int kDefaultDraws = 2000;
constexpr double kDefaultConcentration = 20;

Scaling ScalingOf(v1::Normalisation normalisation) {
  switch (normalisation) {
    case v1::NORMALISATION_Z_SCORE:
      return Scaling::kZScore;
    case v1::NORMALISATION_RANK:
      return Scaling::kRank;
    case v1::NORMALISATION_DISTANCE_TO_LEADER:
      return Scaling::kDistanceToLeader;
    default:
      return Scaling::kMinMax;
  }
}

Weighing WeighingOf(v1::Aggregation aggregation) {
  switch (aggregation) {
    case v1::AGGREGATION_GEOMETRIC:
      return Weighing::kGeometric;
    case v1::AGGREGATION_OUTRANKING:
      return Weighing::kOutranking;
    default:
      return Weighing::kArithmetic;
  }
}

// Equal weights where none is given.
void SetWeights(v1::RankRegionsRequest& request) {
  const auto given = [](const v1::IndicatorChoice& choice) { return choice.weight() != 0; };
  if (std::any_of(request.indicators().begin(), request.indicators().end(), given)) return;
  for (v1::IndicatorChoice& choice : *request.mutable_indicators()) {
    choice.set_weight(1.0 / request.indicators_size());
  }
}

std::vector<CompositeIndicator> CompositeIndicators(const v1::RankRegionsRequest& request) {
  std::vector<CompositeIndicator> indicators;
  for (const v1::IndicatorChoice& choice : request.indicators()) {
    CompositeIndicator& indicator = indicators.emplace_back();
    indicator.weight = choice.weight();
    indicator.lower_is_better = choice.direction() == v1::DIRECTION_LOWER;
    if (choice.has_lower()) indicator.goalposts = Goalposts{choice.lower(), choice.upper()};
  }
  return indicators;
}

// The values by indicator, for these terms in this order.
Columns ValuesOf(const RankingFigures& table, const std::vector<std::string>& terms,
                 size_t indicators) {
  Columns columns(indicators, Column(terms.size()));
  for (size_t r = 0; r < terms.size(); ++r) {
    const auto found = std::find(table.terms.begin(), table.terms.end(), terms[r]);
    if (found == table.terms.end()) continue;
    const auto& figures = table.figures[static_cast<size_t>(found - table.terms.begin())];
    for (size_t i = 0; i < indicators; ++i) columns[i][r] = IndicatorValue(figures[i]);
  }
  return columns;
}

// Puts the answer together.
class Builder {
 public:
  Builder(const v1::RankRegionsRequest& request, std::span<const RankingFigures> by_definition)
      : request_(request),
        base_(by_definition.front()),
        period_(StrCat(request.period().from().year(), "..", request.period().to().year())),
        indicators_(CompositeIndicators(request)) {
    for (const CompositeIndicator& indicator : indicators_) weights_.push_back(indicator.weight);
    for (const RankingFigures& table : by_definition) {
      columns_.push_back(ValuesOf(table, base_.terms, indicators_.size()));
    }
    table_ = ScaleAll(indicators_, columns_.front(), ScalingOf(request.normalisation()),
                      request.least_share());
    scores_ = Scores(table_, weights_, WeighingOf(request.aggregation()));
    ranks_ = RankScores(scores_);
    order_.resize(ranks_.size());
    std::iota(order_.begin(), order_.end(), size_t{0});
    // Those without rank last.
    std::stable_sort(order_.begin(), order_.end(), [this](size_t a, size_t b) {
      if (ranks_[a] == 0 || ranks_[b] == 0) return ranks_[a] > ranks_[b];
      return ranks_[a] < ranks_[b];
    });
  }

  std::optional<v1::RankRegionsResponse> Build(int threads, const std::function<bool()>& stop);

 private:
  std::optional<RankDraws> Draw(int threads, const std::function<bool()>& stop) const;
  std::string PairId(std::string_view measure, size_t ahead, size_t behind) const {
    return StrCat(measure, "/", base_.terms[ahead], ":", base_.terms[behind], "/", period_);
  }
  Coverage IndicatorCoverage(std::initializer_list<size_t> regions) const;
  Figure Score(size_t region) const;
  v1::IndicatorScore Normalised(size_t region, size_t indicator) const;
  v1::RankedRegion Region(size_t region, const RankSpread& spread) const;
  v1::PairShare Pair(size_t ahead, size_t behind, const PairCount& count) const;
  void SetSwap(size_t ahead, size_t behind, v1::PairShare& pair) const;
  v1::IndicatorImportance Importance(size_t indicator) const;

  const v1::RankRegionsRequest& request_;
  const RankingFigures& base_;
  const std::string period_;
  const std::vector<CompositeIndicator> indicators_;
  std::vector<double> weights_;
  // By definition, the composite's own first.
  std::vector<Columns> columns_;
  ScaledTable table_;
  std::vector<Value> scores_;
  std::vector<int> ranks_;
  // Regions as they are listed.
  std::vector<size_t> order_;
};

std::optional<RankDraws> Builder::Draw(int threads, const std::function<bool()>& stop) const {
  DrawPlan plan;
  plan.draws = request_.draws();
  plan.seed = request_.seed();
  plan.concentration = request_.weight_concentration();
  plan.scaling = ScalingOf(request_.normalisation());
  plan.weighing = WeighingOf(request_.aggregation());
  plan.fix_scaling = request_.fix_normalisation();
  plan.fix_weighing = request_.fix_aggregation();
  plan.least_share = request_.least_share();
  return DrawRanks(indicators_, columns_, plan, threads, stop);
}

// Of the indicators that take part, those that all these regions have.
Coverage Builder::IndicatorCoverage(std::initializer_list<size_t> regions) const {
  std::vector<std::string> missing;
  for (size_t i = 0; i < indicators_.size(); ++i) {
    const ScaledColumn& column = table_.columns[i];
    const bool present = std::all_of(regions.begin(), regions.end(), [&](size_t region) {
      return column.values[region].has_value();
    });
    if (!column.excluded.empty() || present) continue;
    missing.push_back(request_.indicators(static_cast<int>(i)).indicator());
  }
  std::sort(missing.begin(), missing.end());
  Coverage coverage =
      CoverageOf(table_.included, table_.included - static_cast<int64_t>(missing.size()));
  coverage.mutable_missing()->Add(missing.begin(), missing.end());
  return coverage;
}

Figure Builder::Score(size_t region) const {
  const FigureName name = {StrCat("composite/", base_.terms[region], "/", period_), kComposite,
                           "1"};
  const Coverage coverage = IndicatorCoverage({region});
  if (table_.enough[region]) {
    return MakeNumber(name, scores_[region], "the weights of its indicators are nil", coverage);
  }
  const std::string reason =
      table_.included == 0
          ? "every indicator was left out"
          : StrCat(base_.terms[region], " has ", table_.present[region], " of ", table_.included,
                   " indicators, less than the share of ", request_.least_share());
  Figure figure = MakeUndefined(name, reason, common::v1::VALUE_STATUS_INSUFFICIENT_COVERAGE);
  *figure.mutable_coverage() = coverage;
  return figure;
}

v1::IndicatorScore Builder::Normalised(size_t region, size_t indicator) const {
  const std::string& id = request_.indicators(static_cast<int>(indicator)).indicator();
  const Figure& figure = base_.figures[region][indicator];
  const ScaledColumn& column = table_.columns[indicator];
  v1::IndicatorScore score;
  score.set_indicator(id);
  *score.mutable_figure() = figure;
  *score.mutable_normalised() = MakeNumber(
      {StrCat("normalised/", base_.terms[region], "/", period_, "/indicator=", id), kNormalised,
       "1"},
      column.values[region],
      column.excluded.empty() ? "the indicator has no value" : column.excluded, figure.coverage());
  return score;
}

v1::RankedRegion Builder::Region(size_t region, const RankSpread& spread) const {
  v1::RankedRegion out;
  out.set_term(base_.terms[region]);
  out.set_rank(ranks_[region]);
  *out.mutable_score() = Score(region);
  for (size_t i = 0; i < indicators_.size(); ++i) *out.add_indicators() = Normalised(region, i);
  out.set_median_rank(spread.median);
  out.set_low_rank(spread.low);
  out.set_high_rank(spread.high);
  out.set_first_share(spread.first_share);
  return out;
}

void Builder::SetSwap(size_t ahead, size_t behind, v1::PairShare& pair) const {
  const FigureName name = {PairId("swap_distance", ahead, behind), kSwapDistance, "1"};
  if (request_.aggregation() != v1::AGGREGATION_ARITHMETIC) {
    *pair.mutable_swap_distance() =
        MakeUndefined(name, "only of the aggregation ARITHMETIC are the scores linear in weights");
    return;
  }
  const WeightSwap swap = SmallestSwap(table_, weights_, ahead, behind);
  *pair.mutable_swap_distance() =
      MakeNumber(name, swap.distance, swap.reason, IndicatorCoverage({ahead, behind}));
  pair.mutable_swap_weights()->Add(swap.weights.begin(), swap.weights.end());
}

v1::PairShare Builder::Pair(size_t ahead, size_t behind, const PairCount& count) const {
  v1::PairShare pair;
  pair.set_ahead(base_.terms[ahead]);
  pair.set_behind(base_.terms[behind]);
  Value probability;
  if (count.both > 0) {
    probability = static_cast<double>(count.ahead_halves) / (2 * static_cast<double>(count.both));
  }
  *pair.mutable_probability() = MakeNumber(
      {PairId("pairwise_probability", ahead, behind), kPairwiseProbability, "1"}, probability,
      "in no draw have both enough indicators", CoverageOf(request_.draws(), count.both));
  SetSwap(ahead, behind, pair);
  return pair;
}

v1::IndicatorImportance Builder::Importance(size_t indicator) const {
  const v1::IndicatorChoice& choice = request_.indicators(static_cast<int>(indicator));
  const ScaledColumn& column = table_.columns[indicator];
  int64_t ranked = 0;
  int64_t both = 0;
  for (size_t r = 0; r < scores_.size(); ++r) {
    ranked += scores_[r] ? 1 : 0;
    both += scores_[r] && column.values[r] ? 1 : 0;
  }
  std::string reason = column.excluded;
  if (reason.empty()) {
    reason = both < 3 ? "fewer than three ranked regions have it"
                      : "it or the composite is the same for all ranked regions";
  }
  v1::IndicatorImportance out;
  out.set_indicator(choice.indicator());
  out.set_weight(choice.weight());
  *out.mutable_importance() =
      MakeNumber({StrCat("effective_importance/", period_, "/indicator=", choice.indicator()),
                  kEffectiveImportance, "1"},
                 SquaredCorrelation(column.values, scores_), reason, CoverageOf(ranked, both));
  out.set_excluded(column.excluded);
  return out;
}

std::optional<v1::RankRegionsResponse> Builder::Build(int threads,
                                                      const std::function<bool()>& stop) {
  const std::optional<RankDraws> draws = Draw(threads, stop);
  if (!draws) return std::nullopt;
  v1::RankRegionsResponse response;
  for (const size_t region : order_) {
    *response.add_regions() = Region(region, draws->spreads[region]);
  }
  for (size_t i = 0; i < order_.size(); ++i) {
    for (size_t j = i + 1; j < order_.size() && ranks_[order_[j]] > 0; ++j) {
      *response.add_pairs() = Pair(order_[i], order_[j], draws->pairs[order_[i]][order_[j]]);
    }
  }
  for (size_t i = 0; i < indicators_.size(); ++i) *response.add_importances() = Importance(i);
  response.set_normalisation(request_.normalisation());
  response.set_aggregation(request_.aggregation());
  response.set_draws(request_.draws());
  response.set_seed(request_.seed());
  return response;
}

}  // namespace

v1::RankRegionsRequest WithDefaults(const v1::RankRegionsRequest& request) {
  v1::RankRegionsRequest full = request;
  if (full.indicators_size() == 0) {
    for (const std::string_view id : kDefaultIndicators) {
      full.add_indicators()->set_indicator(std::string(id));
    }
  }
  SetWeights(full);
  for (v1::IndicatorChoice& choice : *full.mutable_indicators()) {
    const IndicatorInfo* info = FindIndicator(choice.indicator());
    if (choice.direction() == v1::DIRECTION_UNSPECIFIED && info != nullptr) {
      choice.set_direction(info->direction);
    }
  }
  if (full.normalisation() == v1::NORMALISATION_UNSPECIFIED) {
    full.set_normalisation(v1::NORMALISATION_MIN_MAX);
  }
  if (full.aggregation() == v1::AGGREGATION_UNSPECIFIED) {
    full.set_aggregation(v1::AGGREGATION_ARITHMETIC);
  }
  if (full.least_share() == 0) full.set_least_share(kDefaultLeastShare);
  if (full.draws() == 0) full.set_draws(kDefaultDraws);
  if (full.weight_concentration() == 0) full.set_weight_concentration(kDefaultConcentration);
  return full;
}

RankingFigures IndicatorFigures(const v1::RankRegionsRequest& request, const Facts& facts) {
  const Evidence evidence(facts, request.period().from().year(), request.period().to().year());
  RankingFigures out;
  for (const funding::v1::ResolvedRegion& region : facts.totals.regions()) {
    const v1::RegionProfile profile = MakeProfile(evidence, region);
    out.terms.push_back(region.term());
    std::vector<Figure>& figures = out.figures.emplace_back();
    for (const v1::IndicatorChoice& choice : request.indicators()) {
      const IndicatorInfo* info = FindIndicator(choice.indicator());
      figures.push_back(info == nullptr ? Figure() : (profile.*(info->figure))());
    }
  }
  return out;
}

std::optional<v1::RankRegionsResponse> MakeRanking(const v1::RankRegionsRequest& request,
                                                   std::span<const RankingFigures> by_definition,
                                                   int threads, const std::function<bool()>& stop) {
  return Builder(request, by_definition).Build(threads, stop);
}

}  // namespace steelyard::strategy
