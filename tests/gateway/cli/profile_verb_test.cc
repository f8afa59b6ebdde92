// `steelyard profile`: what is asked, and what is shown.

#include "gateway/cli/session.h"
#include "gmock/gmock.h"
#include "tests/gateway/cli/command_line_fixture.h"
#include "tests/support/proto_matchers.h"

namespace steelyard::cli {
namespace {

using ::steelyard::testing::EqualsProto;
using ::testing::HasSubstr;
using ::testing::Not;

using ProfileVerbTest = CommandLineTest;

constexpr char kAnswer[] = R"pb(
  profile {
    region { term: "EUROPE" region: "EU27" version: "2020" members: "DE" members: "FR" }
    total {
      status: VALUE_STATUS_OK
      money { currency_code: "EUR" units: 24840000000 }
      unit: "EUR"
      formula: "sum/1"
      interval { lower: 2e10 upper: 3e10 level: 0.9 method: "compound_poisson/1" }
    }
    rounds { status: VALUE_STATUS_OK count: 183 unit: "1" formula: "count/1" }
    world_share { status: VALUE_STATUS_OK number: 0.097 unit: "1" formula: "world_share/1" }
    growth {
      status: VALUE_STATUS_UNDEFINED
      reason: "no total in 2015"
      unit: "1/a"
      formula: "cagr/1"
    }
    foreign_capital_share {
      status: VALUE_STATUS_OK
      number: 0.425
      unit: "1"
      formula: "foreign_capital_share/1"
    }
    rounds_inflow_ratio {
      status: VALUE_STATUS_UNDEFINED
      reason: "the investors gave nothing"
      formula: "rounds_inflow_ratio/1"
    }
    origins {
      country: "US"
      amount {
        status: VALUE_STATUS_OK
        money { currency_code: "EUR" units: 6000000000 }
      }
      share { status: VALUE_STATUS_OK number: 0.4 formula: "share/1" }
    }
    origins {
      country: "FR"
      amount {
        status: VALUE_STATUS_OK
        money { currency_code: "EUR" units: 3000000000 }
      }
      share { status: VALUE_STATUS_OK number: 0.2 formula: "share/1" }
    }
    destinations {
      country: "GB"
      amount {
        status: VALUE_STATUS_OK
        money { currency_code: "EUR" units: 0 }
      }
      share { status: VALUE_STATUS_UNDEFINED reason: "the amounts add up to zero" }
    }
    scale {
      id: "mega_round_share"
      title: "Share of mega-rounds"
      figure { status: VALUE_STATUS_OK number: 0.5 unit: "1" formula: "share/1" }
    }
    efficiency {
      id: "models_per_billion"
      title: "Notable models per billion"
      figure { status: VALUE_STATUS_INSUFFICIENT_COVERAGE reason: "no source counts them" }
    }
    ambitions {
      id: "hardware"
      title: "Own hardware"
      indicators {
        id: "location_quotient:CHIPS"
        title: "Location quotient of chips"
        figure {
          status: VALUE_STATUS_OK
          number: 1.4
          unit: "1"
          formula: "location_quotient/1"
          interval { lower: 0.8 upper: 2.4 level: 0.9 method: "delta/1" }
        }
      }
    }
    years {
      year: 2024
      total {
        status: VALUE_STATUS_OK
        money { currency_code: "EUR" units: 4000000000 }
      }
      rounds { status: VALUE_STATUS_OK count: 9 }
    }
    years {
      year: 2025
      total {
        status: VALUE_STATUS_OK
        money { currency_code: "EUR" units: 8000000000 }
      }
      rounds { status: VALUE_STATUS_OK count: 12 }
    }
    layers {
      code: "FOUNDATION_MODEL"
      share { status: VALUE_STATUS_OK number: 0.286 formula: "share/1" }
      location_quotient { status: VALUE_STATUS_OK number: 0.45 }
    }
    largest_companies {
      rank: 1
      company: "companies/mistral-ai"
      display_name: "Mistral AI"
      amount { currency_code: "EUR" units: 3185000000 }
      rounds: 5
    }
  }
  world_total {
    status: VALUE_STATUS_OK
    money { currency_code: "EUR" units: 250000000000 }
  }
  definition { currency: "EUR" scope: AMOUNT_KIND_EQUITY }
  source_count: 42
  snapshot { token: "sy1.t" }
  unreachable: "services/registry"
)pb";

TEST_F(ProfileVerbTest, AsksForOneRegion) {
  strategy_.ProfileRegionAnswer = Answers<strategy::v1::ProfileRegionResponse>("");
  const Ran ran =
      Ask({"--snapshot", "sy1.t", "profile", "EUROPE", "--from", "2015", "--to", "2025", "--top",
           "3", "--filter", "layer = \"CHIPS\"", "--region", "EUROPE=EU27", "--currency", "EUR"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(strategy_.ProfileRegionAnswer.requests().at(0), EqualsProto(R"pb(
                region: "EUROPE"
                period {
                  from { year: 2015 }
                  to { year: 2025 }
                }
                filter: "layer = \"CHIPS\""
                top_k: 3
                definition {
                  regions { alias: "EUROPE" region_set: "EU27" }
                  currency: "EUR"
                }
                read { snapshot: "sy1.t" }
              )pb"));
}

TEST_F(ProfileVerbTest, ShowsFiguresWithIntervalsAndWhyThereAreNone) {
  strategy_.ProfileRegionAnswer = Answers<strategy::v1::ProfileRegionResponse>(kAnswer);
  const Ran ran = Ask({"profile", "EUROPE", "--from", "2015", "--to", "2025"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  for (const char* text :
       {"disclosed total",
        "24.84 bn EUR  20.00 bn to 30.00 bn",
        "share of the world",
        "9.7 %",
        "share of capital from outside",
        "42.5 %",
        "speaks of scale",
        "Share of mega-rounds",
        "50.0 %",
        "speaks of efficiency",
        "European ambitions",
        "Own hardware",
        "  Location quotient of chips  1.40  0.8 to 2.40",
        "2024     4.000 bn EUR         9  ██████████\n",
        "2025     8.000 bn EUR        12  ████████████████████\n",
        "foundation model",
        "28.6 %    0.45    ████████████████████",
        "capital comes from         total   share\n"
        "US                  6.000 bn EUR  40.0 %  ████████████████████\n"
        "FR                  3.000 bn EUR  20.0 %  ██████████\n",
        "capital goes to  total  share\n"
        "GB               0 EUR      -\n",
        "1  Mistral AI         3.185 bn EUR       5",
        "no value    growth: no total in 2015\n",
        "no value    capital received over given, of the rounds: the investors gave nothing\n",
        "no value    capital goes to GB: the amounts add up to zero\n",
        "coverage    Notable models per billion: no source counts them\n",
        "intervals   probability 90 % by compound_poisson/1; probability 90 % by delta/1\n",
        "definition  equity",
        "region      EUROPE is EU27@2020, 2 countries\n",
        "sources     42, listed in --json\n",
        "snapshot    sy1.t",
        "incomplete  services/registry did not answer\n"}) {
    EXPECT_THAT(ran.out, HasSubstr(text));
  }
}

// An answer of which no investor is known shows no empty tables.
TEST_F(ProfileVerbTest, WithoutFlowsThereIsNoTableOfThem) {
  strategy_.ProfileRegionAnswer = Answers<strategy::v1::ProfileRegionResponse>(
      "profile { region { term: 'US' region: 'US' } }");
  const Ran ran = Ask({"profile", "US", "--from", "2015", "--to", "2025"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("share of capital from outside"));
  EXPECT_THAT(ran.out, Not(HasSubstr("capital comes from")));
  EXPECT_THAT(ran.out, Not(HasSubstr("capital goes to")));
}

TEST_F(ProfileVerbTest, JsonIsTheAnswer) {
  strategy_.ProfileRegionAnswer = Answers<strategy::v1::ProfileRegionResponse>(kAnswer);
  const Ran ran = Ask({"--json", "profile", "EUROPE", "--from", "2015", "--to", "2025"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("\"sourceCount\": \"42\""));
  EXPECT_THAT(ran.out, HasSubstr("\"origins\": ["));
  EXPECT_THAT(ran.out, HasSubstr("\"foreignCapitalShare\": {"));
  EXPECT_THAT(ran.out, Not(HasSubstr("definition  ")));
}

TEST_F(ProfileVerbTest, ARefusalIsTheServersWord) {
  strategy_.ProfileRegionAnswer = [](const auto&, auto&) {
    return MakeError(common::v1::ERROR_REASON_UNKNOWN_REGION, "'ATLANTIS' is no region");
  };
  const Ran ran = Ask({"profile", "ATLANTIS", "--from", "2015", "--to", "2025"});
  EXPECT_EQ(ran.code, kRefused);
  EXPECT_THAT(ran.err, HasSubstr("'ATLANTIS' is no region"));
}

}  // namespace
}  // namespace steelyard::cli
