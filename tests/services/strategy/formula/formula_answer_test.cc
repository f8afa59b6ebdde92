#include "services/strategy/formula/formula_answer.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/status/status.h"
#include "tests/services/strategy/formula/formula_fixture.h"
#include "tests/services/strategy/formula_world.h"
#include "tests/support/status_matchers.h"

namespace steelyard::strategy {
namespace {

using ::steelyard::testing::HasReason;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class FormulaAnswerTest : public FormulaFixture {
 protected:
  FormulaAnswerTest() { AnswerAboutFormulas(fakes_); }

  v1::Truth Holds(const std::string& expression) {
    const auto response = Evaluate(expression);
    EXPECT_TRUE(response.ok()) << expression << ": " << response.status();
    return response.ok() ? response->readings(0).truth() : v1::TRUTH_UNSPECIFIED;
  }
};

TEST_F(FormulaAnswerTest, EvaluatesFiguresAndFunctions) {
  for (const Evaluated& one : std::vector<Evaluated>{
           {"funding[US, 2025]", "100 USD"},
           {"funding[US, 2020..2025]", "110 USD"},
           {"funding[US, 2025, layer=CHIPS]", "60 USD"},
           {"funding[US, 2025, layer=INFRASTRUCTURE]", "100 USD"},
           {"funding[US, 2025, layer=ENERGY]",
            "no round is known for funding[US, 2025, layer=ENERGY]"},
           {"rounds[US, 2025, layer=CHIPS;CLOUD]", "2"},
           {"rounds[US, 2025, layer=ENERGY]", "0"},
           {"funding[US, 2025] / funding[EUROPE, 2025]", "12.5"},
           {"funding[US, 2025] - funding[EUROPE, 2025]", "92 USD"},
           {"(1 + 2) * 3 - 2 ^ 3 / 4", "7"},
           {"50 percent * 4", "2"},
           {"funding[US, 2025] * 2 / 1 USD", "200"},
           {"max(funding[US, 2025], funding[DE, 2025])", "100 USD"},
           {"mean(1, 2, 6)", "3"},
           {"abs(-2) + sqrt(16) + ln(exp(1))", "7"},
           {"share(funding[US, 2025], layer=CHIPS)", "0.6"},
           {"location_quotient(funding[US, 2025], layer=CLOUD)", "1.04762"},
           {"hhi(funding[US, 2025])", "0.5"},
           {"growth(funding[US, 2020..2025])", "0.584893"},
           {"growth(funding[GB, 2020..2025])", "no round is known for funding[GB, 2020]"},
           {"rank(funding[*, 2025], of=DE)", "2"},
           {"rank(funding[*, 2025, layer=CLOUD], of=GB)", "2"},
           {"rank(funding[*, 2025], of=EUROPE, among=EUROPE;US)", "2"},
           {"rank(funding[*, 2025], of=JP)", "nothing is known of JP by which it could be ranked"},
           {"1 / (2 - 2)", "2 - 2 is zero"},
           {"ln(0)", "ln(0) is not defined"},
           {"x[US, 2025, source=oecd] / x[US, 2025, source=article]", "1.63025"},
           {"x[US, 2025] / y[US, 2025]", "no source has y[US, 2025]"},
           {"x[GB, 2025]", "no source has x[GB, 2025]"},
           {"fundin[US, 2025]", "no source has fundin[US, 2025]; did you mean funding?"},
           {"x[CN, 2025] + x[EUROPE, 2025]",
            "no one source has everything that the formula needs of x; x[CN, 2025] is stored"},
           {"y[US, 2025]", "no source has y[US, 2025]"}}) {
    EXPECT_EQ(Value(one.expression), one.value) << one.expression;
  }
}

TEST_F(FormulaAnswerTest, DecidesConditions) {
  EXPECT_EQ(Holds("funding[US, 2025] > 12 * funding[EUROPE, 2025]"), v1::TRUTH_TRUE);
  EXPECT_EQ(Holds("funding[US, 2025] > 13 * funding[EUROPE, 2025]"), v1::TRUTH_FALSE);
  EXPECT_EQ(Holds("funding[US, 2025] ~= 95 USD"), v1::TRUTH_TRUE);
  EXPECT_EQ(Holds("within(funding[US, 2025], 95 USD, by=0.01)"), v1::TRUTH_FALSE);
  EXPECT_EQ(Holds("not 1 < 2 or 2 < 3"), v1::TRUTH_TRUE);
  EXPECT_EQ(Holds("y[US, 2025] > 1 and 1 > 2"), v1::TRUTH_FALSE);
  EXPECT_EQ(Holds("y[US, 2025] > 1 and 1 < 2"), v1::TRUTH_UNKNOWN);
  EXPECT_EQ(Holds("y[US, 2025] > 1 or 1 < 2"), v1::TRUTH_TRUE);
  EXPECT_EQ(Holds("all(funding[R, 2025] > 1 USD for R in US, DE, GB)"), v1::TRUTH_TRUE);
  EXPECT_EQ(Holds("any(funding[R, 2025] > 50 USD for R in DE, GB)"), v1::TRUTH_FALSE);
  // Known only to be at most 59.5: 119 is at least twice as much, but 118 may or may not be.
  EXPECT_EQ(Holds("x[US, 2025, source=article] >= 2 * x[CN, 2025]"), v1::TRUTH_TRUE);
  EXPECT_EQ(Holds("x[CN, 2025] > 30 USD"), v1::TRUTH_OPEN);
}

TEST_F(FormulaAnswerTest, ReadsStatisticsFromOneFacetAtATime) {
  const auto response = Evaluate("x[US, 2025] / x[EUROPE, 2025]");
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->readings_size(), 2);
  EXPECT_EQ(response->readings(0).facet().source(), "sources/cset");
  EXPECT_DOUBLE_EQ(response->readings(0).figure().number(), 13);
  EXPECT_EQ(response->readings(1).facet().source(), "sources/oecd");
  EXPECT_NEAR(response->readings(1).figure().number(), 12.278, 1e-3);
  EXPECT_EQ(response->readings(1).choices(0).choice(), "sources/oecd: all, USD, nominal");
  EXPECT_EQ(response->step().inputs(0).facet().source(), "sources/cset");
  // Those that were read: the article says nothing of EUROPE.
  EXPECT_EQ(response->sources_size(), 2);
  EXPECT_EQ(response->sources(0).title(), "Title");
}

TEST_F(FormulaAnswerTest, TakesAPartialSumAsALowerBound) {
  const auto response = Evaluate("x[US, 2025] / x[EUROPE, 2025]", "EU27_UK");
  ASSERT_TRUE(response.ok()) << response.status();
  const common::v1::Figure& cset = response->readings(0).figure();
  EXPECT_DOUBLE_EQ(cset.number(), 13);
  EXPECT_EQ(cset.interval().lower(), 0);
  EXPECT_DOUBLE_EQ(cset.interval().upper(), 13);
  EXPECT_EQ(response->step().inputs(1).figure().qualifier(), common::v1::QUALIFIER_AT_LEAST);
  EXPECT_NEAR(response->readings(1).figure().number(), 6.554, 1e-3);
  EXPECT_FALSE(response->readings(1).figure().has_interval());
}

// DE alone is known of EUROPE, at least 20: its place behind 260 is not.
TEST_F(FormulaAnswerTest, LeavesThePlaceOfAPartialSumOpen) {
  const auto response =
      Evaluate("rank(x[*, 2025, source=cset], of=EUROPE, among=EUROPE;US) == 2", "EU27_UK");
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->readings(0).truth(), v1::TRUTH_OPEN);
}

