#pragma once

// Makes the answer of a ranking from the indicators of its regions. Pure: no calls, no clock; the
// same figures give the same answer, byte for byte, on any number of threads.

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "services/strategy/facts/facts.h"
#include "services/strategy/measures/figures.h"
#include "steelyard/strategy/v1/strategy.pb.h"

namespace steelyard::strategy {

// The request with every default filled in: indicators, each with its weight (of sum 1) and
// direction, normalisation, aggregation, least_share, draws and weight_concentration. `request` is
// one that Validate has accepted; filling in again changes nothing.
v1::RankRegionsRequest WithDefaults(const v1::RankRegionsRequest& request);

// The indicators of regions under one definition.
struct RankingFigures {
  // The regions' terms, in the order asked for.
  std::vector<std::string> terms;
  // By region, then by indicator, in the order of the request.
  std::vector<std::vector<Figure>> figures;
};

// The indicators of the request, which has its defaults, in the profiles that the facts make.
RankingFigures IndicatorFigures(const v1::RankRegionsRequest& request, const Facts& facts);

// The answer without definition, snapshot and sources. `request` has its defaults. `by_definition`
// is what the composite is made of and then what each alternative gives for the same terms; a term
// that an alternative lacks has no indicator there. Figures are named
// "composite/<term>/<period>", "normalised/<term>/<period>/indicator=<id>",
// "pairwise_probability/<ahead>:<behind>/<period>", "swap_distance/<ahead>:<behind>/<period>" and
// "effective_importance/<period>/indicator=<id>".
//
// For `threads` and `stop` see ParallelFor; nullopt when it was stopped.
std::optional<v1::RankRegionsResponse> MakeRanking(const v1::RankRegionsRequest& request,
                                                   std::span<const RankingFigures> by_definition,
                                                   int threads, const std::function<bool()>& stop);

}  // namespace steelyard::strategy
