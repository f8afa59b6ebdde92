// Every figure of the answers about strategies is derived from the built-in data: to its own value,
// step by step, and down to what funding says.

#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "services/strategy/explain/find_figure.h"
#include "steelyard/gateway/v1/gateway.pb.h"
#include "steelyard/strategy/v1/strategy.pb.h"
#include "tests/support/step_arithmetic.h"
#include "tests/support/suite.h"
#include "tests/support/temp_dir.h"

namespace steelyard::strategy {
namespace {

using testing::Client;
using testing::Finished;
using testing::ServerProcess;
using testing::TempDir;

constexpr double kCents = 0.01;

class ExplainTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    directory_ = new TempDir;
    suite_ = new ServerProcess(testing::StartServer(
        "steelyard-allinone", {"--listen", "127.0.0.1:0", "--data", directory_->path()}));
  }
  static void TearDownTestSuite() {
    delete suite_;
    delete directory_;
  }

  template <typename Message>
  static Message Ask(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "--json");
    const Finished finished = Client(suite_->address, arguments);
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    Message message;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(finished.out, &message).ok());
    return message;
  }

  // Explains the figures of the answer whose id begins so, one of `every`.
  template <typename Answer>
  static void ExpectExplained(const std::vector<std::string>& question, const Answer& answer,
                              int every, const std::string& beginning = "") {
    int explained = 0;
    int seen = 0;
    for (const std::string& id : FigureIds(answer, 10'000)) {
      if (!id.starts_with(beginning)) continue;
      if (seen++ % every != 0) continue;
      std::vector<std::string> arguments = question;
      arguments.insert(arguments.end(), {"--explain", id});
      const auto response = Ask<v1::ExplainFigureResponse>(arguments);
      const Figure& figure = *FindFigure(answer, id);
      ExpectSame(figure, response.step().figure(), id);
      CheckSteps(response.step(), id);
      // A figure that has a value has rounds or published values beneath it.
      const bool given = id.starts_with("prior_");
      EXPECT_TRUE(response.explanations_size() > 0 || given ||
                  figure.status() != common::v1::VALUE_STATUS_OK)
          << id;
      const bool of_rounds =
          std::any_of(response.explanations().begin(), response.explanations().end(),
                      [](const auto& one) { return one.root().formula() == "sum/1"; });
      EXPECT_TRUE(response.companies_size() > 0 || !of_rounds) << id;
      ++explained;
    }
    EXPECT_GT(explained, 0);
  }
  static void ExpectSame(const Figure& figure, const Figure& explained, const std::string& id) {
    const Value expected = IndicatorValue(figure);
    const Value found = IndicatorValue(explained);
    ASSERT_EQ(found.has_value(), expected.has_value()) << id;
    if (expected) {
      EXPECT_NEAR(*found, *expected, 1e-12 * std::abs(*expected)) << id;
    }
  }
  static void CheckSteps(const v1::FormulaStep& step, const std::string& id) {
    const Value value = WorkOut(step);
    const Value stated = IndicatorValue(step.figure());
    if (value && stated) {
      const double near = step.figure().has_money() ? kCents : 0;
      EXPECT_NEAR(*value, *stated, std::max(1e-9 * std::abs(*stated), near))
          << id << ": " << step.expression();
    }
    for (const v1::FormulaStep& input : step.inputs()) CheckSteps(input, id);
  }

 private:
  static TempDir* directory_;
  static ServerProcess* suite_;
};

TempDir* ExplainTest::directory_ = nullptr;
ServerProcess* ExplainTest::suite_ = nullptr;

TEST_F(ExplainTest, Gap) {
  const std::vector<std::string> question = {"gap",  "US",   "EUROPE",  "--from", "2015",
                                             "--to", "2025", "--paths", "100"};
  ExpectExplained(question, Ask<v1::DecomposeGapResponse>(question), 4);
}

TEST_F(ExplainTest, Scenario) {
  const std::vector<std::string> question = {"scenario",
                                             "US",
                                             "CN",
                                             "--from",
                                             "2015",
                                             "--to",
                                             "2025",
                                             "--until",
                                             "2026",
                                             "--lever",
                                             "CN fund 20bn",
                                             "--lever",
                                             "US infrastructure 0.1",
                                             "--prior",
                                             "CN drift 0.1 volatility 0.4",
                                             "--target",
                                             "US/CN <= 5 by 2026",
                                             "--paths",
                                             "100"};
  ExpectExplained(question, Ask<v1::Projection>(question), 4);
}

TEST_F(ExplainTest, Ranking) {
  const std::vector<std::string> question = {"rank",        "US",
                                             "EUROPE",      "CN",
                                             "--from",      "2018",
                                             "--to",        "2025",
                                             "--indicator", "total:0.5",
                                             "--indicator", "models_per_billion:0.3",
                                             "--indicator", "foreign_capital_share:0.2",
                                             "--draws",     "20"};
  ExpectExplained(question, Ask<v1::RankRegionsResponse>(question), 4);
}

TEST_F(ExplainTest, WhatAComparisonSaysOfPublishedValues) {
  const std::vector<std::string> question = {"compare", "US",   "EUROPE", "--from",
                                             "2020",    "--to", "2025"};
  const auto answer = Ask<gateway::v1::CompareResponse>(question);
  ExpectExplained(question, answer, 1, "models_per_billion/");
  ExpectExplained(question, answer, 1, "net_inflow_ratio/");
  ExpectExplained(question, answer, 1, "ratio/");
  ExpectExplained(question, answer, 3, "observations/");
}

TEST_F(ExplainTest, Formula) {
  const auto response = Ask<v1::ExplainFigureResponse>(
      {"formula", "ai_investment[US, 2024] / funding[EUROPE, 2024]", "--explain"});
  EXPECT_EQ(response.explanations_size(), 2);
  EXPECT_EQ(response.step().inputs_size(), 2);
}

}  // namespace
}  // namespace steelyard::strategy
