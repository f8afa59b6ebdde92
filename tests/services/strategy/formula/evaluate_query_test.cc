#include "services/strategy/formula/evaluate_query.h"

#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/rpc/call.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/strategy/formula/formula_answer.h"
#include "tests/services/strategy/formula_world.h"
#include "tests/support/fake_backends.h"
#include "tests/support/status_matchers.h"

namespace steelyard::strategy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class EvaluateQueryTest : public ::testing::Test {
 protected:
  EvaluateQueryTest() { AnswerAboutFormulas(fakes_); }

  v1::EvaluateFormulaResponse Evaluate(const std::string& expression,
                                       const std::string& europe = "EU27") {
    v1::EvaluateFormulaRequest request;
    request.set_expression(expression);
    request.mutable_definition()->add_regions()->set_alias("EUROPE");
    request.mutable_definition()->mutable_regions(0)->set_region_set(europe);
    const auto response = EvaluateFormula(call_, backends_, request);
    EXPECT_TRUE(response.ok()) << expression << ": " << response.status();
    return response.value_or(v1::EvaluateFormulaResponse());
  }
  common::v1::Figure FigureOf(const std::string& expression, const std::string& europe = "EU27") {
    const auto response = Evaluate(expression, europe);
    return response.readings_size() == 0 ? common::v1::Figure() : response.readings(0).figure();
  }

  testing::FakeBackends fakes_;
  Backends backends_{fakes_.channels().funding, fakes_.channels().registry};
  rpc::Call call_ = rpc::BackgroundCall(Context::Background(), "test");
};

struct Case {
  const char* expression;
  double value;
  const char* unit;
};

// The shares by layer in 2025 are 0.6 and 0.4 in the US, all of CHIPS in DE, all of CLOUD in GB.
TEST_F(EvaluateQueryTest, GivesWhatIsWorkedByHand) {
  for (const Case& one : std::vector<Case>{
           {"entropy(funding[US, 2025], by=layer)", 0.6730116670092565, "1"},
           {"entropy(funding[DE, 2025], by=layer)", 0, "1"},
           {"effective_number(funding[US, 2025], by=layer)", 1.9601317042077897, "1"},
           {"finger_kreinin(funding[US, 2025], funding[GB, 2025], by=layer)", 0.4, "1"},
           {"finger_kreinin(funding[US, 2025], funding[US, 2020], by=layer)", 0.6, "1"},
           {"krugman(funding[US, 2025], funding[GB, 2025], by=layer)", 1.2, "1"},
           {"total_variation(funding[US, 2025], funding[GB, 2025], by=layer)", 0.6, "1"},
           {"cosine(funding[US, 2025], funding[GB, 2025], by=layer)", 0.5547001962252291, "1"},
           {"hellinger(funding[US, 2025], funding[GB, 2025], by=layer)", 0.6062544581001645, "1"},
           {"jensen_shannon(funding[US, 2025], funding[GB, 2025], by=layer)", 0.3958156020033584,
            "1"},
           {"jensen_shannon_distance(funding[US, 2025], funding[GB, 2025], by=layer)",
            0.6291387780159147, "1"},
           {"ratio_of_sums(funding[US, 2020..2025], rounds[US, 2020..2025])", 110.0 / 3, "USD"},
           {"ratio_of_sums(rounds[US, 2020..2025], funding[US, 2020..2025], per=1000)",
            3000.0 / 110, "1/USD"},
           // Nothing is published of 2020.
           {"ratio_of_sums(funding[US, 2020..2025], x[US, 2020..2025, source=oecd])", 100.0 / 194,
            "1"},
           {"ratio_of_sums(funding[US, 2025], funding[DE, 2025])", 12.5, "1"}}) {
    const common::v1::Figure figure = FigureOf(one.expression);
    EXPECT_NEAR(figure.number(), one.value, 1e-14) << one.expression << figure.DebugString();
    EXPECT_EQ(figure.unit(), one.unit) << one.expression;
    EXPECT_FALSE(figure.has_interval()) << one.expression;
  }
}

TEST_F(EvaluateQueryTest, HoldsWhatMeasuresPromise) {
  for (const char* condition :
       {"entropy(funding[US, 2025], by=layer) <= ln(2)",
        "entropy(funding[WORLD, 2020..2025], by=layer) <= ln(2)",
        "effective_number(funding[US, 2025], by=layer) == "
        "exp(entropy(funding[US, 2025], by=layer))",
        "finger_kreinin(funding[US, 2025], funding[US, 2025], by=layer) == 1",
        "jensen_shannon(funding[US, 2025], funding[US, 2025], by=layer) == 0",
        "krugman(funding[US, 2025], funding[GB, 2025], by=layer) == "
        "krugman(funding[GB, 2025], funding[US, 2025], by=layer)",
        "within(finger_kreinin(funding[US, 2025], funding[GB, 2025], by=layer), "
        "1 - krugman(funding[US, 2025], funding[GB, 2025], by=layer) / 2, by=1e-12)",
        "ratio_of_sums(rounds[US, 2025], funding[US, 2025]) == "
        "rounds[US, 2025] / funding[US, 2025]"}) {
    EXPECT_EQ(Evaluate(condition).readings(0).truth(), v1::TRUTH_TRUE) << condition;
  }
}

