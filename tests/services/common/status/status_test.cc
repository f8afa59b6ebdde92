#include "services/common/status/status.h"

#include <fstream>
#include <map>
#include <regex>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "services/common/status/payload.h"
#include "tests/support/status_matchers.h"

namespace steelyard {
namespace {

using namespace common::v1;  // NOLINT(google-build-using-namespace): the reasons
using ::steelyard::testing::HasReason;
using ::steelyard::testing::IsOk;
using ::steelyard::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// The code word that starts the comment of each reason in the contract.
std::map<std::string, std::string> DocumentedCodes() {
  std::ifstream file(STEELYARD_SOURCE_DIR "/protos/steelyard/common/v1/errors.proto");
  const std::regex value(R"(^\s*(ERROR_REASON_[A-Z_]+) = \d+;)");
  const std::regex code(R"(^\s*// ([A-Z_]+)\.)");
  std::map<std::string, std::string> codes;
  std::string line;
  std::string latest;
  std::smatch match;
  while (std::getline(file, line)) {
    if (std::regex_search(line, match, value)) {
      codes[match[1]] = latest;
      latest.clear();
    } else if (latest.empty() && std::regex_search(line, match, code)) {
      latest = match[1];
    }
  }
  return codes;
}

std::vector<ErrorReason> AllReasons() {
  std::vector<ErrorReason> reasons;
  for (int i = 0; i < ErrorReason_descriptor()->value_count(); ++i) {
    const auto reason = static_cast<ErrorReason>(ErrorReason_descriptor()->value(i)->number());
    if (reason != ERROR_REASON_UNSPECIFIED) {
      reasons.push_back(reason);
    }
  }
  return reasons;
}

TEST(CodeOf, IsTheCodeThatTheContractDocuments) {
  const auto documented = DocumentedCodes();
  EXPECT_THAT(AllReasons(), SizeIs(documented.size() - 1));  // the first one is never sent
  for (const ErrorReason reason : AllReasons()) {
    const std::string& name = ErrorReason_Name(reason);
    ASSERT_EQ(documented.count(name), 1U) << name;
    EXPECT_EQ(absl::StatusCodeToString(CodeOf(reason)), documented.at(name)) << name;
  }
}

TEST(CodeOf, IsInternalForWhatNobodyShouldSend) {
  EXPECT_EQ(CodeOf(ERROR_REASON_UNSPECIFIED), absl::StatusCode::kInternal);
  EXPECT_EQ(CodeOf(static_cast<ErrorReason>(9999)), absl::StatusCode::kInternal);
}

TEST(MakeError, CarriesReasonAndMetadata) {
  for (const ErrorReason reason : AllReasons()) {
    const absl::Status status = MakeError(reason, "what is wrong", {{"file", "a.csv"}});
    EXPECT_THAT(status, HasReason(reason));
    EXPECT_THAT(status, StatusIs(CodeOf(reason), "what is wrong"));
    EXPECT_EQ(MetadataOf(status, "file"), "a.csv");
    EXPECT_EQ(MetadataOf(status, "line"), "");

    const auto info = FindDetail<google::rpc::ErrorInfo>(PayloadOf(status));
    ASSERT_TRUE(info.has_value());
    EXPECT_EQ(info->domain(), "steelyard");
    EXPECT_EQ("ERROR_REASON_" + info->reason(), ErrorReason_Name(reason));
  }
}

TEST(MakeError, KeepsItsReasonWhateverBytesItQuotes) {
  const absl::Status status =
      MakeError(ERROR_REASON_IMPORT_MALFORMED, "For\xEAt", {{"value", "For\xEAt"}});
  EXPECT_THAT(status, HasReason(ERROR_REASON_IMPORT_MALFORMED));
  EXPECT_EQ(status.message(), "For\xEF\xBF\xBDt");
  EXPECT_EQ(MetadataOf(status, "value"), "For\xEF\xBF\xBDt");
  EXPECT_THAT(Annotate(status, "\xFF"), HasReason(ERROR_REASON_IMPORT_MALFORMED));
  FieldErrors errors;
  errors.Add("a\xFF", "b\xFF");
  errors.Add("a\xFF", absl::InternalError("b\xFF"));
  EXPECT_THAT(errors.ToStatus(), HasReason(ERROR_REASON_INVALID_FIELD));
}

TEST(MakeError, WithoutAReasonIsInternal) {
  EXPECT_THAT(MakeError(ERROR_REASON_UNSPECIFIED, "?"), HasReason(ERROR_REASON_INTERNAL));
}

TEST(MakeError, SaysWhenToRetryWhatIsWorthRetrying) {
  for (const ErrorReason reason : AllReasons()) {
    const auto retry = FindDetail<google::rpc::RetryInfo>(PayloadOf(MakeError(reason, "x")));
    const bool expected = reason == ERROR_REASON_STORE_UNAVAILABLE ||
                          reason == ERROR_REASON_BACKEND_UNAVAILABLE ||
                          reason == ERROR_REASON_OVERLOADED;
    ASSERT_EQ(retry.has_value(), expected) << ErrorReason_Name(reason);
    if (expected) {
      EXPECT_EQ(retry->retry_delay().seconds(), 1);
      EXPECT_EQ(retry->retry_delay().nanos(), 0);
    }
  }
}

TEST(MakeRetryableError, SaysHowLongToWait) {
  const absl::Status status = MakeRetryableError(ERROR_REASON_OVERLOADED, "full",
                                                 absl::Milliseconds(2250), {{"queue", "256"}});
  const auto retry = FindDetail<google::rpc::RetryInfo>(PayloadOf(status));
  ASSERT_TRUE(retry.has_value());
  EXPECT_EQ(retry->retry_delay().seconds(), 2);
  EXPECT_EQ(retry->retry_delay().nanos(), 250'000'000);
  EXPECT_EQ(MetadataOf(status, "queue"), "256");
}

TEST(ReasonOf, IsUnspecifiedForOthersErrors) {
  EXPECT_EQ(ReasonOf(absl::OkStatus()), ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(ReasonOf(absl::NotFoundError("x")), ERROR_REASON_UNSPECIFIED);
  absl::Status status = absl::NotFoundError("x");
  google::rpc::ErrorInfo info;
  info.set_domain("example.com");
  info.set_reason("CANCELLED");
  google::rpc::Status details;
  details.add_details()->PackFrom(info);
  SetPayload(status, details);
  EXPECT_EQ(ReasonOf(status), ERROR_REASON_UNSPECIFIED);
  info.set_domain("steelyard");
  info.set_reason("NO_SUCH_REASON");
  details.mutable_details(0)->PackFrom(info);
  SetPayload(status, details);
  EXPECT_EQ(ReasonOf(status), ERROR_REASON_UNSPECIFIED);
}

TEST(ReasonOf, IsUnspecifiedForADamagedPayload) {
  absl::Status status = MakeError(ERROR_REASON_CANCELLED, "x");
  status.SetPayload("type.googleapis.com/google.rpc.Status", absl::Cord("\xFF\xFF\xFF"));
  EXPECT_EQ(ReasonOf(status), ERROR_REASON_UNSPECIFIED);
}

TEST(Annotate, PutsTheContextFirstAndKeepsTheRest) {
  const absl::Status status =
      Annotate(MakeError(ERROR_REASON_INVALID_DATE, "no month 13", {{"date", "2021-13"}}),
               "rounds.csv, line 7");
  EXPECT_EQ(status.message(), "rounds.csv, line 7: no month 13");
  EXPECT_THAT(status, HasReason(ERROR_REASON_INVALID_DATE));
  EXPECT_EQ(MetadataOf(status, "date"), "2021-13");
  EXPECT_THAT(Annotate(absl::OkStatus(), "x"), IsOk());
}

std::vector<std::string> FieldsOf(const absl::Status& status) {
  std::vector<std::string> fields;
  if (const auto request = FindDetail<google::rpc::BadRequest>(PayloadOf(status))) {
    for (const auto& violation : request->field_violations()) {
      fields.push_back(violation.field() + " -> " + violation.description());
    }
  }
  return fields;
}

TEST(FieldErrors, AreOkWhenThereAreNone) {
  FieldErrors errors;
  errors.Add("name", absl::OkStatus());
  EXPECT_TRUE(errors.empty());
  EXPECT_THAT(errors.ToStatus(), IsOk());
}

TEST(FieldErrors, ListEveryField) {
  FieldErrors errors;
  errors.Add("regions[1]", "must not be empty");
  errors.Add("rounds[3].amount", "must not be negative", ERROR_REASON_INVALID_AMOUNT);
  EXPECT_FALSE(errors.empty());
  const absl::Status status = errors.ToStatus();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument,
                               HasSubstr("2 fields are wrong: regions[1]: must not be empty; "
                                         "rounds[3].amount: must not be negative")));
  EXPECT_THAT(status, HasReason(ERROR_REASON_INVALID_FIELD));
  EXPECT_EQ(MetadataOf(status, "field"), "regions[1]");
  EXPECT_THAT(FieldsOf(status), ElementsAre("regions[1] -> must not be empty",
                                            "rounds[3].amount -> must not be negative"));
}

TEST(FieldErrors, TakeTheFirstReasonAndItsMetadata) {
  FieldErrors errors;
  errors.Add("regions[0]", MakeError(ERROR_REASON_UNKNOWN_REGION, "no region \"EURPOE\"",
                                     {{"allowed", "EU27, EUROPE_BROAD"}}));
  errors.Add("period", "is missing");
  const absl::Status status = errors.ToStatus();
  EXPECT_THAT(status, HasReason(ERROR_REASON_UNKNOWN_REGION));
  EXPECT_EQ(MetadataOf(status, "allowed"), "EU27, EUROPE_BROAD");
  EXPECT_EQ(MetadataOf(status, "field"), "regions[0]");
}

TEST(FieldErrors, TakeOverNestedFields) {
  FieldErrors inner;
  inner.Add("year", "is missing");
  inner.Add("month", "must be in 1 to 12");
  FieldErrors outer;
  outer.Add("rounds[2].announced_on", inner.ToStatus());
  EXPECT_THAT(FieldsOf(outer.ToStatus()),
              ElementsAre("rounds[2].announced_on.year -> is missing",
                          "rounds[2].announced_on.month -> must be in 1 to 12"));
}

TEST(FieldErrors, KeepAThousandAndCountTheOthers) {
  FieldErrors errors;
  for (int i = 0; i < 1000; ++i) errors.Add("f", "wrong");
  EXPECT_EQ(FieldsOf(errors.ToStatus()).back(), "f -> wrong");
  for (int i = 0; i < 2000; ++i) errors.Add("f", std::string(1000, 'x'));
  errors.Add("f", MakeError(ERROR_REASON_UNKNOWN_REGION, std::string(1000, 'x')));
  errors.Add("f", errors.ToStatus());  // a thousand fields more
  const absl::Status status = errors.ToStatus();
  EXPECT_THAT(FieldsOf(status), SizeIs(1000));
  EXPECT_EQ(FieldsOf(status)[998], "f -> wrong");
  EXPECT_EQ(FieldsOf(status)[999], "f -> wrong; and 3001 more that are not listed");
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument,
                               AllOf(HasSubstr("4001 fields are wrong: f: wrong; f: "),
                                     HasSubstr("f: wrong; and 3001 more that are not listed"))));
  EXPECT_LT(status.message().size(), 20000);
}

