#pragma once

// How errors are made and how they cross the RPC edge. Below the edge there is only absl::Status;
// its payload carries the google.rpc details (ErrorInfo, BadRequest, RetryInfo), so that a status
// that passes through several services keeps its code, reason and details.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/support/status.h"
#include "steelyard/common/v1/errors.pb.h"

namespace steelyard {

using common::v1::ErrorReason;

// Key and value of an ErrorInfo's metadata.
using ErrorMetadata = std::vector<std::pair<std::string, std::string>>;

// An error with the code that its reason stands for (the mapping is written in errors.proto and
// tested over all reasons). `message` is for people: says what is wrong, where, and what is
// allowed. Every dynamic part of it belongs into `metadata` too.
absl::Status MakeError(ErrorReason reason, std::string_view message, ErrorMetadata metadata = {});
// Likewise, with RetryInfo: the caller should wait that long before it tries again.
absl::Status MakeRetryableError(ErrorReason reason, std::string_view message,
                                absl::Duration retry_after, ErrorMetadata metadata = {});
// The canonical code of a reason.
absl::StatusCode CodeOf(ErrorReason reason);

// Collects the bad fields of a request, then makes one INVALID_ARGUMENT of them (AIP-193). The
// first 1000 are kept and the others counted, so that an answer does not grow with how much is
// wrong; the description of the last one kept ends with how many more there are.
class FieldErrors {
 public:
  // `field` is the path in the request, such as "regions[1]" or "rounds[3].amount". `description`
  // says what is allowed there. The first reason added becomes the error's reason.
  void Add(std::string_view field, std::string_view description,
           ErrorReason reason = common::v1::ERROR_REASON_INVALID_FIELD);
  // Takes over the errors of `status`, if it is one, below `field`: its message becomes the
  // description.
  void Add(std::string_view field, const absl::Status& status);
  bool empty() const { return errors_.empty(); }
  // OK when empty; otherwise one error with BadRequest listing every field kept in the order added.
  absl::Status ToStatus() const;

 private:
  struct FieldError {
    std::string field;
    std::string description;
    ErrorReason reason;
    ErrorMetadata metadata;
  };
  void Keep(FieldError error);

  std::vector<FieldError> errors_;
  size_t more_ = 0;  // that were not kept
};

// The reason of an error made here or received from another service; UNSPECIFIED when it has none.
ErrorReason ReasonOf(const absl::Status& status);
// The value of a key of the ErrorInfo's metadata; empty when absent.
std::string MetadataOf(const absl::Status& status, std::string_view key);
// The fields that an error lists, each with what is allowed there, in its order; none for others.
std::vector<std::pair<std::string, std::string>> FieldsOf(const absl::Status& status);
// The same error, with `prefix` and ": " before its message; payload kept.
absl::Status Annotate(const absl::Status& status, std::string_view prefix);

// The RPC edge. ToGrpcStatus puts details into the status's binary details; an error without a
// reason (not made by MakeError) becomes INTERNAL with a general message, since driver text must
// not leak.
grpc::Status ToGrpcStatus(const absl::Status& status);
// Of another service's answer; a status without ErrorInfo (made by the library) gets one:
// UNAVAILABLE -> BACKEND_UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, RESOURCE_EXHAUSTED ->
// MESSAGE_TOO_LARGE or OVERLOADED, UNIMPLEMENTED -> METHOD_UNKNOWN, others INTERNAL. `service`
// names the backend in message and metadata ("services/funding").
absl::Status FromGrpcStatus(const grpc::Status& status, std::string_view service);

}  // namespace steelyard

// Returns the status of `expr` from this function unless it is OK.
#define STEELYARD_RETURN_IF_ERROR(expr)                                                          \
  do {                                                                                           \
    if (absl::Status steelyard_status = (expr); !steelyard_status.ok()) return steelyard_status; \
  } while (false)

#define STEELYARD_CONCAT_INNER(a, b) a##b
#define STEELYARD_CONCAT(a, b) STEELYARD_CONCAT_INNER(a, b)
// Declares or assigns `lhs` from the value of `expr`, an absl::StatusOr, or returns its status.
#define STEELYARD_ASSIGN_OR_RETURN(lhs, expr) \
  STEELYARD_ASSIGN_OR_RETURN_INNER(STEELYARD_CONCAT(steelyard_or_, __LINE__), lhs, expr)
#define STEELYARD_ASSIGN_OR_RETURN_INNER(tmp, lhs, expr) \
  auto tmp = (expr);                                     \
  if (!tmp.ok()) return std::move(tmp).status();         \
  lhs = *std::move(tmp)
