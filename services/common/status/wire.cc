// The RPC edge: absl::Status to grpc::Status and back.

#include <algorithm>
#include <string>

#include "absl/strings/match.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/common/status/payload.h"
#include "services/common/status/status.h"
#include "services/common/text/fold.h"
#include "services/common/text/strings.h"

namespace steelyard {
namespace {

using google::rpc::BadRequest;
using google::rpc::ErrorInfo;

// gRPC's clients take 8 KiB of trailing metadata by default and lose the whole status beyond. A
// message is sent percent-encoded (up to three bytes a byte) and details in base64.
constexpr size_t kMessageBytes = 1000;
constexpr size_t kDetailBytes = 3000;
constexpr size_t kMetadataBytes = 400;

// Cuts a text to at most `limit` bytes, on a character's boundary, with an ellipsis.
std::string Cut(const std::string& text, size_t limit) {
  if (text.size() <= limit) {
    return text;
  }
  size_t end = limit - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
    --end;
  }
  return StrCat(text.substr(0, end), "\xE2\x80\xA6");
}

// Drops the last fields until the rest fits, and says how many went.
void CutFields(BadRequest& fields, size_t limit) {
  if (fields.ByteSizeLong() <= limit) {
    return;
  }
  const int all = fields.field_violations_size();
  for (auto& violation : *fields.mutable_field_violations()) {
    violation.set_field(Cut(violation.field(), 100));
    violation.set_description(Cut(violation.description(), kMetadataBytes));
  }
  while (fields.field_violations_size() > 1 && fields.ByteSizeLong() > limit) {
    fields.mutable_field_violations()->RemoveLast();
  }
  if (const int left = fields.field_violations_size(); left < all) {
    fields.add_field_violations()->set_description(StrCat("and ", all - left, " more fields"));
  }
}

void CutMetadata(ErrorInfo& info, size_t limit) {
  for (auto& [key, value] : *info.mutable_metadata()) {
    value = Cut(value, kMetadataBytes);
  }
  while (info.ByteSizeLong() > limit) {
    auto longest = std::max_element(
        info.metadata().begin(), info.metadata().end(), [](const auto& a, const auto& b) {
          return a.first.size() + a.second.size() < b.first.size() + b.second.size();
        });
    info.mutable_metadata()->erase(std::string(longest->first));
  }
}

// Makes the details small enough to arrive.
void CutDetails(google::rpc::Status& details) {
  details.set_message(Cut(details.message(), kMessageBytes));
  if (details.ByteSizeLong() <= kDetailBytes) {
    return;
  }
  for (auto& any : *details.mutable_details()) {
    if (ErrorInfo info; any.Is<ErrorInfo>() && any.UnpackTo(&info)) {
      CutMetadata(info, kDetailBytes / 3);
      any.PackFrom(info);
    } else if (BadRequest fields; any.Is<BadRequest>() && any.UnpackTo(&fields)) {
      CutFields(fields, kDetailBytes / 3);
      any.PackFrom(fields);
    }
  }
}

// What the library's own codes mean here.
ErrorReason ReasonOfCode(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
      return common::v1::ERROR_REASON_BACKEND_UNAVAILABLE;
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return common::v1::ERROR_REASON_DEADLINE_EXCEEDED;
    case grpc::StatusCode::CANCELLED:
      return common::v1::ERROR_REASON_CANCELLED;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return absl::StrContains(status.error_message(), "larger than max")
                 ? common::v1::ERROR_REASON_MESSAGE_TOO_LARGE
                 : common::v1::ERROR_REASON_OVERLOADED;
    case grpc::StatusCode::UNIMPLEMENTED:
      return common::v1::ERROR_REASON_METHOD_UNKNOWN;
    case grpc::StatusCode::UNAUTHENTICATED:
      return common::v1::ERROR_REASON_UNAUTHENTICATED;
    case grpc::StatusCode::PERMISSION_DENIED:
      return common::v1::ERROR_REASON_PERMISSION_DENIED;
    default:
      return common::v1::ERROR_REASON_INTERNAL;
  }
}

std::string_view Sentence(ErrorReason reason) {
  switch (reason) {
    case common::v1::ERROR_REASON_BACKEND_UNAVAILABLE:
      return "cannot be reached";
    case common::v1::ERROR_REASON_DEADLINE_EXCEEDED:
      return "did not answer before the deadline";
    case common::v1::ERROR_REASON_CANCELLED:
      return "the call was cancelled";
    case common::v1::ERROR_REASON_MESSAGE_TOO_LARGE:
      return "the message is larger than allowed";
    case common::v1::ERROR_REASON_OVERLOADED:
      return "takes no more calls now";
    case common::v1::ERROR_REASON_METHOD_UNKNOWN:
      return "does not have this method";
    case common::v1::ERROR_REASON_UNAUTHENTICATED:
      return "does not know these credentials";
    case common::v1::ERROR_REASON_PERMISSION_DENIED:
      return "does not allow this call";
    default:
      return "failed";
  }
}

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) {
    return grpc::Status::OK;
  }
  if (ReasonOf(status) == common::v1::ERROR_REASON_UNSPECIFIED) {
    return ToGrpcStatus(MakeError(common::v1::ERROR_REASON_INTERNAL,
                                  "internal error; the service's log has the details"));
  }
  google::rpc::Status details = PayloadOf(status);
  details.set_code(static_cast<int>(status.code()));
  details.set_message(text::ToUtf8(ToStd(status.message())));
  CutDetails(details);
  return {static_cast<grpc::StatusCode>(status.code()), details.message(),
          details.SerializeAsString()};
}

absl::Status FromGrpcStatus(const grpc::Status& status, std::string_view service) {
  if (status.ok()) {
    return absl::OkStatus();
  }
  google::rpc::Status details;
  const bool parsed = details.ParseFromString(status.error_details());
  if (parsed && FindDetail<ErrorInfo>(details).has_value()) {
    for (auto& any : *details.mutable_details()) {
      ErrorInfo info;
      if (any.Is<ErrorInfo>() && any.UnpackTo(&info) && !info.metadata().contains("service")) {
        (*info.mutable_metadata())["service"] = std::string(service);
        any.PackFrom(info);
      }
    }
    absl::Status kept(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
    SetPayload(kept, details);
    return kept;
  }
  const ErrorReason reason = ReasonOfCode(status);
  return MakeError(reason, StrCat(service, ": ", Sentence(reason)),
                   {{"service", std::string(service)}, {"detail", status.error_message()}});
}

}  // namespace steelyard
