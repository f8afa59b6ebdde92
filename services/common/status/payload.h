#pragma once

// How a status holds its google.rpc details: one payload with a serialized google.rpc.Status. For
// the files of this directory; others use status.h.

#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/common/status/status.h"

namespace steelyard {

inline constexpr std::string_view kErrorDomain = "steelyard";

// Replaces the details of `status`, which is an error.
void SetPayload(absl::Status& status, const google::rpc::Status& details);
// The details of `status`; empty when it has none.
google::rpc::Status PayloadOf(const absl::Status& status);

// The first detail of type T.
template <typename T>
std::optional<T> FindDetail(const google::rpc::Status& details) {
  for (const auto& any : details.details()) {
    if (T detail; any.Is<T>() && any.UnpackTo(&detail)) {
      return detail;
    }
  }
  return std::nullopt;
}

// "INVALID_FIELD" for ERROR_REASON_INVALID_FIELD; "INTERNAL" for values without a name.
std::string_view NameOfReason(ErrorReason reason);
// UNSPECIFIED for another domain's info and for unknown names.
ErrorReason ReasonOfInfo(const google::rpc::ErrorInfo& info);

}  // namespace steelyard
