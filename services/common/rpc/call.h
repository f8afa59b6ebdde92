#pragma once

// One call on the server's side.

#include <string>
#include <string_view>

#include "services/common/context/context.h"

namespace steelyard::rpc {

// One call as handlers see it.
struct Call {
  Context context;       // deadline and cancellation of the caller
  std::string method;    // "/steelyard.funding.v1.FundingService/GetRound"
  std::string trace_id;  // 32 hexadecimal digits, from the caller's traceparent or drawn here
  std::string peer;
};

// A call for work that no caller asked for, such as following another service: `name` stands for
// the method, the trace id is drawn.
Call BackgroundCall(const Context& context, std::string_view name);

}  // namespace steelyard::rpc
