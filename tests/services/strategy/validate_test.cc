#include "services/strategy/validate.h"

#include <functional>
#include <ostream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/services/strategy/canned.h"
#include "tests/support/status_matchers.h"

namespace steelyard::strategy {
namespace {

using ::steelyard::testing::HasReason;
using ::steelyard::testing::IsOk;
using ::testing::HasSubstr;

TEST(ValidateTest, AcceptsTheWidestAndTheNarrowest) {
  EXPECT_THAT(Validate(Question()), IsOk());
  v1::CompareRegionsRequest request = Question();
  request.set_top_k(100);
  request.mutable_period()->mutable_from()->set_year(1972);
  EXPECT_THAT(Validate(request), IsOk());
  request.mutable_period()->mutable_to()->set_year(1972);
  for (int i = 0; i < 9; ++i) request.add_regions("R" + std::to_string(i));
  EXPECT_THAT(Validate(request), IsOk());
}

struct BadCase {
  std::string name;
  std::function<void(v1::CompareRegionsRequest&)> spoil;
  ErrorReason reason;
  std::string field;
};

void PrintTo(const BadCase& c, std::ostream* os) { *os << c.name; }

class ValidateBadTest : public ::testing::TestWithParam<BadCase> {};

TEST_P(ValidateBadTest, NamesTheFieldAndWhatIsAllowed) {
  v1::CompareRegionsRequest request = Question();
  GetParam().spoil(request);
  const absl::Status status = Validate(request);
  EXPECT_THAT(status, HasReason(GetParam().reason));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr(GetParam().field));
}

using Request = v1::CompareRegionsRequest;

INSTANTIATE_TEST_SUITE_P(
    Requests, ValidateBadTest,
    ::testing::Values(
        BadCase{"NoRegion", [](Request& r) { r.clear_regions(); },
                common::v1::ERROR_REASON_INVALID_FIELD, "regions"},
        BadCase{"OneRegion",
                [](Request& r) {
                  r.clear_regions();
                  r.add_regions("US");
                },
                common::v1::ERROR_REASON_INVALID_FIELD, "2 to 12"},
        BadCase{"ThirteenRegions",
                [](Request& r) {
                  for (int i = 0; i < 10; ++i) r.add_regions("R" + std::to_string(i));
                },
                common::v1::ERROR_REASON_INVALID_FIELD, "2 to 12"},
        BadCase{"EmptyRegion", [](Request& r) { r.add_regions(""); },
                common::v1::ERROR_REASON_INVALID_FIELD, "regions[3]"},
        BadCase{"RegionTwice", [](Request& r) { r.add_regions("US"); },
                common::v1::ERROR_REASON_INVALID_FIELD, "regions[3]"},
        BadCase{"NoPeriod", [](Request& r) { r.clear_period(); },
                common::v1::ERROR_REASON_INVALID_FIELD, "period.from"},
        BadCase{"NoEnd", [](Request& r) { r.mutable_period()->clear_to(); },
                common::v1::ERROR_REASON_INVALID_FIELD, "period.to"},
        BadCase{"YearZero", [](Request& r) { r.mutable_period()->mutable_from()->set_year(0); },
                common::v1::ERROR_REASON_INVALID_DATE, "period.from"},
        BadCase{"YearTooLarge",
                [](Request& r) { r.mutable_period()->mutable_to()->set_year(10000); },
                common::v1::ERROR_REASON_INVALID_DATE, "period.to"},
        BadCase{"Month", [](Request& r) { r.mutable_period()->mutable_from()->set_month(3); },
                common::v1::ERROR_REASON_INVALID_DATE, "period.from"},
        BadCase{"Day", [](Request& r) { r.mutable_period()->mutable_to()->set_day(3); },
                common::v1::ERROR_REASON_INVALID_DATE, "period.to"},
        BadCase{"Backwards", [](Request& r) { r.mutable_period()->mutable_to()->set_year(2019); },
                common::v1::ERROR_REASON_INVALID_DATE, "before it starts"},
        BadCase{"TooLong", [](Request& r) { r.mutable_period()->mutable_to()->set_year(2071); },
                common::v1::ERROR_REASON_INVALID_DATE, "at most 50 apart"},
        BadCase{"NegativeTopK", [](Request& r) { r.set_top_k(-1); },
                common::v1::ERROR_REASON_INVALID_FIELD, "top_k"},
        BadCase{"TopKTooLarge", [](Request& r) { r.set_top_k(101); },
                common::v1::ERROR_REASON_INVALID_FIELD, "top_k"}),
    [](const auto& info) { return info.param.name; });

v1::ProfileRegionRequest ProfileQuestion() {
  v1::ProfileRegionRequest request;
  request.set_region("US");
  *request.mutable_period() = Question().period();
  return request;
}

TEST(ValidateProfileTest, AcceptsOneRegion) {
  v1::ProfileRegionRequest request = ProfileQuestion();
  EXPECT_THAT(Validate(request), IsOk());
  request.set_top_k(100);
  EXPECT_THAT(Validate(request), IsOk());
}

TEST(ValidateProfileTest, ListsEveryBadFieldWithItsReason) {
  v1::ProfileRegionRequest request = ProfileQuestion();
  request.clear_region();
  EXPECT_THAT(Validate(request), HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  request.set_region(std::string(131, 'x'));
  EXPECT_THAT(std::string(Validate(request).message()), HasSubstr("at most 130 bytes"));
  request = ProfileQuestion();
  request.mutable_period()->mutable_to()->set_year(2019);
  EXPECT_THAT(Validate(request), HasReason(common::v1::ERROR_REASON_INVALID_DATE));
  request = ProfileQuestion();
  request.set_top_k(101);
  EXPECT_THAT(Validate(request), HasReason(common::v1::ERROR_REASON_INVALID_FIELD));

  request = {};
  request.set_top_k(-1);
  const std::string message(Validate(request).message());
  for (const char* field :
       {"region: a country, a region set or an alias", "period.from", "period.to", "top_k"}) {
    EXPECT_THAT(message, HasSubstr(field));
  }
}

TEST(ValidateTest, ListsEveryBadField) {
  v1::CompareRegionsRequest request;
  request.set_top_k(-1);
  const std::string message(Validate(request).message());
  for (const char* field : {"regions", "period.from", "period.to", "top_k"}) {
    EXPECT_THAT(message, HasSubstr(field));
  }
}

}  // namespace
}  // namespace steelyard::strategy
