// `steelyard rank`: what is asked, and what is shown.

#include "gateway/cli/session.h"
#include "gmock/gmock.h"
#include "tests/gateway/cli/command_line_fixture.h"
#include "tests/support/proto_matchers.h"

namespace steelyard::cli {
namespace {

using ::steelyard::testing::EqualsProto;
using ::testing::HasSubstr;
using ::testing::Not;

using RankVerbTest = CommandLineTest;

TEST_F(RankVerbTest, AsksWithEveryFlag) {
  strategy_.RankRegionsAnswer = Answers<strategy::v1::RankRegionsResponse>("");
  const Ran ran = Ask({"rank",
                       "US",
                       "EUROPE",
                       "--from",
                       "2015",
                       "--to",
                       "2025",
                       "--indicator",
                       "per_capita:0.7",
                       "--indicator",
                       "company_concentration:0.3:lower",
                       "--goalposts",
                       "per_capita=0,1000",
                       "--normalisation",
                       "z-score",
                       "--aggregation",
                       "geometric",
                       "--least-share",
                       "0.5",
                       "--draws",
                       "500",
                       "--seed",
                       "9",
                       "--weight-concentration",
                       "50",
                       "--fix-normalisation",
                       "--fix-aggregation",
                       "--alternative",
                       "EUROPE=EU27",
                       "--alternative",
                       "policy=median",
                       "--region",
                       "EUROPE=EU27_UK",
                       "--filter",
                       "year > 1"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(
      strategy_.RankRegionsAnswer.requests().at(0), EqualsProto(R"pb(
        regions: "US"
        regions: "EUROPE"
        period {
          from { year: 2015 }
          to { year: 2025 }
        }
        filter: "year > 1"
        indicators { indicator: "per_capita" weight: 0.7 lower: 0 upper: 1000 }
        indicators { indicator: "company_concentration" weight: 0.3 direction: DIRECTION_LOWER }
        normalisation: NORMALISATION_Z_SCORE
        aggregation: AGGREGATION_GEOMETRIC
        least_share: 0.5
        draws: 500
        seed: 9
        weight_concentration: 50
        fix_normalisation: true
        fix_aggregation: true
        alternatives { regions { alias: "EUROPE" region_set: "EU27" } }
        alternatives {
          regions { alias: "EUROPE" region_set: "EU27_UK" }
          source_policy: "median/1"
        }
        definition { regions { alias: "EUROPE" region_set: "EU27_UK" } }
        read {}
      )pb"));
}

constexpr char kAnswer[] = R"pb(
  regions {
    term: "US"
    rank: 1
    score { status: VALUE_STATUS_OK number: 0.81 formula: "composite/1" }
    indicators {
      indicator: "growth"
      figure { status: VALUE_STATUS_OK number: 0.5 unit: "1/a" formula: "cagr/1" }
      normalised { status: VALUE_STATUS_OK number: 1 formula: "normalised/1" }
    }
    median_rank: 1
    low_rank: 1
    high_rank: 1
    first_share: 0.97
  }
  regions {
    term: "EUROPE"
    rank: 2
    score { status: VALUE_STATUS_OK number: 0.4 formula: "composite/1" }
    indicators {
      indicator: "growth"
      figure { status: VALUE_STATUS_OK number: 0.2 unit: "1/a" formula: "cagr/1" }
      normalised { status: VALUE_STATUS_OK number: 0.25 formula: "normalised/1" }
    }
    median_rank: 2
    low_rank: 1
    high_rank: 3
    first_share: 0.03
  }
  regions {
    term: "IL"
    rank: 3
    score { status: VALUE_STATUS_OK number: 0.1 formula: "composite/1" }
    median_rank: 3
    low_rank: 2
    high_rank: 3
  }
  regions {
    term: "CN"
    score { status: VALUE_STATUS_INSUFFICIENT_COVERAGE reason: "it has 1 of 2 indicators" }
    indicators {
      indicator: "growth"
      figure { status: VALUE_STATUS_UNDEFINED reason: "no total in 2015" }
      normalised { status: VALUE_STATUS_UNDEFINED reason: "no figure" }
    }
  }
  pairs {
    ahead: "US"
    behind: "EUROPE"
    probability { status: VALUE_STATUS_OK number: 0.96 formula: "pairwise_probability/1" }
    swap_distance { status: VALUE_STATUS_OK number: 0.42 formula: "swap_distance/1" }
    swap_weights: 0.2
    swap_weights: 0.8
  }
  pairs {
    ahead: "US"
    behind: "IL"
    probability { status: VALUE_STATUS_OK number: 1 formula: "pairwise_probability/1" }
  }
  pairs {
    ahead: "EUROPE"
    behind: "IL"
    probability { status: VALUE_STATUS_OK number: 0.7 formula: "pairwise_probability/1" }
    swap_distance { status: VALUE_STATUS_UNDEFINED reason: "no weights in [0, 1] do that" }
  }
  importances {
    indicator: "growth"
    weight: 0.5
    importance { status: VALUE_STATUS_OK number: 0.9 formula: "effective_importance/1" }
  }
  importances {
    indicator: "per_gdp"
    weight: 0.5
    importance { status: VALUE_STATUS_UNDEFINED reason: "it was left out" }
    excluded: "all regions are equal"
  }
  normalisation: NORMALISATION_MIN_MAX
  aggregation: AGGREGATION_ARITHMETIC
  draws: 2000
  seed: 9
  definition { currency: "USD" }
  snapshot { token: "sy1.t" }
)pb";

TEST_F(RankVerbTest, ShowsHowSureRanksAre) {
  strategy_.RankRegionsAnswer = Answers<strategy::v1::RankRegionsResponse>(kAnswer);
  const Ran ran = Ask({"rank", "US", "EUROPE", "IL", "CN", "--from", "2015", "--to", "2025"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  for (const char* text : {"   1  US       0.81              1         1 to 1    97.0 %\n",
                           "   2  EUROPE    0.4              2         1 to 3     3.0 %\n",
                           "   -  CN          -              -              -         -\n",
                           "US      ●\n",
                           "EUROPE  ├───●───┤\n",
                           "IL          ├───●\n",
                           "        1       3\n",
                           "growth     US      50.0 % a year          1.00\n",
                           "           EUROPE  20.0 % a year          0.25\n",
                           "           CN                  -             -\n",
                           "90.0 %",
                           "left out: all regions are equal",
                           "US      EUROPE    96.0 %",
                           "growth 20.0 %, per_gdp 80.0 %",
                           "and 1 more pair in --json\n",
                           "method      normalised by min-max, aggregated by arithmetic\n",
                           "draws       2,000, seed 9\n",
                           "coverage    score of CN: it has 1 of 2 indicators\n",
                           "no value    growth of CN: no total in 2015\n",
                           "no value    swap of EUROPE over IL: no weights in [0, 1] do that\n"}) {
    EXPECT_THAT(ran.out, HasSubstr(text));
  }
}

TEST_F(RankVerbTest, WithoutDrawsNothingIsSaidOfThem) {
  strategy_.RankRegionsAnswer = Answers<strategy::v1::RankRegionsResponse>(R"pb(
    regions {
      term: "US"
      rank: 1
      score { status: VALUE_STATUS_OK number: 1 }
    })pb");
  const Ran ran = Ask({"rank", "US", "CN", "--from", "2015", "--to", "2025"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(ran.out, Not(HasSubstr("●")));
  EXPECT_THAT(ran.out, HasSubstr("-              -         -\n"));
}

TEST_F(RankVerbTest, JsonIsTheAnswer) {
  strategy_.RankRegionsAnswer = Answers<strategy::v1::RankRegionsResponse>(kAnswer);
  const Ran ran = Ask({"--json", "rank", "US", "CN", "--from", "2015", "--to", "2025"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("\"draws\": 2000"));
}

}  // namespace
}  // namespace steelyard::cli
