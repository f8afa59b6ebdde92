#pragma once

// The RPCs of steelyard.funding.v1.StatisticsService: check, ask the store, convert.

#include "grpcpp/grpcpp.h"
#include "services/common/ledger/ledger.h"
#include "services/common/rpc/runtime.h"
#include "services/funding/reference/reference_store.h"
#include "steelyard/funding/v1/statistics.grpc.pb.h"

namespace steelyard::funding {

// Thread-safe. What it is made of must outlive it.
class StatisticsService final : public v1::StatisticsService::CallbackService {
 public:
  StatisticsService(rpc::Runtime& runtime, const ledger::Ledger& ledger, ReferenceStore& store);

  grpc::ServerUnaryReactor* GetSeries(grpc::CallbackServerContext* server,
                                      const v1::GetSeriesRequest* request,
                                      v1::GetSeriesResponse* reply) override;
  grpc::ServerUnaryReactor* ListSeries(grpc::CallbackServerContext* server,
                                       const v1::ListSeriesRequest* request,
                                       v1::ListSeriesResponse* reply) override;
  grpc::ServerUnaryReactor* UpsertObservations(grpc::CallbackServerContext* server,
                                               const v1::UpsertObservationsRequest* request,
                                               v1::UpsertObservationsResponse* reply) override;
  grpc::ServerUnaryReactor* RetractObservations(grpc::CallbackServerContext* server,
                                                const v1::RetractObservationsRequest* request,
                                                v1::RetractObservationsResponse* reply) override;
  grpc::ServerUnaryReactor* GetRegion(grpc::CallbackServerContext* server,
                                      const v1::GetRegionRequest* request,
                                      v1::GetRegionResponse* reply) override;
  grpc::ServerUnaryReactor* ListRegions(grpc::CallbackServerContext* server,
                                        const v1::ListRegionsRequest* request,
                                        v1::ListRegionsResponse* reply) override;
  grpc::ServerUnaryReactor* GetExchangeRate(grpc::CallbackServerContext* server,
                                            const v1::GetExchangeRateRequest* request,
                                            v1::GetExchangeRateResponse* reply) override;

 private:
  rpc::Runtime& runtime_;
  const ledger::Ledger& ledger_;
  ReferenceStore& store_;
};

}  // namespace steelyard::funding
