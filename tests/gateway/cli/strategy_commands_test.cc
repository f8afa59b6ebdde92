// Flags of the verbs that ask the strategy service, where they are wrong, and their help.

#include <ostream>
#include <string>
#include <vector>

#include "gateway/cli/session.h"
#include "gmock/gmock.h"
#include "tests/gateway/cli/command_line_fixture.h"

namespace steelyard::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct WrongCase {
  std::string name;
  std::string verb;
  std::vector<std::string> flags;  // after a period that is right
  std::vector<std::string> says;
};

void PrintTo(const WrongCase& c, std::ostream* os) { *os << c.name; }

class WrongStrategyTest : public ::testing::TestWithParam<WrongCase> {};

TEST_P(WrongStrategyTest, EndsWithTwoAndSaysWhatIsAllowed) {
  // Nothing is asked: the target does not exist.
  std::vector<std::string> arguments = {"--target", "unix:/nonexistent", GetParam().verb};
  const auto& flags = GetParam().flags;
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  const Ran ran = RunClient(arguments);
  EXPECT_EQ(ran.code, kWrongUsage) << ran.out << ran.err;
  EXPECT_THAT(ran.out, IsEmpty());
  for (const std::string& text : GetParam().says) EXPECT_THAT(ran.err, HasSubstr(text));
}

std::vector<std::string> InPeriod(std::vector<std::string> words) {
  words.insert(words.end(), {"--from", "2015", "--to", "2025"});
  return words;
}

INSTANTIATE_TEST_SUITE_P(
    CommandLines, WrongStrategyTest,
    ::testing::Values(
        WrongCase{"ProfileNoRegion", "profile", InPeriod({}), {"region"}},
        WrongCase{"ProfileNoPeriod", "profile", {"US"}, {"--from"}},
        WrongCase{"ProfileBadDate", "profile", {"US", "--from", "x", "--to", "2025"}, {"--from"}},
        WrongCase{"ProfileBadScope", "profile", InPeriod({"US", "--scope", "cash"}), {"--scope"}},
        WrongCase{"ProfileBadTop", "profile", InPeriod({"US", "--top", "few"}), {"--top"}},
        WrongCase{"GapNoFollower", "gap", InPeriod({"US"}), {"follower"}},
        WrongCase{"GapBadRatio",
                  "gap",
                  InPeriod({"US", "CN", "--target-ratio", "x"}),
                  {"--target-ratio"}},
        WrongCase{"GapBadSeed", "gap", InPeriod({"US", "CN", "--seed", "-1"}), {"--seed"}},
        WrongCase{"GapBadDate",
                  "gap",
                  {"US", "CN", "--from", "2015-13", "--to", "2025"},
                  {"--from", "month 13"}},
        WrongCase{"ScenarioNoEnd", "scenario", InPeriod({"US"}), {"--until"}},
        WrongCase{"ScenarioBadLever",
                  "scenario",
                  InPeriod({"US", "--until", "2030", "--lever", "US tax 5"}),
                  {"--lever", "'US tax 5'", "for example \"EUROPE fund 20bn from 2027\""}},
        WrongCase{"ScenarioEveryBadWord",
                  "scenario",
                  InPeriod({"US", "--until", "2030", "--lever", "US", "--target", "US/CN",
                            "--prior", "US drift"}),
                  {"--lever", "--target", "--prior"}},
        WrongCase{"ScenarioTargetIsAnAddress",
                  "scenario",
                  InPeriod({"US", "--until", "2030", "--target", "localhost:7100"}),
                  {"the gateway's --target stands before the verb"}},
        WrongCase{"ScenarioBadDefinition",
                  "scenario",
                  InPeriod({"US", "--until", "2030", "--fx", "spot"}),
                  {"--fx"}},
        WrongCase{"RankNoRegion", "rank", InPeriod({}), {"regions"}},
        WrongCase{"RankBadIndicator",
                  "rank",
                  InPeriod({"US", "CN", "--indicator", "growth:2"}),
                  {"--indicator", "'growth:2'", "for example"}},
        WrongCase{"RankBadGoalposts",
                  "rank",
                  InPeriod({"US", "CN", "--goalposts", "growth=0,1"}),
                  {"--goalposts", "is not named by one"}},
        WrongCase{"RankBadNormalisation",
                  "rank",
                  InPeriod({"US", "CN", "--normalisation", "best"}),
                  {"--normalisation", "min-max, z-score, rank, distance-to-leader"}},
        WrongCase{"RankBadAggregation",
                  "rank",
                  InPeriod({"US", "CN", "--aggregation", "sum"}),
                  {"--aggregation", "arithmetic, geometric, outranking"}},
        WrongCase{"RankBadAlternative",
                  "rank",
                  InPeriod({"US", "CN", "--alternative", "EU27"}),
                  {"--alternative", "for example EUROPE=EU27"}},
        WrongCase{"FormulaNoText", "formula", {}, {"text"}},
        WrongCase{"FormulaBadPrices", "formula", {"1", "--prices", "cheap"}, {"--prices"}},
        WrongCase{"SweepNoText", "sweep", {"--axis", "scope:EQUITY"}, {"text"}},
        WrongCase{"SweepBadAxis",
                  "sweep",
                  {"1", "--axis", "colour:red"},
                  {"--axis", "'colour'", "region, scope"}},
        WrongCase{"ClaimOfNothing", "claim", {}, {"say what to claim", "list, check"}},
        WrongCase{
            "ClaimTextAlone", "claim", {"check", "--text", "More"}, {"--text", "needs --formula"}},
        WrongCase{"ClaimSourceAlone",
                  "claim",
                  {"check", "--said-by", "press"},
                  {"--said-by", "needs --formula"}},
        WrongCase{"ClaimTwoForms",
                  "claim",
                  {"check", "--json", "--jsonld"},
                  {"--jsonld", "together with --json"}},
        WrongCase{
            "ClaimBadAxis", "claim", {"check", "--axis", "scope"}, {"--axis", "names no choices"}}),
    [](const auto& info) { return info.param.name; });

TEST(StrategyHelpTest, EveryVerbExplainsItselfWithAnExample) {
  for (const std::string verb :
       {"profile", "gap", "scenario", "rank", "formula", "sweep", "measures"}) {
    const Ran help = RunClient({verb, "--help"});
    EXPECT_EQ(help.code, kOk) << verb;
    EXPECT_THAT(help.out, HasSubstr("steelyard " + verb)) << verb;
  }
  for (const std::string what : {"list", "check"}) {
    const Ran help = RunClient({"claim", what, "--help"});
    EXPECT_EQ(help.code, kOk) << what;
    EXPECT_THAT(help.out, HasSubstr("steelyard claim " + what)) << what;
  }
}

// The flag of all verbs before the verb, and the scenario's own behind it.
TEST_F(CommandLineTest, ScenarioHasTargetsBesideTheGateways) {
  strategy_.scenario_answer = [](const auto&, auto&) { return absl::OkStatus(); };
  strategy_.scenario_replies.emplace_back().mutable_projection();
  const Ran ran = Ask({"scenario", "US", "CN", "--from", "2015", "--to", "2025", "--until", "2030",
                       "--target", "US/CN <= 5 by 2030", "--target", "US/CN <= 2 by 2030"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_EQ(strategy_.scenario_answer.requests().at(0).targets_size(), 2);
}

}  // namespace
}  // namespace steelyard::cli
