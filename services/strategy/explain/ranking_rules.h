#pragma once

// How the figures of a ranking are made. Pure.

#include <optional>
#include <string>
#include <vector>

#include "services/strategy/explain/derivation.h"
#include "steelyard/strategy/v1/ranking.pb.h"

namespace steelyard::strategy {

// Of one answer: `answer` is what RankRegions gave for `request`, which has its defaults
// (WithDefaults). Both must outlive it.
class RankingRules {
 public:
  RankingRules(const v1::RankRegionsRequest& request, const v1::RankRegionsResponse& answer)
      : request_(request), answer_(answer) {}

  // nullopt for the indicators themselves, which are figures of profiles.
  std::optional<Rule> Of(const Figure& figure) const;

 private:
  Rule OfComposite(const v1::RankedRegion& region) const;
  Rule OfNormalised(const v1::RankedRegion& region, int indicator) const;
  Rule OfImportance(int indicator) const;
  std::optional<Rule> OfPair(const v1::PairShare& pair, const Figure& figure) const;
  Rule OfDraws(const v1::RankedRegion& ahead, const v1::RankedRegion& behind) const;
  Rule OfSwap(const v1::RankedRegion& ahead, const v1::RankedRegion& behind) const;
  // Every other region's normalised values, or values, of an indicator.
  void AddOthers(const v1::RankedRegion& region, int indicator, bool normalised, Rule& rule) const;
  // The indicators that take part and that the region has.
  std::vector<int> PresentOf(const v1::RankedRegion& region) const;
  const v1::RankedRegion& RegionOf(const std::string& term) const;

  const v1::RankRegionsRequest& request_;
  const v1::RankRegionsResponse& answer_;
};

}  // namespace steelyard::strategy
