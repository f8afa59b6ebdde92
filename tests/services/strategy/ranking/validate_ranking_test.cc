#include "services/strategy/ranking/validate_ranking.h"

#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <ostream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/strategy/profile/indicators.h"
#include "tests/support/status_matchers.h"

namespace steelyard::strategy {
namespace {

using ::steelyard::testing::HasReason;
using ::steelyard::testing::IsOk;
using ::testing::_;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

using Request = v1::RankRegionsRequest;

Request Good() {
  Request request;
  request.add_regions("US");
  request.add_regions("EUROPE");
  request.mutable_period()->mutable_from()->set_year(2020);
  request.mutable_period()->mutable_to()->set_year(2022);
  return request;
}

v1::IndicatorChoice& Add(Request& request, const std::string& id, double weight = 0) {
  v1::IndicatorChoice& choice = *request.add_indicators();
  choice.set_indicator(id);
  choice.set_weight(weight);
  return choice;
}

TEST(ValidateRankingTest, AcceptsTheNarrowest) { EXPECT_THAT(Validate(Good()), IsOk()); }

TEST(ValidateRankingTest, AcceptsTheWidest) {
  Request request = Good();
  for (int i = 2; i < 60; ++i) request.add_regions("R" + std::to_string(i));
  request.mutable_period()->mutable_from()->set_year(1972);
  for (const IndicatorInfo& info : Indicators()) {
    if (request.indicators_size() < 20) Add(request, std::string(info.id), 0.05);
  }
  request.mutable_indicators(0)->set_lower(-1);
  request.mutable_indicators(0)->set_upper(1);
  request.mutable_indicators(1)->set_direction(v1::DIRECTION_LOWER);
  request.set_normalisation(v1::NORMALISATION_DISTANCE_TO_LEADER);
  request.set_aggregation(v1::AGGREGATION_OUTRANKING);
  request.set_least_share(1);
  request.set_draws(100'000);
  request.set_seed(std::numeric_limits<uint64_t>::max());
  request.set_weight_concentration(10'000);
  for (int i = 0; i < 8; ++i) request.add_alternatives()->set_currency(i % 2 == 0 ? "USD" : "");
  EXPECT_THAT(Validate(request), IsOk());
}

TEST(ValidateRankingTest, WeightsMayBeWrittenInDecimals) {
  Request request = Good();
  // 0.1 three times and 0.7 are not quite 1 in binary.
  Add(request, "growth", 0.1);
  Add(request, "total", 0.1);
  Add(request, "rounds", 0.1);
  Add(request, "companies", 0.7);
  EXPECT_THAT(Validate(request), IsOk());
  request.mutable_indicators(0)->set_weight(0.1 + 0.9e-9);
  EXPECT_THAT(Validate(request), IsOk());
}

TEST(ValidateRankingTest, WeightsThatAreAllNilAreEqual) {
  Request request = Good();
  Add(request, "growth");
  Add(request, "total");
  EXPECT_THAT(Validate(request), IsOk());
  request.mutable_indicators()->RemoveLast();
  request.mutable_indicators(0)->set_weight(1);
  EXPECT_THAT(Validate(request), IsOk());
}

// Goalposts are of MIN_MAX: it has to be one of the normalisations that are open.
TEST(ValidateRankingTest, GoalpostsGoWithMinMaxAndWithOpenNormalisations) {
  Request request = Good();
  v1::IndicatorChoice& choice = Add(request, "growth");
  choice.set_lower(0);
  choice.set_upper(1);
  request.set_normalisation(v1::NORMALISATION_RANK);
  EXPECT_THAT(Validate(request), IsOk());
  request.set_fix_normalisation(true);
  for (const v1::Normalisation normalisation :
       {v1::NORMALISATION_UNSPECIFIED, v1::NORMALISATION_MIN_MAX}) {
    request.set_normalisation(normalisation);
    EXPECT_THAT(Validate(request), IsOk());
  }
}

// Only goalposts that are amounts hang on the prices.
TEST(ValidateRankingTest, AlternativesMayHaveOtherPricesWithoutGoalpostsOfAmounts) {
  Request request = Good();
  Add(request, "total");
  v1::IndicatorChoice& growth = Add(request, "growth");
  growth.set_lower(0);
  growth.set_upper(1);
  request.add_alternatives()->mutable_price_basis()->set_base_year(2015);
  EXPECT_THAT(Validate(request), IsOk());
}

TEST(ValidateRankingTest, AlternativesHaveThePricesOfGoalpostsOfAmounts) {
  for (const char* const id :
       {"largest_round", "mean_round", "median_round", "per_capita", "per_company", "total"}) {
    Request request = Good();
    Add(request, "growth");
    v1::IndicatorChoice& amount = Add(request, id);
    amount.set_lower(0);
    amount.set_upper(1e9);
    common::v1::PriceBasis& basis = *request.mutable_definition()->mutable_price_basis();
    basis.set_base_year(2015);
    basis.set_deflator("cpi_index");
    *request.add_alternatives()->mutable_price_basis() = basis;
    EXPECT_THAT(Validate(request), IsOk());
    basis.set_deflator("gdp_deflator_index");
    EXPECT_THAT(FieldsOf(Validate(request)), ElementsAre(Pair("alternatives[0].price_basis", _)));
    request.mutable_alternatives(0)->clear_price_basis();
    const absl::Status status = Validate(request);
    EXPECT_THAT(FieldsOf(status), ElementsAre(Pair("alternatives[0].price_basis", _)));
    EXPECT_THAT(std::string(status.message()),
                HasSubstr("which is of 2015 by gdp_deflator_index, not nominal: indicators[1] has "
                          "goalposts that are amounts"));
  }
}

struct BadCase {
  std::string name;
  std::function<void(Request&)> spoil;
  ErrorReason reason;
  // In the message: the field and what is allowed there.
  std::string field;
  std::string allowed;
};

void PrintTo(const BadCase& c, std::ostream* os) { *os << c.name; }

class ValidateRankingBadTest : public ::testing::TestWithParam<BadCase> {};

TEST_P(ValidateRankingBadTest, NamesTheFieldAndWhatIsAllowed) {
  Request request = Good();
  GetParam().spoil(request);
  const absl::Status status = Validate(request);
  EXPECT_THAT(status, HasReason(GetParam().reason));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr(GetParam().field));
  EXPECT_THAT(std::string(status.message()), HasSubstr(GetParam().allowed));
  // That one field and no other.
  ASSERT_EQ(FieldsOf(status).size(), 1);
  EXPECT_EQ(FieldsOf(status)[0].first, GetParam().field);
}

constexpr ErrorReason kField = common::v1::ERROR_REASON_INVALID_FIELD;
constexpr ErrorReason kDate = common::v1::ERROR_REASON_INVALID_DATE;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

BadCase BadWeights(const std::string& name, double first, double second, const std::string& field,
                   const std::string& allowed) {
  return {name,
          [=](Request& r) {
            Add(r, "growth", first);
            Add(r, "total", second);
          },
          kField, field, allowed};
}

BadCase BadGoalposts(const std::string& name, std::optional<double> lower,
                     std::optional<double> upper, const std::string& field,
                     const std::string& allowed) {
  return {name,
          [=](Request& r) {
            v1::IndicatorChoice& choice = Add(r, "growth", 1);
            if (lower) choice.set_lower(*lower);
            if (upper) choice.set_upper(*upper);
          },
          kField, field, allowed};
}

INSTANTIATE_TEST_SUITE_P(
    Regions, ValidateRankingBadTest,
    ::testing::Values(BadCase{"None", [](Request& r) { r.clear_regions(); }, kField, "regions",
                              "2 to 60"},
                      BadCase{"One", [](Request& r) { r.mutable_regions()->RemoveLast(); }, kField,
                              "regions", "2 to 60"},
                      BadCase{"SixtyOne",
                              [](Request& r) {
                                for (int i = 2; i < 61; ++i) r.add_regions("R" + std::to_string(i));
                              },
                              kField, "regions", "not 61"},
                      BadCase{"Empty", [](Request& r) { r.add_regions(""); }, kField, "regions[2]",
                              "an alias is required"},
                      BadCase{"Twice", [](Request& r) { r.add_regions("US"); }, kField,
                              "regions[2]", "each region once"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Periods, ValidateRankingBadTest,
    ::testing::Values(
        BadCase{"NoStart", [](Request& r) { r.mutable_period()->clear_from(); }, kField,
                "period.from", "a year is required"},
        BadCase{"NoEnd", [](Request& r) { r.mutable_period()->clear_to(); }, kField, "period.to",
                "a year is required"},
        BadCase{"Month", [](Request& r) { r.mutable_period()->mutable_to()->set_month(3); }, kDate,
                "period.to", "whole years"},
        BadCase{"Backwards", [](Request& r) { r.mutable_period()->mutable_to()->set_year(2019); },
                kDate, "period.to", "before it starts"},
        BadCase{"TooLong", [](Request& r) { r.mutable_period()->mutable_to()->set_year(2071); },
                kDate, "period", "at most 50 apart"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Indicators, ValidateRankingBadTest,
    ::testing::Values(
        BadCase{"TooMany",
                [](Request& r) {
                  for (const IndicatorInfo& info : Indicators()) {
                    if (r.indicators_size() < 21) Add(r, std::string(info.id));
                  }
                },
                kField, "indicators", "at most 20"},
        BadCase{"Unknown", [](Request& r) { Add(r, "speed", 1); }, kField,
                "indicators[0].indicator", "applied_share, companies"},
        BadCase{"Nameless", [](Request& r) { Add(r, "", 1); }, kField, "indicators[0].indicator",
                "world_share"},
        BadCase{"Repeated",
                [](Request& r) {
                  Add(r, "growth");
                  Add(r, "growth");
                },
                kField, "indicators[1].indicator", "each indicator once"},
        BadCase{"Direction",
                [](Request& r) { Add(r, "growth").set_direction(static_cast<v1::Direction>(9)); },
                kField, "indicators[0].direction", "DIRECTION_HIGHER or DIRECTION_LOWER"},
        BadGoalposts("LowerOnly", 1, std::nullopt, "indicators[0].upper", "both or not at all"),
        BadGoalposts("UpperOnly", std::nullopt, 1, "indicators[0].lower", "both or not at all"),
        BadGoalposts("Level", 1, 1, "indicators[0].upper", "above lower, which is 1"),
        BadGoalposts("UpsideDown", 2, 1, "indicators[0].upper", "above lower, which is 2"),
        BadGoalposts("Infinite", 0, kInfinity, "indicators[0].upper", "finite"),
        BadGoalposts("NotANumber", std::nan(""), 1, "indicators[0].lower", "finite"),
        BadCase{"OfAnotherNormalisation",
                [](Request& r) {
                  Add(r, "growth");
                  v1::IndicatorChoice& choice = Add(r, "total");
                  choice.set_lower(0);
                  choice.set_upper(1);
                  r.set_normalisation(v1::NORMALISATION_Z_SCORE);
                  r.set_fix_normalisation(true);
                },
                kField, "indicators[1].lower",
                "with fix_normalisation all draws keep NORMALISATION_Z_SCORE"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Weights, ValidateRankingBadTest,
    ::testing::Values(BadWeights("TooSmall", 0.5, 0.4, "indicators",
                                 "sum to 0.9; they have to sum to 1: divide "
                                 "each by 0.9, or leave all out"),
                      BadWeights("TooLarge", 0.5, 1, "indicators", "sum to 1.5"),
                      BadWeights("BarelyOff", 0.5, 0.5 + 2e-9, "indicators", "sum to 1.000000002;"),
                      BadWeights("OneMissing", 1, 0, "indicators[1].weight", "leave it out"),
                      BadWeights("Negative", 1, -0.5, "indicators[1].weight", "in (0, 1]"),
                      BadWeights("AboveOne", 1.5, 0.5, "indicators[0].weight", "in (0, 1]"),
                      BadWeights("NotANumber", 0.5, std::nan(""), "indicators[1].weight",
                                 "in (0, 1]")),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Methods, ValidateRankingBadTest,
    ::testing::Values(
        BadCase{"Normalisation",
                [](Request& r) { r.set_normalisation(static_cast<v1::Normalisation>(5)); }, kField,
                "normalisation", "NORMALISATION_MIN_MAX"},
        BadCase{"Aggregation",
                [](Request& r) { r.set_aggregation(static_cast<v1::Aggregation>(-1)); }, kField,
                "aggregation", "AGGREGATION_OUTRANKING"},
        BadCase{"NegativeShare", [](Request& r) { r.set_least_share(-0.1); }, kField, "least_share",
                "in (0, 1]"},
        BadCase{"ShareAboveOne", [](Request& r) { r.set_least_share(1.1); }, kField, "least_share",
                "in (0, 1]"},
        BadCase{"ShareNotANumber", [](Request& r) { r.set_least_share(std::nan("")); }, kField,
                "least_share", "in (0, 1]"},
        BadCase{"NegativeDraws", [](Request& r) { r.set_draws(-1); }, kField, "draws",
                "0 to 100000"},
        BadCase{"TooManyDraws", [](Request& r) { r.set_draws(100'001); }, kField, "draws",
                "0 to 100000"},
        BadCase{"LowConcentration", [](Request& r) { r.set_weight_concentration(0.5); }, kField,
                "weight_concentration", "in [1, 10000]"},
        BadCase{"HighConcentration", [](Request& r) { r.set_weight_concentration(10'001); }, kField,
                "weight_concentration", "in [1, 10000]"},
        BadCase{"ConcentrationNotANumber",
                [](Request& r) { r.set_weight_concentration(std::nan("")); }, kField,
                "weight_concentration", "in [1, 10000]"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(Alternatives, ValidateRankingBadTest,
                         ::testing::Values(BadCase{"TooMany",
                                                   [](Request& r) {
                                                     for (int i = 0; i < 9; ++i)
                                                       r.add_alternatives();
                                                   },
                                                   kField, "alternatives", "at most 8"},
                                           BadCase{"Currency",
                                                   [](Request& r) {
                                                     r.add_alternatives();
                                                     r.add_alternatives()->set_currency("EUR");
                                                   },
                                                   kField, "alternatives[1].currency",
                                                   "which is USD, not EUR"}),
                         [](const auto& info) { return info.param.name; });

TEST(ValidateRankingTest, LooksAtNothingOfWhatThereIsTooMuchOf) {
  Request request = Good();
  request.clear_regions();
  for (int i = 0; i < 1000; ++i) {
    request.add_regions();
    Add(request, "", -1);
    request.add_alternatives()->set_currency("EUR");
  }
  EXPECT_THAT(
      FieldsOf(Validate(request)),
      ElementsAre(Pair("regions", HasSubstr("not 1000")), Pair("indicators", HasSubstr("not 1000")),
                  Pair("alternatives", HasSubstr("not 1000"))));
}

TEST(ValidateRankingTest, ListsEveryBadField) {
  Request request;
  Add(request, "speed", 2);
  request.set_draws(-1);
  request.set_least_share(2);
  request.set_weight_concentration(-1);
  const std::string message(Validate(request).message());
  for (const char* const field :
       {"regions", "period.from", "period.to", "indicators[0].indicator", "indicators[0].weight",
        "draws", "least_share", "weight_concentration"}) {
    EXPECT_THAT(message, HasSubstr(field));
  }
}

}  // namespace
}  // namespace steelyard::strategy
