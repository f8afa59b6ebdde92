#pragma once

// What the figures of a formula come to, and the functions that ask for figures by themselves.

#include "services/strategy/formula/ast.h"
#include "services/strategy/formula/figures_of.h"
#include "services/strategy/formula/functions.h"
#include "services/strategy/formula/quantity.h"
#include "steelyard/strategy/v1/formula.pb.h"

namespace steelyard::strategy::formula {

// Both fill `step`, unless it is null, with what was found; while questions are new the outcome
// means nothing. The node is checked.
Outcome EvaluateFigure(const Node& node, Lookup& lookup, v1::FormulaStep* step);
Outcome EvaluateQuery(Query query, const Node& node, Lookup& lookup, v1::FormulaStep* step);

}  // namespace steelyard::strategy::formula
