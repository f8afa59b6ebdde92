#include "services/strategy/explain/derivation.h"

#include <limits>

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

class DerivationTest : public ::testing::Test {
 protected:
  DerivationTest() { AnswerAboutFormulas(fakes_); }
  absl::StatusOr<Derivation> With(const Rules& rules, const Input& input,
                                  const common::v1::Definition& definition = {}) const {
    return Derive(call_, backends_, {"token", "", definition}, rules, input);
  }

  testing::FakeBackends fakes_;
  Backends backends_{fakes_.channels().funding, fakes_.channels().registry};
  rpc::Call call_ = rpc::BackgroundCall(Context::Background(), "test");
};

TEST_F(DerivationTest, FollowsRulesDownToFormulasAndFunding) {
  const auto rules = [](const Figure& figure) -> std::optional<Rule> {
    if (figure.id() != "sum") return std::nullopt;
    return Rule{.expression = "a / b * c",
                .inputs = {Derived("a", Named("total/US/2025", 100)),
                           Written("b", "funding[DE, 2020] * 2"), Given("c", 7)}};
  };
  const auto derivation = With(rules, Derived("", Named("sum", 70)));
  ASSERT_TRUE(derivation.ok()) << derivation.status();
  const v1::FormulaStep* step = &derivation->step;
  EXPECT_EQ(step->expression(), "a / b * c");
  EXPECT_THAT(step->figure(), IsNumber(70));
  ASSERT_EQ(step->inputs_size(), 3);
  EXPECT_EQ(step->inputs(0).name(), "a");
  EXPECT_EQ(step->inputs(0).expression(), "funding[US, 2025]");
  // What is known of it, and what funding says of it in a tree of its own.
  EXPECT_EQ(step->inputs(0).figure().id(), "total/US/2025");
  EXPECT_EQ(step->inputs(1).expression(), "funding[DE, 2020] * 2");
  EXPECT_EQ(step->inputs(1).inputs_size(), 2);
  EXPECT_EQ(step->inputs(2).name(), "c");
  EXPECT_THAT(step->inputs(2).figure(), IsNumber(7));
  std::vector<std::string> leaves;
  for (const Leaf& leaf : derivation->leaves) {
    EXPECT_FALSE(leaf.question.aggregate().has_read());
    leaves.push_back(leaf.question.figure());
  }
  EXPECT_THAT(leaves, ElementsAre("of/US", "of/DE"));
  EXPECT_FALSE(derivation->definition.has_value());
}

TEST_F(DerivationTest, DerivesNothingTwice) {
  const auto rules = [](const Figure& figure) -> std::optional<Rule> {
    if (figure.id() == "twice") {
      return Rule{
          .expression = "a + b + c + d",
          .inputs = {Derived("a", Named("once", 1)), Derived("b", Named("once", 1)),
                     Written("c", "funding[US, 2025] / 2"), Written("d", "funding[US,2025]/2")}};
    }
    if (figure.id() != "once") return std::nullopt;
    return Rule{.expression = "e", .inputs = {Given("e", 1)}};
  };
  const auto derivation = With(rules, Derived("", Named("twice", 2)));
  ASSERT_TRUE(derivation.ok()) << derivation.status();
  const v1::FormulaStep* step = &derivation->step;
  EXPECT_EQ(step->inputs(0).inputs_size(), 1);
  EXPECT_THAT(step->inputs(1).inputs(), IsEmpty());
  EXPECT_EQ(step->inputs(1).expression(), "e");
  EXPECT_EQ(step->inputs(2).inputs_size(), 2);
  EXPECT_THAT(step->inputs(3).inputs(), IsEmpty());
  EXPECT_THAT(step->inputs(3).figure(), IsNumber(50));
  EXPECT_EQ(step->inputs(3).name(), "d");
}

TEST_F(DerivationTest, ReadsNoMoreFormulasThanItMay) {
  const auto rules = [](const Figure& figure) -> std::optional<Rule> {
    if (figure.id() != "many") return std::nullopt;
    Rule rule = {.expression = "many", .inputs = {}};
    for (size_t i = 0; i <= kMostFormulas; ++i) {
      rule.inputs.push_back(Written(StrCat("part", i), StrCat("funding[US, 2025] + ", i, " USD")));
    }
    rule.inputs.push_back(Derived("known", Named("total/DE/2020", 5)));
    return rule;
  };
  const auto derivation = With(rules, Derived("", Named("many", 1)));
  ASSERT_TRUE(derivation.ok()) << derivation.status();
  const auto input = [&](size_t i) { return derivation->step.inputs(static_cast<int>(i)); };
  EXPECT_THAT(input(kMostFormulas - 1).figure(), IsNumber(199));
  EXPECT_THAT(input(kMostFormulas).figure(), IsUndefined("more than 100 formulas"));
  EXPECT_EQ(input(kMostFormulas + 1).expression(), "funding[DE, 2020]");
  EXPECT_THAT(input(kMostFormulas + 1).figure(), IsNumber(5));
}

