// The operands of each measure from a selection made by hand.

#include "services/funding/explain_formula.h"

#include <map>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/text/strings.h"

namespace steelyard::funding {
namespace {

using ::testing::ElementsAre;

// Rounds of companies 0, 1 and 2 with these amounts; nullopt is undisclosed.
struct Given {
  int32_t company;
  std::optional<int64_t> minor_units;
};

class OperandsTest : public ::testing::Test {
 protected:
  void Make(const std::vector<Given>& rounds, bool impute = false) {
    for (const std::string id : {"a", "b", "c"}) {
      if (selection_.companies.size() == 3) break;
      SelectedCompany company;
      company.id = id;
      company.name = id;
      selection_.companies.push_back(company);
    }
    for (const Given& given : rounds) {
      SelectedRound round;
      round.company = given.company;
      round.currency = selection_.currencies.Number("USD");
      round.sources = selection_.source_lists.Number("|press|");
      round.id = static_cast<int32_t>(selection_.ids.size());
      selection_.ids.push_back(StrCat("r", round.id));
      round.stage = v1::STAGE_SEED;
      round.date = {2024, 1, 1};
      round.minor_units = given.minor_units;
      selection_.rounds.push_back(round);
    }
    query_.currency = "USD";
    query_.trace = true;
    query_.impute = impute;
    query_.top_k = 2;
  }
  // "sum 12" for money in minor units, "count 3" for counts, of each operand.
  std::vector<std::string> Operands(v1::Measure measure) {
    const Aggregation aggregation = Aggregate(query_, selection_, RateTable());
    const Group& group = aggregation.groups.at(0);
    const auto members = MembersInOrder(selection_, group);
    std::vector<std::string> lines;
    for (const v1::ExplanationNode& node :
         OperandsOf(measure, query_, selection_, group, members)) {
      lines.push_back(Line(node));
      for (const v1::ExplanationNode& child : node.children()) {
        lines.push_back(StrCat("  ", Line(child)));
      }
    }
    return lines;
  }
  static std::string Line(const v1::ExplanationNode& node) {
    if (!node.has_money()) return StrCat(node.id(), " ", node.count());
    const auto money = FromProto(node.money());
    return StrCat(node.id(), " ", money.ok() ? money->minor_units : -1);
  }