TEST(FieldErrors, AreInvalidArgumentWhateverWasAdded) {
  FieldErrors errors;
  errors.Add("company", MakeError(ERROR_REASON_COMPANY_NOT_FOUND, "no company \"x\""));
  errors.Add("other", absl::InternalError("y"));
  EXPECT_THAT(errors.ToStatus(), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(errors.ToStatus(), HasReason(ERROR_REASON_INVALID_FIELD));
}

absl::StatusOr<int> Half(int number) {
  if (number % 2 != 0) {
    return MakeError(ERROR_REASON_INVALID_FIELD, "odd");
  }
  return number / 2;
}

absl::Status Quarter(int number, int& quarter) {
  STEELYARD_ASSIGN_OR_RETURN(const int half, Half(number));
  STEELYARD_ASSIGN_OR_RETURN(quarter, Half(half));
  STEELYARD_RETURN_IF_ERROR(Half(quarter).status());
  return absl::OkStatus();
}

TEST(Macros, ReturnTheFirstError) {
  int quarter = 0;
  EXPECT_THAT(Quarter(24, quarter), IsOk());
  EXPECT_EQ(quarter, 6);
  EXPECT_THAT(Quarter(3, quarter), HasReason(ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(Quarter(6, quarter), HasReason(ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(Quarter(4, quarter), HasReason(ERROR_REASON_INVALID_FIELD));
}

}  // namespace
}  // namespace steelyard
