// `steelyard claim list` and `steelyard claim check`: what is asked, and what is shown.

#include "gateway/cli/session.h"
#include "gmock/gmock.h"
#include "tests/gateway/cli/command_line_fixture.h"
#include "tests/support/proto_matchers.h"

namespace steelyard::cli {
namespace {

using ::steelyard::testing::EqualsProto;
using strategy::v1::CheckClaimsResponse;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

using ClaimVerbsTest = CommandLineTest;

constexpr char kAnswer[] = R"pb(
  checks {
    claim {
      id: "seed-c02"
      text: "More than ten times Europe"
      expression: "a[US, 2025] > 10 * a[EUROPE, 2025]"
      source: "sources/seed_article"
    }
    verdict: VERDICT_DEPENDS_ON_DEFINITION
    explanation: "It holds for EU27 and not for EU27_UK."
    evidence {
      reading {
        choices { axis: AXIS_REGION choice: "EUROPE=EU27" }
        facet { source: "sources/oecd" scope: "ai_vc" }
        figure { status: VALUE_STATUS_OK number: 1.228 formula: "margin/1" }
        truth: TRUTH_TRUE
      }
      step {
        expression: "a[US, 2025] > 10 * a[EUROPE, 2025]"
        truth: TRUTH_TRUE
        inputs {
          expression: "a[US, 2025]"
          figure {
            id: "observations/us"
            status: VALUE_STATUS_OK
            money { currency_code: "USD" units: 194000000000 }
          }
        }
      }
    }
    evidence {
      reading {
        choices { axis: AXIS_REGION choice: "EUROPE=EU27_UK" }
        figure { status: VALUE_STATUS_OK number: 0.655 formula: "margin/1" }
        truth: TRUTH_FALSE
      }
      step { expression: "a[US, 2025] > 10 * a[EUROPE, 2025]" truth: TRUTH_FALSE }
    }
    reading_count: 6
    least_margin { status: VALUE_STATUS_OK number: 0.655 }
    greatest_margin { status: VALUE_STATUS_OK number: 1.228 }
    flips { axis: AXIS_REGION word: "EUROPE" supporting: "EU27" contradicting: "EU27_UK" }
    sources { name: "sources/oecd" }
  }
  checks {
    claim { id: "seed-c08" text: "A gap of size" reason: "it speaks of skill" }
    verdict: VERDICT_NOT_CHECKABLE
    explanation: "Numbers cannot decide it."
  }
  snapshot { token: "sy1.t" }
  unreachable: "services/registry"
)pb";

TEST_F(ClaimVerbsTest, ListsClaims) {
  strategy_.ListClaimsAnswer = Answers<strategy::v1::ListClaimsResponse>(R"pb(
    claims { id: "a" text: "More" expression: "1 > 2" source: "sources/press" }
    claims { id: "b" text: "Better" reason: "a matter of taste" })pb");
  EXPECT_EQ(
      Ask({"claim", "list"}).out,
      "a, said by press\n  More\n  1 > 2\n\nb\n  Better\n  no condition: a matter of taste\n");
  EXPECT_THAT(Ask({"--json", "claim", "list"}).out, HasSubstr("\"source\": \"sources/press\""));
  strategy_.ListClaimsAnswer = Answers<strategy::v1::ListClaimsResponse>("");
  EXPECT_EQ(Ask({"claim", "list"}).out, "there are no claims\n");
}

TEST_F(ClaimVerbsTest, AsksForAllForSomeAndForOnesOwn) {
  strategy_.CheckClaimsAnswer = Answers<CheckClaimsResponse>("");
  ASSERT_EQ(Ask({"claim", "check"}).code, kOk);
  ASSERT_EQ(Ask({"claim", "check", "a", "b", "--axis", "scope:EQUITY", "--currency", "EUR"}).code,
            kOk);
  ASSERT_EQ(
      Ask({"claim", "check", "--text", "More", "--formula", "1 > 2", "--said-by", "press"}).code,
      kOk);
  ASSERT_EQ(Ask({"claim", "check", "--formula", "1 > 2"}).code, kOk);
  const auto requests = strategy_.CheckClaimsAnswer.requests();
  ASSERT_EQ(requests.size(), 4U);
  EXPECT_THAT(requests[0], EqualsProto("definition {} read {}"));
  EXPECT_THAT(requests[1], EqualsProto(R"pb(ids: "a"
                                            ids: "b"
                                            axes { axis: AXIS_SCOPE choices: "EQUITY" }
                                            definition { currency: "EUR" }
                                            read {})pb"));
  EXPECT_THAT(
      requests[2],
      EqualsProto(
          R"pb(claims { id: "own-claim" text: "More" expression: "1 > 2" source: "sources/press" }
               definition {}
               read {})pb"));
  EXPECT_EQ(requests[3].claims(0).text(), "1 > 2");
}

TEST_F(ClaimVerbsTest, ShowsVerdictsAsATable) {
  strategy_.CheckClaimsAnswer = Answers<CheckClaimsResponse>(kAnswer);
  const Ran ran = Ask({"claim", "check"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(
      ran.out,
      AllOf(HasSubstr("seed-c02  depends on definition  It holds for EU27 and not for EU27_UK.\n"),
            HasSubstr("seed-c08  not checkable          Numbers cannot decide it.\n"),
            HasSubstr("1 depends on definition, 1 not checkable\n"), HasSubstr("snapshot    sy1.t"),
            HasSubstr("incomplete  services/registry did not answer\n"), Not(HasSubstr("for it"))));
}

TEST_F(ClaimVerbsTest, ShowsTheEvidence) {
  strategy_.CheckClaimsAnswer = Answers<CheckClaimsResponse>(kAnswer);
  for (const std::vector<std::string>& question :
       {std::vector<std::string>{"claim", "check", "--verbose"}, {"claim", "check", "seed-c02"}}) {
    const Ran ran = Ask(question);
    ASSERT_EQ(ran.code, kOk) << ran.err;
    for (const char* text :
         {"seed-c02: depends on definition, said by seed_article\n"
          "  More than ten times Europe\n"
          "  a[US, 2025] > 10 * a[EUROPE, 2025]\n"
          "  It holds for EU27 and not for EU27_UK.\n"
          "  margin 0.655 to 1.23 over those of 6 readings that decide\n"
          "  turns on region EUROPE: holds with EU27; not with EU27_UK\n",
          "region EUROPE  facet        margin    holds\n",
          "EU27           oecd, ai_vc    1.23    yes\n",
          "EU27_UK                      0.655    no\n", "the answer holds 2 of 6 readings\n",
          "for it with EUROPE=EU27\n"
          "a[US, 2025] > 10 * a[EUROPE, 2025]: yes\n"
          "  a[US, 2025]: 194.0 bn USD  observations/us\n",
          "against it with EUROPE=EU27_UK\n", "sources of the evidence: oecd\n",
          "seed-c08: not checkable\n", "no condition: it speaks of skill\n"}) {
      EXPECT_THAT(ran.out, HasSubstr(text));
    }
  }
}

TEST_F(ClaimVerbsTest, WritesClaimReviews) {
  strategy_.CheckClaimsAnswer = Answers<CheckClaimsResponse>(kAnswer);
  const Ran ran = Ask({"claim", "check", "--jsonld"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(ran.out, AllOf(StartsWith("[\n  {\"@type\": \"ClaimReview\""),
                             HasSubstr("\"alternateName\": \"depends on definition\"")));
  const Ran json = Ask({"claim", "check", "--json"});
  EXPECT_THAT(json.out, HasSubstr("\"readingCount\": 6"));
}

}  // namespace
}  // namespace steelyard::cli
