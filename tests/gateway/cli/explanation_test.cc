// `--explain` of the verbs that ask the strategy service: what is asked, and what is shown.

#include "gateway/cli/explanation.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/gateway/cli/command_line_fixture.h"

namespace steelyard::cli {
namespace {

using strategy::v1::ExplainFigureRequest;
using strategy::v1::ExplainFigureResponse;
using ::testing::HasSubstr;
using ::testing::SizeIs;

void SetFigure(const std::string& id, double value, common::v1::Figure& figure) {
  figure.set_id(id);
  figure.set_status(common::v1::VALUE_STATUS_OK);
  figure.set_number(value);
  figure.set_unit("1");
}

class ExplainWithinTest : public CommandLineTest {
 protected:
  ExplainWithinTest() {
    strategy_.ExplainFigureAnswer = [](const ExplainFigureRequest& request,
                                       ExplainFigureResponse& reply) {
      reply.set_figure(request.figure());
      strategy::v1::FormulaStep& step = *reply.mutable_step();
      step.set_expression("start_ratio / target_ratio");
      SetFigure(request.figure(), 4, *step.mutable_figure());
      strategy::v1::FormulaStep& start = *step.add_inputs();
      start.set_name("start_ratio");
      start.set_expression("funding[US, 2025] / funding[EUROPE, 2025]");
      SetFigure(start.expression(), 8, *start.mutable_figure());
      start.add_inputs()->set_expression("funding[US, 2025]");
      SetFigure("sum/US/2025", 80, *start.mutable_inputs(0)->mutable_figure());
      strategy::v1::FormulaStep& target = *step.add_inputs();
      target.set_name("target_ratio");
      target.set_expression("target_ratio");
      SetFigure("target_ratio", 2, *target.mutable_figure());
      funding::v1::ExplanationNode& root = *reply.add_explanations()->mutable_root();
      root.set_title("sum/1 over 50 rounds");
      strategy::v1::CompanyExplanation& company = *reply.add_companies();
      company.set_company("companies/openai");
      company.set_display_name("OpenAI");
      registry::v1::CompanyFieldResolution& country = *company.add_resolution();
      country.set_field("country");
      country.set_policy("source-kind/1");
      country.mutable_winner()->set_assertion("companies/openai/assertions/s1");
      country.mutable_winner()->set_value("US");
      country.add_losers()->set_assertion("companies/openai/assertions/-");
      country.mutable_losers(0)->set_value("GB");
      company.add_resolution()->set_field("website");
      return absl::OkStatus();
    };
  }
  // The one request that the arguments make.
  ExplainFigureRequest Asked(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--snapshot", "t"});
    const Ran ran = Ask(arguments);
    EXPECT_EQ(ran.code, kOk) << ran.err;
    out_ = ran.out;
    const auto requests = strategy_.ExplainFigureAnswer.requests();
    return requests.empty() ? ExplainFigureRequest() : requests.back();
  }

  std::string out_;
};

TEST_F(ExplainWithinTest, ShowsNamedStepsAndFundingsTrees) {
  Asked({"gap", "US", "EUROPE", "--from", "2015", "--to", "2025", "--explain", "catch_up_time/x"});
  EXPECT_THAT(out_, HasSubstr("catch_up_time/x\n\nstart_ratio / target_ratio: 4.00\n"
                              "  start_ratio = funding[US, 2025] / funding[EUROPE, 2025]: 8.00\n"
                              "    funding[US, 2025]: 80.00  sum/US/2025\n"
                              "  target_ratio: 2.00\n"));
  EXPECT_THAT(out_, HasSubstr("\n\nsum/1 over 50 rounds\n"));
  EXPECT_THAT(out_, HasSubstr("\n\ncompanies/openai  OpenAI\n"
                              "  country US [s1]: source-kind/1, 1 of 2 say so\n"
                              "    nobody in particular says GB, passed over\n\n"));
}

TEST_F(ExplainWithinTest, AsksWithinTheQuestionAtItsState) {
  ExplainFigureRequest asked =
      Asked({"gap", "US", "EUROPE", "--from", "2015", "--to", "2025", "--target-ratio", "2",
             "--currency", "EUR", "--filter", "a = 1", "--explain", "f"});
  EXPECT_EQ(asked.figure(), "f");
  EXPECT_EQ(asked.read().snapshot(), "t");
  EXPECT_EQ(asked.gap().leader(), "US");
  EXPECT_EQ(asked.gap().target_ratio(), 2);
  EXPECT_EQ(asked.gap().filter(), "a = 1");
  EXPECT_EQ(asked.gap().definition().currency(), "EUR");
  EXPECT_FALSE(asked.gap().has_read());
  EXPECT_TRUE(asked.filter().empty());
  EXPECT_FALSE(asked.has_definition());
  EXPECT_THAT(strategy_.DecomposeGapAnswer.requests(), SizeIs(0));

  asked = Asked({"scenario", "US", "EUROPE", "--from", "2015", "--to", "2025", "--until", "2030",
                 "--lever", "EUROPE fund 20bn", "--explain", "f"});
  EXPECT_EQ(asked.scenario().to_year(), 2030);
  EXPECT_EQ(asked.scenario().levers_size(), 1);
  EXPECT_FALSE(asked.scenario().has_read());

  asked = Asked({"rank", "US", "EUROPE", "--from", "2015", "--to", "2025", "--aggregation",
                 "geometric", "--explain", "f"});
  EXPECT_EQ(asked.ranking().aggregation(), strategy::v1::AGGREGATION_GEOMETRIC);
  EXPECT_FALSE(asked.ranking().has_read());

  asked = Asked({"compare", "US", "EUROPE", "--from", "2015", "--to", "2025", "--filter", "a = 1",
                 "--top", "3", "--explain", "f"});
  EXPECT_EQ(asked.comparison().regions_size(), 2);
  EXPECT_EQ(asked.comparison().period().to().year(), 2025);
  EXPECT_EQ(asked.comparison().filter(), "a = 1");
  EXPECT_EQ(asked.comparison().top_k(), 3);
  EXPECT_FALSE(asked.comparison().has_read());

  asked = Asked({"formula", "funding[US,", "2025]", "--explain"});
  EXPECT_EQ(asked.figure(), "");
  EXPECT_EQ(asked.formula().expression(), "funding[US, 2025]");
  EXPECT_FALSE(asked.formula().has_read());
}

TEST_F(ExplainWithinTest, PrintsTheAnswerAsJson) {
  Asked({"--json", "gap", "US", "EUROPE", "--from", "2015", "--to", "2025", "--explain", "f"});
  EXPECT_THAT(out_, HasSubstr("\"name\": \"start_ratio\""));
}

}  // namespace
}  // namespace steelyard::cli
