#include "services/strategy/explain/explain_question.h"

#include <functional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/strategy/explain/find_figure.h"
#include "services/strategy/ranking/ranking_answer.h"
#include "services/strategy/scenario/gap_answer.h"
#include "services/strategy/scenario/scenario_answer.h"
#include "tests/services/strategy/figure_matchers.h"
#include "tests/services/strategy/formula_world.h"
#include "tests/services/strategy/growing_world.h"
#include "tests/support/fake_backends.h"
#include "tests/support/status_matchers.h"
#include "tests/support/step_arithmetic.h"

namespace steelyard::strategy {
namespace {

using ::steelyard::testing::HasReason;
using ::testing::HasSubstr;

constexpr double kCents = 0.01;

// Every figure of an answer about the growing world is derived, to its own value, and every step
// that is arithmetic works out.
class ExplainQuestionTest : public ::testing::Test {
 protected:
  ExplainQuestionTest() { AnswerAboutGrowth(facts_, fakes_); }

  template <typename Question>
  void ExpectAllExplained(const Question& question, const google::protobuf::Message& answer) {
    worked_out_ = 0;
    for (const std::string& id : FigureIds(answer, 1000)) {
      if (id.empty()) continue;
      const auto derivation = Explain(call_, backends_, question, id);
      ASSERT_TRUE(derivation.ok()) << id << ": " << derivation.status();
      const Value expected = IndicatorValue(*FindFigure(answer, id));
      const Value found = IndicatorValue(derivation->step.figure());
      ASSERT_EQ(found.has_value(), expected.has_value()) << id;
      if (found) EXPECT_NEAR(*found, *expected, 1e-12 * std::abs(*expected)) << id;
      CheckSteps(derivation->step, id);
    }
  }
  void CheckSteps(const v1::FormulaStep& step, const std::string& id) {
    const auto value = WorkOut(step);
    const Value stated = IndicatorValue(step.figure());
    if (value && stated) {
      ++worked_out_;
      EXPECT_NEAR(*value, *stated,
                  std::max(1e-9 * std::abs(*stated), step.figure().has_money() ? kCents : 0))
          << id << ": " << step.expression();
    }
    for (const v1::FormulaStep& input : step.inputs()) CheckSteps(input, id);
  }

  Facts facts_ = OnlyRegions(GrowingWorld(), {0, 1});
  testing::FakeBackends fakes_;
  Backends backends_{fakes_.channels().funding, fakes_.channels().registry};
  rpc::Call call_ = rpc::BackgroundCall(Context::Background(), "test");
  int worked_out_ = 0;
};

void SetYears(common::v1::Period& period) {
  period.mutable_from()->set_year(kFirstYear);
  period.mutable_to()->set_year(kLastYear);
}

TEST_F(ExplainQuestionTest, DerivesEveryFigureOfAGap) {
  v1::DecomposeGapRequest question;
  question.set_leader("US");
  question.set_follower("EUROPE");
  question.set_target_ratio(2);
  question.set_paths(200);
  SetYears(*question.mutable_period());
  const auto answer = DecomposeGap(call_, backends_, question);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ExpectAllExplained(question, *answer);
  EXPECT_GT(worked_out_, 90);
}

TEST_F(ExplainQuestionTest, DerivesEveryFigureOfAScenario) {
  v1::ProjectScenarioRequest question;
  question.add_regions("US");
  question.add_regions("EUROPE");
  SetYears(*question.mutable_history());
  question.set_to_year(2026);
  question.set_paths(200);
  const auto answer = ProjectScenario(call_, backends_, question, [](const auto&) { return true; });
  ASSERT_TRUE(answer.ok()) << answer.status();
  ExpectAllExplained(question, *answer);
}

TEST_F(ExplainQuestionTest, DerivesEveryFigureOfARanking) {
  v1::RankRegionsRequest question;
  question.add_regions("US");
  question.add_regions("EUROPE");
  SetYears(*question.mutable_period());
  for (const auto& [indicator, weight] :
       {std::pair("total", 0.25), std::pair("per_company", 0.75)}) {
    question.add_indicators()->set_indicator(indicator);
    question.mutable_indicators()->rbegin()->set_weight(weight);
  }
  question.set_draws(50);
  const auto answer = RankRegions(call_, backends_, question);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ExpectAllExplained(question, *answer);
  EXPECT_GT(worked_out_, 10);
}

TEST_F(ExplainQuestionTest, NamesWhatTheAnswerHasInPlaceOfAnUnknownFigure) {
  v1::DecomposeGapRequest question;
  question.set_leader("US");
  question.set_follower("EUROPE");
  SetYears(*question.mutable_period());
  const absl::Status status =
      Explain(call_, backends_, question, "catch_up_time/US:CN/2015..2025").status();
  EXPECT_THAT(status, HasReason(common::v1::ERROR_REASON_FIGURE_NOT_FOUND));
  EXPECT_THAT(std::string(status.message()), HasSubstr("it has total/US/2015..2025, "));
}

class ExplainFormulaTest : public ::testing::Test {
 protected:
  ExplainFormulaTest() {
    AnswerAboutFormulas(fakes_);
    question_.set_expression("funding[US, 2025] / funding[DE, 2025] > x[US, 2025] / (1 USD)");
    question_.mutable_read()->set_snapshot("token");
  }
  testing::FakeBackends fakes_;
  Backends backends_{fakes_.channels().funding, fakes_.channels().registry};
  rpc::Call call_ = rpc::BackgroundCall(Context::Background(), "test");
  v1::EvaluateFormulaRequest question_;
};

TEST_F(ExplainFormulaTest, DerivesTheWholeOrAPart) {
  const auto whole = Explain(call_, backends_, question_, "");
  ASSERT_TRUE(whole.ok()) << whole.status();
  EXPECT_EQ(whole->step.truth(), v1::TRUTH_FALSE);
  EXPECT_EQ(whole->leaves.size(), 3U);
  const auto part = Explain(call_, backends_, question_, "funding[US, 2025] / funding[DE, 2025]");
  ASSERT_TRUE(part.ok()) << part.status();
  EXPECT_EQ(part->step.figure().number(), 12.5);
  ASSERT_EQ(part->leaves.size(), 2U);
  EXPECT_EQ(part->leaves[1].question.figure(), "of/DE");
  EXPECT_THAT(Explain(call_, backends_, question_, "funding[FR, 2025]").status(),
              HasReason(common::v1::ERROR_REASON_FIGURE_NOT_FOUND));
}

TEST_F(ExplainFormulaTest, KeepsWhereAFormulaIsWrong) {
  std::string long_one = "funding[US, 2025]";
  for (int i = 0; i < 40; ++i) long_one = "(" + long_one + " + funding[US, 2025])";
  for (const std::string& wrong : {std::string("funding[NARNIA, 2025]"), std::string("funding["),
                                   long_one, std::string(4001, ' ')}) {
    question_.set_expression(wrong);
    EXPECT_THAT(Explain(call_, backends_, question_, "").status(),
                HasReason(common::v1::ERROR_REASON_INVALID_FORMULA));
  }
}

}  // namespace
}  // namespace steelyard::strategy
