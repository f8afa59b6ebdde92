#include "services/strategy/explain/ranking_rules.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "services/common/text/strings.h"
#include "services/strategy/explain/spelling.h"
#include "services/strategy/measures/digits.h"
#include "services/strategy/profile/indicators.h"

namespace steelyard::strategy {
namespace {

// A part of a mean.
struct Weighted {
  std::string term;
  std::string weight;
};

std::vector<std::string> Products(const std::vector<Weighted>& parts) {
  std::vector<std::string> products;
  products.reserve(parts.size());
  for (const Weighted& part : parts) products.push_back(StrCat(part.weight, " * ", part.term));
  return products;
}

// "mean(a, b)" for equal weights, else "(0.7 * a + 0.3 * b) / (0.7 + 0.3)".
std::string WeightedMean(const std::vector<Weighted>& parts) {
  std::vector<std::string> terms;
  std::vector<std::string> weights;
  bool equal = true;
  for (const Weighted& part : parts) {
    terms.push_back(part.term);
    weights.push_back(part.weight);
    equal = equal && part.weight == parts.front().weight;
  }
  if (equal) return SpellMean(terms);
  return StrCat("(", StrJoin(Products(parts), " + "), ") / (", StrJoin(weights, " + "), ")");
}

// The region with the least or the greatest value; nullptr when none has one.
const v1::RankedRegion* Extreme(const v1::RankRegionsResponse& answer, int indicator, int sign) {
  const v1::RankedRegion* extreme = nullptr;
  double best = 0;
  for (const v1::RankedRegion& region : answer.regions()) {
    const Value value = IndicatorValue(region.indicators(indicator).figure());
    if (!value || (extreme != nullptr && sign * *value <= sign * best)) continue;
    extreme = &region;
    best = *value;
  }
  return extreme;
}

Input ExtremeInput(const v1::RankRegionsResponse& answer, int indicator, int sign,
                   std::string name) {
  const v1::RankedRegion* region = Extreme(answer, indicator, sign);
  if (region == nullptr) {
    const Figure none = MakeUndefined({name, "", ""}, "no region has a value");
    return Alone(std::move(name), none);
  }
  return Alone(std::move(name), region->indicators(indicator).figure());
}

}  // namespace

std::optional<Rule> RankingRules::Of(const Figure& figure) const {
  for (const v1::RankedRegion& region : answer_.regions()) {
    if (region.score().id() == figure.id()) return OfComposite(region);
    for (int i = 0; i < region.indicators_size(); ++i) {
      if (region.indicators(i).normalised().id() == figure.id()) return OfNormalised(region, i);
    }
  }
  for (int i = 0; i < answer_.importances_size(); ++i) {
    if (answer_.importances(i).importance().id() == figure.id()) return OfImportance(i);
  }
  for (const v1::PairShare& pair : answer_.pairs()) {
    if (auto rule = OfPair(pair, figure)) return rule;
  }
  return std::nullopt;
}

std::vector<int> RankingRules::PresentOf(const v1::RankedRegion& region) const {
  std::vector<int> present;
  for (int i = 0; i < region.indicators_size(); ++i) {
    if (region.indicators(i).normalised().status() == common::v1::VALUE_STATUS_OK) {
      present.push_back(i);
    }
  }
  return present;
}

const v1::RankedRegion& RankingRules::RegionOf(const std::string& term) const {
  return *std::find_if(answer_.regions().begin(), answer_.regions().end(),
                       [&](const v1::RankedRegion& region) { return region.term() == term; });
}

void RankingRules::AddOthers(const v1::RankedRegion& region, int indicator, bool normalised,
                             Rule& rule) const {
  // Regions without rank take part in no contest of two.
  const bool contests = normalised && answer_.aggregation() == v1::AGGREGATION_OUTRANKING;
  for (const v1::RankedRegion& other : answer_.regions()) {
    if (other.term() == region.term() || (contests && other.rank() == 0)) continue;
    const v1::IndicatorScore& score = other.indicators(indicator);
    rule.inputs.push_back(
        normalised ? Alone(StrCat(score.indicator(), " of ", other.term()), score.normalised())
                   : Alone(StrCat("x of ", other.term()), score.figure()));
  }
}

Rule RankingRules::OfComposite(const v1::RankedRegion& region) const {
  const bool outranking = answer_.aggregation() == v1::AGGREGATION_OUTRANKING;
  const bool rescaled = answer_.aggregation() == v1::AGGREGATION_GEOMETRIC &&
                        answer_.normalisation() != v1::NORMALISATION_MIN_MAX;
  Rule rule;
  std::vector<Weighted> parts;
  for (const int i : PresentOf(region)) {
    const v1::IndicatorScore& score = region.indicators(i);
    parts.push_back({score.indicator(), Digits(request_.indicators(i).weight())});
    rule.inputs.push_back(Derived(score.indicator(), score.normalised()));
    if (outranking || rescaled) AddOthers(region, i, true, rule);
  }
  if (parts.empty()) {
    rule.expression = "weighted mean of its indicators, of which none takes part";
  } else if (outranking) {
    rule.expression = StrCat(
        "(won - lost) / other ranked regions; of each two the one wins that is ahead on the larger "
        "weight, over the indicators that both have: ",
        StrJoin(Products(parts), ", "));
  } else if (answer_.aggregation() == v1::AGGREGATION_GEOMETRIC) {
    for (Weighted& part : parts) {
      part.term =
          StrCat("ln(1 + 99 * ", rescaled ? StrCat("rescaled(", part.term, ")") : part.term, ")");
    }
    rule.expression = StrCat("exp(", WeightedMean(parts), ")");
    if (rescaled) {
      rule.expression += "; rescaled(z) = (z - least) / (greatest - least) of all regions";
    }
  } else {
    rule.expression = WeightedMean(parts);
  }
  return rule;
}

Rule RankingRules::OfNormalised(const v1::RankedRegion& region, int indicator) const {
  const v1::IndicatorChoice& choice = request_.indicators(indicator);
  const bool lower_is_better = choice.direction() == v1::DIRECTION_LOWER;
  const Figure& figure = region.indicators(indicator).figure();
  Rule rule = {.expression = {}, .inputs = {Derived("x", figure)}};
  switch (answer_.normalisation()) {
    case v1::NORMALISATION_Z_SCORE:
      rule.expression =
          lower_is_better ? "(mean(x) - x) / deviation(x)" : "(x - mean(x)) / deviation(x)";
      rule.expression += " of all regions, the standard deviation over their number";
      AddOthers(region, indicator, false, rule);
      break;
    case v1::NORMALISATION_RANK:
      rule.expression = StrCat("share of the other regions whose x is ",
                               lower_is_better ? "larger" : "smaller", ", ties half");
      AddOthers(region, indicator, false, rule);
      break;
    case v1::NORMALISATION_DISTANCE_TO_LEADER:
      rule.expression = lower_is_better ? "best / x" : "x / best";
      rule.inputs.push_back(ExtremeInput(answer_, indicator, lower_is_better ? -1 : 1, "best"));
      break;
    default:
      rule.expression =
          StrCat(lower_is_better ? "1 - " : "", "min(max((x - lower) / (upper - lower), 0), 1)");
      rule.inputs.push_back(choice.has_lower() ? Given("lower", choice.lower(), figure.unit())
                                               : ExtremeInput(answer_, indicator, -1, "lower"));
      rule.inputs.push_back(choice.has_upper() ? Given("upper", choice.upper(), figure.unit())
                                               : ExtremeInput(answer_, indicator, 1, "upper"));
  }
  return rule;
}

Rule RankingRules::OfImportance(int indicator) const {
  Rule rule = {.expression = "correlation(normalised, composite)^2 of the ranked regions",
               .inputs = {}};
  // Each region is derived when all can be; else each stands with the id that it is explained by.
  const auto formulas =
      static_cast<size_t>(answer_.regions_size()) * static_cast<size_t>(answer_.importances_size());
  const bool derived = formulas <= kMostFormulas;
  for (const v1::RankedRegion& region : answer_.regions()) {
    if (region.rank() == 0) continue;
    const Figure& normalised = region.indicators(indicator).normalised();
    for (const auto& [name, figure] :
         {std::pair("normalised of ", &normalised), std::pair("composite of ", &region.score())}) {
      const std::string of = StrCat(name, region.term());
      rule.inputs.push_back(derived ? Derived(of, *figure) : Alone(of, *figure));
    }
  }
  return rule;
}

std::optional<Rule> RankingRules::OfPair(const v1::PairShare& pair, const Figure& figure) const {
  const v1::RankedRegion& ahead = RegionOf(pair.ahead());
  const v1::RankedRegion& behind = RegionOf(pair.behind());
  if (figure.id() == pair.probability().id()) return OfDraws(ahead, behind);
  if (figure.id() == pair.swap_distance().id()) return OfSwap(ahead, behind);
  return std::nullopt;
}

Rule RankingRules::OfDraws(const v1::RankedRegion& ahead, const v1::RankedRegion& behind) const {
  std::string drawn = "weights (Dirichlet around the given ones with weight_concentration)";
  if (!request_.fix_normalisation()) drawn += ", one of the four normalisations";
  if (!request_.fix_aggregation()) drawn += ", one of the three aggregations";
  if (request_.alternatives_size() > 0) drawn += ", one of so many definitions";
  Rule rule = {.expression = StrCat("share of so many draws with seed, of those that rank both, in "
                                    "which ahead is above behind, ties half; each draws ",
                                    drawn,
                                    ", and makes the composites anew from the values of all "
                                    "regions that have least_share of the indicators"),
               .inputs = {}};
  rule.inputs.push_back(Derived("ahead", ahead.score()));
  rule.inputs.push_back(Derived("behind", behind.score()));
  for (const v1::IndicatorChoice& choice : request_.indicators()) {
    rule.inputs.push_back(Given(StrCat("weight of ", choice.indicator()), choice.weight()));
  }
  rule.inputs.push_back(GivenCount("draws", static_cast<uint64_t>(answer_.draws())));
  rule.inputs.push_back(GivenCount("seed", answer_.seed()));
  rule.inputs.push_back(Given("weight_concentration", request_.weight_concentration()));
  rule.inputs.push_back(Given("least_share", request_.least_share()));
  if (request_.alternatives_size() > 0) {
    rule.inputs.push_back(
        GivenCount("definitions", static_cast<uint64_t>(request_.alternatives_size()) + 1));
  }
  for (const v1::RankedRegion& region : answer_.regions()) {
    for (const v1::IndicatorScore& score : region.indicators()) {
      rule.inputs.push_back(
          Alone(StrCat(score.indicator(), " of ", region.term()), score.figure()));
    }
  }
  return rule;
}

Rule RankingRules::OfSwap(const v1::RankedRegion& ahead, const v1::RankedRegion& behind) const {
  if (answer_.aggregation() != v1::AGGREGATION_ARITHMETIC) {
    return {.expression = "smallest change of the weights at which both are level", .inputs = {}};
  }
  Rule rule = {.expression =
                   "abs(sum(weight * d)) / length(d - mean(d)), d = ahead - behind, over "
                   "the indicators that take part; for weights that stay in [0, 1]",
               .inputs = {}};
  for (int i = 0; i < request_.indicators_size(); ++i) {
    if (!answer_.importances(i).excluded().empty()) continue;
    const std::string& id = request_.indicators(i).indicator();
    rule.inputs.push_back(Given(StrCat("weight of ", id), request_.indicators(i).weight()));
    rule.inputs.push_back(Derived(StrCat("ahead in ", id), ahead.indicators(i).normalised()));
    rule.inputs.push_back(Derived(StrCat("behind in ", id), behind.indicators(i).normalised()));
  }
  return rule;
}

}  // namespace steelyard::strategy
