// `steelyard scenario`: what is asked, and what is shown.

#include "gateway/cli/session.h"
#include "gmock/gmock.h"
#include "tests/gateway/cli/command_line_fixture.h"
#include "tests/support/proto_matchers.h"

namespace steelyard::cli {
namespace {

using ::steelyard::testing::EqualsProto;
using strategy::v1::ProjectScenarioResponse;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ScenarioVerbTest : public CommandLineTest {
 protected:
  // Progress, and then the projection.
  void Answer(const char* projection) {
    strategy_.scenario_answer = [](const auto&, auto&) { return absl::OkStatus(); };
    ProjectScenarioResponse progress;
    progress.mutable_progress()->set_paths_done(500);
    progress.mutable_progress()->set_paths(1000);
    ProjectScenarioResponse outcome;
    ASSERT_TRUE(
        google::protobuf::TextFormat::ParseFromString(projection, outcome.mutable_projection()));
    strategy_.scenario_replies = {progress, outcome};
  }
};

TEST_F(ScenarioVerbTest, AsksWithEveryFlag) {
  Answer("");
  const Ran ran = Ask({"scenario",   "US",
                       "EUROPE",     "CN",
                       "--from",     "2015",
                       "--to",       "2025",
                       "--until",    "2035",
                       "--paths",    "1000",
                       "--seed",     "18446744073709551615",
                       "--filter",   "layer = \"CHIPS\"",
                       "--lever",    "EUROPE fund 20bn from 2027",
                       "--lever",    "US shock -0.5 in 2028",
                       "--target",   "US/EUROPE <= 5 by 2035",
                       "--prior",    "CN drift 0.1 volatility 0.4",
                       "--currency", "EUR"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(strategy_.scenario_answer.requests().at(0), EqualsProto(R"pb(
                regions: "US"
                regions: "EUROPE"
                regions: "CN"
                history {
                  from { year: 2015 }
                  to { year: 2025 }
                }
                filter: "layer = \"CHIPS\""
                to_year: 2035
                paths: 1000
                seed: 18446744073709551615
                levers {
                  region: "EUROPE"
                  from_year: 2027
                  yearly_fund { currency_code: "EUR" units: 20000000000 }
                }
                levers { region: "US" from_year: 2028 log_shock: -0.5 }
                targets { numerator: "US" denominator: "EUROPE" ratio: 5 by_year: 2035 }
                priors { region: "CN" drift: 0.1 volatility: 0.4 }
                definition { currency: "EUR" }
                read {}
              )pb"));
}

TEST_F(ScenarioVerbTest, FundsAreInDollarsUnlessSaidOtherwise) {
  Answer("");
  ASSERT_EQ(Ask({"scenario", "US", "--from", "2015", "--to", "2025", "--until", "2030", "--lever",
                 "US fund 1bn"})
                .code,
            kOk);
  EXPECT_EQ(strategy_.scenario_answer.requests().at(0).levers(0).yearly_fund().currency_code(),
            "USD");
}

TEST_F(ScenarioVerbTest, ShowsFansRatiosAndTargets) {
  Answer(R"pb(
    regions {
      region { term: "EUROPE" region: "EU27" version: "2020" members: "DE" }
      drift { status: VALUE_STATUS_OK number: 0.24 formula: "drift/1" }
      volatility { status: VALUE_STATUS_OK number: 0.31 formula: "volatility/1" }
      points: 8
      start_year: 2025
      totals {
        year: 2025
        quantiles {
          probability: 0.5
          figure {
            status: VALUE_STATUS_OK
            money { currency_code: "USD" units: 8000000000 }
          }
        }
        quantiles {
          probability: 0.95
          figure {
            status: VALUE_STATUS_OK
            money { currency_code: "USD" units: 8000000000 }
          }
        }
      }
      totals {
        year: 2026
        quantiles {
          probability: 0.05
          figure {
            status: VALUE_STATUS_OK
            money { currency_code: "USD" units: 5000000000 }
          }
        }
        quantiles {
          probability: 0.25
          figure {
            status: VALUE_STATUS_OK
            money { currency_code: "USD" units: 8000000000 }
          }
        }
        quantiles {
          probability: 0.5
          figure {
            status: VALUE_STATUS_OK
            money { currency_code: "USD" units: 10000000000 }
          }
        }
        quantiles {
          probability: 0.75
          figure {
            status: VALUE_STATUS_OK
            money { currency_code: "USD" units: 13000000000 }
          }
        }
        quantiles {
          probability: 0.95
          figure {
            status: VALUE_STATUS_OK
            money { currency_code: "USD" units: 20000000000 }
          }
        }
      }
    }
    regions {
      region { term: "CN" region: "CN" }
      drift { status: VALUE_STATUS_OK number: 0.1 formula: "drift/1" }
      volatility { status: VALUE_STATUS_OK number: 0.4 formula: "volatility/1" }
      totals {
        year: 2026
        quantiles {
          probability: 0.5
          figure { status: VALUE_STATUS_UNDEFINED reason: "no start" }
        }
      }
    }
    ratios {
      numerator: "EUROPE"
      denominator: "CN"
      ratios {
        year: 2026
        quantiles {
          probability: 0.5
          figure { status: VALUE_STATUS_OK number: 2.5 }
        }
      }
      ratios { year: 2027 }
    }
    targets {
      target { numerator: "EUROPE" denominator: "CN" ratio: 5 by_year: 2035 }
      probability {
        status: VALUE_STATUS_OK
        number: 0.31
        formula: "probability/1"
        interval { lower: 0.29 upper: 0.33 level: 0.95 method: "wilson/1" }
      }
    }
    paths: 1000
    seed: 7
    generator: "philox4x32-10/1"
    definition { currency: "USD" }
    sources { name: "sources/a" }
    sources { name: "sources/b" }
    snapshot { token: "sy1.t" }
    unreachable: "services/registry"
  )pb");
  const Ran ran =
      Ask({"scenario", "EUROPE", "CN", "--from", "2015", "--to", "2025", "--until", "2027"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  for (const char* text :
       {"EUROPE: drift 0.24, volatility 0.31, from 8 differences of history\n",
        "EUROPE, total\n2025  ", "2025         ●                               8.000 bn USD\n",
        "2026  ·······━━━━━┃━━━━━━━·················  10.00 bn",
        "10.00 bn USD (5.000 bn to 20.00 bn)\n", "5.000 bn", "20.00 bn\n",
        "CN: drift 0.1, volatility 0.4, as given\n\nCN, total\nnothing is known\n",
        "EUROPE over CN\n2026", "2.50\n",
        "● one value   ┃ median   ━ 25 to 75 %   · 5 to 95 % of the paths\n",
        "EUROPE/CN <= 5.00 by 2035", "31.0 %  29.0 % to 33.0 %\n",
        "paths       1,000, seed 7, philox4x32-10/1\n", "no value    CN, total in 2026: no start\n",
        "probability 95 % by wilson/1", "sources     2, listed in --json\n",
        "incomplete  services/registry did not answer\n"}) {
    EXPECT_THAT(ran.out, HasSubstr(text));
  }
  EXPECT_THAT(ran.out, Not(HasSubstr("infrastructure")));
}

TEST_F(ScenarioVerbTest, JsonIsTheProjectionAlone) {
  Answer(R"pb(paths: 1000 generator: "philox4x32-10/1")pb");
  const Ran ran =
      Ask({"--json", "scenario", "US", "--from", "2015", "--to", "2025", "--until", "2030"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("\"generator\": \"philox4x32-10/1\""),
                             Not(HasSubstr("progress")), Not(HasSubstr("projection"))));
}

TEST_F(ScenarioVerbTest, FailuresOfTheStreamAreErrors) {
  strategy_.scenario_answer = [](const auto&, auto&) {
    return MakeError(common::v1::ERROR_REASON_TOO_FEW_POINTS, "CN has 2 differences, 5 are needed");
  };
  const std::vector<std::string> question = {"scenario", "CN",   "--from",  "2015",
                                             "--to",     "2025", "--until", "2030"};
  const Ran refused = Ask(question);
  EXPECT_EQ(refused.code, kRefused);
  EXPECT_THAT(refused.err, HasSubstr("CN has 2 differences, 5 are needed"));
  strategy_.scenario_answer = [](const auto&, auto&) { return absl::OkStatus(); };
  const Ran empty = Ask(question);
  EXPECT_EQ(empty.code, kRefused);
  EXPECT_THAT(empty.err, HasSubstr("the stream ended without a projection"));
}

}  // namespace
}  // namespace steelyard::cli
