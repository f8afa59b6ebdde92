#pragma once

// Matchers for absl::Status and absl::StatusOr.

#include <ostream>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::testing {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

inline void Explain(const absl::Status& status, ::testing::MatchResultListener* listener) {
  *listener << "whose status is " << status.ToString(absl::StatusToStringMode::kWithNoExtraData);
  if (const ErrorReason reason = ReasonOf(status); reason != common::v1::ERROR_REASON_UNSPECIFIED) {
    *listener << ", reason " << common::v1::ErrorReason_Name(reason);
  }
}

// EXPECT_THAT(Parse("x"), IsOk());
MATCHER(IsOk, negation ? "is an error" : "is OK") {
  Explain(StatusOf(arg), result_listener);
  return StatusOf(arg).ok();
}

// EXPECT_THAT(result, HasReason(common::v1::ERROR_REASON_INVALID_DATE));
MATCHER_P(HasReason, reason, "has reason " + common::v1::ErrorReason_Name(reason)) {
  Explain(StatusOf(arg), result_listener);
  return !StatusOf(arg).ok() && ReasonOf(StatusOf(arg)) == reason;
}

// EXPECT_THAT(result, StatusIs(absl::StatusCode::kNotFound, HasSubstr("acme")));
MATCHER_P2(StatusIs, code, message_matcher, "has code " + absl::StatusCodeToString(code)) {
  const absl::Status& status = StatusOf(arg);
  Explain(status, result_listener);
  const ::testing::Matcher<const std::string&> matcher =
      ::testing::MatcherCast<const std::string&>(message_matcher);
  return status.code() == code && matcher.Matches(std::string(status.message()));
}

inline auto StatusIs(absl::StatusCode code) { return StatusIs(code, ::testing::_); }

// EXPECT_THAT(ParseDate("2024"), IsOkAndHolds(PartialDate{2024, 0, 0}));
MATCHER_P(IsOkAndHolds, value_matcher, "is OK and holds a value that matches") {
  if (!arg.ok()) {
    Explain(arg.status(), result_listener);
    return false;
  }
  return ::testing::ExplainMatchResult(value_matcher, *arg, result_listener);
}

}  // namespace steelyard::testing

// EXPECT_OK(store.Commit());
#define EXPECT_OK(expression) EXPECT_THAT(expression, ::steelyard::testing::IsOk())
#define ASSERT_OK(expression) ASSERT_THAT(expression, ::steelyard::testing::IsOk())

// ASSERT_OK_AND_ASSIGN(const auto token, EncodeToken(id));
#define ASSERT_OK_AND_ASSIGN(lhs, expression) \
  ASSERT_OK_AND_ASSIGN_INNER(STEELYARD_CONCAT(steelyard_or_, __LINE__), lhs, expression)
#define ASSERT_OK_AND_ASSIGN_INNER(result, lhs, expression) \
  auto result = (expression);                               \
  ASSERT_OK(result);                                        \
  lhs = *std::move(result)
