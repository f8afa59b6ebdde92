// The verbs about published statistics.

#include "gateway/cli/session.h"
#include "gmock/gmock.h"
#include "tests/gateway/cli/command_line_fixture.h"
#include "tests/support/proto_matchers.h"

namespace steelyard::cli {
namespace {

using ::steelyard::testing::EqualsProto;
using ::testing::HasSubstr;
using ::testing::Not;

using SeriesVerbTest = CommandLineTest;

TEST_F(SeriesVerbTest, SendsHowToChoose) {
  statistics_.GetSeriesAnswer = Answers<funding::v1::GetSeriesResponse>("");
  const Ran ran = Ask({"series", "ai", "US", "--policy", "priority/1", "--prefer", "oecd,owid",
                       "--one-source", "--losers", "--published-by", "2025-06"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(statistics_.GetSeriesAnswer.requests().at(0), EqualsProto(R"pb(
                variable: "ai"
                regions: "US"
                period {}
                read {}
                published_by { year: 2025 month: 6 }
                source_policy: "priority/1"
                source_priority: "sources/oecd"
                source_priority: "sources/owid"
                one_source: true
                show_choice: true
              )pb"));
  const Ran triangle = Ask({"series", "ai", "US", "--all-vintages"});
  ASSERT_EQ(triangle.code, kOk) << triangle.err;
  EXPECT_TRUE(statistics_.GetSeriesAnswer.requests().at(1).all_vintages());
  const Ran sums = Ask({"series", "gdp", "EUROPE", "--sum-members", "--min-coverage", "0.75"});
  ASSERT_EQ(sums.code, kOk) << sums.err;
  EXPECT_EQ(statistics_.GetSeriesAnswer.requests().at(2).min_coverage(), 0.75);
}

TEST_F(SeriesVerbTest, ADateThatIsNoneIsWrongUsage) {
  const Ran ran = Ask({"series", "ai", "US", "--published-by", "soon"});
  EXPECT_EQ(ran.code, kWrongUsage);
  EXPECT_THAT(ran.err, HasSubstr("--published-by"));
}

TEST_F(SeriesVerbTest, ShowsWhatWasPassedOverAndWhatIsMissing) {
  statistics_.GetSeriesAnswer = Answers<funding::v1::GetSeriesResponse>(R"pb(
    series {
      term: "US"
      facet { unit: "USD" price_basis: "nominal" }
      derivation: DERIVATION_RESOLVED
      points {
        period: "2024"
        figure {
          status: VALUE_STATUS_OK
          money { currency_code: "USD" units: 109000000000 }
          unit: "USD"
        }
        vintage { year: 2025 month: 5 day: 12 }
        facet { source: "sources/owid" unit: "USD" scope: "cset" price_basis: "nominal" }
        choice {
          rule: "freshest/1: latest vintage"
          winners { value: "109000000000" }
          losers {
            region: "US"
            facet { source: "sources/oecd" unit: "USD" scope: "all" price_basis: "nominal" }
            value: "83000000000"
          }
          min: "83000000000"
          max: "109000000000"
        }
      }
    }
    missing { term: "FR" period: "2024" })pb");
  const Ran ran = Ask({"series", "ai", "US", "FR", "--policy", "freshest", "--losers"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("vintage"));
  EXPECT_THAT(ran.out, HasSubstr("109.0 bn"));
  EXPECT_THAT(ran.out, HasSubstr("2025-05-12"));
  EXPECT_THAT(ran.out, HasSubstr("freshest/1: latest vintage; from 83.00 bn to 109.0 bn"));
  EXPECT_THAT(ran.out, HasSubstr("83.00 bn"));
  EXPECT_THAT(ran.out, HasSubstr("passed over"));
  EXPECT_THAT(ran.out, HasSubstr("missing"));
}

TEST_F(SeriesVerbTest, ShowsWithdrawnVintages) {
  statistics_.GetSeriesAnswer = Answers<funding::v1::GetSeriesResponse>(R"pb(
    series {
      term: "US"
      region: "US"
      facet { source: "sources/owid" unit: "count" }
      points {
        period: "2024"
        figure { status: VALUE_STATUS_OK count: 7 unit: "1" }
        retraction: "a slip"
      }
    })pb");
  const Ran ran = Ask({"series", "newly_funded", "US", "--all-vintages"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("withdrawn: a slip"));
  EXPECT_THAT(ran.out, Not(HasSubstr("vintage")));
}

TEST_F(SeriesVerbTest, AvailabilityShowsRunsOfYearsAndVintages) {
  statistics_.ListSeriesAnswer = Answers<funding::v1::ListSeriesResponse>(R"pb(
    series {
      variable: "ai"
      region: "US"
      facet { source: "sources/owid" unit: "USD" scope: "cset" }
      points: 6
      periods: "2013"
      periods: "2014"
      periods: "2016"
      periods: "2024-Q1"
      periods: "2024-Q2"
      periods: "2024-Q3"
      vintages: "2023"
      vintages: "2024-05"
      vintages: "2025-05-12"
      vintages: "2025-11-15"
    }
    total_size: 3)pb");
  const Ran ran = Ask({"availability", "ai", "--region", "US", "--source", "owid", "--filter",
                       "unit = \"USD\"", "--limit", "1"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("2013 to 2014, 2016, 2024-Q1 to 2024-Q3 (3)"));
  EXPECT_THAT(ran.out, HasSubstr("2025-11-15, 2025-05-12, 2024-05 and 1 older"));
  EXPECT_THAT(ran.out, HasSubstr("1 of 3 series; --limit N shows more"));
  EXPECT_THAT(
      statistics_.ListSeriesAnswer.requests().at(0), EqualsProto(R"pb(
        page_size: 1
        filter: "variable = \"ai\" AND region = \"US\" AND source = \"owid\" AND (unit = \"USD\")"
        read {}
        include_periods: true
      )pb"));
}

}  // namespace
}  // namespace steelyard::cli
