#include "services/strategy/formula/origins.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/status/status.h"
#include "tests/services/strategy/canned.h"
#include "tests/services/strategy/canned_backends.h"
#include "tests/services/strategy/formula/canned_flows.h"
#include "tests/services/strategy/formula/formula_fixture.h"
#include "tests/support/status_matchers.h"

namespace steelyard::strategy {
namespace {

using ::steelyard::testing::HasReason;
using ::testing::HasSubstr;

// Over the flows of the small world.
class OriginsTest : public FormulaFixture {
 protected:
  OriginsTest() {
    AnswerAbout(facts_, fakes_);
    AnswerAboutFlows(facts_, fakes_);
  }

  Facts facts_ = SmallWorld();
};

TEST_F(OriginsTest, AddUpOverInvestors) {
  for (const Evaluated& one :
       std::vector<Evaluated>{{"funding[US, 2020..2022, origin=GB]", "100 USD"},
                              {"funding[US, 2020..2022, origin=GB;JP]", "160 USD"},
                              {"funding[US, 2020..2022, origin='']", "240 USD"},
                              {"funding[US, 2020..2022, origin=WORLD]", "660 USD"},
                              {"funding[US, 2020..2022, origin=world]", "660 USD"},
                              // DE, FR and GB; GB in both words counts once.
                              {"funding[EUROPE, 2020..2022, origin=EUROPE]", "80 USD"},
                              {"funding[US, 2020..2022, origin=EUROPE;GB]", "100 USD"},
                              {"funding[WORLD, 2020..2022, origin=EUROPE]", "200 USD"},
                              // Of all, the part that nobody is known to have given included.
                              {"share(funding[US, 2020..2022], origin=GB;JP)", "0.177778"},
                              {"location_quotient(funding[US, 2020..2022], origin=JP)", "0.909091"},
                              {"foreign_capital_share(funding[EUROPE, 2020..2022])", "0.428571"},
                              {"funding[US, 2020..2022, origin=FR]",
                               "no round is known for funding[US, 2020..2022, origin=FR]"},
                              {"foreign_capital_share(funding[CN, 2020..2022])",
                               "no round is known for funding[CN, 2020..2022, origin=WORLD]"}}) {
    EXPECT_EQ(Value(one.expression), one.value) << one.expression;
  }
}

// The whole of an investor's country of which nothing stays at home is foreign.
TEST_F(OriginsTest, TakeWhatNobodyInsideGaveForForeign) {
  facts_.flows.Clear();
  AddFlow(facts_, "US", "GB", Usd(60), 2, 1);
  AddFlow(facts_, "US", "", Usd(40), 3, 3);
  const auto response = Evaluate("foreign_capital_share(funding[US, 2020..2022])");
  ASSERT_TRUE(response.ok()) << response.status();
  const common::v1::Figure& figure = response->step().figure();
  EXPECT_EQ(figure.number(), 1);
  EXPECT_EQ(figure.formula(), "foreign_capital_share/1");
  EXPECT_EQ(figure.coverage().units_expected(), 5);
  EXPECT_EQ(figure.coverage().units_present(), 1);
  ASSERT_EQ(response->step().inputs_size(), 2);
  EXPECT_EQ(response->step().inputs(1).expression(), "funding[US, 2020..2022, origin=US]");
}

TEST_F(OriginsTest, AmountsOfZeroAreNoDivisor) {
  facts_.flows.Clear();
  AddFlow(facts_, "US", "GB", Usd(0), 1, 1);
  EXPECT_EQ(Value("foreign_capital_share(funding[US, 2020..2022])"), "the amounts add up to zero");
}

TEST_F(OriginsTest, RefuseWhatIsNoRegion) {
  const auto response = Evaluate("2 * share(funding[US, 2020..2022], origin=GB;UX)");
  EXPECT_THAT(response.status(), HasReason(common::v1::ERROR_REASON_INVALID_FORMULA));
  EXPECT_EQ(MetadataOf(response.status(), "position"), "35");
  EXPECT_THAT(std::string(ToStd(response.status().message())),
              HasSubstr("there is no region 'UX'"));
}

// One for all origins, one for what EUROPE means, one for the effective definition.
TEST_F(OriginsTest, ShareAQuestion) {
  ASSERT_TRUE(Evaluate("funding[US, 2020..2022, origin=EUROPE] / funding[US, 2020..2022, origin=US]"
                       " + share(funding[US, 2020..2022], origin=EUROPE)")
                  .ok());
  // And one for the whole of the share.
  EXPECT_EQ(fakes_.funding.AggregateRoundsAnswer.requests().size(), 4U);
}

TEST_F(OriginsTest, AreNotAddedUpOverSomeOfTheGroups) {
  facts_.flows.set_next_page_token("more");
  EXPECT_EQ(Value("funding[US, 2020..2022, origin=GB]"),
            "there are more groups of rounds than are read");
}

TEST_F(OriginsTest, SweepsTakeTheirWordsForRegions) {
  v1::SweepDefinitionsRequest request;
  request.set_expression("funding[US, 2020..2022, origin=EUROPE]");
  v1::AxisChoices& axis = *request.add_axes();
  axis.set_axis(v1::AXIS_REGION);
  axis.add_choices("EUROPE=EUROPE_BROAD");
  axis.add_choices("EUROPE=DE");
  const auto response = SweepDefinitions(call_, backends_, request);
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->readings_size(), 2);
  EXPECT_EQ(response->readings(0).figure().money().units(), 100);
  EXPECT_EQ(response->readings(1).figure().status(), common::v1::VALUE_STATUS_UNDEFINED);
}

}  // namespace
}  // namespace steelyard::strategy
