#include "services/strategy/formula/readings.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/rpc/call.h"
#include "tests/services/strategy/formula_world.h"
#include "tests/support/fake_backends.h"

namespace steelyard::strategy::formula {
namespace {

using ::testing::ElementsAre;

// Of each axis that a test tries.
const std::map<v1::Axis, std::vector<std::string>>& Choices() {
  static const auto& choices = *new std::map<v1::Axis, std::vector<std::string>>{
      {v1::AXIS_REGION, {"EUROPE=EU27", "EUROPE=EU27_UK"}},
      {v1::AXIS_SCOPE, {"EQUITY", "EQUITY+DEBT"}},
      {v1::AXIS_LAYER_ATTRIBUTION, {"PRIMARY", "EQUAL_SPLIT", "FULL"}},
      {v1::AXIS_ATTRIBUTION, {"RECIPIENT_HEADQUARTERS", "INVESTOR_ORIGIN"}}};
  return choices;
}

// Reads a formula over axes, in a world of its own that counts the questions.
class World {
 public:
  World(const std::string& expression, const std::vector<v1::Axis>& axes,
        common::v1::Definition definition = {})
      : formula_(MakeFormula(expression).value()), definition_(std::move(definition)) {
    AnswerAboutFormulas(fakes_);
    Axes tried;
    for (const v1::Axis axis : axes) {
      v1::AxisChoices& added = *tried.Add();
      added.set_axis(axis);
      for (const std::string& choice : Choices().at(axis)) added.add_choices(choice);
    }
    variants_ = MakeVariants(definition_, tried);
  }

  ReadingPlan plan() const {
    return {.formula = formula_,
            .definition = definition_,
            .variants = variants_,
            .without_source = {}};
  }
  Readings Read() {
    const Backends backends(fakes_.channels().funding, fakes_.channels().registry);
    auto readings = formula::Read(rpc::BackgroundCall(Context::Background(), "test"), backends,
                                  "token", plan());
    EXPECT_TRUE(readings.ok()) << readings.status();
    return readings.ok() ? *std::move(readings) : Readings();
  }
  auto AboutRounds() const { return fakes_.funding.AggregateRoundsAnswer.requests(); }
  auto AboutSeries() const { return fakes_.statistics.GetSeriesAnswer.requests(); }

 private:
  testing::FakeBackends fakes_;
  Formula formula_;
  common::v1::Definition definition_;
  std::vector<Variant> variants_;
};

struct Asked {
  const char* expression;
  std::vector<v1::Axis> axes;
  size_t rounds;  // questions, of which one is about the effective definition
  size_t series;
  size_t readings;
};

TEST(ReadingsTest, SharesQuestionsThatAnAxisIsNotAbout) {
  for (const Asked& one : std::vector<Asked>{
           {"funding[US, 2025]", {v1::AXIS_LAYER_ATTRIBUTION}, 1 + 1, 0, 3},
           {"funding[US, 2025]", {v1::AXIS_ATTRIBUTION}, 1 + 2, 0, 2},
           {"funding[US, 2025]", {v1::AXIS_ATTRIBUTION, v1::AXIS_LAYER_ATTRIBUTION}, 1 + 2, 0, 6},
           {"share(funding[US, 2025], layer=CHIPS)", {v1::AXIS_LAYER_ATTRIBUTION}, 1 + 3 + 1, 0, 3},
           {"funding[US, 2025] / funding[EUROPE, 2025]", {v1::AXIS_REGION}, 1 + 1 + 2, 0, 2},
           {"funding[US, 2025] / funding[EUROPE, 2025]",
            {v1::AXIS_REGION, v1::AXIS_SCOPE},
            1 + 2 + 4,
            0,
            4},
           {"x[US, 2025, source=oecd]", {v1::AXIS_ATTRIBUTION}, 1, 1, 2},
           {"x[US, 2025, source=oecd] / x[EUROPE, 2025, source=oecd]",
            {v1::AXIS_REGION, v1::AXIS_ATTRIBUTION, v1::AXIS_LAYER_ATTRIBUTION},
            1,
            1 + 2,
            12}}) {
    World world(one.expression, one.axes);
    EXPECT_EQ(CountQuestions(world.plan()), one.rounds + one.series) << one.expression;
    EXPECT_EQ(world.Read().all.size(), one.readings) << one.expression;
    EXPECT_EQ(world.AboutRounds().size(), one.rounds) << one.expression;
    EXPECT_EQ(world.AboutSeries().size(), one.series) << one.expression;
  }
}

TEST(ReadingsTest, ReadsStatisticsAlikeUnderEachAttribution) {
  World world("x[US, 2025, source=oecd] / x[EUROPE, 2025, source=oecd]", {v1::AXIS_ATTRIBUTION});
  const Readings readings = world.Read();
  ASSERT_EQ(readings.all.size(), 2U);
  for (const ReadFormula& read : readings.all) {
    EXPECT_NEAR(read.reading.figure().number(), 12.278, 1e-3);
  }
}

TEST(ReadingsTest, NamesChoicesInTheOrderOfTheirAxes) {
  World world("x[US, 2025, source=oecd]", {v1::AXIS_ATTRIBUTION, v1::AXIS_SCOPE});
  const Readings readings = world.Read();
  std::vector<v1::Axis> axes;
  for (const v1::AxisChoice& choice : readings.all.at(0).reading.choices()) {
    axes.push_back(choice.axis());
  }
  EXPECT_THAT(axes, ElementsAre(v1::AXIS_SCOPE, v1::AXIS_FACET, v1::AXIS_ATTRIBUTION));
}

// What is in two layers counts once: it is asked for by a filter, and is no figure of funding's
// that all rounds have too.
TEST(ReadingsTest, AsksForSeveralLayersTogetherWhereTheyOverlap) {
  common::v1::Definition definition;
  definition.set_layer_attribution(common::v1::LAYER_ATTRIBUTION_FULL);
  World world("share(funding[US, 2025], layer=CHIPS;CLOUD)", {}, definition);
  const Readings readings = world.Read();
  std::vector<std::string> filters;
  for (const auto& asked : world.AboutRounds()) {
    if (!asked.filter().empty()) filters.push_back(asked.filter());
  }
  EXPECT_THAT(filters, ElementsAre("(layer = \"CHIPS\" OR layer = \"CLOUD\")"));
  const v1::FormulaStep& step = readings.all.at(0).step;
  EXPECT_EQ(step.inputs(0).figure().id(), "funding[US, 2025, layer=CHIPS;CLOUD]");
  EXPECT_EQ(step.inputs(1).figure().id(), "of/US");
  // It has the question with the filter, in whose answer it goes by the id of all rounds.
  const funding::v1::ExplainFigureRequest& about =
      readings.questions.at("funding[US, 2025, layer=CHIPS;CLOUD]");
  EXPECT_EQ(about.figure(), "of/US");
  EXPECT_EQ(about.aggregate().filter(), "(layer = \"CHIPS\" OR layer = \"CLOUD\")");
  // That id is of the question without the filter.
  EXPECT_EQ(readings.questions.at("of/US").aggregate().filter(), "");
}

}  // namespace
}  // namespace steelyard::strategy::formula