TEST_F(FormulaAnswerTest, ReadsOneStatisticWithoutTheOther) {
  EXPECT_EQ(Holds("y[US, 2025] > 1 and x[US, 2025, source=oecd] < 1 USD"), v1::TRUTH_FALSE);
  const auto response = Evaluate("y[US, 2025] > 1 and x[US, 2025, source=oecd] > 1 USD");
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->readings(0).figure().reason(), "no source has y[US, 2025]");
}

TEST_F(FormulaAnswerTest, ShowsEachStepWithItsPlace) {
  const auto response = Evaluate(" 2 * share(funding[US,2025], layer=INFRASTRUCTURE) ");
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->expression(), "2 * share(funding[US, 2025], layer=INFRASTRUCTURE)");
  const v1::FormulaStep& share = response->step().inputs(1);
  EXPECT_EQ(share.offset(), 5);
  EXPECT_EQ(share.inputs(0).expression(), "funding[US, 2025, layer=INFRASTRUCTURE]");
  // The layers of which there are rounds, as funding gave them.
  ASSERT_EQ(share.inputs(0).inputs_size(), 2);
  EXPECT_EQ(share.inputs(0).inputs(0).figure().id(), "of/US/CHIPS");
  EXPECT_EQ(share.inputs(1).figure().id(), "of/US");
  EXPECT_EQ(response->definition().currency(), "USD");
  EXPECT_EQ(response->snapshot().token(), "token");
}

