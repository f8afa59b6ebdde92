#include "services/funding/figures.h"

#include "gtest/gtest.h"
#include "tests/support/proto_matchers.h"

namespace steelyard::funding {
namespace {

using ::steelyard::testing::EqualsProto;
using ::testing::HasSubstr;

FigureScope Scope(std::vector<v1::Dimension> group_by = {}) {
  return {
      .region = "US", .period = "2015..2025", .currency = "USD", .group_by = std::move(group_by)};
}

TEST(PeriodLabelTest, YearsAreShort) {
  const auto label = [](std::optional<PartialDate> from, std::optional<PartialDate> to) {
    return PeriodLabel({.from = from, .to = to});
  };
  EXPECT_EQ(label(PartialDate{2015, 1, 1}, PartialDate{2025, 12, 31}), "2015..2025");
  EXPECT_EQ(label(PartialDate{2025, 1, 1}, PartialDate{2025, 12, 31}), "2025");
  EXPECT_EQ(label(PartialDate{2015, 3, 1}, PartialDate{2025, 12, 31}), "2015-03-01..2025-12-31");
  EXPECT_EQ(label(PartialDate{2015, 1, 1}, std::nullopt), "2015..");
  EXPECT_EQ(label(std::nullopt, PartialDate{2025, 12, 31}), "..2025");
  EXPECT_EQ(label(std::nullopt, std::nullopt), "..");
  EXPECT_EQ(label(PartialDate{2025, 3, 4}, PartialDate{2025, 3, 4}), "2025-03-04");
}

TEST(FigureIdTest, NamesMeasureRegionPeriodAndSlice) {
  EXPECT_EQ(FigureId(v1::MEASURE_SUM, Scope(), {}), "sum/US/2015..2025");
  EXPECT_EQ(
      FigureId(v1::MEASURE_HHI,
               Scope({v1::DIMENSION_LAYER, v1::DIMENSION_REGION, v1::DIMENSION_SOURCE_CATEGORY}),
               {"CHIPS", "EUROPE", "biotech"}),
      "hhi/EUROPE/2015..2025/layer=CHIPS,source_category=biotech");
}

TEST(FigureOfTest, ASumCarriesItsCoverage) {
  const Group group{
      .rounds = 4, .undisclosed = 1, .unconverted = 1, .companies = 3, .sum = Int128{12345}};
  EXPECT_THAT(
      FigureOf(v1::MEASURE_SUM, Scope(), group), EqualsProto(R"pb(
        id: "sum/US/2015..2025"
        status: VALUE_STATUS_OK
        money { currency_code: "USD" units: 123 nanos: 450000000 }
        unit: "USD"
        coverage { units_expected: 4 units_present: 2 share: 0.5 undisclosed: 1 unconverted: 1 }
        formula: "sum/1"
      )pb"));
}

TEST(FigureOfTest, AnEstimateLiesBetweenWhatIsCertainAndWhatIsEnough) {
  const Group group{
      .rounds = 4,
      .undisclosed = 2,
      .companies = 3,
      .sum = Int128{10000},
      .imputed = Imputed{.central = 2500, .upper = 9000, .levels = {{PeerLevel::kStageRegion, 2}}}};
  EXPECT_THAT(FigureOf(v1::MEASURE_IMPUTED_SUM, Scope(), group), EqualsProto(R"pb(
                id: "imputed_sum/US/2015..2025"
                status: VALUE_STATUS_OK
                money { currency_code: "USD" units: 125 }
                unit: "USD"
                interval { lower: 100 upper: 190 level: 0.95 method: "lognormal_predictive/1" }
                coverage { units_expected: 4 units_present: 2 share: 0.5 undisclosed: 2 }
                formula: "imputed_sum/1"
              )pb"));
}

TEST(FigureOfTest, NothingToEstimateIsCertain) {
  const Group group{.rounds = 1, .companies = 1, .sum = Int128{10000}, .imputed = Imputed{}};
  const common::v1::Figure figure = FigureOf(v1::MEASURE_IMPUTED_SUM, Scope(), group);
  EXPECT_EQ(figure.money().units(), 100);
  EXPECT_EQ(figure.interval().lower(), 100);
  EXPECT_EQ(figure.interval().upper(), 100);
  EXPECT_EQ(figure.interval().level(), 1);
}

TEST(FigureOfTest, AnEstimateWithoutPeersSaysWhatIsMissing) {
  const Group group{.rounds = 4, .undisclosed = 4, .companies = 3};
  const common::v1::Figure figure = FigureOf(v1::MEASURE_IMPUTED_SUM, Scope(), group);
  EXPECT_EQ(figure.status(), common::v1::VALUE_STATUS_INSUFFICIENT_COVERAGE);
  EXPECT_EQ(figure.reason(), "fewer than 5 amounts are known to estimate the others from");
  EXPECT_FALSE(figure.has_money());
  EXPECT_FALSE(figure.has_interval());
  EXPECT_EQ(FigureOf(v1::MEASURE_IMPUTED_SUM, Scope(), Group()).status(),
            common::v1::VALUE_STATUS_UNDEFINED);
}

TEST(FigureOfTest, AnEstimateThatDoesNotFitHasNoBoundsEither) {
  const Group group{.rounds = 2,
                    .undisclosed = 1,
                    .companies = 2,
                    .sum = Int128{INT64_MAX},
                    .imputed = Imputed{.central = 1, .upper = 2, .levels = {}}};
  const common::v1::Figure figure = FigureOf(v1::MEASURE_IMPUTED_SUM, Scope(), group);
  EXPECT_EQ(figure.status(), common::v1::VALUE_STATUS_UNDEFINED);
  EXPECT_FALSE(figure.has_interval());
}

TEST(FigureOfTest, TheDisclosedShareIsOfRounds) {
  const Group group{.rounds = 4, .undisclosed = 1, .unconverted = 1, .companies = 3};
  EXPECT_EQ(FigureOf(v1::MEASURE_DISCLOSED_SHARE, Scope(), group).number(), 0.75);
  EXPECT_EQ(FigureOf(v1::MEASURE_DISCLOSED_SHARE, Scope(), Group()).status(),
            common::v1::VALUE_STATUS_UNDEFINED);
}

TEST(RowOfTest, AnEstimateNamesItsPeers) {
  const Group group{
      .rounds = 4,
      .undisclosed = 3,
      .companies = 3,
      .sum = Int128{10000},
      .imputed = Imputed{.central = 2500,
                         .upper = 9000,
                         .levels = {{PeerLevel::kStageRegionYear, 2}, {PeerLevel::kAll, 1}}}};
  v1::AggregateRow row;
  FillRow({v1::MEASURE_SUM, v1::MEASURE_IMPUTED_SUM}, Scope(), group, {}, row);
  EXPECT_EQ(row.figures(0).imputed_size(), 0);
  ASSERT_EQ(row.figures(1).imputed_size(), 2);
  EXPECT_EQ(row.figures(1).imputed(0).peers(), "stage+region+year");
  EXPECT_EQ(row.figures(1).imputed(0).rounds(), 2);
  EXPECT_EQ(row.figures(1).imputed(1).peers(), "all");
}

TEST(FigureOfTest, CountsNeedNoAmount) {
  const Group group{.rounds = 4, .undisclosed = 3, .companies = 2};
  EXPECT_EQ(FigureOf(v1::MEASURE_COUNT, Scope(), group).count(), 4);
  EXPECT_EQ(FigureOf(v1::MEASURE_DISCLOSED_COUNT, Scope(), group).count(), 1);
  EXPECT_EQ(FigureOf(v1::MEASURE_COMPANY_COUNT, Scope(), group).count(), 2);
  EXPECT_EQ(FigureOf(v1::MEASURE_COUNT, Scope(), Group()).status(), common::v1::VALUE_STATUS_OK);
}

TEST(FigureOfTest, WhatHasNoValueSaysWhyAndIsNeverZero) {
  struct Case {
    Group group;
    v1::Measure measure;
    std::string reason;
  };
  const std::vector<Case> cases = {
      {{}, v1::MEASURE_SUM, "no rounds"},
      {{}, v1::MEASURE_HHI, "no rounds"},
      {{.rounds = 1, .undisclosed = 1}, v1::MEASURE_SUM, "no amount is disclosed among 1 round"},
      {{.rounds = 3, .undisclosed = 3},
       v1::MEASURE_MEDIAN,
       "no amount is disclosed among 3 rounds"},
      {{.rounds = 3, .undisclosed = 1, .unconverted = 2},
       v1::MEASURE_MAX,
       "none of 2 disclosed amounts could be converted"},
      {{.rounds = 1, .undisclosed = 1}, v1::MEASURE_MEGA_ROUND_SUM, "no amount is disclosed"},
      {{.rounds = 1, .sum = Int128{0}}, v1::MEASURE_CONCENTRATION_RATIO, "add up to zero"},
      {{.rounds = 2, .sum = Int128{std::numeric_limits<int64_t>::max()} * 2},
       v1::MEASURE_SUM,
       "exceeds"},
  };
  for (const Case& test : cases) {
    const common::v1::Figure figure = FigureOf(test.measure, Scope(), test.group);
    EXPECT_EQ(figure.status(), common::v1::VALUE_STATUS_UNDEFINED) << test.reason;
    EXPECT_THAT(figure.reason(), HasSubstr(test.reason));
    EXPECT_EQ(figure.value_case(), common::v1::Figure::VALUE_NOT_SET) << test.reason;
    EXPECT_FALSE(figure.unit().empty());
  }
}

TEST(FigureOfTest, TheSumOfMegaRoundsIsMoneyThatMayBeZero) {
  const Group group{.rounds = 3, .undisclosed = 1, .sum = Int128{500}, .mega_round_sum = Int128{0}};
  EXPECT_THAT(
      FigureOf(v1::MEASURE_MEGA_ROUND_SUM, Scope(), group), EqualsProto(R"pb(
        id: "mega_round_sum/US/2015..2025"
        status: VALUE_STATUS_OK
        money { currency_code: "USD" }
        unit: "USD"
        coverage { units_expected: 3 units_present: 2 share: 0.66666666666666663 undisclosed: 1 }
        formula: "mega_round_sum/1")pb"));
}

TEST(FigureOfTest, EveryMeasureHasItsFormula) {
  const Group group{.rounds = 1,
                    .companies = 1,
                    .sum = Int128{1},
                    .sum_without_largest = Int128{0},
                    .mega_round_sum = Int128{0},
                    .median = 1,
                    .mean = 1,
                    .max = 1,
                    .hhi = 1.0,
                    .concentration_ratio = 1.0,
                    .disagreement = 0.5,
                    .imputed = Imputed{}};
  for (int number = 1; v1::Measure_IsValid(number); ++number) {
    const auto measure = static_cast<v1::Measure>(number);
    const common::v1::Figure figure = FigureOf(measure, Scope(), group);
    EXPECT_EQ(figure.status(), common::v1::VALUE_STATUS_OK) << v1::Measure_Name(measure);
    EXPECT_EQ(figure.formula() + "/US/2015..2025",
              figure.id().substr(0, figure.id().find('/')) + "/1/US/2015..2025");
  }
}

}  // namespace
}  // namespace steelyard::funding
