#pragma once

// The gRPC adaptor of StrategyService.

#include "services/common/rpc/runtime.h"
#include "services/strategy/facts/facts.h"
#include "steelyard/strategy/v1/strategy.grpc.pb.h"

namespace steelyard::strategy {

// Thread-safe. Runtime and backends must outlive it.
class Service final : public v1::StrategyService::CallbackService {
 public:
  Service(rpc::Runtime& runtime, const Backends& backends)
      : runtime_(runtime), backends_(backends) {}

  grpc::ServerUnaryReactor* ListMeasures(grpc::CallbackServerContext* server,
                                         const v1::ListMeasuresRequest* request,
                                         v1::ListMeasuresResponse* response) override;
  grpc::ServerUnaryReactor* CompareRegions(grpc::CallbackServerContext* server,
                                           const v1::CompareRegionsRequest* request,
                                           v1::CompareRegionsResponse* response) override;
  grpc::ServerUnaryReactor* ProfileRegion(grpc::CallbackServerContext* server,
                                          const v1::ProfileRegionRequest* request,
                                          v1::ProfileRegionResponse* response) override;
  grpc::ServerUnaryReactor* DecomposeGap(grpc::CallbackServerContext* server,
                                         const v1::DecomposeGapRequest* request,
                                         v1::DecomposeGapResponse* response) override;
  grpc::ServerWriteReactor<v1::ProjectScenarioResponse>* ProjectScenario(
      grpc::CallbackServerContext* server, const v1::ProjectScenarioRequest* request) override;
  grpc::ServerUnaryReactor* RankRegions(grpc::CallbackServerContext* server,
                                        const v1::RankRegionsRequest* request,
                                        v1::RankRegionsResponse* response) override;
  grpc::ServerUnaryReactor* EvaluateFormula(grpc::CallbackServerContext* server,
                                            const v1::EvaluateFormulaRequest* request,
                                            v1::EvaluateFormulaResponse* response) override;
  grpc::ServerUnaryReactor* SweepDefinitions(grpc::CallbackServerContext* server,
                                             const v1::SweepDefinitionsRequest* request,
                                             v1::SweepDefinitionsResponse* response) override;
  grpc::ServerUnaryReactor* ExplainFigure(grpc::CallbackServerContext* server,
                                          const v1::ExplainFigureRequest* request,
                                          v1::ExplainFigureResponse* response) override;
  grpc::ServerUnaryReactor* ListClaims(grpc::CallbackServerContext* server,
                                       const v1::ListClaimsRequest* request,
                                       v1::ListClaimsResponse* response) override;
  grpc::ServerUnaryReactor* CheckClaims(grpc::CallbackServerContext* server,
                                        const v1::CheckClaimsRequest* request,
                                        v1::CheckClaimsResponse* response) override;

 private:
  rpc::Runtime& runtime_;
  const Backends& backends_;
};

}  // namespace steelyard::strategy
