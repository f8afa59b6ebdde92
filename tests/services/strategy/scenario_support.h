#pragma once

// A scenario of the growing world and its answer, for tests of it.

#include <string>

#include "gtest/gtest.h"
#include "services/common/status/status.h"
#include "services/strategy/measures/figures.h"
#include "services/strategy/scenario/scenario.h"
#include "tests/services/strategy/growing_world.h"

namespace steelyard::strategy {

inline bool Never() { return false; }
inline bool GoOn(int /*paths_done*/) { return true; }

inline v1::ProjectScenarioRequest ScenarioQuestion() {
  v1::ProjectScenarioRequest request;
  for (const char* term : {"US", "EUROPE", "CN"}) request.add_regions(term);
  request.mutable_history()->mutable_from()->set_year(kFirstYear);
  request.mutable_history()->mutable_to()->set_year(kLastYear);
  request.set_to_year(2030);
  request.set_paths(400);
  request.set_seed(5);
  return request;
}

inline v1::Lever& AddLever(v1::ProjectScenarioRequest& request, const std::string& region,
                           int from_year = 0) {
  v1::Lever& lever = *request.add_levers();
  lever.set_region(region);
  lever.set_from_year(from_year);
  return lever;
}

inline absl::StatusOr<v1::Projection> Answer(const v1::ProjectScenarioRequest& request,
                                             const Facts& facts, int threads = 1) {
  STEELYARD_ASSIGN_OR_RETURN(const Scenario scenario, PlanScenario(request, facts));
  const auto outcome = Project(scenario.plan, threads, Never, GoOn);
  EXPECT_TRUE(outcome.has_value());
  return MakeProjection(request, facts, scenario, outcome.value_or(ProjectionOutcome()));
}

inline double MoneyOf(const Figure& figure) {
  return static_cast<double>(figure.money().units()) + figure.money().nanos() * 1e-9;
}

// The quantile of one year, of money.
inline double At(const google::protobuf::RepeatedPtrField<v1::FanYear>& fans, int year,
                 int quantile = 2) {
  for (const v1::FanYear& fan : fans) {
    if (fan.year() == year) return MoneyOf(fan.quantiles(quantile).figure());
  }
  ADD_FAILURE() << "no year " << year;
  return 0;
}

inline v1::RatioTarget& AddTarget(v1::ProjectScenarioRequest& request, double ratio, int by_year) {
  v1::RatioTarget& target = *request.add_targets();
  target.set_numerator("US");
  target.set_denominator("EUROPE");
  target.set_ratio(ratio);
  target.set_by_year(by_year);
  return target;
}

}  // namespace steelyard::strategy
