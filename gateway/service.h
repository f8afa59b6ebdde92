#pragma once

// The gRPC adaptor of GatewayService.

#include "gateway/backends.h"
#include "services/common/rpc/runtime.h"
#include "steelyard/gateway/v1/gateway.grpc.pb.h"

namespace steelyard::gateway {

// Thread-safe. Runtime and backends must outlive it.
class Service final : public v1::GatewayService::CallbackService {
 public:
  Service(rpc::Runtime& runtime, const Backends& backends)
      : runtime_(runtime), backends_(backends) {}

  grpc::ServerUnaryReactor* Compare(grpc::CallbackServerContext* server,
                                    const v1::CompareRequest* request,
                                    v1::CompareResponse* response) override;
  grpc::ServerUnaryReactor* GetCompanyProfile(grpc::CallbackServerContext* server,
                                              const v1::GetCompanyProfileRequest* request,
                                              v1::GetCompanyProfileResponse* response) override;
  grpc::ServerUnaryReactor* Search(grpc::CallbackServerContext* server,
                                   const v1::SearchRequest* request,
                                   v1::SearchResponse* response) override;
  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* server,
                                      const v1::GetStatusRequest* request,
                                      v1::GetStatusResponse* response) override;

 private:
  rpc::Runtime& runtime_;
  const Backends& backends_;
};

}  // namespace steelyard::gateway