  AggregateQuery query_;
  Selection selection_;
};

TEST_F(OperandsTest, MembersComeLargestFirstThenWhatIsNotKnown) {
  Make({{0, 5}, {0, std::nullopt}, {1, 9}, {2, 5}});
  const Aggregation aggregation = Aggregate(query_, selection_, RateTable());
  std::vector<std::string> ids;
  for (const GroupMember* member : MembersInOrder(selection_, aggregation.groups.at(0))) {
    ids.push_back(selection_.ids[member->round]);
  }
  EXPECT_THAT(ids, ElementsAre("r2", "r0", "r3", "r1"));
}

TEST_F(OperandsTest, SumsAndCountsSayHowManyRoundsThereAre) {
  Make({{0, 5}, {0, std::nullopt}, {1, 9}});
  for (const v1::Measure measure : {v1::MEASURE_SUM, v1::MEASURE_COUNT, v1::MEASURE_DISCLOSED_COUNT,
                                    v1::MEASURE_DISCLOSED_SHARE}) {
    EXPECT_THAT(Operands(measure), ElementsAre("count 3", "amounts 2", "undisclosed 1"));
  }
}

TEST_F(OperandsTest, AMedianNamesTheRoundsInTheMiddle) {
  Make({{0, 5}, {0, 7}, {1, 9}, {1, 1}, {2, std::nullopt}});
  EXPECT_THAT(Operands(v1::MEASURE_MEDIAN),
              ElementsAre("count 5", "amounts 4", "undisclosed 1", "rounds/r1 7", "rounds/r0 5"));
  Make({{2, 6}});
  EXPECT_THAT(Operands(v1::MEASURE_MEDIAN),
              ElementsAre("count 6", "amounts 5", "undisclosed 1", "rounds/r5 6"));
}

TEST_F(OperandsTest, ExtremesAndMeansNameTheirAmounts) {
  Make({{0, 5}, {0, 7}, {1, 9}});
  EXPECT_THAT(Operands(v1::MEASURE_MAX), ElementsAre("count 3", "amounts 3", "rounds/r2 9"));
  EXPECT_THAT(Operands(v1::MEASURE_MEAN), ElementsAre("count 3", "amounts 3", "sum 21"));
  EXPECT_THAT(Operands(v1::MEASURE_SUM_WITHOUT_LARGEST),
              ElementsAre("count 3", "amounts 3", "sum 21", "rounds/r2 9", "rounds/r1 7"));
}

TEST_F(OperandsTest, ConcentrationNamesCompaniesLargestFirst) {
  Make({{0, 5}, {0, 7}, {1, 13}, {2, std::nullopt}, {2, 5}});
  EXPECT_THAT(Operands(v1::MEASURE_HHI),
              ElementsAre("count 5", "amounts 4", "undisclosed 1", "sum 30", "companies 3",
                          "  companies/b 13", "  companies/a 12", "  companies/c 5"));
  EXPECT_THAT(Operands(v1::MEASURE_CONCENTRATION_RATIO),
              ElementsAre("count 5", "amounts 4", "undisclosed 1", "sum 30", "companies 3",
                          "  companies/b 13", "  companies/a 12"));
}

TEST_F(OperandsTest, EstimatesAndTheSumAreTheCentralValue) {
  Make({{0, 1}, {0, 2}, {1, 3}, {1, 4}, {2, 5}, {2, std::nullopt}, {2, std::nullopt}}, true);
  EXPECT_THAT(Operands(v1::MEASURE_IMPUTED_SUM),
              ElementsAre("count 7", "amounts 5", "undisclosed 2", "sum 15",
                          "estimates/stage+region+year 6"));
  EXPECT_EQ(Aggregate(query_, selection_, RateTable()).groups.at(0).imputed->central, 6);
}

TEST_F(OperandsTest, TheSumOfMegaRoundsNamesThemLargestFirst) {
  Make({{0, 9'999'999'999}, {0, 10'000'000'000}, {1, 30'000'000'000}, {2, std::nullopt}});
  EXPECT_THAT(Operands(v1::MEASURE_MEGA_ROUND_SUM),
              ElementsAre("count 4", "amounts 3", "undisclosed 1", "mega_rounds 2",
                          "  rounds/r2 30000000000", "  rounds/r1 10000000000"));
  selection_.rounds.resize(1);
  EXPECT_THAT(Operands(v1::MEASURE_MEGA_ROUND_SUM),
              ElementsAre("count 1", "amounts 1", "mega_rounds 0"));
}

TEST_F(OperandsTest, AListOfMegaRoundsThatIsCutSaysHowLongItIs) {
  Make(std::vector<Given>(static_cast<size_t>(kMostMegaRoundsNamed) + 1, {0, 20'000'000'000}));
  const Aggregation aggregation = Aggregate(query_, selection_, RateTable());
  const Group& group = aggregation.groups.at(0);
  const auto nodes = OperandsOf(v1::MEASURE_MEGA_ROUND_SUM, query_, selection_, group,
                                MembersInOrder(selection_, group));
  EXPECT_EQ(nodes.back().children_size(), kMostMegaRoundsNamed);
  EXPECT_EQ(nodes.back().total_children(), kMostMegaRoundsNamed + 1);
}

TEST_F(OperandsTest, DisagreementIsAQuotientOfTwoSums) {
  Make({{0, 8}, {0, 7}});
  selection_.spreads.push_back({.sources = 2, .low = 6, .high = 10});
  selection_.rounds[0].spread = 0;
  EXPECT_THAT(Operands(v1::MEASURE_DISAGREEMENT),
              ElementsAre("count 2", "amounts 2", "compared 1", "apart 4", "largest 10"));
}

}  // namespace
}  // namespace steelyard::funding
