#include "gateway/cli/profile_tables.h"
#include "gateway/cli/show.h"
#include "gateway/cli/strategy_verbs.h"
#include "services/common/status/status.h"
#include "steelyard/strategy/v1/strategy.grpc.pb.h"

namespace steelyard::cli {
namespace {

absl::StatusOr<strategy::v1::ProfileRegionRequest> ToRequest(const Session& session,
                                                             const ProfileOptions& options) {
  strategy::v1::ProfileRegionRequest request;
  request.set_region(options.region);
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_period(), ToPeriod(options.period));
  request.set_filter(options.filter);
  request.set_top_k(options.top);
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_definition(), ToDefinition(options.definition));
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_read(), session.Read());
  return request;
}

}  // namespace

int Profile(const Session& session, const ProfileOptions& options) {
  const auto request = ToRequest(session, options);
  if (!request.ok()) return session.WrongUsage(request.status());
  strategy::v1::ProfileRegionResponse response;
  const auto stub = strategy::v1::StrategyService::NewStub(session.channel());
  const absl::Status status =
      Session::ToStatus(stub->ProfileRegion(session.NewContext().get(), *request, &response));
  return Show(session, status, response, RenderProfile);
}

}  // namespace steelyard::cli
