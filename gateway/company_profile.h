#pragma once

// GatewayService.GetCompanyProfile: which company is meant, and its rounds, at one snapshot.

#include "absl/status/status.h"
#include "gateway/backends.h"
#include "services/common/rpc/handler.h"
#include "steelyard/gateway/v1/gateway.pb.h"

namespace steelyard::gateway {

absl::Status GetCompanyProfile(const rpc::Call& call, const Backends& backends,
                               const v1::GetCompanyProfileRequest& request,
                               v1::GetCompanyProfileResponse& response);

}  // namespace steelyard::gateway
