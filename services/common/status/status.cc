#include "services/common/status/status.h"

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "google/protobuf/any.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/common/status/payload.h"
#include "services/common/text/fold.h"
#include "services/common/text/strings.h"

namespace steelyard {
namespace {

using google::rpc::BadRequest;
using google::rpc::ErrorInfo;

absl::Status WithDetails(ErrorReason reason, std::string_view message, const ErrorInfo& info,
                         const BadRequest* fields, absl::Duration retry_after) {
  google::rpc::Status details;
  details.set_code(static_cast<int>(CodeOf(reason)));
  details.set_message(text::ToUtf8(message));
  details.add_details()->PackFrom(info);
  if (fields != nullptr) {
    details.add_details()->PackFrom(*fields);
  }
  if (retry_after > absl::ZeroDuration()) {
    google::rpc::RetryInfo retry;
    const int64_t nanoseconds = absl::ToInt64Nanoseconds(retry_after);
    retry.mutable_retry_delay()->set_seconds(nanoseconds / 1'000'000'000);
    retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(nanoseconds % 1'000'000'000));
    details.add_details()->PackFrom(retry);
  }
  absl::Status status(CodeOf(reason), details.message());
  SetPayload(status, details);
  return status;
}

ErrorInfo MakeInfo(ErrorReason reason, ErrorMetadata&& metadata) {
  ErrorInfo info;
  info.set_domain(std::string(kErrorDomain));
  info.set_reason(std::string(NameOfReason(reason)));
  for (auto& [key, value] : metadata) {
    (*info.mutable_metadata())[text::ToUtf8(key)] =
        text::IsUtf8(value) ? std::move(value) : text::ToUtf8(value);
  }
  return info;
}

constexpr size_t kMostFieldErrors = 1000;

absl::Duration DefaultRetry(ErrorReason reason) {
  const bool worth_retrying = CodeOf(reason) == absl::StatusCode::kUnavailable ||
                              reason == common::v1::ERROR_REASON_OVERLOADED;
  return worth_retrying ? absl::Seconds(1) : absl::ZeroDuration();
}

}  // namespace

absl::Status MakeError(ErrorReason reason, std::string_view message, ErrorMetadata metadata) {
  return MakeRetryableError(reason, message, DefaultRetry(reason), std::move(metadata));
}

absl::Status MakeRetryableError(ErrorReason reason, std::string_view message,
                                absl::Duration retry_after, ErrorMetadata metadata) {
  return WithDetails(reason, message, MakeInfo(reason, std::move(metadata)), nullptr, retry_after);
}

absl::StatusCode CodeOf(ErrorReason reason) {
  switch (reason) {
    case common::v1::ERROR_REASON_INVALID_FIELD:
    case common::v1::ERROR_REASON_IMPORT_MAPPING_INVALID:
    case common::v1::ERROR_REASON_INVALID_FILTER:
    case common::v1::ERROR_REASON_INVALID_ORDER_BY:
    case common::v1::ERROR_REASON_INVALID_PAGE_TOKEN:
    case common::v1::ERROR_REASON_INVALID_SNAPSHOT:
    case common::v1::ERROR_REASON_INVALID_DATE:
    case common::v1::ERROR_REASON_INVALID_AMOUNT:
    case common::v1::ERROR_REASON_UNKNOWN_REGION:
    case common::v1::ERROR_REASON_UNKNOWN_CURRENCY:
    case common::v1::ERROR_REASON_DEFINITION_UNSUPPORTED:
    case common::v1::ERROR_REASON_IMPORT_MALFORMED:
    case common::v1::ERROR_REASON_IMPORT_FORMAT_UNKNOWN:
    case common::v1::ERROR_REASON_IMPORT_PROTOCOL:
    case common::v1::ERROR_REASON_INVALID_FORMULA:
      return absl::StatusCode::kInvalidArgument;
    case common::v1::ERROR_REASON_COMPANY_NOT_FOUND:
    case common::v1::ERROR_REASON_ROUND_NOT_FOUND:
    case common::v1::ERROR_REASON_SERIES_NOT_FOUND:
    case common::v1::ERROR_REASON_FIGURE_NOT_FOUND:
    case common::v1::ERROR_REASON_SOURCE_NOT_FOUND:
    case common::v1::ERROR_REASON_CODELIST_NOT_FOUND:
    case common::v1::ERROR_REASON_RATE_NOT_FOUND:
    case common::v1::ERROR_REASON_CLAIM_NOT_FOUND:
      return absl::StatusCode::kNotFound;
    case common::v1::ERROR_REASON_SNAPSHOT_COMPACTED:
    case common::v1::ERROR_REASON_SNAPSHOT_OUT_OF_RANGE:
    case common::v1::ERROR_REASON_COMPANY_MERGED:
    case common::v1::ERROR_REASON_COMPANY_NOT_MERGED:
    case common::v1::ERROR_REASON_COMPANIES_DISTINCT:
    case common::v1::ERROR_REASON_LAST_ASSERTION:
    case common::v1::ERROR_REASON_TOO_FEW_POINTS:
      return absl::StatusCode::kFailedPrecondition;
    case common::v1::ERROR_REASON_MESSAGE_TOO_LARGE:
    case common::v1::ERROR_REASON_OVERLOADED:
      return absl::StatusCode::kResourceExhausted;
    case common::v1::ERROR_REASON_STORE_UNAVAILABLE:
    case common::v1::ERROR_REASON_BACKEND_UNAVAILABLE:
      return absl::StatusCode::kUnavailable;
    case common::v1::ERROR_REASON_DEADLINE_EXCEEDED:
      return absl::StatusCode::kDeadlineExceeded;
    case common::v1::ERROR_REASON_CANCELLED:
      return absl::StatusCode::kCancelled;
    case common::v1::ERROR_REASON_UNAUTHENTICATED:
      return absl::StatusCode::kUnauthenticated;
    case common::v1::ERROR_REASON_PERMISSION_DENIED:
      return absl::StatusCode::kPermissionDenied;
    case common::v1::ERROR_REASON_REQUEST_ID_REUSED:
      return absl::StatusCode::kAlreadyExists;
    case common::v1::ERROR_REASON_METHOD_UNKNOWN:
      return absl::StatusCode::kUnimplemented;
    default:  // INTERNAL, and what nobody should send
      return absl::StatusCode::kInternal;
  }
}

void FieldErrors::Keep(FieldError error) {
  if (errors_.size() < kMostFieldErrors) {
    errors_.push_back(std::move(error));
  } else {
    ++more_;
  }
}

void FieldErrors::Add(std::string_view field, std::string_view description, ErrorReason reason) {
  Keep({text::ToUtf8(field), text::ToUtf8(description), reason, {}});
}

void FieldErrors::Add(std::string_view field, const absl::Status& status) {
  if (status.ok()) {
    return;
  }
  const google::rpc::Status details = PayloadOf(status);
  const ErrorReason reason = ReasonOf(status);
  ErrorMetadata metadata;
  if (const auto info = FindDetail<ErrorInfo>(details)) {
    metadata.assign(info->metadata().begin(), info->metadata().end());
  }
  if (const auto nested = FindDetail<BadRequest>(details)) {
    for (const auto& violation : nested->field_violations()) {
      Keep({text::ToUtf8(StrCat(field, field.empty() ? "" : ".", violation.field())),
            violation.description(), reason, metadata});
    }
    return;
  }
  Keep({text::ToUtf8(field), text::ToUtf8(ToStd(status.message())), reason, metadata});
}

absl::Status FieldErrors::ToStatus() const {
  if (errors_.empty()) {
    return absl::OkStatus();
  }
  const FieldError& first = errors_.front();
  const bool fits = first.reason != common::v1::ERROR_REASON_UNSPECIFIED &&
                    CodeOf(first.reason) == absl::StatusCode::kInvalidArgument;
  const ErrorReason reason = fits ? first.reason : common::v1::ERROR_REASON_INVALID_FIELD;

  BadRequest request;
  for (const FieldError& error : errors_) {
    auto* violation = request.add_field_violations();
    violation->set_field(error.field);
    violation->set_description(error.description);
  }
  if (more_ > 0) {
    StrAppend(request.mutable_field_violations()->rbegin()->mutable_description(), "; and ", more_,
              " more that are not listed");
  }
  ErrorInfo info = MakeInfo(reason, ErrorMetadata(first.metadata));
  (*info.mutable_metadata())["field"] = first.field;

  std::string list;
  for (const auto& violation : request.field_violations()) {
    StrAppend(&list, list.empty() ? "" : "; ", violation.field(),
              violation.field().empty() ? "" : ": ", violation.description());
  }
  const std::string message =
      errors_.size() == 1 ? list : StrCat(errors_.size() + more_, " fields are wrong: ", list);
  return WithDetails(reason, message, info, &request, absl::ZeroDuration());
}

ErrorReason ReasonOf(const absl::Status& status) {
  const auto info = FindDetail<ErrorInfo>(PayloadOf(status));
  return info.has_value() ? ReasonOfInfo(*info) : common::v1::ERROR_REASON_UNSPECIFIED;
}

std::string MetadataOf(const absl::Status& status, std::string_view key) {
  const auto info = FindDetail<ErrorInfo>(PayloadOf(status));
  if (!info.has_value()) {
    return "";
  }
  const auto found = info->metadata().find(std::string(key));
  return found == info->metadata().end() ? "" : found->second;
}

std::vector<std::pair<std::string, std::string>> FieldsOf(const absl::Status& status) {
  std::vector<std::pair<std::string, std::string>> fields;
  if (const auto request = FindDetail<BadRequest>(PayloadOf(status))) {
    for (const auto& violation : request->field_violations()) {
      fields.emplace_back(violation.field(), violation.description());
    }
  }
  return fields;
}

absl::Status Annotate(const absl::Status& status, std::string_view prefix) {
  if (status.ok()) {
    return status;
  }
  absl::Status annotated(status.code(), text::ToUtf8(StrCat(prefix, ": ", status.message())));
  status.ForEachPayload([&annotated](absl::string_view type_url, const absl::Cord& payload) {
    annotated.SetPayload(type_url, payload);
  });
  return annotated;
}

}  // namespace steelyard
