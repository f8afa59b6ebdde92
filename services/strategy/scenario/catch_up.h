#pragma once

// When one region would catch up with another: at the growth that both had, and over random paths
// with that growth and its spread. Pure.

#include <optional>
#include <string>

#include "services/strategy/facts/evidence.h"
#include "services/strategy/measures/first_passage.h"
#include "steelyard/strategy/v1/gap.pb.h"

namespace steelyard::strategy {

// What the catch-up is asked about; zeros of the request stand for their defaults already.
struct CatchUpQuestion {
  std::string leader;  // terms of the facts' regions
  std::string follower;
  double target_ratio = 1;  // > 0
  int target_year = 0;      // after the evidence's years
  int paths = 0;            // > 0
  uint64_t seed = 0;
};

// Growth is from all years of the evidence that have a total above zero, by EstimateGrowth; the
// start is the last such year of both. The distribution (CatchUpTimes) needs five differences of
// logarithms of either region: INSUFFICIENT_COVERAGE otherwise. It is UNDEFINED for regions that
// share countries, which are not drawn independently (WhyNotIndependent); what needs no draws
// stays. nullopt when `stop` ended it.
std::optional<v1::CatchUp> MakeCatchUp(const Evidence& evidence, const CatchUpQuestion& question,
                                       int threads, const Stop& stop);

}  // namespace steelyard::strategy
