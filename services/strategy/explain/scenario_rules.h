#pragma once

// How the figures of a projection are made. Pure.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/strategy/explain/derivation.h"
#include "services/strategy/explain/growth_rules.h"
#include "steelyard/strategy/v1/scenario.pb.h"

namespace steelyard::strategy {

// Of one answer: `answer` is what MakeProjection gave for `request` with the facts of the evidence.
// All three must outlive it.
class ScenarioRules {
 public:
  ScenarioRules(const v1::ProjectScenarioRequest& request, const Evidence& evidence,
                const v1::Projection& answer);

  // Knows every figure of the answer, and those that these are made of.
  std::optional<Rule> Of(const Figure& figure) const;

 private:
  // The totals of a region on its paths in one year: what they are drawn from, and how.
  struct Paths {
    std::string expression;
    std::vector<Input> inputs;
  };

  std::optional<Rule> OfRegion(int region, const Figure& figure) const;
  Rule OfTotal(int region, int year, double probability) const;
  Rule OfInfrastructure(int region, const v1::FanYear& year, const v1::Quantile& quantile) const;
  std::optional<Rule> OfPairs(const Figure& figure) const;
  Rule OfPair(const std::string& beginning, const std::string& numerator,
              const std::string& denominator, int year, std::vector<Input> inputs) const;
  // Every name of the inputs begins with the prefix.
  Paths PathsOf(int region, int year, const std::string& prefix) const;
  // The levers of a region that make a difference in the year, in the order of the request.
  std::vector<const v1::Lever*> LeversOf(int region, int year) const;
  int FirstYearOf(const v1::Lever& lever) const;
  void AddDraws(Rule& rule) const;
  int PlaceOf(std::string_view term) const;

  const v1::ProjectScenarioRequest& request_;
  const Evidence& evidence_;
  const v1::Projection& answer_;
  std::vector<GrowthRules> growth_;  // by region
};

}  // namespace steelyard::strategy
