#include "services/strategy/scenario/validate_scenario.h"

#include <functional>
#include <limits>
#include <ostream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/status/status.h"
#include "tests/support/status_matchers.h"

namespace steelyard::strategy {
namespace {

using ::steelyard::testing::HasReason;
using ::steelyard::testing::IsOk;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr ErrorReason kField = common::v1::ERROR_REASON_INVALID_FIELD;
constexpr ErrorReason kDate = common::v1::ERROR_REASON_INVALID_DATE;
constexpr ErrorReason kAmount = common::v1::ERROR_REASON_INVALID_AMOUNT;

template <typename Request>
struct BadCase {
  std::string name;
  std::function<void(Request&)> spoil;
  ErrorReason reason = common::v1::ERROR_REASON_UNSPECIFIED;
  std::string field;
  std::string allowed;
};

template <typename Request>
void PrintTo(const BadCase<Request>& c, std::ostream* os) {
  *os << c.name;
}

template <typename Request>
void ExpectRefused(Request request, const BadCase<Request>& bad) {
  bad.spoil(request);
  const absl::Status status = Validate(request);
  EXPECT_THAT(status, HasReason(bad.reason));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(FieldsOf(status), Contains(Pair(bad.field, HasSubstr(bad.allowed))));
}

// --- Gap ---

using Gap = v1::DecomposeGapRequest;

Gap GoodGap() {
  Gap request;
  request.set_leader("US");
  request.set_follower("EUROPE");
  request.mutable_period()->mutable_from()->set_year(2015);
  request.mutable_period()->mutable_to()->set_year(2025);
  return request;
}

TEST(ValidateGapTest, AcceptsTheWidestAndTheNarrowest) {
  Gap request = GoodGap();
  EXPECT_THAT(Validate(request), IsOk());
  request.mutable_period()->mutable_from()->set_year(1975);
  request.set_target_ratio(100);
  request.set_target_year(2125);
  request.set_paths(100'000);
  EXPECT_THAT(Validate(request), IsOk());
  request.mutable_period()->mutable_from()->set_year(2025);
  request.set_target_ratio(1e-9);
  request.set_target_year(2026);
  request.set_paths(100);
  EXPECT_THAT(Validate(request), IsOk());
}

class ValidateGapBadTest : public ::testing::TestWithParam<BadCase<Gap>> {};

TEST_P(ValidateGapBadTest, NamesTheFieldAndWhatIsAllowed) { ExpectRefused(GoodGap(), GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    Requests, ValidateGapBadTest,
    ::testing::Values(
        BadCase<Gap>{"NoLeader", [](Gap& r) { r.clear_leader(); }, kField, "leader", "required"},
        BadCase<Gap>{"NoFollower", [](Gap& r) { r.clear_follower(); }, kField, "follower",
                     "required"},
        BadCase<Gap>{"LongLeader", [](Gap& r) { r.set_leader(std::string(131, 'x')); }, kField,
                     "leader", "at most 130 bytes"},
        BadCase<Gap>{"LongFollower", [](Gap& r) { r.set_follower(std::string(131, 'x')); }, kField,
                     "follower", "at most 130 bytes"},
        BadCase<Gap>{"RatioBarelyTooLarge", [](Gap& r) { r.set_target_ratio(100.0000001); }, kField,
                     "target_ratio", "not 100.0000001"},
        BadCase<Gap>{"OneRegion", [](Gap& r) { r.set_follower("US"); }, kField, "follower",
                     "another region"},
        BadCase<Gap>{"NoPeriod", [](Gap& r) { r.clear_period(); }, kField, "period.from",
                     "required"},
        BadCase<Gap>{"NoEnd", [](Gap& r) { r.mutable_period()->clear_to(); }, kField, "period.to",
                     "required"},
        BadCase<Gap>{"Month", [](Gap& r) { r.mutable_period()->mutable_from()->set_month(2); },
                     kDate, "period.from", "whole years"},
        BadCase<Gap>{"Day", [](Gap& r) { r.mutable_period()->mutable_to()->set_day(2); }, kDate,
                     "period.to", "whole years"},
        BadCase<Gap>{"YearZero", [](Gap& r) { r.mutable_period()->mutable_from()->set_year(0); },
                     kDate, "period.from", "1 to 9999"},
        BadCase<Gap>{"YearTooLarge",
                     [](Gap& r) { r.mutable_period()->mutable_to()->set_year(10'000); }, kDate,
                     "period.to", "1 to 9999"},
        BadCase<Gap>{"Backwards", [](Gap& r) { r.mutable_period()->mutable_to()->set_year(2014); },
                     kDate, "period.to", "before it starts"},
        BadCase<Gap>{"TooLong", [](Gap& r) { r.mutable_period()->mutable_from()->set_year(1974); },
                     kDate, "period", "at most 50"},
        BadCase<Gap>{"RatioBelowZero", [](Gap& r) { r.set_target_ratio(-1); }, kField,
                     "target_ratio", "at most 100"},
        BadCase<Gap>{"RatioTooLarge", [](Gap& r) { r.set_target_ratio(100.1); }, kField,
                     "target_ratio", "at most 100"},
        BadCase<Gap>{"RatioNan", [](Gap& r) { r.set_target_ratio(kNan); }, kField, "target_ratio",
                     "at most 100"},
        BadCase<Gap>{"YearInThePeriod", [](Gap& r) { r.set_target_year(2025); }, kDate,
                     "target_year", "2026 to 2125"},
        BadCase<Gap>{"YearTooLate", [](Gap& r) { r.set_target_year(2126); }, kDate, "target_year",
                     "2026 to 2125"},
        BadCase<Gap>{"YearBelowZero",
                     [](Gap& r) { r.set_target_year(std::numeric_limits<int>::min()); }, kDate,
                     "target_year", "2026 to 2125"},
        BadCase<Gap>{"FewPaths", [](Gap& r) { r.set_paths(99); }, kField, "paths", "100 to 100000"},
        BadCase<Gap>{"ManyPaths", [](Gap& r) { r.set_paths(100'001); }, kField, "paths",
                     "100 to 100000"},
        BadCase<Gap>{"PathsBelowZero", [](Gap& r) { r.set_paths(-5); }, kField, "paths",
                     "100 to 100000"}),
    [](const auto& info) { return info.param.name; });

TEST(ValidateGapTest, ListsEveryBadField) {
  Gap request;
  request.set_paths(1);
  request.set_target_ratio(-1);
  EXPECT_EQ(FieldsOf(Validate(request)).size(), 6);
}

// --- Scenario ---

using Scenario = v1::ProjectScenarioRequest;

Scenario GoodScenario() {
  Scenario request;
  request.add_regions("US");
  request.add_regions("EUROPE");
  request.mutable_history()->mutable_from()->set_year(2015);
  request.mutable_history()->mutable_to()->set_year(2025);
  request.set_to_year(2040);
  v1::Lever& lever = *request.add_levers();
  lever.set_region("EUROPE");
  lever.mutable_yearly_fund()->set_currency_code("USD");
  lever.mutable_yearly_fund()->set_units(20'000'000'000);
  v1::RatioTarget& target = *request.add_targets();
  target.set_numerator("US");
  target.set_denominator("EUROPE");
  target.set_ratio(5);
  target.set_by_year(2035);
  v1::GrowthPrior& prior = *request.add_priors();
  prior.set_region("US");
  prior.set_drift(0.1);
  prior.set_volatility(0.3);
  return request;
}

TEST(ValidateScenarioTest, AcceptsTheWidestAndTheNarrowest) {
  Scenario request = GoodScenario();
  EXPECT_THAT(Validate(request), IsOk());
  request.set_to_year(2075);
  request.set_paths(100'000);
  for (int i = 0; i < 10; ++i) request.add_regions("R" + std::to_string(i));
  for (const double edge : {-1.0, 1.0}) {
    v1::Lever& shift = *request.add_levers();
    shift.set_region("US");
    shift.set_from_year(2026);
    shift.set_infrastructure_shift(edge);
    v1::Lever& growth = *request.add_levers();
    growth.set_region("US");
    growth.set_from_year(2075);
    growth.set_log_growth(edge);
    v1::Lever& shock = *request.add_levers();
    shock.set_region("US");
    shock.set_log_shock(5 * edge);
    v1::Lever& retained = *request.add_levers();
    retained.set_region("US");
    retained.set_retained_foreign_capital((edge + 1) / 2);
  }
  request.mutable_targets(0)->set_ratio(1000);
  request.mutable_targets(0)->set_by_year(2075);
  request.mutable_priors(0)->set_drift(2);
  request.mutable_priors(0)->set_volatility(3);
  EXPECT_THAT(Validate(request), IsOk());
  request = GoodScenario();
  request.mutable_history()->mutable_from()->set_year(1975);
  request.mutable_priors(0)->set_drift(-1);
  request.mutable_priors(0)->set_volatility(0);
  request.clear_levers();
  request.clear_targets();
  request.set_to_year(2026);
  request.set_paths(100);
  EXPECT_THAT(Validate(request), IsOk());
}

class ValidateScenarioBadTest : public ::testing::TestWithParam<BadCase<Scenario>> {};

TEST_P(ValidateScenarioBadTest, NamesTheFieldAndWhatIsAllowed) {
  ExpectRefused(GoodScenario(), GetParam());
}

using Bad = BadCase<Scenario>;
using S = Scenario;

INSTANTIATE_TEST_SUITE_P(
    Frames, ValidateScenarioBadTest,
    ::testing::Values(
        Bad{"NoRegion", [](S& r) { r.clear_regions(); }, kField, "regions", "1 to 12"},
        Bad{"ThirteenRegions",
            [](S& r) {
              for (int i = 0; i < 11; ++i) r.add_regions("R" + std::to_string(i));
            },
            kField, "regions", "1 to 12"},
        Bad{"EmptyRegion", [](S& r) { r.add_regions(""); }, kField, "regions[2]", "required"},
        Bad{"RegionTwice", [](S& r) { r.add_regions("US"); }, kField, "regions[2]", "twice"},
        Bad{"NoHistory", [](S& r) { r.clear_history(); }, kField, "history.to", "required"},
        Bad{"NoStart", [](S& r) { r.mutable_history()->clear_from(); }, kField, "history.from",
            "required"},
        Bad{"Month", [](S& r) { r.mutable_history()->mutable_to()->set_month(3); }, kDate,
            "history.to", "whole years"},
        Bad{"Backwards", [](S& r) { r.mutable_history()->mutable_from()->set_year(2026); }, kDate,
            "history.to", "before it starts"},
        Bad{"TooLong", [](S& r) { r.mutable_history()->mutable_from()->set_year(1974); }, kDate,
            "history", "at most 50"},
        Bad{"NoToYear", [](S& r) { r.clear_to_year(); }, kDate, "to_year", "2026 to 2075"},
        Bad{"ToYearInHistory", [](S& r) { r.set_to_year(2025); }, kDate, "to_year", "2026 to 2075"},
        Bad{"ToYearTooLate", [](S& r) { r.set_to_year(2076); }, kDate, "to_year", "2026 to 2075"},
        Bad{"ToYearLeast", [](S& r) { r.set_to_year(std::numeric_limits<int>::min()); }, kDate,
            "to_year", "2026 to 2075"},
        Bad{"OverlappingLayers",
            [](S& r) {
              r.mutable_definition()->set_layer_attribution(common::v1::LAYER_ATTRIBUTION_FULL);
            },
            kField, "definition.layer_attribution", "PRIMARY or EQUAL_SPLIT"},
        Bad{"FewPaths", [](S& r) { r.set_paths(99); }, kField, "paths", "100 to 100000"},
        Bad{"ManyPaths", [](S& r) { r.set_paths(100'001); }, kField, "paths", "100 to 100000"},
        Bad{"ManyLevers",
            [](S& r) {
              for (int i = 0; i < 50; ++i) *r.add_levers() = r.levers(0);
            },
            kField, "levers", "at most 50"},
        Bad{"ManyTargets",
            [](S& r) {
              for (int i = 0; i < 20; ++i) *r.add_targets() = r.targets(0);
            },
            kField, "targets", "at most 20"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Levers, ValidateScenarioBadTest,
    ::testing::Values(
        Bad{"UnknownRegion", [](S& r) { r.mutable_levers(0)->set_region("CN"); }, kField,
            "levers[0].region", "EUROPE, US"},
        Bad{"NoRegion", [](S& r) { r.mutable_levers(0)->clear_region(); }, kField,
            "levers[0].region", "EUROPE, US"},
        Bad{"YearInHistory", [](S& r) { r.mutable_levers(0)->set_from_year(2025); }, kDate,
            "levers[0].from_year", "2026 to 2040"},
        Bad{"YearTooLate", [](S& r) { r.mutable_levers(0)->set_from_year(2041); }, kDate,
            "levers[0].from_year", "2026 to 2040"},
        Bad{"NoKind", [](S& r) { r.mutable_levers(0)->clear_yearly_fund(); }, kField, "levers[0]",
            "exactly one"},
        Bad{"FundBelowZero",
            [](S& r) { r.mutable_levers(0)->mutable_yearly_fund()->set_units(-1); }, kAmount,
            "levers[0].yearly_fund", "negative"},
        Bad{"FundDecimals", [](S& r) { r.mutable_levers(0)->mutable_yearly_fund()->set_nanos(1); },
            kAmount, "levers[0].yearly_fund", "decimals"},
        Bad{"FundCurrency",
            [](S& r) { r.mutable_levers(0)->mutable_yearly_fund()->set_currency_code("XXY"); },
            common::v1::ERROR_REASON_UNKNOWN_CURRENCY, "levers[0].yearly_fund", "XXY"},
        Bad{"Shift", [](S& r) { r.mutable_levers(0)->set_infrastructure_shift(1.01); }, kField,
            "levers[0].infrastructure_shift", "[-1, 1]"},
        Bad{"ShiftNan", [](S& r) { r.mutable_levers(0)->set_infrastructure_shift(kNan); }, kField,
            "levers[0].infrastructure_shift", "[-1, 1]"},
        Bad{"Retained", [](S& r) { r.mutable_levers(0)->set_retained_foreign_capital(-0.1); },
            kField, "levers[0].retained_foreign_capital", "[0, 1]"},
        Bad{"Shock", [](S& r) { r.mutable_levers(0)->set_log_shock(-5.1); }, kField,
            "levers[0].log_shock", "[-5, 5]"},
        Bad{"Growth", [](S& r) { r.mutable_levers(0)->set_log_growth(1.1); }, kField,
            "levers[0].log_growth", "[-1, 1]"},
        Bad{"GrowthBarely", [](S& r) { r.mutable_levers(0)->set_log_growth(1.0000001); }, kField,
            "levers[0].log_growth", "in [-1, 1], not 1.0000001"},
        Bad{"LongRegion", [](S& r) { r.mutable_levers(0)->set_region(std::string(131, 'x')); },
            kField, "levers[0].region", "at most 130 bytes"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Targets, ValidateScenarioBadTest,
    ::testing::Values(Bad{"Numerator", [](S& r) { r.mutable_targets(0)->set_numerator("CN"); },
                          kField, "targets[0].numerator", "EUROPE, US"},
                      Bad{"Denominator", [](S& r) { r.mutable_targets(0)->set_denominator(""); },
                          kField, "targets[0].denominator", "EUROPE, US"},
                      Bad{"OneRegion", [](S& r) { r.mutable_targets(0)->set_denominator("US"); },
                          kField, "targets[0].denominator", "another region"},
                      Bad{"NoRatio", [](S& r) { r.mutable_targets(0)->set_ratio(0); }, kField,
                          "targets[0].ratio", "above 0"},
                      Bad{"RatioTooLarge", [](S& r) { r.mutable_targets(0)->set_ratio(1001); },
                          kField, "targets[0].ratio", "at most 1000"},
                      Bad{"RatioNan", [](S& r) { r.mutable_targets(0)->set_ratio(kNan); }, kField,
                          "targets[0].ratio", "at most 1000"},
                      Bad{"RatioBarelyTooLarge",
                          [](S& r) { r.mutable_targets(0)->set_ratio(1000.0001); }, kField,
                          "targets[0].ratio", "not 1000.0001"},
                      Bad{"Twice", [](S& r) { *r.add_targets() = r.targets(0); }, kField,
                          "targets[1]", "each target once"},
                      Bad{"NoYear", [](S& r) { r.mutable_targets(0)->clear_by_year(); }, kDate,
                          "targets[0].by_year", "2026 to 2040"},
                      Bad{"YearTooLate", [](S& r) { r.mutable_targets(0)->set_by_year(2041); },
                          kDate, "targets[0].by_year", "2026 to 2040"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Priors, ValidateScenarioBadTest,
    ::testing::Values(Bad{"Region", [](S& r) { r.mutable_priors(0)->set_region("CN"); }, kField,
                          "priors[0].region", "EUROPE, US"},
                      Bad{"Twice", [](S& r) { *r.add_priors() = r.priors(0); }, kField,
                          "priors[1].region", "each region once"},
                      Bad{"MoreThanRegions",
                          [](S& r) {
                            for (int i = 0; i < 2; ++i) *r.add_priors() = r.priors(0);
                          },
                          kField, "priors", "at most one for each region, 2, not 3"},
                      Bad{"DriftTooSmall", [](S& r) { r.mutable_priors(0)->set_drift(-1.1); },
                          kField, "priors[0].drift", "[-1, 2]"},
                      Bad{"DriftNan", [](S& r) { r.mutable_priors(0)->set_drift(kNan); }, kField,
                          "priors[0].drift", "[-1, 2]"},
                      Bad{"VolatilityBelowZero",
                          [](S& r) { r.mutable_priors(0)->set_volatility(-0.1); }, kField,
                          "priors[0].volatility", "[0, 3]"},
                      Bad{"VolatilityTooLarge",
                          [](S& r) { r.mutable_priors(0)->set_volatility(3.1); }, kField,
                          "priors[0].volatility", "[0, 3]"}),
    [](const auto& info) { return info.param.name; });

TEST(ValidateScenarioTest, TargetsMayDifferInAnything) {
  Scenario request = GoodScenario();
  const v1::RatioTarget first = request.targets(0);
  *request.add_targets() = first;
  request.mutable_targets(1)->set_ratio(5.0000001);
  *request.add_targets() = first;
  request.mutable_targets(2)->set_by_year(2036);
  *request.add_targets() = first;
  request.mutable_targets(3)->set_numerator("EUROPE");
  request.mutable_targets(3)->set_denominator("US");
  EXPECT_THAT(Validate(request), IsOk());
}

// What there is too much of is named once: a request of 4 MiB holds a million empty messages.
TEST(ValidateScenarioTest, LooksAtNothingOfWhatThereIsTooMuchOf) {
  Scenario request = GoodScenario();
  for (int i = 0; i < 1000; ++i) {
    request.add_regions();
    request.add_levers();
    request.add_targets();
    request.add_priors();
  }
  EXPECT_THAT(
      FieldsOf(Validate(request)),
      ElementsAre(Pair("regions", HasSubstr("not 1002")), Pair("levers", HasSubstr("not 1001")),
                  Pair("targets", HasSubstr("not 1001")), Pair("priors", HasSubstr("not 1001"))));
}

TEST(ValidateScenarioTest, ListsEveryBadField) {
  Scenario request;
  request.add_regions();
  request.set_paths(1);
  request.add_levers();
  request.add_targets();
  request.add_priors()->set_drift(9);
  EXPECT_EQ(FieldsOf(Validate(request)).size(), 11);
  request.clear_regions();  // so that no region is there to have a prior
  EXPECT_THAT(FieldsOf(Validate(request)), Contains(Pair("priors", HasSubstr("0, not 1"))));
}

}  // namespace
}  // namespace steelyard::strategy
