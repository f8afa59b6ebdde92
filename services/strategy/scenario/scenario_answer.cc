#include "services/strategy/scenario/scenario_answer.h"

#include <optional>

#include "services/common/rpc/call.h"
#include "services/common/status/status.h"
#include "services/strategy/scenario/scenario.h"

namespace steelyard::strategy {
namespace {

// As many threads as the machine gives.
constexpr int kAllThreads = 0;

}  // namespace

absl::StatusOr<Facts> ScenarioFacts(const rpc::Call& call, const Backends& backends,
                                    const v1::ProjectScenarioRequest& request) {
  v1::CompareRegionsRequest question;
  *question.mutable_regions() = request.regions();
  *question.mutable_period() = request.history();
  question.set_filter(request.filter());
  *question.mutable_definition() = request.definition();
  *question.mutable_read() = request.read();
  return GatherFacts(call, backends, question, CapitalFlows::kSkip);
}

absl::StatusOr<v1::Projection> ProjectionFrom(
    const rpc::Call& call, const Facts& facts, const v1::ProjectScenarioRequest& request,
    const std::function<bool(const v1::ScenarioProgress&)>& report) {
  STEELYARD_ASSIGN_OR_RETURN(const Scenario scenario, PlanScenario(request, facts));

  v1::ScenarioProgress progress;
  progress.set_paths(scenario.plan.paths);
  const std::optional<ProjectionOutcome> outcome = Project(
      scenario.plan, kAllThreads, [&] { return !call.context.Check().ok(); },
      [&](int paths_done) {
        progress.set_paths_done(paths_done);
        return report(progress);
      });
  if (outcome) return MakeProjection(request, facts, scenario, *outcome);
  STEELYARD_RETURN_IF_ERROR(call.context.Check());
  return MakeError(common::v1::ERROR_REASON_CANCELLED, "the caller has gone");
}

absl::StatusOr<v1::Projection> ProjectScenario(
    const rpc::Call& call, const Backends& backends, const v1::ProjectScenarioRequest& request,
    const std::function<bool(const v1::ScenarioProgress&)>& report) {
  STEELYARD_ASSIGN_OR_RETURN(const Facts facts, ScenarioFacts(call, backends, request));
  return ProjectionFrom(call, facts, request, report);
}

}  // namespace steelyard::strategy
