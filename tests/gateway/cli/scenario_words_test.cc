#include "gateway/cli/scenario_words.h"

#include <ostream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "tests/support/proto_matchers.h"

namespace steelyard::cli {
namespace {

using ::steelyard::testing::EqualsProto;
using ::testing::AllOf;
using ::testing::HasSubstr;

struct Case {
  std::string text;
  std::string message;
};

TEST(ParseLeverTest, ReadsEveryKind) {
  const Case cases[] = {
      {"EUROPE fund 20000000000 from 2027",
       R"pb(region: "EUROPE"
            from_year: 2027
            yearly_fund { currency_code: "EUR" units: 20000000000 })pb"},
      {"EUROPE fund 20bn", R"pb(region: "EUROPE"
                                yearly_fund { currency_code: "EUR" units: 20000000000 })pb"},
      {"EUROPE fund 1.5 tn USD",
       R"pb(region: "EUROPE"
            yearly_fund { currency_code: "USD" units: 1500000000000 })pb"},
      {"FR fund 0.5m", R"pb(region: "FR"
                            yearly_fund { currency_code: "EUR" units: 500000 })pb"},
      {"FR fund 2.5k JPY", R"pb(region: "FR"
                                yearly_fund { currency_code: "JPY" units: 2500 })pb"},
      {"FR fund 10.25", R"pb(region: "FR"
                             yearly_fund { currency_code: "EUR" units: 10 nanos: 250000000 })pb"},
      {"EUROPE infrastructure +0.1", R"pb(region: "EUROPE" infrastructure_shift: 0.1)pb"},
      {"EUROPE infrastructure -10% from 2030", R"pb(region: "EUROPE"
                                                    from_year: 2030
                                                    infrastructure_shift: -0.1)pb"},
      {"EUROPE retain 0.2", R"pb(region: "EUROPE" retained_foreign_capital: 0.2)pb"},
      {"US shock -0.5 in 2028", R"pb(region: "US" from_year: 2028 log_shock: -0.5)pb"},
      {"US shock -0.5 from 2028", R"pb(region: "US" from_year: 2028 log_shock: -0.5)pb"},
      {"CN growth 0.05", R"pb(region: "CN" log_growth: 0.05)pb"},
      {"  New   Zealand growth 1 ", R"pb(region: "New Zealand" log_growth: 1)pb"},
  };
  for (const Case& c : cases) {
    const auto lever = ParseLever(c.text, "EUR");
    ASSERT_TRUE(lever.ok()) << c.text << ": " << lever.status();
    EXPECT_THAT(*lever, EqualsProto(c.message)) << c.text;
  }
}

TEST(ParseLeverTest, ShowsWhatIsWrongAndAnExample) {
  const Case cases[] = {
      {"", "fund, infrastructure, retain, shock, growth"},
      {"EUROPE", "is no lever"},
      {"fund 5", "is no lever"},
      {"EUROPE tax 5", "is no lever"},
      {"EUROPE fund", "says not how much after 'fund'"},
      {"EUROPE fund much", "has no amount"},
      {"EUROPE fund -5", "has no amount"},
      {"EUROPE fund 0.001", "has no amount"},
      {"EUROPE fund 1.bn.5", "has no amount"},
      {"EUROPE fund 5 XXQ", "has no amount"},
      {"EUROPE fund 5 until 2030", "has 'until' where 'from YEAR' may follow"},
      {"EUROPE growth 0.1 in 2030", "has 'in' where 'from YEAR' may follow"},
      {"US shock -0.5 on 2028", "has 'on' where 'in YEAR' may follow"},
      {"US shock lots", "has 'lots' where a number is due; for example \"US shock -0.5 in 2028\""},
      {"EUROPE retain 0.2 from", "names no year after 'from'"},
      {"EUROPE retain 0.2 from soon", "names no year after 'from'"},
      {"EUROPE retain 0.2 from 2027 on", "goes on with 'on' after the year"},
  };
  for (const Case& c : cases) {
    const auto lever = ParseLever(c.text, "USD");
    EXPECT_EQ(ReasonOf(lever.status()), common::v1::ERROR_REASON_INVALID_FIELD) << c.text;
    EXPECT_THAT(std::string(lever.status().message()),
                AllOf(HasSubstr(StrCat("'", c.text, "'")), HasSubstr(c.message),
                      HasSubstr("; for example \"")));
  }
}

TEST(ParseRatioTargetTest, ReadsWithAndWithoutSpaces) {
  for (const char* text :
       {"US/EUROPE <= 5 by 2035", "US / EUROPE<=5 by 2035", " US/EUROPE ≤ 5.0 by  2035 "}) {
    const auto target = ParseRatioTarget(text);
    ASSERT_TRUE(target.ok()) << text << ": " << target.status();
    EXPECT_THAT(*target,
                EqualsProto(R"pb(numerator: "US" denominator: "EUROPE" ratio: 5 by_year: 2035)pb"))
        << text;
  }
  const auto words = ParseRatioTarget("South Korea/New Zealand <= 1 by 2030");
  ASSERT_TRUE(words.ok()) << words.status();
  EXPECT_EQ(words->numerator(), "South Korea");
  EXPECT_EQ(words->denominator(), "New Zealand");
}

TEST(ParseRatioTargetTest, ShowsWhatIsWrongAndAnExample) {
  const Case cases[] = {
      {"", "is not of the form"},
      {"US/EUROPE", "is not of the form"},
      {"US <= 5 by 2035", "is not of the form"},
      {"/EUROPE <= 5 by 2035", "is not of the form"},
      {"US/ <= 5 by 2035", "is not of the form"},
      {"US/EUROPE >= 5 by 2035", "is not of the form"},
      {"US/EUROPE <= 5", "is not of the form"},
      {"US/EUROPE <= 5 by 2035 or so", "is not of the form"},
      {"US/EUROPE <= five by 2035", "has 'five' where the ratio is due"},
      {"US/EUROPE <= 5 by soon", "has 'soon' where the year is due"},
      {"127.0.0.1:7100", "the gateway's --target stands before the verb"},
  };
  for (const Case& c : cases) {
    const auto target = ParseRatioTarget(c.text);
    EXPECT_EQ(ReasonOf(target.status()), common::v1::ERROR_REASON_INVALID_FIELD) << c.text;
    EXPECT_THAT(std::string(target.status().message()),
                AllOf(HasSubstr(StrCat("'", c.text, "'")), HasSubstr(c.message),
                      HasSubstr("US/EUROPE <= 5 by 2035")));
  }
}

TEST(ParseGrowthPriorTest, ReadsInAnyOrder) {
  for (const char* text : {"CN drift 0.1 volatility 0.4", "CN volatility 0.4 drift 10%"}) {
    const auto prior = ParseGrowthPrior(text);
    ASSERT_TRUE(prior.ok()) << text << ": " << prior.status();
    EXPECT_THAT(*prior, EqualsProto(R"pb(region: "CN" drift: 0.1 volatility: 0.4)pb")) << text;
  }
}

TEST(ParseGrowthPriorTest, ShowsWhatIsWrongAndAnExample) {
  const Case cases[] = {
      {"", "is not of the form"},
      {"CN", "is not of the form"},
      {"CN drift 0.1", "is not of the form"},
      {"drift 0.1 volatility 0.4", "is not of the form"},
      {"CN drift 0.1 drift 0.4", "says 'drift' twice"},
      {"CN drift x volatility 0.4", "has 'x' where a number is due"},
      {"CN 0.1 0.4", "is not of the form"},
  };
  for (const Case& c : cases) {
    const auto prior = ParseGrowthPrior(c.text);
    EXPECT_EQ(ReasonOf(prior.status()), common::v1::ERROR_REASON_INVALID_FIELD) << c.text;
    EXPECT_THAT(std::string(prior.status().message()),
                AllOf(HasSubstr(c.message), HasSubstr("CN drift 0.1 volatility 0.4")));
  }
}

}  // namespace
}  // namespace steelyard::cli