TEST_F(FormulaAnswerTest, NamesThePlaceOfWhatDoesNotFit) {
  for (const auto& [expression, position] :
       std::vector<std::pair<std::string, int>>{{"1 + funding[US, 2025]", 0},
                                                {"2 * (funding[US, 2025] > 10)", 4},
                                                {"2 * (funding[US, 2025] + rounds[US, 2025])", 4},
                                                {"ln(funding[US, 2025])", 0},
                                                {"2 ^ funding[US, 2025]", 4},
                                                {"rounds[US, 2025, layer=CHPS]", 17},
                                                {"share(funding[US, 2025], sector=WEALTH)", 25},
                                                {"3 + funding[ATLANTIS, 2025] / 1 USD", 4}}) {
    const auto response = Evaluate(expression);
    EXPECT_THAT(response.status(), HasReason(common::v1::ERROR_REASON_INVALID_FORMULA))
        << expression;
    EXPECT_EQ(MetadataOf(response.status(), "position"), StrCat(position))
        << expression << ": " << response.status();
  }
}

// Prices of a year are no amounts as paid: that facet decides nothing, the others do.
TEST_F(FormulaAnswerTest, KeepsAFacetThatDoesNotFitApart) {
  const auto response = Evaluate("x[US, 2025] > 100 USD");
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->readings_size(), 3);
  EXPECT_EQ(response->readings(0).truth(), v1::TRUTH_TRUE);
  EXPECT_EQ(response->readings(1).facet().source(), "sources/cset");
  EXPECT_EQ(response->readings(1).truth(), v1::TRUTH_UNKNOWN);
  EXPECT_THAT(response->readings(1).figure().reason(), HasSubstr("USD@constant_2021 and USD"));
  EXPECT_EQ(response->readings(2).truth(), v1::TRUTH_TRUE);
}

TEST_F(FormulaAnswerTest, GoesOnWithoutTheRegistry) {
  fakes_.LoseRegistry();
  const Backends backends(fakes_.channels().funding, fakes_.channels().registry);
  v1::EvaluateFormulaRequest request;
  request.set_expression("funding[US, 2025]");
  const auto response = EvaluateFormula(call_, backends, request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_THAT(response->unreachable(), ElementsAre("services/registry"));
  EXPECT_EQ(response->sources(0).name(), "sources/rounds");
}

TEST_F(FormulaAnswerTest, SweepsWhatMakesADifference) {
  v1::SweepDefinitionsRequest request;
  request.set_expression("x[US, 2025] / x[EUROPE, 2025]");
  const auto response = SweepDefinitions(call_, backends_, request);
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->readings_size(), 4);
  EXPECT_EQ(response->readings(0).choices(0).choice(), "EUROPE=EU27@1");
  EXPECT_NEAR(response->lowest().number(), 6.554, 1e-3);
  EXPECT_NEAR(response->highest().number(), 13, 1e-9);
  EXPECT_EQ(response->effects_size(), 2);
}

