#pragma once

// GatewayService.GetStatus: which services answer and what they hold.

#include "absl/status/status.h"
#include "gateway/backends.h"
#include "services/common/rpc/handler.h"
#include "steelyard/gateway/v1/gateway.pb.h"

namespace steelyard::gateway {

// Version of the suite, "MAJOR.MINOR.PATCH".
inline constexpr const char* kVersion = "0.1.0";

// Gives each service two seconds, or less when the caller has less. Always OK.
absl::Status GetSuiteStatus(const rpc::Call& call, const Backends& backends,
                            v1::GetStatusResponse& response);

}  // namespace steelyard::gateway