TEST_F(EvaluateQueryTest, SaysWhyThereIsNoValue) {
  EXPECT_EQ(FigureOf("entropy(funding[GB, 2020], by=layer)").reason(),
            "no disclosed amount of funding[GB, 2020] has a layer");
  EXPECT_EQ(FigureOf("cosine(funding[US, 2020], funding[GB, 2020], by=layer)").reason(),
            "no disclosed amount of funding[US, 2020] or of the other has a layer");
  EXPECT_EQ(FigureOf("ratio_of_sums(funding[GB, 2020..2021], rounds[GB, 2020..2021])").reason(),
            "no year of 2020..2021 has both funding[GB, 2020..2021] and rounds[GB, 2020..2021]");
  EXPECT_EQ(FigureOf("ratio_of_sums(funding[US, 2025], y[US, 2025])").status(),
            common::v1::VALUE_STATUS_UNDEFINED);
}

TEST_F(EvaluateQueryTest, NamesTheYearsThatItLeavesOut) {
  const auto response =
      Evaluate("ratio_of_sums(funding[US, 2020..2025], x[US, 2020..2025, source=oecd]) / 2");
  const common::v1::Coverage& coverage = response.readings(0).figure().coverage();
  EXPECT_EQ(coverage.units_expected(), 6);
  EXPECT_EQ(coverage.units_present(), 1);
  EXPECT_THAT(coverage.missing(), ElementsAre("2020", "2021", "2022", "2023", "2024"));
  const v1::FormulaStep& ratio = response.step().inputs(0);
  ASSERT_EQ(ratio.inputs_size(), 12);
  EXPECT_EQ(ratio.inputs(10).expression(), "funding[US, 2025]");
  EXPECT_EQ(ratio.inputs(11).expression(), "x[US, 2025, source=oecd]");
}

TEST_F(EvaluateQueryTest, ShowsTheSlicesThatItIsMadeOf) {
  const auto response = Evaluate("krugman(funding[US, 2025], funding[GB, 2025], by=layer)");
  std::vector<std::string> parts;
  for (const v1::FormulaStep& input : response.step().inputs()) {
    parts.push_back(input.expression());
  }
  EXPECT_THAT(parts, ElementsAre("funding[US, 2025, layer=CHIPS]", "funding[US, 2025, layer=CLOUD]",
                                 "funding[GB, 2025, layer=CLOUD]"));
  EXPECT_EQ(response.step().inputs(0).figure().id(), "of/US/CHIPS");
  EXPECT_EQ(response.step().figure().formula(), "krugman/1");
  EXPECT_EQ(response.step().figure().coverage().units_present(), 3);
}

// Each figure is one question, whatever the number of slices or years, and the codelist another.
TEST_F(EvaluateQueryTest, AsksOneQuestionForEachFigure) {
  Evaluate("krugman(funding[US, 2025], funding[GB, 2025], by=layer)");
  EXPECT_EQ(fakes_.funding.AggregateRoundsAnswer.requests().size(), 3U);  // and the definition
  EXPECT_EQ(fakes_.registry.GetCodelistAnswer.requests().size(), 1U);
}

TEST_F(EvaluateQueryTest, GoesOnWithoutTheRegistrysOrder) {
  fakes_.LoseRegistry();
  const Backends backends(fakes_.channels().funding, fakes_.channels().registry);
  v1::EvaluateFormulaRequest request;
  request.set_expression("entropy(funding[US, 2025], by=layer)");
  const auto response = EvaluateFormula(call_, backends, request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_NEAR(response->readings(0).figure().number(), 0.6730116670092565, 1e-14);
}

TEST_F(EvaluateQueryTest, CarriesBoundsIntoARatioOfSums) {
  const common::v1::Figure figure = FigureOf("ratio_of_sums(funding[US, 2025], x[CN, 2025])");
  EXPECT_EQ(figure.number(), 100 / 59.5);
  EXPECT_DOUBLE_EQ(figure.interval().lower(), 100 / 59.5);
  EXPECT_EQ(figure.interval().upper(), std::numeric_limits<double>::infinity());
}

TEST_F(EvaluateQueryTest, LeavesOutSumsOfSomeMembersWhereAllAreWanted) {
  const std::string some = "ratio_of_sums(x[EUROPE, 2025, source=cset], x[US, 2025, source=cset])";
  EXPECT_DOUBLE_EQ(FigureOf(some, "EU27_UK").number(), 20.0 / 260);
  const std::string all =
      "ratio_of_sums(x[EUROPE, 2025, source=cset, members=all], x[US, 2025, source=cset])";
  EXPECT_THAT(FigureOf(all, "EU27_UK").reason(), HasSubstr("no year of 2025..2025 has both"));
  EXPECT_EQ(FigureOf("x[EUROPE, 2025, source=cset, members=all]", "EU27_UK").reason(),
            "some members of EUROPE have no value in 2025");
  EXPECT_DOUBLE_EQ(FigureOf(all).number(), 20.0 / 260);
}

TEST_F(EvaluateQueryTest, AsksInAnotherCurrencyAndByAPolicy) {
  v1::EvaluateFormulaRequest request;
  request.set_expression(
      "funding[US, 2025, unit=EUR, prices=nominal] / x[US, 2025, policy=most-complete/1]");
  request.mutable_definition()->mutable_price_basis()->set_base_year(2021);
  ASSERT_TRUE(EvaluateFormula(call_, backends_, request).ok());
  int in_euros = 0;
  for (const auto& asked : fakes_.funding.AggregateRoundsAnswer.requests()) {
    if (asked.definition().currency() != "EUR") continue;
    ++in_euros;
    EXPECT_FALSE(asked.definition().has_price_basis());
  }
  EXPECT_EQ(in_euros, 1);
  const auto series = fakes_.statistics.GetSeriesAnswer.requests();
  ASSERT_EQ(series.size(), 1U);
  EXPECT_EQ(series[0].source_policy(), "most-complete/1");
  EXPECT_TRUE(series[0].one_source());
}

}  // namespace
}  // namespace steelyard::strategy
