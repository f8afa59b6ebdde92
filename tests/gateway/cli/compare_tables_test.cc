#include "gateway/cli/compare_tables.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace steelyard::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

void SetMoney(common::v1::Figure& figure, int64_t units) {
  figure.set_status(common::v1::VALUE_STATUS_OK);
  figure.mutable_money()->set_currency_code("USD");
  figure.mutable_money()->set_units(units);
}

void SetNumber(common::v1::Figure& figure, double number) {
  figure.set_status(common::v1::VALUE_STATUS_OK);
  figure.set_number(number);
}

gateway::v1::CompareResponse Answer() {
  gateway::v1::CompareResponse response;
  strategy::v1::CompareRegionsResponse& comparison = *response.mutable_comparison();
  comparison.mutable_definition()->set_currency("USD");
  comparison.mutable_definition()->add_scope(common::v1::AMOUNT_KIND_EQUITY);
  for (const char* term : {"US", "EUROPE"}) {
    strategy::v1::RegionProfile& profile = *comparison.add_profiles();
    profile.mutable_region()->set_term(term);
    profile.add_years()->set_year(2025);
    strategy::v1::Slice& slice = *profile.add_layers();
    slice.set_code("FOUNDATION_MODEL");
  }
  strategy::v1::RegionProfile& us = *comparison.mutable_profiles(0);
  SetMoney(*us.mutable_total(), 119'000'000'000);
  SetNumber(*us.mutable_disclosed_share(), 0.85);
  SetMoney(*us.mutable_years(0)->mutable_total(), 60'000'000'000);
  SetNumber(*us.mutable_layers(0)->mutable_share(), 0.25);
  SetNumber(*us.mutable_layers(0)->mutable_location_quotient(), 1.25);
  SetNumber(*us.mutable_per_gdp(), 0.0042);
  strategy::v1::RegionProfile& europe = *comparison.mutable_profiles(1);
  europe.mutable_region()->set_region("EUROPE_BROAD");
  europe.mutable_region()->set_version("1");
  europe.mutable_region()->add_members("DE");
  strategy::v1::RegionRatio& ratio = *comparison.add_ratios();
  ratio.set_numerator("US");
  ratio.set_denominator("EUROPE");
  SetNumber(*ratio.mutable_ratio(), 12.28);
  comparison.set_source_count(42);
  response.mutable_snapshot()->set_token("sy1.token");
  return response;
}

TEST(CompareTablesTest, RegionsAreColumnsAndMissingValuesDashes) {
  const std::string text = RenderComparison(Answer());
  EXPECT_THAT(text, AllOf(HasSubstr("disclosed total, USD        119.0 bn       -\n"),
                          HasSubstr("US over it                             12.28\n"),
                          HasSubstr("85.0 %"), HasSubstr("0.42 %"), HasSubstr("60.00 bn"),
                          HasSubstr("foundation model"), HasSubstr("25.0 %  1.25       -   -\n")));
}

TEST(CompareTablesTest, SaysUnderWhichDefinitionFromWhereAndWhen) {
  gateway::v1::CompareResponse answer = Answer();
  EXPECT_THAT(RenderComparison(answer),
              AllOf(HasSubstr("definition  equity"), HasSubstr("EUROPE is EUROPE_BROAD@1"),
                    HasSubstr("42"), HasSubstr("sy1.token"), Not(HasSubstr("incomplete"))));
  answer.add_unreachable("services/registry");
  EXPECT_THAT(RenderComparison(answer), HasSubstr("services/registry did not answer"));
}

TEST(CompareTablesTest, SaysWhatFiguresLeaveOutAndWhyThereAreNone) {
  gateway::v1::CompareResponse answer = Answer();
  strategy::v1::CompareRegionsResponse& comparison = *answer.mutable_comparison();
  EXPECT_THAT(RenderComparison(answer), Not(HasSubstr("coverage")));
  common::v1::Figure& covered = *comparison.mutable_profiles(0)->mutable_per_gdp();
  covered.mutable_coverage()->add_missing("2024");
  covered.mutable_coverage()->add_missing("2025");
  common::v1::Figure& none = *comparison.mutable_profiles(1)->mutable_per_capita();
  none.set_status(common::v1::VALUE_STATUS_INSUFFICIENT_COVERAGE);
  none.set_reason("no year has the population of every member");
  common::v1::Coverage& converted =
      *comparison.mutable_profiles(0)->mutable_total()->mutable_coverage();
  converted.set_units_expected(9);
  converted.set_unconverted(2);
  EXPECT_THAT(RenderComparison(answer),
              AllOf(HasSubstr("coverage    total of US is without 2 amounts of 9 rounds, for want"),
                    HasSubstr("coverage    per GDP of US is without 2024, 2025\n"),
                    HasSubstr("coverage    per person of EUROPE: no year has the population of "
                              "every member\n")));
}

TEST(CompareTablesTest, PublishedValuesStandBesideEachOtherAndTheRestIsCounted) {
  gateway::v1::CompareResponse answer = Answer();
  for (int i = 0; i < 20; ++i) {
    strategy::v1::PublishedComparison& published = *answer.mutable_comparison()->add_published();
    published.set_year(2025 - i);
    published.mutable_facet()->set_source("sources/oecd");
    published.mutable_facet()->set_unit("USD");
    published.mutable_facet()->set_price_basis(i == 0 ? "constant_2021" : "nominal");
    strategy::v1::PublishedValue& value = *published.add_values();
    value.set_term("US");
    SetMoney(*value.mutable_figure(), 194'000'000'000);
    value.mutable_figure()->set_qualifier(common::v1::QUALIFIER_APPROX);
  }
  const std::string text = RenderComparison(answer);
  EXPECT_THAT(
      text, AllOf(HasSubstr("oecd                 2025"), HasSubstr("~194.0 bn"),
                  HasSubstr("USD of 2021"), HasSubstr("oecd                 2014"),
                  Not(HasSubstr("oecd                 2013")), HasSubstr("and 8 more in --json")));
}

}  // namespace
}  // namespace steelyard::cli
