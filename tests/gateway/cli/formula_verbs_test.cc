// `steelyard formula` and `steelyard sweep`: what is asked, and what is shown.

#include "gateway/cli/session.h"
#include "gmock/gmock.h"
#include "tests/gateway/cli/command_line_fixture.h"
#include "tests/support/proto_matchers.h"

namespace steelyard::cli {
namespace {

using ::steelyard::testing::EqualsProto;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

using FormulaVerbsTest = CommandLineTest;

TEST_F(FormulaVerbsTest, AsksForAValue) {
  strategy_.EvaluateFormulaAnswer = Answers<strategy::v1::EvaluateFormulaResponse>("");
  const Ran ran = Ask({"formula", "funding[US, 2025]", "/", "2", "--scope", "equity,debt"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(strategy_.EvaluateFormulaAnswer.requests().at(0), EqualsProto(R"pb(
                expression: "funding[US, 2025] / 2"
                definition { scope: AMOUNT_KIND_EQUITY scope: AMOUNT_KIND_DEBT }
                read {}
              )pb"));
}

TEST_F(FormulaVerbsTest, ShowsStepsAsATreeAndReadingsByFacet) {
  strategy_.EvaluateFormulaAnswer = Answers<strategy::v1::EvaluateFormulaResponse>(R"pb(
    expression: "ai_investment[US, 2025] / funding[FR, 2025]"
    step {
      expression: "ai_investment[US, 2025] / funding[FR, 2025]"
      figure {
        status: VALUE_STATUS_OK
        number: 12.278
        interval { lower: 11 upper: 13 level: 1 method: "qualifier/1" }
      }
      inputs {
        expression: "ai_investment[US, 2025]"
        figure {
          id: "observations/us-2025"
          status: VALUE_STATUS_OK
          money { currency_code: "USD" units: 194000000000 }
          qualifier: QUALIFIER_APPROX
        }
        facet { source: "sources/oecd" unit: "USD" scope: "ai_vc" price_basis: "nominal" }
      }
      inputs {
        expression: "funding[FR, 2025]"
        figure { id: "sum/FR/2025" status: VALUE_STATUS_UNDEFINED reason: "none is known" }
      }
    }
    readings {
      facet { source: "sources/oecd" unit: "USD" scope: "ai_vc" }
      figure { status: VALUE_STATUS_OK number: 12.278 }
    }
    readings {
      facet { source: "sources/owid" unit: "USD" scope: "cset" }
      figure { status: VALUE_STATUS_OK number: 9.5 }
    }
    definition { currency: "USD" }
    sources { name: "sources/oecd" }
    snapshot { token: "sy1.t" }
  )pb");
  const Ran ran = Ask({"formula", "x"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(
      ran.out,
      AllOf(HasSubstr("ai_investment[US, 2025] / funding[FR, 2025]\n12.28 (11.00 to 13.00)\n\n"
                      "ai_investment[US, 2025] / funding[FR, 2025]: 12.28 (11.00 to 13.00)\n"
                      "  ai_investment[US, 2025]: ~194.0 bn USD  [oecd, ai_vc, USD, nominal]  "
                      "observations/us-2025\n"
                      "  funding[FR, 2025]: -  sum/FR/2025\n"),
            HasSubstr("facet             value\n"), HasSubstr("oecd, ai_vc, USD  12.28\n"),
            HasSubstr("owid, cset, USD    9.50\n"),
            HasSubstr("no value    funding[FR, 2025]: none is known\n"),
            HasSubstr("intervals   certain bounds by qualifier/1\n"),
            HasSubstr("snapshot    sy1.t")));
}

TEST_F(FormulaVerbsTest, OfAConditionShowsWhetherItHolds) {
  const struct {
    const char* truth;
    const char* shown;
  } cases[] = {{"TRUTH_TRUE", "1 > 2\nyes\n"},
               {"TRUTH_FALSE", "1 > 2\nno\n"},
               {"TRUTH_OPEN", "1 > 2\nopen: its bounds allow both\n"},
               {"TRUTH_UNKNOWN", "1 > 2\nunknown: a figure has no value\n"}};
  for (const auto& c : cases) {
    strategy_.EvaluateFormulaAnswer = [&](const auto&, auto& reply) {
      reply.set_expression("1 > 2");
      reply.mutable_step()->set_expression("1 > 2");
      strategy::v1::Truth truth = strategy::v1::TRUTH_UNSPECIFIED;
      EXPECT_TRUE(strategy::v1::Truth_Parse(c.truth, &truth));
      reply.mutable_step()->set_truth(truth);
      return absl::OkStatus();
    };
    EXPECT_THAT(Ask({"formula", "1 > 2"}).out, HasSubstr(c.shown));
  }
}

TEST_F(FormulaVerbsTest, PointsAtTheByteThatIsWrong) {
  strategy_.EvaluateFormulaAnswer = [](const auto& request, auto&) {
    return MakeError(common::v1::ERROR_REASON_INVALID_FORMULA, "a region is missing",
                     {{"position", "11"}, {"expression", request.expression()}});
  };
  const Ran ran = Ask({"formula", "é + funding[, 2025]"});
  EXPECT_EQ(ran.code, kRefused);
  // é has two bytes and one column.
  EXPECT_THAT(ran.err, AllOf(HasSubstr("a region is missing"),
                             HasSubstr("  é + funding[, 2025]\n            ^\n")));
  strategy_.SweepDefinitionsAnswer = [](const auto&, auto&) {
    return MakeError(common::v1::ERROR_REASON_INVALID_FIELD, "too many axes");
  };
  const Ran other = Ask({"sweep", "1"});
  EXPECT_EQ(other.code, kRefused);
  EXPECT_THAT(other.err, Not(HasSubstr("^")));
}

TEST_F(FormulaVerbsTest, AsksForASweep) {
  strategy_.SweepDefinitionsAnswer = Answers<strategy::v1::SweepDefinitionsResponse>("");
  const Ran ran =
      Ask({"sweep", "funding[EUROPE, 2025]", "--axis", "region:EUROPE=EU27,EUROPE=EU27_UK",
           "--axis", "scope:EQUITY,EQUITY+DEBT", "--prices", "2021"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(strategy_.SweepDefinitionsAnswer.requests().at(0), EqualsProto(R"pb(
                expression: "funding[EUROPE, 2025]"
                axes { axis: AXIS_REGION choices: "EUROPE=EU27" choices: "EUROPE=EU27_UK" }
                axes { axis: AXIS_SCOPE choices: "EQUITY" choices: "EQUITY+DEBT" }
                definition { price_basis { base_year: 2021 deflator: "gdp_deflator_index" } }
                read {}
              )pb"));
}

TEST_F(FormulaVerbsTest, ShowsWhoseMoneyItIs) {
  strategy_.SweepDefinitionsAnswer = Answers<strategy::v1::SweepDefinitionsResponse>(R"pb(
    expression: "f"
    readings {
      choices { axis: AXIS_ATTRIBUTION choice: "RECIPIENT_HEADQUARTERS" }
      figure { status: VALUE_STATUS_OK number: 9 }
    }
    readings {
      choices { axis: AXIS_ATTRIBUTION choice: "INVESTOR_ORIGIN" }
      figure { status: VALUE_STATUS_OK number: 14 }
    }
    effects {
      axis: AXIS_ATTRIBUTION
      main_effect { status: VALUE_STATUS_OK number: 1 formula: "main_effect/1" }
    }
  )pb");
  const Ran ran = Ask({"sweep", "f", "--axis", "attribution:recipient-headquarters,investor-origin",
                       "--axis", "layer-attribution:full"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(
      strategy_.SweepDefinitionsAnswer.requests().at(0), EqualsProto(R"pb(
        expression: "f"
        axes { axis: AXIS_ATTRIBUTION choices: "RECIPIENT_HEADQUARTERS" choices: "INVESTOR_ORIGIN" }
        axes { axis: AXIS_LAYER_ATTRIBUTION choices: "FULL" }
        definition {}
        read {}
      )pb"));
  EXPECT_THAT(ran.out, AllOf(HasSubstr("attribution"), HasSubstr("RECIPIENT_HEADQUARTERS"),
                             HasSubstr("INVESTOR_ORIGIN")));
}

TEST_F(FormulaVerbsTest, OffersTheWordsOfAttributions) {
  const Ran ran = Ask({"sweep", "--help"});
  for (const char* word : {"attribution", "recipient-headquarters", "investor-origin",
                           "legal-domicile", "founding-country", "equal-split"}) {
    EXPECT_THAT(ran.out, HasSubstr(word));
  }
}

TEST_F(FormulaVerbsTest, ShowsReadingsAndWhatDrivesThem) {
  strategy_.SweepDefinitionsAnswer = Answers<strategy::v1::SweepDefinitionsResponse>(R"pb(
    expression: "f > 10"
    readings {
      choices { axis: AXIS_REGION choice: "EUROPE=EU27" }
      choices { axis: AXIS_SCOPE choice: "EQUITY" }
      facet { source: "sources/oecd" scope: "ai_vc" }
      figure {
        status: VALUE_STATUS_OK
        number: 1.228
        interval { lower: 1.1 upper: 1.3 level: 0.9 method: "m/1" }
      }
      truth: TRUTH_TRUE
    }
    readings {
      choices { axis: AXIS_REGION choice: "EUROPE=EU27_UK" }
      choices { axis: AXIS_SCOPE choice: "EQUITY" }
      figure { status: VALUE_STATUS_UNDEFINED reason: "no value for GB" }
      truth: TRUTH_UNKNOWN
    }
    lowest { status: VALUE_STATUS_OK number: 0.655 }
    highest { status: VALUE_STATUS_OK number: 1.228 }
    effects {
      axis: AXIS_REGION
      word: "EUROPE"
      main_effect { status: VALUE_STATUS_OK number: 0.93 formula: "main_effect/1" }
      means {
        choice: "EU27"
        mean { status: VALUE_STATUS_OK number: 1 formula: "share/1" }
        readings: 3
      }
      means {
        choice: "EU27_UK"
        mean { status: VALUE_STATUS_OK number: 0 formula: "share/1" }
        readings: 1
      }
    }
    definition { currency: "USD" }
    snapshot { token: "sy1.t" }
  )pb");
  const Ran ran = Ask({"sweep", "f > 10"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  for (const char* text :
       {"f > 10\nlowest   0.655\nhighest  1.23\n", "what drives it",
        "region EUROPE                  93.0 %  EU27: 100.0 % in 3 readings; EU27_UK: 0.0 % in 1 "
        "reading\n",
        "region EUROPE  scope   facet        margin                holds\n",
        "EU27           EQUITY  oecd, ai_vc    1.23  1.10 to 1.30  yes\n",
        "EU27_UK        EQUITY                    -                unknown: a figure has no "
        "value\n",
        "no value    reading EUROPE=EU27_UK, EQUITY: no value for GB\n"}) {
    EXPECT_THAT(ran.out, HasSubstr(text));
  }
}

TEST_F(FormulaVerbsTest, SaysWhyReadingsAreNotHeldAgainstEachOther) {
  strategy_.SweepDefinitionsAnswer = Answers<strategy::v1::SweepDefinitionsResponse>(R"pb(
    lowest { status: VALUE_STATUS_UNDEFINED reason: "readings are in different units: EUR, USD" }
    highest { status: VALUE_STATUS_UNDEFINED reason: "readings are in different units: EUR, USD" }
  )pb");
  const Ran ran = Ask({"sweep", "x"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("\nreadings are in different units: EUR, USD\n"),
                             Not(HasSubstr("all readings are equal"))));
}

TEST_F(FormulaVerbsTest, CountsTheReadingsThatItDoesNotShow) {
  strategy_.SweepDefinitionsAnswer = [](const auto&, auto& reply) {
    for (int i = 0; i < 53; ++i) {
      auto& reading = *reply.add_readings();
      reading.mutable_figure()->set_status(common::v1::VALUE_STATUS_OK);
      reading.mutable_figure()->set_count(i + 1000);
    }
    return absl::OkStatus();
  };
  const Ran ran = Ask({"sweep", "1"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(
      ran.out,
      AllOf(HasSubstr("1,049\n"), Not(HasSubstr("1,050")), HasSubstr("and 3 more in --json\n"),
            HasSubstr("all readings are equal\n"), HasSubstr("no reading has a value\n")));
}

TEST_F(FormulaVerbsTest, JsonIsTheAnswer) {
  strategy_.EvaluateFormulaAnswer =
      Answers<strategy::v1::EvaluateFormulaResponse>(R"pb(expression: "1 + 1")pb");
  EXPECT_THAT(Ask({"--json", "formula", "1+1"}).out, HasSubstr("\"expression\": \"1 + 1\""));
  strategy_.SweepDefinitionsAnswer =
      Answers<strategy::v1::SweepDefinitionsResponse>(R"pb(expression: "1 + 1")pb");
  EXPECT_THAT(Ask({"--json", "sweep", "1+1"}).out, HasSubstr("\"expression\": \"1 + 1\""));
}

}  // namespace
}  // namespace steelyard::cli
