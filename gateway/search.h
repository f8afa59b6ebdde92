#pragma once

// GatewayService.Search: companies from the registry and regions from funding at one snapshot.

#include "absl/status/status.h"
#include "gateway/backends.h"
#include "services/common/rpc/handler.h"
#include "steelyard/gateway/v1/gateway.pb.h"

namespace steelyard::gateway {

// The query is checked by the registry.
absl::Status Search(const rpc::Call& call, const Backends& backends,
                    const v1::SearchRequest& request, v1::SearchResponse& response);

}  // namespace steelyard::gateway
