#include "services/strategy/claims/verdict.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace steelyard::strategy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Read {
  std::vector<std::pair<v1::Axis, std::string>> choices;
  v1::Truth truth;
  double margin = 1;
};

v1::ClaimCheck JudgeAll(const std::string& expression, const std::vector<Read>& reads) {
  std::vector<formula::ReadFormula> readings;
  for (const Read& read : reads) {
    formula::ReadFormula& out = readings.emplace_back();
    for (const auto& [axis, choice] : read.choices) {
      out.reading.add_choices()->set_axis(axis);
      out.reading.mutable_choices()->rbegin()->set_choice(choice);
    }
    out.reading.set_truth(read.truth);
    if (read.truth == v1::TRUTH_UNKNOWN) {
      out.reading.mutable_figure()->set_status(common::v1::VALUE_STATUS_UNDEFINED);
      out.reading.mutable_figure()->set_reason("no source has it");
    } else {
      out.reading.mutable_figure()->set_status(common::v1::VALUE_STATUS_OK);
      out.reading.mutable_figure()->set_number(read.margin);
    }
  }
  v1::ClaimCheck check;
  Judge(formula::MakeFormula(expression).value(), std::move(readings), check);
  return check;
}

constexpr const char* kMore = "x[US, 2025] > 10 * x[EUROPE, 2025]";
constexpr const char* kLevel = "x[US, 2025] ~= 119e9 USD";

TEST(VerdictTest, AgreesWithReadingsThatAgree) {
  const auto supported = JudgeAll(kMore, {{{}, v1::TRUTH_TRUE, 3}, {{}, v1::TRUTH_TRUE, 2}});
  EXPECT_EQ(supported.verdict(), v1::VERDICT_SUPPORTED);
  EXPECT_EQ(supported.explanation(), "true in 2 readings");
  EXPECT_EQ(supported.least_margin().number(), 2);
  EXPECT_EQ(supported.greatest_margin().number(), 3);
  const auto contradicted = JudgeAll(kMore, {{{}, v1::TRUTH_FALSE}, {{}, v1::TRUTH_UNKNOWN}});
  EXPECT_EQ(contradicted.verdict(), v1::VERDICT_CONTRADICTED);
  EXPECT_EQ(contradicted.explanation(), "false in 1 reading; 1 decide nothing");
}

TEST(VerdictTest, SaysWhichChoiceOneSourceTurnsOn) {
  const auto check = JudgeAll(
      kMore, {{{{v1::AXIS_REGION, "EUROPE=EU27"}, {v1::AXIS_FACET, "oecd"}}, v1::TRUTH_TRUE},
              {{{v1::AXIS_REGION, "EUROPE=EU27_UK"}, {v1::AXIS_FACET, "oecd"}}, v1::TRUTH_FALSE},
              {{{v1::AXIS_REGION, "EUROPE=EU27_UK"}, {v1::AXIS_FACET, "cset"}}, v1::TRUTH_FALSE}});
  EXPECT_EQ(check.verdict(), v1::VERDICT_DEPENDS_ON_DEFINITION);
  ASSERT_EQ(check.flips_size(), 1);
  EXPECT_EQ(check.flips(0).axis(), v1::AXIS_REGION);
  EXPECT_EQ(check.flips(0).word(), "EUROPE");
  EXPECT_THAT(check.flips(0).supporting(), ElementsAre("EUROPE=EU27"));
  EXPECT_THAT(check.flips(0).contradicting(), ElementsAre("EUROPE=EU27_UK"));
  EXPECT_THAT(check.explanation(), HasSubstr("true with EUROPE=EU27, false with EUROPE=EU27_UK"));
}

TEST(VerdictTest, SeesSourcesThatCountDifferentThings) {
  const auto check = JudgeAll(kMore, {{{{v1::AXIS_FACET, "a"}}, v1::TRUTH_TRUE},
                                      {{{v1::AXIS_FACET, "b"}}, v1::TRUTH_FALSE}});
  EXPECT_EQ(check.verdict(), v1::VERDICT_SCOPE_CONFLICT);
  ASSERT_EQ(check.flips_size(), 1);
  EXPECT_EQ(check.flips(0).axis(), v1::AXIS_FACET);
}

TEST(VerdictTest, ContradictsALevelOnlyByReadingsThatAgree) {
  EXPECT_EQ(JudgeAll(kLevel, {{{}, v1::TRUTH_FALSE, 1.6}, {{}, v1::TRUTH_FALSE, 1.65}}).verdict(),
            v1::VERDICT_CONTRADICTED);
  EXPECT_EQ(JudgeAll(kLevel, {{{}, v1::TRUTH_FALSE, 1.3}, {{}, v1::TRUTH_FALSE, 2.4}}).verdict(),
            v1::VERDICT_SCOPE_CONFLICT);
  // Off by far more than the sources are from each other.
  EXPECT_EQ(JudgeAll(kLevel, {{{}, v1::TRUTH_FALSE, 13}, {{}, v1::TRUTH_FALSE, 24}}).verdict(),
            v1::VERDICT_CONTRADICTED);
  // Definitions that differ are no sources that do.
  EXPECT_EQ(JudgeAll(kLevel, {{{{v1::AXIS_REGION, "EUROPE=EU27"}}, v1::TRUTH_FALSE, 1.3},
                              {{{v1::AXIS_REGION, "EUROPE=EU27_UK"}}, v1::TRUTH_FALSE, 2.4}})
                .verdict(),
            v1::VERDICT_CONTRADICTED);
  // Only levels: a comparison that every reading refutes is refuted.
  EXPECT_EQ(JudgeAll(kMore, {{{}, v1::TRUTH_FALSE, 0.2}, {{}, v1::TRUTH_FALSE, 0.9}}).verdict(),
            v1::VERDICT_CONTRADICTED);
}

TEST(VerdictTest, DoesNotDecideWithoutData) {
  const auto none = JudgeAll(kMore, {{{}, v1::TRUTH_UNKNOWN}});
  EXPECT_EQ(none.verdict(), v1::VERDICT_INSUFFICIENT_DATA);
  EXPECT_EQ(none.explanation(), "nothing stored decides it: no source has it");
  const auto open = JudgeAll(kMore, {{{}, v1::TRUTH_OPEN}, {{}, v1::TRUTH_UNKNOWN}});
  EXPECT_EQ(open.verdict(), v1::VERDICT_INSUFFICIENT_DATA);
  EXPECT_EQ(open.explanation(), "what is known leaves it open in 1 reading");
}

TEST(VerdictTest, ListsWhatDecidesFirstAndNotWithoutBound) {
  std::vector<Read> reads(300, Read{{}, v1::TRUTH_UNKNOWN});
  reads.push_back({{}, v1::TRUTH_TRUE});
  const auto check = JudgeAll(kMore, reads);
  EXPECT_EQ(check.reading_count(), 301);
  EXPECT_EQ(check.evidence_size(), 200);
  EXPECT_EQ(check.evidence(0).reading().truth(), v1::TRUTH_TRUE);
}

}  // namespace
}  // namespace steelyard::strategy
