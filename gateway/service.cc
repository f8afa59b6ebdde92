#include "gateway/service.h"

#include "gateway/company_profile.h"
#include "gateway/compare.h"
#include "gateway/search.h"
#include "gateway/suite_status.h"
#include "services/common/rpc/handler.h"

namespace steelyard::gateway {

grpc::ServerUnaryReactor* Service::Compare(grpc::CallbackServerContext* server,
                                           const v1::CompareRequest* request,
                                           v1::CompareResponse* response) {
  return rpc::RunHandler(
      runtime_, server, rpc::CallClass::kDear, [this, request, response](const rpc::Call& call) {
        return gateway::Compare(call, backends_, runtime_.answers(), *request, *response);
      });
}

grpc::ServerUnaryReactor* Service::GetCompanyProfile(grpc::CallbackServerContext* server,
                                                     const v1::GetCompanyProfileRequest* request,
                                                     v1::GetCompanyProfileResponse* response) {
  return rpc::RunHandler(runtime_, server, rpc::CallClass::kCheap,
                         [this, request, response](const rpc::Call& call) {
                           return gateway::GetCompanyProfile(call, backends_, *request, *response);
                         });
}

grpc::ServerUnaryReactor* Service::Search(grpc::CallbackServerContext* server,
                                          const v1::SearchRequest* request,
                                          v1::SearchResponse* response) {
  return rpc::RunHandler(runtime_, server, rpc::CallClass::kCheap,
                         [this, request, response](const rpc::Call& call) {
                           return gateway::Search(call, backends_, *request, *response);
                         });
}

grpc::ServerUnaryReactor* Service::GetStatus(grpc::CallbackServerContext* server,
                                             const v1::GetStatusRequest* /*request*/,
                                             v1::GetStatusResponse* response) {
  return rpc::RunHandler(runtime_, server, rpc::CallClass::kCheap,
                         [this, response](const rpc::Call& call) {
                           return GetSuiteStatus(call, backends_, *response);
                         });
}

}  // namespace steelyard::gateway
