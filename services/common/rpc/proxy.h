#pragma once

// Serves whole services by handing every call on to the server that has them, message by message
// and without looking into them. Unary calls and all kinds of streams look the same here.

#include <memory>
#include <string>
#include <vector>

#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/grpcpp.h"
#include "services/common/rpc/runtime.h"

namespace steelyard::rpc {

// One service that is handed on.
struct ProxyRoute {
  std::string service;  // "steelyard.funding.v1.FundingService"
  std::string backend;  // who has it, as errors name it: "services/funding"
  std::vector<std::shared_ptr<grpc::Channel>> channels;  // at least one; used in turn
};

// For ServerBuilder or Server::Start; must outlive the server, and `runtime` must outlive it.
//
// The caller's deadline, cancellation, `authorization`, `traceparent` and `tracestate` go along;
// status with details, and trailing metadata, come back unchanged. One message is on its way
// in each direction at a time, so a slow side slows the other one down. A unary call without a
// deadline has the runtime's default one. The runtime's workers are not used; at most 1,024 calls
// are handed on at once (OVERLOADED beyond). Errors of its own: METHOD_UNKNOWN for a service that
// is not served, and what FromGrpcStatus makes of errors that gRPC raised (BACKEND_UNAVAILABLE
// naming the backend).
std::unique_ptr<grpc::CallbackGenericService> MakeProxy(std::vector<ProxyRoute> routes,
                                                        Runtime& runtime);

}  // namespace steelyard::rpc
