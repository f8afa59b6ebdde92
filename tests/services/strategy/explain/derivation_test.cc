#include "services/strategy/explain/derivation.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/text/strings.h"
#include "tests/services/strategy/canned.h"
#include "tests/services/strategy/figure_matchers.h"
#include "tests/services/strategy/formula_world.h"
#include "tests/support/fake_backends.h"
#include "tests/support/status_matchers.h"

namespace steelyard::strategy {
namespace {

using ::steelyard::testing::HasReason;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Figure Named(std::string id, double number) {
  Figure figure = Plain(number);
  figure.set_id(std::move(id));
  return figure;
}

class DeriverTest : public ::testing::Test {
 protected:
  DeriverTest() { AnswerAboutFormulas(fakes_); }
  Deriver With(Rules rules) const {
    return {call_, backends_, {"token", "", {}}, std::move(rules)};
  }

  testing::FakeBackends fakes_;
  Backends backends_{fakes_.channels().funding, fakes_.channels().registry};
  rpc::Call call_ = rpc::BackgroundCall(Context::Background(), "test");
};

TEST_F(DeriverTest, FollowsRulesDownToFormulasAndFunding) {
  Deriver deriver = With([](const Figure& figure) -> std::optional<Rule> {
    if (figure.id() != "sum") return std::nullopt;
    return Rule{.expression = "a / b * c",
                .inputs = {Derived("a", Named("total/US/2025", 100)),
                           Written("b", "funding[DE, 2020] * 2"), Given("c", 7)}};
  });
  const auto step = deriver.Derive(Derived("", Named("sum", 70)));
  ASSERT_TRUE(step.ok()) << step.status();
  EXPECT_EQ(step->expression(), "a / b * c");
  EXPECT_THAT(step->figure(), IsNumber(70));
  ASSERT_EQ(step->inputs_size(), 3);
  EXPECT_EQ(step->inputs(0).name(), "a");
  EXPECT_EQ(step->inputs(0).expression(), "funding[US, 2025]");
  EXPECT_EQ(step->inputs(0).figure().money().units(), 100);
  EXPECT_EQ(step->inputs(1).expression(), "funding[DE, 2020] * 2");
  EXPECT_EQ(step->inputs(1).inputs_size(), 2);
  EXPECT_EQ(step->inputs(2).name(), "c");
  EXPECT_THAT(step->inputs(2).figure(), IsNumber(7));
  std::vector<std::string> leaves;
  for (const Leaf& leaf : deriver.leaves()) {
    EXPECT_EQ(leaf.question.aggregate().has_read(), false);
    leaves.push_back(leaf.question.figure());
  }
  EXPECT_THAT(leaves, ElementsAre("of/US", "of/DE"));
  EXPECT_EQ(deriver.definition().currency(), "USD");
}

TEST_F(DeriverTest, DerivesNothingTwice) {
  Deriver deriver = With([](const Figure& figure) -> std::optional<Rule> {
    if (figure.id() == "twice") {
      return Rule{
          .expression = "a + b + c + d",
          .inputs = {Derived("a", Named("once", 1)), Derived("b", Named("once", 1)),
                     Written("c", "funding[US, 2025] / 2"), Written("d", "funding[US,2025]/2")}};
    }
    if (figure.id() != "once") return std::nullopt;
    return Rule{.expression = "e", .inputs = {Given("e", 1)}};
  });
  const auto step = deriver.Derive(Derived("", Named("twice", 2)));
  ASSERT_TRUE(step.ok()) << step.status();
  EXPECT_EQ(step->inputs(0).inputs_size(), 1);
  EXPECT_THAT(step->inputs(1).inputs(), IsEmpty());
  EXPECT_EQ(step->inputs(1).expression(), "e");
  EXPECT_EQ(step->inputs(2).inputs_size(), 2);
  EXPECT_THAT(step->inputs(3).inputs(), IsEmpty());
  EXPECT_THAT(step->inputs(3).figure(), IsNumber(50));
  EXPECT_EQ(step->inputs(3).name(), "d");
}

TEST_F(DeriverTest, ReadsNoMoreFormulasThanItMay) {
  Deriver deriver = With([](const Figure& figure) -> std::optional<Rule> {
    if (figure.id() != "many") return std::nullopt;
    Rule rule = {.expression = "many", .inputs = {}};
    for (int i = 0; i <= kMostFormulas; ++i) {
      rule.inputs.push_back(Written(StrCat("part", i), StrCat("funding[US, 2025] + ", i, " USD")));
    }
    rule.inputs.push_back(Derived("known", Named("total/DE/2020", 5)));
    return rule;
  });
  const auto step = deriver.Derive(Derived("", Named("many", 1)));
  ASSERT_TRUE(step.ok()) << step.status();
  EXPECT_THAT(step->inputs(kMostFormulas - 1).figure(), IsNumber(100 + kMostFormulas - 1));
  EXPECT_THAT(step->inputs(kMostFormulas).figure(), IsUndefined("more than 40 formulas"));
  EXPECT_EQ(step->inputs(kMostFormulas + 1).expression(), "funding[DE, 2020]");
  EXPECT_THAT(step->inputs(kMostFormulas + 1).figure(), IsNumber(5));
}

TEST_F(DeriverTest, AFigureWithoutValueMayStandForItself) {
  const Rules none = [](const Figure&) { return std::nullopt; };
  const Figure unknown = MakeUndefined({"per_capita/US/2025", "", "1"}, "no people");
  const auto step = With(none).Derive(Derived("", unknown));
  ASSERT_TRUE(step.ok()) << step.status();
  EXPECT_THAT(step->figure(), IsUndefined("no people"));
  EXPECT_THAT(With(none).Derive(Derived("", Named("per_capita/US/2025", 1))).status(),
              HasReason(common::v1::ERROR_REASON_FIGURE_NOT_FOUND));
}

// Where layers overlap, several are asked for by a filter, and the answer's id is that of all
// rounds.
TEST_F(DeriverTest, KnowsWhatIsAskedForByAFilter) {
  common::v1::Definition definition;
  definition.set_layer_attribution(common::v1::LAYER_ATTRIBUTION_FULL);
  Deriver deriver(call_, backends_, {"token", "", definition},
                  [](const Figure&) { return std::nullopt; });
  const auto step = deriver.Derive(Written("", "funding[US, 2025, layer=CHIPS;CLOUD]"));
  ASSERT_TRUE(step.ok()) << step.status();
  ASSERT_EQ(deriver.leaves().size(), 1U);
  const Leaf& leaf = deriver.leaves()[0];
  EXPECT_EQ(leaf.figure, "funding[US, 2025, layer=CHIPS;CLOUD]");
  EXPECT_EQ(leaf.question.figure(), "of/US");
  EXPECT_EQ(leaf.question.aggregate().filter(), "(layer = \"CHIPS\" OR layer = \"CLOUD\")");
}

TEST_F(DeriverTest, ReadsPublishedValuesToo) {
  Deriver deriver = With([](const Figure&) { return FormulaRule("x[US, 2025, source=oecd]"); });
  const auto step = deriver.Derive(Derived("", Named("any", 194)));
  ASSERT_TRUE(step.ok()) << step.status();
  EXPECT_EQ(step->figure().number(), 194);
  ASSERT_EQ(deriver.leaves().size(), 1U);
  const funding::v1::ExplainFigureRequest& question = deriver.leaves()[0].question;
  EXPECT_EQ(question.figure(), "observations/sources/oecd/US");
  EXPECT_EQ(question.series().variable(), "x");
  EXPECT_FALSE(question.series().has_read());
}

}  // namespace
}  // namespace steelyard::strategy
