#pragma once

// Makes a plan of a scenario (projection.h) from facts, and the answer from what came of it. Pure:
// no calls, no clock; the same facts and seed give the same answer, byte for byte.
//
// Levers, of one region and for every year from their first:
//   log_growth                 adds to the growth of the logarithm, so that it compounds
//   log_shock                  does so in its first year alone; what follows grows from there
//   retained_foreign_capital   multiplies the total by 1 + it; several multiply; nothing compounds
//   yearly_fund                is added last, as money; the region does not grow from it
//   infrastructure_shift       moves the infrastructure's share, kept in [0, 1]; the total stays
// Years up to the history's last in which a region has no total are projected without levers.

#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/strategy/facts/evidence.h"
#include "services/strategy/facts/facts.h"
#include "services/strategy/measures/projection.h"
#include "steelyard/strategy/v1/scenario.pb.h"

namespace steelyard::strategy {

// What is known of a region, beside its plan.
struct ScenarioRegion {
  std::map<int, double> totals;  // of the history
  Growth growth;                 // points are 0 for a prior
  // Infrastructure in the total by year, from the one after the start year on; empty when nothing
  // is known of layers. The share of the whole history stands for its last: of the start year
  // itself, whose total is known, it would be a guess beside a fact.
  std::map<int, double> infrastructure_shares;
};

struct Scenario {
  ProjectionPlan plan;
  std::vector<ScenarioRegion> regions;  // as in the plan
};

// The infrastructure's part of the total over the history: zero when layers are known and none of
// them is of it, nullopt when no layer is known.
std::optional<double> InfrastructureShare(const Evidence& evidence, std::string_view region);

// Of a request that Validate has accepted, from the facts of its history, regions in its order.
// TOO_FEW_POINTS for a region without prior that has fewer than kFewestDifferences differences of
// logarithms, and for one without any total, from which no path can start. INVALID_FIELD for a fund
// that is not in the answer's currency, and for an infrastructure_shift of a region of whose layers
// nothing is known.
absl::StatusOr<Scenario> PlanScenario(const v1::ProjectScenarioRequest& request,
                                      const Facts& facts);

// The answer. Ratios and targets of regions that share countries are UNDEFINED: their paths are not
// independent. Figures are named "<measure>/<region or pair>/<year>/q=<probability>", drift and
// volatility "<measure>/<region>/<history>", or "prior_<measure>/<region>" where the request gave
// them, without formula and coverage; probabilities
// "probability/<numerator>:<denominator>/<year>/ratio=<ratio>", all digits of the ratio.
v1::Projection MakeProjection(const v1::ProjectScenarioRequest& request, const Facts& facts,
                              const Scenario& scenario, const ProjectionOutcome& outcome);

}  // namespace steelyard::strategy
