// The RPC edge of services/common/status/status.h.

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "services/common/status/payload.h"
#include "services/common/status/status.h"
#include "services/common/text/fold.h"
#include "tests/support/status_matchers.h"

namespace steelyard {
namespace {

using namespace common::v1;  // NOLINT(google-build-using-namespace): the reasons
using ::steelyard::testing::HasReason;
using ::steelyard::testing::IsOk;
using ::steelyard::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(ToGrpcStatus, KeepsCodeMessageAndDetails) {
  const absl::Status status =
      MakeError(ERROR_REASON_RATE_NOT_FOUND, "no rate for TRY", {{"currency", "TRY"}});
  const grpc::Status wire = ToGrpcStatus(status);
  EXPECT_EQ(wire.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(wire.error_message(), "no rate for TRY");
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(wire.error_details()));
  EXPECT_EQ(details.code(), 5);
  EXPECT_EQ(details.message(), "no rate for TRY");
  ASSERT_EQ(details.details_size(), 1);
}

TEST(ToGrpcStatus, IsOkForOk) { EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok()); }

TEST(ToGrpcStatus, KeepsTheNewMessageOfAnAnnotatedError) {
  const grpc::Status wire =
      ToGrpcStatus(Annotate(MakeError(ERROR_REASON_INVALID_DATE, "no month 13"), "period.from"));
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(wire.error_details()));
  EXPECT_EQ(wire.error_message(), "period.from: no month 13");
  EXPECT_EQ(details.message(), "period.from: no month 13");
}

TEST(ToGrpcStatus, HidesWhatWasNotMadeForCallers) {
  const grpc::Status wire = ToGrpcStatus(absl::NotFoundError("table rounds_v3 in /var/lib"));
  EXPECT_EQ(wire.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_THAT(wire.error_message(), Not(HasSubstr("rounds_v3")));
  EXPECT_THAT(FromGrpcStatus(wire, "services/funding"), HasReason(ERROR_REASON_INTERNAL));
}

// Clients take 8 KiB of trailing metadata: the message percent-encoded, the details in base64.
size_t WireBytes(const grpc::Status& status) {
  return 3 * status.error_message().size() + 4 * status.error_details().size() / 3;
}

TEST(ToGrpcStatus, FitsIntoTrailersWithHundredsOfFields) {
  FieldErrors errors;
  for (int i = 0; i < 500; ++i) {
    errors.Add("rounds[" + std::to_string(i) + "].amount", "muß größer als null sein");
  }
  const grpc::Status wire = ToGrpcStatus(errors.ToStatus());
  EXPECT_LT(WireBytes(wire), 7500U);
  EXPECT_TRUE(text::IsUtf8(wire.error_message()));
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(wire.error_details()));
  const auto request = FindDetail<google::rpc::BadRequest>(details);
  ASSERT_TRUE(request.has_value());
  ASSERT_GT(request->field_violations_size(), 3);
  EXPECT_EQ(request->field_violations(0).field(), "rounds[0].amount");
  const int listed = request->field_violations_size() - 1;
  EXPECT_EQ(request->field_violations(listed).description(),
            "and " + std::to_string(500 - listed) + " more fields");
  EXPECT_THAT(FromGrpcStatus(wire, "x"), HasReason(ERROR_REASON_INVALID_FIELD));
}

TEST(ToGrpcStatus, FitsIntoTrailersWithLongMetadata) {
  const std::string many(5000, 'x');
  ErrorMetadata metadata;
  for (int i = 0; i < 20; ++i) {
    metadata.emplace_back("key" + std::to_string(i), many);
  }
  const grpc::Status wire =
      ToGrpcStatus(MakeError(ERROR_REASON_UNKNOWN_REGION, "ü" + many, metadata));
  EXPECT_LT(WireBytes(wire), 7500U);
  EXPECT_TRUE(text::IsUtf8(wire.error_message()));
  EXPECT_THAT(FromGrpcStatus(wire, "x"), HasReason(ERROR_REASON_UNKNOWN_REGION));
}