TEST_F(DerivationTest, AFigureWithoutValueMayStandForItself) {
  const Rules none = [](const Figure&) { return std::nullopt; };
  const Figure unknown = MakeUndefined({"per_capita/US/2025", "", "1"}, "no people");
  const auto derivation = With(none, Derived("", unknown));
  ASSERT_TRUE(derivation.ok()) << derivation.status();
  EXPECT_THAT(derivation->step.figure(), IsUndefined("no people"));
  EXPECT_THAT(With(none, Derived("", Named("per_capita/US/2025", 1))).status(),
              HasReason(common::v1::ERROR_REASON_FIGURE_NOT_FOUND));
}

// What is known of the figure stays: its id, its bounds.
TEST_F(DerivationTest, AFormulaSaysWhatIsBeneathAKnownFigure) {
  Figure known = Named("world_share/US/2025", 0.9);
  known.mutable_interval()->set_lower(0.8);
  const Rules none = [](const Figure&) { return std::nullopt; };
  const auto derivation = With(none, Derived("", known));
  ASSERT_TRUE(derivation.ok()) << derivation.status();
  EXPECT_EQ(derivation->step.figure().id(), "world_share/US/2025");
  EXPECT_EQ(derivation->step.figure().interval().lower(), 0.8);
  // The value is what the formula gives, so that a wrong one shows.
  EXPECT_NEAR(derivation->step.figure().number(), 100.0 / 110, 1e-12);
  EXPECT_EQ(derivation->step.expression(), "funding[US, 2025] / funding[WORLD, 2025]");
  EXPECT_EQ(derivation->step.inputs_size(), 2);
  ASSERT_TRUE(derivation->definition.has_value());
  EXPECT_EQ(derivation->definition->currency(), "USD");
  // By its id alone the formula says it all.
  Figure bare;
  bare.set_id("world_share/US/2025");
  EXPECT_NEAR(With(none, Derived("", bare))->step.figure().number(), 100.0 / 110, 1e-12);
}

// Where layers overlap, several are asked for by a filter, and the answer's id is that of all
// rounds.
TEST_F(DerivationTest, KnowsWhatIsAskedForByAFilter) {
  common::v1::Definition definition;
  definition.set_layer_attribution(common::v1::LAYER_ATTRIBUTION_FULL);
  const auto derivation = With([](const Figure&) { return std::nullopt; },
                               Written("", "funding[US, 2025, layer=CHIPS;CLOUD]"), definition);
  ASSERT_TRUE(derivation.ok()) << derivation.status();
  ASSERT_EQ(derivation->leaves.size(), 1U);
  const Leaf& leaf = derivation->leaves[0];
  EXPECT_EQ(leaf.figure, "funding[US, 2025, layer=CHIPS;CLOUD]");
  EXPECT_EQ(leaf.question.figure(), "of/US");
  EXPECT_EQ(leaf.question.aggregate().filter(), "(layer = \"CHIPS\" OR layer = \"CLOUD\")");
}

TEST_F(DerivationTest, ReadsPublishedValuesToo) {
  const auto derivation =
      With([](const Figure&) { return FormulaRule("x[US, 2025, source=oecd]"); },
           Derived("", Named("any", 194)));
  ASSERT_TRUE(derivation.ok()) << derivation.status();
  EXPECT_EQ(derivation->step.facet().source(), "sources/oecd");
  ASSERT_EQ(derivation->leaves.size(), 1U);
  const funding::v1::ExplainFigureRequest& question = derivation->leaves[0].question;
  EXPECT_EQ(question.figure(), "observations/sources/oecd/US");
  EXPECT_EQ(question.series().variable(), "x");
  EXPECT_FALSE(question.series().has_read());
}

TEST_F(DerivationTest, CountsOfTheQuestionAreExact) {
  const uint64_t most = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(GivenCount("seed", most).figure.count(), std::numeric_limits<int64_t>::max());
  EXPECT_THAT(GivenCount("seed", most + 1).figure, IsUndefined("9223372036854775808"));
}

}  // namespace
}  // namespace steelyard::strategy
