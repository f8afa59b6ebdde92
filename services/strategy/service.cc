#include "services/strategy/service.h"

#include <string>
#include <utility>

#include "services/common/rpc/handler.h"
#include "services/common/snapshot/snapshot.h"
#include "services/common/status/status.h"
#include "services/strategy/claims/claims.h"
#include "services/strategy/claims/claims_answer.h"
#include "services/strategy/explain/explain_answer.h"
#include "services/strategy/formula/formula_answer.h"
#include "services/strategy/measures/measure_catalog.h"
#include "services/strategy/profile/compare.h"
#include "services/strategy/profile/indicators.h"
#include "services/strategy/profile/profile_answer.h"
#include "services/strategy/ranking/ranking_answer.h"
#include "services/strategy/ranking/validate_ranking.h"
#include "services/strategy/scenario/gap_answer.h"
#include "services/strategy/scenario/scenario_answer.h"
#include "services/strategy/scenario/validate_scenario.h"
#include "services/strategy/validate.h"

namespace steelyard::strategy {
namespace {

// Whether nothing was left out because a service did not answer.
template <typename Response>
bool IsWhole(const Response& response) {
  return response.unreachable().empty();
}

// Validates, computes with `compute`, and keeps whole answers at a given snapshot.
template <typename Request, typename Response>
grpc::ServerUnaryReactor* Answer(
    rpc::Runtime& runtime, const Backends& backends, grpc::CallbackServerContext* server,
    const Request* request, Response* response,
    absl::StatusOr<Response> (*compute)(const rpc::Call&, const Backends&, const Request&)) {
  return rpc::RunHandler(
      runtime, server, rpc::CallClass::kDear,
      [&runtime, &backends, request, response, compute](const rpc::Call& call) -> absl::Status {
        STEELYARD_RETURN_IF_ERROR(Validate(*request));
        const auto answer = [&]() -> absl::Status {
          STEELYARD_ASSIGN_OR_RETURN(*response, compute(call, backends, *request));
          return absl::OkStatus();
        };
        // Only funding can say what another request is at.
        if (request->read().snapshot().empty()) return answer();
        return cache::Answer(runtime.answers(), call.context, call.method,
                             request->read().snapshot(), *request, *response, answer,
                             [&] { return IsWhole(*response); });
      });
}

absl::StatusOr<v1::CompareRegionsResponse> CompareRegions(
    const rpc::Call& call, const Backends& backends, const v1::CompareRegionsRequest& request) {
  STEELYARD_ASSIGN_OR_RETURN(const Facts facts,
                             GatherFacts(call, backends, request, CapitalFlows::kAsk));
  return MergeComparison(request, facts);
}

}  // namespace

grpc::ServerUnaryReactor* Service::ListMeasures(grpc::CallbackServerContext* server,
                                                const v1::ListMeasuresRequest* /*request*/,
                                                v1::ListMeasuresResponse* response) {
  return rpc::RunHandler(runtime_, server, rpc::CallClass::kCheap, [response](const rpc::Call&) {
    for (const v1::MeasureInfo& measure : MeasureCatalog()) *response->add_measures() = measure;
    response->set_method_version(std::string(kMethodVersion));
    for (const IndicatorInfo& info : Indicators()) {
      v1::Indicator& indicator = *response->add_indicators();
      indicator.set_id(std::string(info.id));
      indicator.set_title(std::string(info.title));
    }
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Service::CompareRegions(grpc::CallbackServerContext* server,
                                                  const v1::CompareRegionsRequest* request,
                                                  v1::CompareRegionsResponse* response) {
  return Answer(runtime_, backends_, server, request, response, strategy::CompareRegions);
}

grpc::ServerUnaryReactor* Service::ProfileRegion(grpc::CallbackServerContext* server,
                                                 const v1::ProfileRegionRequest* request,
                                                 v1::ProfileRegionResponse* response) {
  return Answer(runtime_, backends_, server, request, response, strategy::ProfileRegion);
}

grpc::ServerUnaryReactor* Service::DecomposeGap(grpc::CallbackServerContext* server,
                                                const v1::DecomposeGapRequest* request,
                                                v1::DecomposeGapResponse* response) {
  return Answer(runtime_, backends_, server, request, response, strategy::DecomposeGap);
}

grpc::ServerWriteReactor<v1::ProjectScenarioResponse>* Service::ProjectScenario(
    grpc::CallbackServerContext* server, const v1::ProjectScenarioRequest* request) {
  return rpc::RunServerStream<v1::ProjectScenarioResponse>(
      runtime_, server, rpc::CallClass::kDear,
      [this, request](const rpc::Call& call,
                      const rpc::Send<v1::ProjectScenarioResponse>& send) -> absl::Status {
        STEELYARD_RETURN_IF_ERROR(Validate(*request));
        absl::Status sent;
        const auto report = [&](const v1::ScenarioProgress& progress) {
          v1::ProjectScenarioResponse message;
          *message.mutable_progress() = progress;
          if (sent.ok()) sent = send(message);
          return sent.ok();
        };
        absl::StatusOr<v1::Projection> projection =
            strategy::ProjectScenario(call, backends_, *request, report);
        STEELYARD_RETURN_IF_ERROR(sent);
        STEELYARD_RETURN_IF_ERROR(projection.status());
        v1::ProjectScenarioResponse message;
        *message.mutable_projection() = *std::move(projection);
        return send(message);
      });
}

grpc::ServerUnaryReactor* Service::RankRegions(grpc::CallbackServerContext* server,
                                               const v1::RankRegionsRequest* request,
                                               v1::RankRegionsResponse* response) {
  return Answer(runtime_, backends_, server, request, response, strategy::RankRegions);
}

grpc::ServerUnaryReactor* Service::EvaluateFormula(grpc::CallbackServerContext* server,
                                                   const v1::EvaluateFormulaRequest* request,
                                                   v1::EvaluateFormulaResponse* response) {
  return Answer(runtime_, backends_, server, request, response, strategy::EvaluateFormula);
}

grpc::ServerUnaryReactor* Service::SweepDefinitions(grpc::CallbackServerContext* server,
                                                    const v1::SweepDefinitionsRequest* request,
                                                    v1::SweepDefinitionsResponse* response) {
  return Answer(runtime_, backends_, server, request, response, strategy::SweepDefinitions);
}

grpc::ServerUnaryReactor* Service::ExplainFigure(grpc::CallbackServerContext* server,
                                                 const v1::ExplainFigureRequest* request,
                                                 v1::ExplainFigureResponse* response) {
  return Answer(runtime_, backends_, server, request, response, strategy::ExplainFigure);
}

grpc::ServerUnaryReactor* Service::ListClaims(grpc::CallbackServerContext* server,
                                              const v1::ListClaimsRequest* /*request*/,
                                              v1::ListClaimsResponse* response) {
  return rpc::RunHandler(runtime_, server, rpc::CallClass::kCheap, [response](const rpc::Call&) {
    for (const v1::Claim& claim : ShippedClaims()) *response->add_claims() = claim;
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Service::CheckClaims(grpc::CallbackServerContext* server,
                                               const v1::CheckClaimsRequest* request,
                                               v1::CheckClaimsResponse* response) {
  return Answer(runtime_, backends_, server, request, response, strategy::CheckClaims);
}

}  // namespace steelyard::strategy