TEST(FromGrpcStatus, GivesBackWhatTheOtherServiceMade) {
  FieldErrors errors;
  errors.Add("page_size", "must not be negative");
  const std::vector<absl::Status> cases = {
      errors.ToStatus(),
      MakeError(ERROR_REASON_COMPANY_NOT_FOUND, "no company \"x\"", {{"company", "x"}}),
      MakeRetryableError(ERROR_REASON_OVERLOADED, "full", absl::Seconds(3)),
  };
  for (const absl::Status& status : cases) {
    const absl::Status back = FromGrpcStatus(ToGrpcStatus(status), "services/funding");
    EXPECT_EQ(back.code(), status.code());
    EXPECT_EQ(back.message(), status.message());
    EXPECT_EQ(ReasonOf(back), ReasonOf(status));
    EXPECT_EQ(PayloadOf(back).details_size(), PayloadOf(status).details_size());
    EXPECT_EQ(MetadataOf(back, "service"), "services/funding");
    // The next hop does not claim the error for itself.
    const absl::Status further = FromGrpcStatus(ToGrpcStatus(back), "services/strategy");
    EXPECT_EQ(MetadataOf(further, "service"), "services/funding");
  }
}

TEST(FromGrpcStatus, IsOkForOk) { EXPECT_THAT(FromGrpcStatus(grpc::Status::OK, "x"), IsOk()); }

TEST(FromGrpcStatus, NamesWhatTheLibraryMeans) {
  struct Case {
    grpc::StatusCode code;
    std::string message;
    ErrorReason reason;
  };
  const std::vector<Case> cases = {
      {grpc::StatusCode::UNAVAILABLE, "failed to connect to all addresses",
       ERROR_REASON_BACKEND_UNAVAILABLE},
      {grpc::StatusCode::DEADLINE_EXCEEDED, "Deadline Exceeded", ERROR_REASON_DEADLINE_EXCEEDED},
      {grpc::StatusCode::CANCELLED, "CANCELLED", ERROR_REASON_CANCELLED},
      {grpc::StatusCode::RESOURCE_EXHAUSTED, "Received message larger than max (9 vs. 4)",
       ERROR_REASON_MESSAGE_TOO_LARGE},
      {grpc::StatusCode::RESOURCE_EXHAUSTED, "Server Threadpool Exhausted",
       ERROR_REASON_OVERLOADED},
      {grpc::StatusCode::UNIMPLEMENTED, "", ERROR_REASON_METHOD_UNKNOWN},
      {grpc::StatusCode::UNAUTHENTICATED, "", ERROR_REASON_UNAUTHENTICATED},
      {grpc::StatusCode::PERMISSION_DENIED, "", ERROR_REASON_PERMISSION_DENIED},
      {grpc::StatusCode::UNKNOWN, "Unexpected error in RPC handling", ERROR_REASON_INTERNAL},
      {grpc::StatusCode::INTERNAL, "", ERROR_REASON_INTERNAL},
      {grpc::StatusCode::DATA_LOSS, "", ERROR_REASON_INTERNAL},
      {grpc::StatusCode::NOT_FOUND, "", ERROR_REASON_INTERNAL},
  };
  for (const Case& c : cases) {
    const absl::Status status = FromGrpcStatus({c.code, c.message}, "services/funding");
    EXPECT_THAT(status, HasReason(c.reason)) << c.code;
    EXPECT_THAT(status, StatusIs(CodeOf(c.reason), HasSubstr("services/funding")));
    EXPECT_EQ(MetadataOf(status, "service"), "services/funding");
    EXPECT_EQ(MetadataOf(status, "detail"), c.message);
  }
}

TEST(FromGrpcStatus, TreatsOthersDetailsLikeNone) {
  const grpc::Status garbled(grpc::StatusCode::UNAVAILABLE, "x", "\xFF\xFF not a message");
  EXPECT_THAT(FromGrpcStatus(garbled, "s"), HasReason(ERROR_REASON_BACKEND_UNAVAILABLE));
}

}  // namespace
}  // namespace steelyard
