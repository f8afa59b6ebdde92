#pragma once

// How the growth of a region, and what is projected from it, is made of its yearly totals. Pure.

#include <map>
#include <optional>
#include <string>

#include "services/strategy/explain/derivation.h"
#include "services/strategy/facts/evidence.h"

namespace steelyard::strategy {

// One region's yearly totals, as an answer about the future reads them (outlook.h).
class GrowthRules {
 public:
  GrowthRules(const Evidence& evidence, std::string term, std::string filter);

  // Of "mean_growth/<term>/<period>", "drift/..." and "volatility/..."; nullopt for another figure.
  std::optional<Rule> Of(const Figure& figure) const;

  // The figures "drift/<term>/<period>" and "volatility/<term>/<period>".
  const Figure& Drift() const { return drift_; }
  const Figure& Volatility() const { return volatility_; }
  // Formula of the total of a year.
  std::string TotalOf(int year) const;

 private:
  Rule DriftRule() const;
  Rule VolatilityRule() const;

  std::string term_;
  std::string filter_;
  std::map<int, Figure> totals_;  // above zero, by year
  Figure drift_;
  Figure volatility_;
  std::string mean_growth_;  // its id
};

}  // namespace steelyard::strategy
