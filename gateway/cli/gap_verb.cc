#include "gateway/cli/explanation.h"
#include "gateway/cli/gap_tables.h"
#include "gateway/cli/show.h"
#include "gateway/cli/strategy_verbs.h"
#include "services/common/status/status.h"
#include "steelyard/strategy/v1/strategy.grpc.pb.h"

namespace steelyard::cli {
namespace {

absl::StatusOr<strategy::v1::DecomposeGapRequest> ToRequest(const Session& session,
                                                            const GapOptions& options) {
  strategy::v1::DecomposeGapRequest request;
  request.set_leader(options.leader);
  request.set_follower(options.follower);
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_period(), ToPeriod(options.period));
  request.set_filter(options.filter);
  request.set_target_ratio(options.target_ratio);
  request.set_target_year(options.target_year);
  request.set_paths(options.paths);
  request.set_seed(options.seed);
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_definition(), ToDefinition(options.definition));
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_read(), session.Read());
  return request;
}

}  // namespace

int Gap(const Session& session, const GapOptions& options) {
  const auto request = ToRequest(session, options);
  if (!request.ok()) return session.WrongUsage(request.status());
  if (!options.explain.empty()) {
    return ShowDerivation(session, AskWithin(options.explain, *request,
                                             &strategy::v1::ExplainFigureRequest::mutable_gap));
  }
  strategy::v1::DecomposeGapResponse response;
  const auto stub = strategy::v1::StrategyService::NewStub(session.channel());
  const absl::Status status =
      Session::ToStatus(stub->DecomposeGap(session.NewContext().get(), *request, &response));
  return Show(session, status, response, RenderGap);
}

}  // namespace steelyard::cli
