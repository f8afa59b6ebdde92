#include "services/common/status/payload.h"

#include <string>

#include "absl/strings/cord.h"
#include "services/common/text/strings.h"

namespace steelyard {
namespace {

constexpr absl::string_view kTypeUrl = "type.googleapis.com/google.rpc.Status";
constexpr std::string_view kReasonPrefix = "ERROR_REASON_";

}  // namespace

void SetPayload(absl::Status& status, const google::rpc::Status& details) {
  status.SetPayload(kTypeUrl, absl::Cord(details.SerializeAsString()));
}

google::rpc::Status PayloadOf(const absl::Status& status) {
  google::rpc::Status details;
  if (const auto payload = status.GetPayload(kTypeUrl); payload.has_value()) {
    if (!details.ParseFromString(std::string(*payload))) {
      details.Clear();
    }
  }
  return details;
}

std::string_view NameOfReason(ErrorReason reason) {
  const auto* value = common::v1::ErrorReason_descriptor()->FindValueByNumber(reason);
  if (value == nullptr || reason == common::v1::ERROR_REASON_UNSPECIFIED) {
    return "INTERNAL";
  }
  return std::string_view(value->name()).substr(kReasonPrefix.size());
}

ErrorReason ReasonOfInfo(const google::rpc::ErrorInfo& info) {
  ErrorReason reason = common::v1::ERROR_REASON_UNSPECIFIED;
  if (info.domain() != kErrorDomain ||
      !common::v1::ErrorReason_Parse(StrCat(kReasonPrefix, info.reason()), &reason)) {
    return common::v1::ERROR_REASON_UNSPECIFIED;
  }
  return reason;
}

}  // namespace steelyard
