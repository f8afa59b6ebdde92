#pragma once

// What answers about the future share: yearly totals as plain numbers, and the figures of quantiles
// and probabilities.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "services/strategy/facts/evidence.h"
#include "services/strategy/measures/figures.h"

namespace steelyard::strategy {

// A region's totals in units of the currency, of the years in which one is known and above zero.
// Approximate: what is drawn from them is, too.
std::map<int, double> YearlyTotals(const Evidence& evidence, std::string_view term);

// Years of the evidence, and of these the ones that have a total.
Coverage CoverageOfYears(const Evidence& evidence, const std::map<int, double>& totals);

// An amount of money, rounded half to even to the currency's minor units. UNDEFINED where it is not
// finite or beyond what an amount can hold.
Figure MakeAmount(const FigureName& name, double amount, const Coverage& coverage);

// Why draws of one region say nothing about draws with the other, for a figure's reason: they share
// countries (AreDisjoint), or companies by their investors, so that what comes to one comes to the
// other, while each is drawn for itself. Empty when they share none.
std::string WhyNotIndependent(const Evidence& evidence, const funding::v1::ResolvedRegion& left,
                              const funding::v1::ResolvedRegion& right);

// The share of paths, "probability/1", with Wilson's interval at 0.95 ("wilson/1") for their number
// (projection.h). Its coverage is the paths.
Figure MakeProbability(std::string id, int64_t hits, int64_t paths);

}  // namespace steelyard::strategy
