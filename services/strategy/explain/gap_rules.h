#pragma once

// How the figures of a gap are made. Pure.

#include <optional>
#include <string>
#include <vector>

#include "services/strategy/explain/derivation.h"
#include "services/strategy/explain/growth_rules.h"
#include "steelyard/strategy/v1/gap.pb.h"

namespace steelyard::strategy {

// Of one answer: `answer` is what MakeGap gave for `request` with the facts of the evidence. All
// three must outlive it.
class GapRules {
 public:
  GapRules(const v1::DecomposeGapRequest& request, const Evidence& evidence,
           const v1::DecomposeGapResponse& answer);

  // nullopt for the totals, their ratio and their difference, which formulas give.
  std::optional<Rule> Of(const Figure& figure) const;

 private:
  // One side of the gap.
  struct Side {
    std::string term;
    const Figure* total;
    GrowthRules growth;
  };

  std::optional<Rule> OfIdentity(const v1::GapIdentity& identity, const Figure& figure) const;
  std::optional<Rule> OfFactor(const v1::GapIdentity& identity, const v1::GapFactor& factor,
                               const Figure& figure) const;
  Rule OfPeople(const v1::GapFactor& factor, const Side& side) const;
  Rule OfMarket(const v1::GapFactor& factor, const Side& side) const;
  std::optional<Rule> OfCatchUp(const Figure& figure) const;
  Rule OfPaths(std::string expression, std::vector<Input> first) const;
  // Means over the years that an identity of people rests on.
  Input MeanOf(std::string_view name, const v1::GapFactor& factor, const Side& side) const;

  const v1::DecomposeGapRequest& request_;
  const Evidence& evidence_;
  const v1::DecomposeGapResponse& answer_;
  const Side leader_;
  const Side follower_;
};

}  // namespace steelyard::strategy