// Each question is asked once, however many readings need it.
TEST_F(FormulaAnswerTest, AsksEachQuestionOnce) {
  v1::SweepDefinitionsRequest request;
  request.set_expression("funding[US, 2025] + funding[US, 2025] > x[US, 2025] * 2");
  v1::AxisChoices& axis = *request.add_axes();
  axis.set_axis(v1::AXIS_SCOPE);
  axis.add_choices("EQUITY");
  axis.add_choices("EQUITY+DEBT");
  ASSERT_TRUE(SweepDefinitions(call_, backends_, request).ok());
  // One for each scope, and one for the effective definition.
  EXPECT_EQ(fakes_.funding.AggregateRoundsAnswer.requests().size(), 3U);
  EXPECT_EQ(fakes_.statistics.GetSeriesAnswer.requests().size(), 1U);
}

// Forty figures under each of 128 definitions would be more questions than there may be.
TEST_F(FormulaAnswerTest, SweepsLongFormulasOverFewerAxes) {
  std::vector<std::string> sums;
  for (int year = 2001; year <= 2040; ++year) {
    sums.push_back(StrCat("funding[EUROPE, ", year, ", layer=CHIPS]"));
  }
  v1::SweepDefinitionsRequest request;
  request.set_expression(StrCat("max(", StrJoin(sums, ", "), ")"));
  const auto response = SweepDefinitions(call_, backends_, request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_LE(fakes_.funding.AggregateRoundsAnswer.requests().size(), 500U);
  EXPECT_EQ(response->readings_size(), 12);
}

// A price index without the year leaves its readings without value and the others as they are.
TEST_F(FormulaAnswerTest, SaysOfAReadingThatFundingDoesNotOfferIt) {
  fakes_.funding.AggregateRoundsAnswer = [](const auto& request, auto& reply) {
    if (request.definition().has_price_basis()) {
      return MakeError(common::v1::ERROR_REASON_DEFINITION_UNSUPPORTED, "no value for 2025");
    }
    return AggregateWorld(request, reply);
  };
  for (const char* expression :
       {"funding[US, 2020..2025]", "growth(funding[US, 2020..2025])",
        "rank(funding[*, 2020..2025], of=US)", "rank(funding[*, 2020..2025], of=US) == 1"}) {
    v1::SweepDefinitionsRequest request;
    request.set_expression(expression);
    const auto response = SweepDefinitions(call_, backends_, request);
    ASSERT_TRUE(response.ok()) << response.status();
    ASSERT_EQ(response->readings_size(), 2 * 2 * 3 * 2) << expression;
    for (const v1::Reading& reading : response->readings()) {
      const bool nominal = reading.choices(1).choice() == "nominal";
      EXPECT_EQ(reading.choices(1).axis(), v1::AXIS_PRICES);
      EXPECT_EQ(reading.figure().reason() == "no value for 2025", !nominal) << expression;
    }
    for (const v1::AxisEffect& effect : response->effects()) {
      EXPECT_NE(effect.axis(), v1::AXIS_PRICES);
    }
    // What is not swept must be offered.
    v1::EvaluateFormulaRequest evaluate;
    evaluate.set_expression(expression);
    evaluate.mutable_definition()->mutable_price_basis()->set_base_year(2025);
    EXPECT_THAT(EvaluateFormula(call_, backends_, evaluate).status(),
                HasReason(common::v1::ERROR_REASON_DEFINITION_UNSUPPORTED));
  }
}

TEST_F(FormulaAnswerTest, RefusesAnAxisThatIsNotAboutTheFormula) {
  v1::SweepDefinitionsRequest request;
  request.set_expression("funding[US, 2025]");
  request.add_axes()->set_axis(v1::AXIS_REGION);
  request.mutable_axes(0)->add_choices("EUROPE=EU27");
  const auto response = SweepDefinitions(call_, backends_, request);
  EXPECT_THAT(std::string(ToStd(response.status().message())),
              HasSubstr("a region word that the formula does not have; it has US"));
}

TEST_F(FormulaAnswerTest, ChecksAxes) {
  v1::SweepDefinitionsRequest request;
  request.add_axes()->set_axis(v1::AXIS_SCOPE);
  EXPECT_THAT(Validate(request), HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
}

}  // namespace
}  // namespace steelyard::strategy
