#pragma once

// GatewayService.Compare: strategy's comparison and the registry's codelists at one snapshot.

#include "absl/status/status.h"
#include "gateway/backends.h"
#include "services/common/cache/answers.h"
#include "services/common/rpc/handler.h"
#include "steelyard/gateway/v1/gateway.pb.h"

namespace steelyard::gateway {

// Fields are checked by the strategy service, whose request has the same ones. An answer that lacks
// nothing is kept.
absl::Status Compare(const rpc::Call& call, const Backends& backends, cache::Answers& answers,
                     const v1::CompareRequest& request, v1::CompareResponse& response);

}  // namespace steelyard::gateway
