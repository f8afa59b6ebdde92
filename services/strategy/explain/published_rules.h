#pragma once

// How figures of published values are made: of the values that the answer read, each from the facet
// that it was read from. Pure.

#include <optional>
#include <string>

#include "services/strategy/explain/derivation.h"
#include "services/strategy/facts/evidence.h"
#include "steelyard/strategy/v1/comparison.pb.h"

namespace steelyard::strategy {

// Of "models_per_billion/..." and "net_inflow_ratio/..." of the evidence's regions; nullopt for
// another figure. Where they have no value, because nothing is published or the rounds are
// filtered, the rule has no inputs.
std::optional<Rule> PublishedRule(const Evidence& evidence, const Figure& figure);

// Of the published values of a comparison and their ratios, likewise.
std::optional<Rule> ComparedRule(const v1::CompareRegionsResponse& comparison,
                                 const Figure& figure);

}  // namespace steelyard::strategy
