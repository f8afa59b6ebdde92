#include "services/strategy/service.h"

#include <string>

#include "services/common/rpc/handler.h"
#include "services/common/snapshot/snapshot.h"
#include "services/common/status/status.h"
#include "services/strategy/compare.h"
#include "services/strategy/measure_catalog.h"
#include "services/strategy/validate.h"

namespace steelyard::strategy {

grpc::ServerUnaryReactor* Service::ListMeasures(grpc::CallbackServerContext* server,
                                                const v1::ListMeasuresRequest* /*request*/,
                                                v1::ListMeasuresResponse* response) {
  return rpc::RunHandler(runtime_, server, rpc::CallClass::kCheap, [response](const rpc::Call&) {
    for (const v1::MeasureInfo& measure : MeasureCatalog()) *response->add_measures() = measure;
    response->set_method_version(std::string(kMethodVersion));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Service::CompareRegions(grpc::CallbackServerContext* server,
                                                  const v1::CompareRegionsRequest* request,
                                                  v1::CompareRegionsResponse* response) {
  return rpc::RunHandler(
      runtime_, server, rpc::CallClass::kDear,
      [this, request, response](const rpc::Call& call) -> absl::Status {
        STEELYARD_RETURN_IF_ERROR(Validate(*request));
        const auto compare = [&]() -> absl::Status {
          STEELYARD_ASSIGN_OR_RETURN(const Facts facts, GatherFacts(call, backends_, *request));
          *response = MergeComparison(*request, facts);
          return absl::OkStatus();
        };
        // Only funding can say what another request is at.
        if (request->read().snapshot().empty()) return compare();
        return cache::Answer(runtime_.answers(), call.context, call.method,
                             request->read().snapshot(), *request, *response, compare,
                             [&] { return response->unreachable().empty(); });
      });
}

}  // namespace steelyard::strategy
