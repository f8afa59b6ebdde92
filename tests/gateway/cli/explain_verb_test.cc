// `steelyard explain` and `steelyard series --explain`: what is asked, and what is shown.

#include <string>

#include "gateway/cli/session.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "services/common/text/strings.h"
#include "tests/gateway/cli/command_line_fixture.h"

namespace steelyard::cli {
namespace {

using funding::v1::ExplainFigureRequest;
using funding::v1::ExplainFigureResponse;
using ::testing::HasSubstr;
using ::testing::Not;

ExplainFigureResponse Parse(const std::string& text) {
  ExplainFigureResponse message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

constexpr char kContext[] = R"pb(
  id: "sum/US/2025"
  kind: EXPLANATION_KIND_FORMULA
  title: "sum/1 over 3 rounds"
  money { currency_code: "USD" units: 3000000 }
  children { id: "regions/US" kind: EXPLANATION_KIND_REGION title: "US means US" text: "US" }
)pb";

constexpr char kRound[] = R"pb(
  kind: EXPLANATION_KIND_ROUND
  title: "Acme (US), SEED, 2025"
  money { currency_code: "USD" units: 1000000 }
  children {
    id: "rounds/x/amount"
    kind: EXPLANATION_KIND_RESOLUTION
    title: "amount 1000000.00 USD"
    money { currency_code: "USD" units: 1000000 }
    formula: "listed-order/1"
    sources: "sources/press"
  }
)pb";

// A tree whose list of three rounds has this one.
std::string Tree(const std::string& round) {
  return StrCat("root {", kContext,
                "children { id: 'rounds' kind: EXPLANATION_KIND_ROUNDS title: 'rounds' count: 3 "
                "total_children: 3 children { id: 'rounds/",
                round, "'", kRound, "} } }");
}

TEST_F(CommandLineTest, ExplainShowsTheTreeAndFollowsPages) {
  funding_.ExplainFigureAnswer = [](const ExplainFigureRequest& request,
                                    ExplainFigureResponse& reply) {
    const bool first = request.page_token().empty();
    reply = Parse(StrCat(Tree(first ? "x" : "y"), " next_page_token: '", first ? "p" : "q", "'"));
    return absl::OkStatus();
  };
  const Ran ran =
      Ask({"--snapshot", "t", "explain", "sum_without_largest/US/2025", "--by", "region",
           "--regions", "US", "--from", "2025", "--to", "2025", "--limit", "2"});
  EXPECT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(ran.out,
              HasSubstr("sum/US/2025  sum/1 over 3 rounds: 3.000 m USD\n"
                        "  US means US: US\n"
                        "  rounds: 3\n"
                        "    rounds/x  Acme (US), SEED, 2025: 1.000 m USD\n"
                        "      amount 1000000.00 USD: 1.000 m USD (listed-order/1) [press]\n"
                        "    rounds/y  Acme"));
  EXPECT_THAT(ran.out, HasSubstr("    and 1 more; --limit N shows them\n"));
  const auto requests = funding_.ExplainFigureAnswer.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].figure(), "sum_without_largest/US/2025");
  EXPECT_EQ(requests[0].aggregate().measures(0), funding::v1::MEASURE_SUM_WITHOUT_LARGEST);
  EXPECT_EQ(requests[0].aggregate().regions(0), "US");
  EXPECT_FALSE(requests[0].aggregate().has_read());
  EXPECT_EQ(requests[0].read().snapshot(), "t");
  EXPECT_EQ(requests[0].page_size(), 2);
  EXPECT_EQ(requests[1].page_size(), 1);
  EXPECT_EQ(requests[1].page_token(), "p");
}

TEST_F(CommandLineTest, ExplainRefusesWhatIsNoFigure) {
  EXPECT_EQ(Ask({"explain"}).code, kWrongUsage);
  for (const std::string figure : {"nonsense", "", "world_share/US", "observations/a"}) {
    const Ran ran = Ask({"explain", figure});
    EXPECT_EQ(ran.code, kWrongUsage);
    EXPECT_THAT(ran.err, HasSubstr(StrCat("figure: '", figure, "' is no id of a figure")));
    EXPECT_THAT(ran.err, HasSubstr("such as sum/US/2015..2025"));
    EXPECT_THAT(ran.err, HasSubstr("sum, "));
    EXPECT_THAT(ran.err, HasSubstr("sum_without_largest"));
    EXPECT_THAT(ran.err, HasSubstr("series ... --explain"));
    EXPECT_THAT(ran.err, Not(HasSubstr("--measures")));
  }
  EXPECT_THAT(Ask({"explain", "sum/US/2025", "--measures", "nothing"}).err,
              HasSubstr("--measures: 'nothing' is none of"));
}

TEST_F(CommandLineTest, ExplainDerivesFiguresOfComparisons) {
  strategy_.ExplainFigureAnswer = [](const strategy::v1::ExplainFigureRequest& request,
                                     strategy::v1::ExplainFigureResponse& reply) {
    reply.set_figure(request.figure());
    reply.mutable_step()->set_expression("funding[US, 2025] / funding[WORLD, 2025]");
    reply.mutable_step()->mutable_figure()->set_status(common::v1::VALUE_STATUS_OK);
    reply.mutable_step()->mutable_figure()->set_number(0.5);
    *reply.add_explanations()->mutable_root() = Parse(Tree("x")).root();
    return absl::OkStatus();
  };
  const Ran ran = Ask({"--snapshot", "t", "explain", "world_share/US/2025", "--limit", "3",
                       "--filter", "year = 2025", "--currency", "EUR"});
  EXPECT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(ran.out,
              HasSubstr("world_share/US/2025\n\nfunding[US, 2025] / funding[WORLD, 2025]"));
  EXPECT_THAT(ran.out, HasSubstr("    rounds/x  Acme (US), SEED, 2025: 1.000 m USD\n"));
  const auto requests = strategy_.ExplainFigureAnswer.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].figure(), "world_share/US/2025");
  EXPECT_EQ(requests[0].rounds(), 3);
  EXPECT_EQ(requests[0].filter(), "year = 2025");
  EXPECT_EQ(requests[0].definition().currency(), "EUR");
  EXPECT_EQ(requests[0].read().snapshot(), "t");
}

TEST_F(CommandLineTest, SeriesExplainsOneFigure) {
  funding_.ExplainFigureAnswer = [](const ExplainFigureRequest&, ExplainFigureResponse& reply) {
    reply = Parse(R"pb(
      root {
        id: "observations/a"
        kind: EXPLANATION_KIND_OBSERVATION
        title: "s1 says 5 (USD) for US in 2025"
        text: "5"
        sources: "sources/s1"
        total_children: 30
      })pb");
    return absl::OkStatus();
  };
  const Ran ran = Ask(
      {"series", "ai_investment", "US", "--policy", "freshest/1", "--explain", "observations/a"});
  EXPECT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("observations/a  s1 says 5 (USD) for US in 2025 [s1]\n"
                                 "  and 30 more\n"));
  EXPECT_THAT(ran.out, Not(HasSubstr("definition")));
  const auto requests = funding_.ExplainFigureAnswer.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].series().variable(), "ai_investment");
  EXPECT_EQ(requests[0].series().source_policy(), "freshest/1");
  EXPECT_EQ(requests[0].page_size(), 0);
}

}  // namespace
}  // namespace steelyard::cli
