#pragma once

// The gRPC adaptor of StrategyService.

#include "services/common/rpc/runtime.h"
#include "services/strategy/facts.h"
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

 private:
  rpc::Runtime& runtime_;
  const Backends& backends_;
};

}  // namespace steelyard::strategy
