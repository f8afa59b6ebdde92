// `steelyard gap`: what is asked, and what is shown.

#include "gateway/cli/session.h"
#include "gmock/gmock.h"
#include "tests/gateway/cli/command_line_fixture.h"
#include "tests/support/proto_matchers.h"

namespace steelyard::cli {
namespace {

using ::steelyard::testing::EqualsProto;
using ::testing::HasSubstr;

using GapVerbTest = CommandLineTest;

TEST_F(GapVerbTest, AsksWithEveryFlag) {
  strategy_.DecomposeGapAnswer = Answers<strategy::v1::DecomposeGapResponse>("");
  const Ran ran = Ask({"gap", "US", "EUROPE", "--from", "2015", "--to", "2025", "--target-ratio",
                       "2", "--target-year", "2035", "--paths", "500", "--seed", "7", "--filter",
                       "stage = \"SEED\"", "--scope", "equity,debt"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(strategy_.DecomposeGapAnswer.requests().at(0), EqualsProto(R"pb(
                leader: "US"
                follower: "EUROPE"
                period {
                  from { year: 2015 }
                  to { year: 2025 }
                }
                filter: "stage = \"SEED\""
                target_ratio: 2
                target_year: 2035
                paths: 500
                seed: 7
                definition { scope: AMOUNT_KIND_EQUITY scope: AMOUNT_KIND_DEBT }
                read {}
              )pb"));
}

TEST_F(GapVerbTest, LeavesDefaultsToTheServer) {
  strategy_.DecomposeGapAnswer = Answers<strategy::v1::DecomposeGapResponse>("");
  ASSERT_EQ(Ask({"gap", "US", "CN", "--from", "2015", "--to", "2025"}).code, kOk);
  const auto request = strategy_.DecomposeGapAnswer.requests().at(0);
  EXPECT_EQ(request.target_ratio(), 0);
  EXPECT_EQ(request.target_year(), 0);
  EXPECT_EQ(request.paths(), 0);
}

TEST_F(GapVerbTest, ShowsFactorsAndWhenItCloses) {
  strategy_.DecomposeGapAnswer = Answers<strategy::v1::DecomposeGapResponse>(R"pb(
    leader { term: "US" region: "US" }
    follower { term: "EUROPE" region: "EU27" version: "2020" members: "DE" }
    leader_total {
      status: VALUE_STATUS_OK
      money { currency_code: "USD" units: 216500000000 }
    }
    follower_total {
      status: VALUE_STATUS_OK
      money { currency_code: "USD" units: 24840000000 }
    }
    ratio {
      status: VALUE_STATUS_OK
      number: 8.716
      formula: "ratio/1"
      interval { lower: 5.1 upper: 14.9 level: 0.9 method: "log/1" }
    }
    gap {
      status: VALUE_STATUS_OK
      money { currency_code: "USD" units: 191660000000 }
    }
    identities {
      id: "people/1"
      expression: "persons x GDP per person x capital per GDP"
      ratio { status: VALUE_STATUS_OK number: 8.7 }
      log_points { status: VALUE_STATUS_OK number: 2.163 }
      factors {
        id: "population"
        title: "persons"
        leader { status: VALUE_STATUS_OK count: 340000000 unit: "{person}" }
        follower { status: VALUE_STATUS_OK count: 450000000 unit: "{person}" }
        ratio { status: VALUE_STATUS_OK number: 0.7556 }
        log_points { status: VALUE_STATUS_OK number: -0.28 }
        contribution { status: VALUE_STATUS_OK number: -0.129 formula: "gap_share/1" }
      }
      factors {
        id: "gdp_per_capita"
        title: "GDP per person"
        leader { status: VALUE_STATUS_OK number: 85000 unit: "USD/{person}" }
        follower { status: VALUE_STATUS_UNDEFINED reason: "no GDP is known" }
        log_points { status: VALUE_STATUS_OK number: 0.72 }
        contribution { status: VALUE_STATUS_OK number: 0.333 formula: "gap_share/1" }
      }
    }
    catch_up {
      start_ratio { status: VALUE_STATUS_OK number: 12.278 formula: "ratio/1" }
      start_year: 2025
      target_ratio: 2
      leader_growth { status: VALUE_STATUS_OK number: 0.1 unit: "1/a" formula: "mean_growth/1" }
      follower_growth { status: VALUE_STATUS_OK number: 0.25 unit: "1/a" formula: "mean_growth/1" }
      years { status: VALUE_STATUS_OK number: 14.2 unit: "a" formula: "catch_up_time/1" }
      required_growth {
        status: VALUE_STATUS_OK
        number: 0.319
        unit: "1/a"
        formula: "required_growth/1"
      }
      target_year: 2035
      quantiles {
        probability: 0.05
        figure { status: VALUE_STATUS_OK number: 6 unit: "a" }
      }
      quantiles {
        probability: 0.95
        figure { status: VALUE_STATUS_UNDEFINED reason: "never" }
      }
      never {
        status: VALUE_STATUS_OK
        number: 0.12
        formula: "probability/1"
        interval { lower: 0.11 upper: 0.13 level: 0.95 method: "wilson/1" }
      }
      by_target_year { status: VALUE_STATUS_OK number: 0.31 formula: "probability/1" }
      leader_points: 9
      follower_points: 1
    }
    definition { currency: "USD" }
    sources { name: "sources/a" }
    snapshot { token: "sy1.t" }
  )pb");
  const Ran ran = Ask({"gap", "US", "EUROPE", "--from", "2015", "--to", "2025"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  for (const char* text : {"total of US",
                           "216.5 bn USD",
                           "US over EUROPE           8.72  5.10 to 14.90",
                           "US less EUROPE",
                           "people/1: persons x GDP per person x capital per GDP\n",
                           "340,000,000 person",
                           "-12.9 %",
                           "85,000 USD/person",
                           "33.3 %",
                           "product",
                           "2.16",
                           "when US over EUROPE would be 2.00\n",
                           "ratio of 2025",
                           "12.28",
                           "growth of US, from 9 differences",
                           "10.0 % a year",
                           "growth of EUROPE, from 1 difference ",
                           "14.20 years",
                           "growth of EUROPE needed by 2035",
                           "31.9 % a year",
                           "probability by 2035",
                           "31.0 %",
                           "probability of never, in 100 years",
                           "12.0 %  11.0 % to 13.0 %",
                           "5 %  6.00 years",
                           "no value    GDP per person of EUROPE: no GDP is known\n",
                           "no value    time of 95 %: never\n",
                           "intervals   probability 90 % by log/1; probability 95 % by wilson/1\n",
                           "region      EUROPE is EU27@2020",
                           "sources     1, listed in --json"}) {
    EXPECT_THAT(ran.out, HasSubstr(text));
  }
  // What one factor takes away goes to the other side of the line.
  EXPECT_THAT(ran.out, HasSubstr("█│"));
  EXPECT_THAT(ran.out, HasSubstr("│█"));
}

TEST_F(GapVerbTest, AnAnswerWithoutTheRestIsShownAllTheSame) {
  strategy_.DecomposeGapAnswer = Answers<strategy::v1::DecomposeGapResponse>(R"pb(
    leader { term: "US" }
    follower { term: "CN" }
    ratio { status: VALUE_STATUS_UNDEFINED reason: "the total of CN is not known" }
    snapshot { token: "sy1.t" }
  )pb");
  const Ran ran = Ask({"gap", "US", "CN", "--from", "2015", "--to", "2025"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("no value    US over CN: the total of CN is not known\n"));
}

TEST_F(GapVerbTest, JsonIsTheAnswer) {
  strategy_.DecomposeGapAnswer =
      Answers<strategy::v1::DecomposeGapResponse>(R"pb(catch_up { start_year: 2025 })pb");
  const Ran ran = Ask({"gap", "US", "CN", "--from", "2015", "--to", "2025", "--json"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("\"startYear\": 2025"));
}

}  // namespace
}  // namespace steelyard::cli
