#include "services/strategy/profile/capital_flows.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/services/strategy/canned.h"
#include "tests/services/strategy/draw.h"
#include "tests/services/strategy/figure_matchers.h"
#include "tests/support/proto_matchers.h"

namespace steelyard::strategy {
namespace {

using ::steelyard::testing::EqualsProto;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using FlowList = google::protobuf::RepeatedPtrField<v1::CapitalFlow>;

funding::v1::ResolvedRegion Region(std::string_view term, const std::vector<std::string>& members,
                                   std::string_view region = "SET") {
  funding::v1::ResolvedRegion resolved;
  resolved.set_term(std::string(term));
  resolved.set_region(std::string(region));
  resolved.mutable_members()->Add(members.begin(), members.end());
  return resolved;
}

funding::v1::ResolvedRegion World() { return Region("WORLD", {}, "WORLD"); }

v1::RegionProfile FlowsOf(const Facts& facts, const funding::v1::ResolvedRegion& region) {
  v1::RegionProfile profile;
  *profile.mutable_region() = region;
  AddCapitalFlows(Evidence(facts, 2020, 2022), profile);
  return profile;
}

// "US 100" for each.
std::vector<std::string> Shown(const FlowList& flows) {
  std::vector<std::string> shown;
  for (const v1::CapitalFlow& flow : flows) {
    shown.push_back(flow.country() + " " + std::to_string(flow.amount().money().units()));
  }
  return shown;
}

class CapitalFlowsTest : public ::testing::Test {
 protected:
  v1::RegionProfile Flows(int region) const {
    return FlowsOf(facts_, facts_.totals.regions(region));
  }
  v1::RegionProfile Us() const { return Flows(0); }
  v1::RegionProfile Europe() const { return Flows(1); }

  Facts facts_ = SmallWorld();
};

// The companies of the US received 500 from the US, 100 from GB and 60 from JP.
TEST_F(CapitalFlowsTest, TheForeignShareIsOfThePartWithKnownInvestors) {
  EXPECT_THAT(
      Us().foreign_capital_share(), EqualsProto(R"pb(
        id: "foreign_capital_share/US/2020..2022"
        status: VALUE_STATUS_OK
        number: 0.24242424242424243
        unit: "1"
        coverage { units_expected: 6 units_present: 4 share: 0.66666666666666663 undisclosed: 1 }
        formula: "foreign_capital_share/1")pb"));
  EXPECT_THAT(Us().foreign_capital_share(), IsNumber(160.0 / 660));
  // 60 from the US; what came from DE to DE and from FR to FR stayed inside.
  EXPECT_THAT(Europe().foreign_capital_share(), IsNumber(60.0 / 140));
  EXPECT_THAT(Europe().foreign_capital_share().coverage(),
              EqualsProto("units_expected: 5 units_present: 4 share: 0.8"));
}

// The investors of the US gave 500 at home, 60 to DE and 200 to JP; those of EUROPE 100 to the US
// and 80 at home, and 20 to a company whose country is not known.
TEST_F(CapitalFlowsTest, TheRatioIsOverThePartWithBothCountries) {
  EXPECT_THAT(Us().rounds_inflow_ratio(), IsNumber(660.0 / 760));
  EXPECT_EQ(Us().rounds_inflow_ratio().id(), "rounds_inflow_ratio/US/2020..2022");
  EXPECT_EQ(Us().rounds_inflow_ratio().formula(), "rounds_inflow_ratio/1");
  EXPECT_EQ(Us().rounds_inflow_ratio().unit(), "1");
  EXPECT_THAT(Europe().rounds_inflow_ratio(), IsNumber(140.0 / 180));
  // Any round without a known investor could have one of the region.
  for (const v1::RegionProfile& profile : {Us(), Europe()}) {
    EXPECT_THAT(profile.rounds_inflow_ratio().coverage(),
                EqualsProto("units_expected: 18 units_present: 11 share: 0.61111111111111116 "
                            "undisclosed: 2"));
  }
}

TEST_F(CapitalFlowsTest, OriginsAreOfAllCountriesTheLargestFirst) {
  EXPECT_THAT(Shown(Us().origins()), ElementsAre("US 500", "GB 100", "JP 60"));
  EXPECT_THAT(Shown(Europe().origins()), ElementsAre("US 60", "FR 50", "DE 30"));
  EXPECT_THAT(Europe().origins(0), EqualsProto(R"pb(
                country: "US"
                amount {
                  id: "total/EUROPE/2020..2022/origin=US"
                  status: VALUE_STATUS_OK
                  money { currency_code: "USD" units: 60 }
                  unit: "USD"
                  coverage { units_expected: 1 units_present: 1 share: 1 }
                  formula: "sum/1"
                }
                share {
                  id: "share/EUROPE/2020..2022/origin=US"
                  status: VALUE_STATUS_OK
                  number: 0.42857142857142855
                  unit: "1"
                  coverage { units_expected: 5 units_present: 4 share: 0.8 }
                  formula: "share/1"
                })pb"));
}

// What goes to a company of unknown country is given too, and has no place in the list.
TEST_F(CapitalFlowsTest, DestinationsAreSharesOfAllThatIsGiven) {
  EXPECT_THAT(Shown(Us().destinations()), ElementsAre("US 500", "JP 200", "DE 60"));
  const v1::RegionProfile europe = Europe();
  EXPECT_THAT(Shown(europe.destinations()), ElementsAre("US 100", "FR 50", "DE 30"));
  EXPECT_THAT(europe.destinations(0).share(), IsNumber(0.5));
  EXPECT_THAT(europe.destinations(2).share(), IsNumber(0.15));
  EXPECT_EQ(europe.destinations(0).amount().id(), "total/EUROPE/2020..2022/destination=US");
  EXPECT_EQ(europe.destinations(0).share().id(), "share/EUROPE/2020..2022/destination=US");
  EXPECT_THAT(europe.destinations(0).share().coverage(),
              EqualsProto("units_expected: 5 units_present: 5 share: 1"));
}

TEST_F(CapitalFlowsTest, IdsAreUniqueWithinAProfile) {
  for (const v1::RegionProfile& profile : {Us(), Europe()}) {
    std::set<std::string> ids;
    for (const FlowList* flows : {&profile.origins(), &profile.destinations()}) {
      for (const v1::CapitalFlow& flow : *flows) {
        EXPECT_TRUE(ids.insert(flow.amount().id()).second) << flow.amount().id();
        EXPECT_TRUE(ids.insert(flow.share().id()).second) << flow.share().id();
      }
    }
    EXPECT_EQ(ids.size(), 12);
  }
}

TEST_F(CapitalFlowsTest, TenAreListedTiesByCountry) {
  facts_.flows.Clear();
  AddFlow(facts_, "US", "ZA", Usd(5), 1, 1);
  for (const char* country : {"AT", "BE", "CH", "DE", "ES", "FI", "FR", "GB", "IT", "NL", "PT"}) {
    AddFlow(facts_, "US", country, Usd(1), 1, 1);
  }
  EXPECT_THAT(Shown(Us().origins()), ElementsAre("ZA 5", "AT 1", "BE 1", "CH 1", "DE 1", "ES 1",
                                                 "FI 1", "FR 1", "GB 1", "IT 1"));
  EXPECT_THAT(Us().origins(0).share(), IsNumber(5.0 / 16));
}

TEST_F(CapitalFlowsTest, OfARegionWithoutRoundsNothingIsKnown) {
  const v1::RegionProfile china = Flows(2);
  EXPECT_THAT(china.foreign_capital_share(), IsUndefined("no round of CN is known in 2020..2022"));
  EXPECT_EQ(china.foreign_capital_share().coverage().units_expected(), 0);
  EXPECT_THAT(china.rounds_inflow_ratio(), IsUndefined("no round of CN is known in 2020..2022"));
  EXPECT_THAT(china.origins(), IsEmpty());
  EXPECT_THAT(china.destinations(), IsEmpty());
}

// Not to know who gave is not that nobody from outside did.
TEST_F(CapitalFlowsTest, RoundsThatNameNoInvestorAreNotDomestic) {
  facts_.flows.Clear();
  AddFlow(facts_, "US", "", Usd(900), 5, 4);
  EXPECT_THAT(Us().foreign_capital_share(), IsUndefined("no disclosed amount of US has an investor "
                                                        "whose country is known"));
  EXPECT_THAT(Us().foreign_capital_share().coverage(),
              EqualsProto("units_expected: 5 units_present: 0 share: 0 undisclosed: 1"));
  EXPECT_THAT(Us().rounds_inflow_ratio(), IsUndefined("no disclosed amount of US has an investor"));
  EXPECT_THAT(Us().origins(), IsEmpty());
}

TEST_F(CapitalFlowsTest, AnAmountThatIsNotDisclosedFlowsFromNobody) {
  facts_.flows.Clear();
  AddFlow(facts_, "US", "GB", MakeUndefined({}, "no amount is disclosed"), 2, 0);
  AddFlow(facts_, "US", "JP", Usd(60), 2, 1);
  EXPECT_THAT(Us().foreign_capital_share(), IsNumber(1.0));
  EXPECT_EQ(Us().foreign_capital_share().coverage().undisclosed(), 3);
  EXPECT_THAT(Shown(Us().origins()), ElementsAre("JP 60"));
}

TEST_F(CapitalFlowsTest, ARegionThatGivesNothingHasNoRatio) {
  facts_.flows.Clear();
  AddFlow(facts_, "DE", "US", Usd(60), 1, 1);
  EXPECT_THAT(Europe().foreign_capital_share(), IsNumber(1.0));
  EXPECT_THAT(Europe().rounds_inflow_ratio(),
              IsUndefined("no disclosed amount has an investor of EUROPE"));
  EXPECT_THAT(Europe().destinations(), IsEmpty());
  // What goes to nobody knows where is no divisor either: the rounds received could not show it.
  AddFlow(facts_, "", "FR", Usd(10), 1, 1);
  EXPECT_THAT(Europe().rounds_inflow_ratio(), IsUndefined("has an investor of EUROPE"));
  AddFlow(facts_, "US", "FR", Usd(0), 1, 1);
  EXPECT_THAT(Europe().rounds_inflow_ratio(), IsUndefined("the investors gave nothing"));
}

TEST_F(CapitalFlowsTest, AmountsOfZeroAreNoDivisor) {
  facts_.flows.Clear();
  AddFlow(facts_, "US", "GB", Usd(0), 1, 1);
  EXPECT_THAT(Us().foreign_capital_share(), IsUndefined("add up to zero"));
  EXPECT_THAT(Us().origins(0).share(), IsUndefined("add up to zero"));
}

// Each region is looked at by itself: Germany's capital from France is foreign, Europe's is not.
TEST_F(CapitalFlowsTest, RegionsMayOverlap) {
  AddFlow(facts_, "DE", "FR", Usd(10), 1, 1);
  const v1::RegionProfile germany = FlowsOf(facts_, Region("DE", {"DE"}, "DE"));
  EXPECT_THAT(germany.foreign_capital_share(), IsNumber(70.0 / 100));
  EXPECT_THAT(germany.rounds_inflow_ratio(), IsNumber(100.0 / 30));
  EXPECT_THAT(Europe().foreign_capital_share(), IsNumber(60.0 / 150));
}

TEST_F(CapitalFlowsTest, TheWorldGivesWhatItReceives) {
  const v1::RegionProfile world = FlowsOf(facts_, World());
  EXPECT_THAT(world.foreign_capital_share(), IsNumber(0.0));
  EXPECT_THAT(world.rounds_inflow_ratio(), IsNumber(1.0));
  EXPECT_THAT(Shown(world.origins()), ElementsAre("US 760", "JP 110", "GB 100", "FR 50", "DE 30"));
  EXPECT_THAT(Shown(world.destinations()), ElementsAre("US 660", "JP 250", "DE 90", "FR 50"));
}

TEST_F(CapitalFlowsTest, CentsAreExact) {
  facts_.flows.Clear();
  AddFlow(facts_, "US", "GB", Usd(9'007'199'254'740'993, 33), 1, 1);
  AddFlow(facts_, "CA", "GB", Usd(1, 34), 1, 1);
  const v1::RegionProfile both = FlowsOf(facts_, Region("BOTH", {"CA", "US"}));
  EXPECT_THAT(both.origins(0).amount().money(),
              EqualsProto("currency_code: 'USD' units: 9007199254740994 nanos: 670000000"));
}

TEST_F(CapitalFlowsTest, MorePairsThanAreReadAreInsufficient) {
  facts_.flows.set_next_page_token("more");
  const v1::RegionProfile us = Us();
  EXPECT_THAT(us.foreign_capital_share(), IsInsufficient("more pairs of countries"));
  EXPECT_THAT(us.rounds_inflow_ratio(), IsInsufficient("more pairs of countries"));
  EXPECT_EQ(us.rounds_inflow_ratio().formula(), "rounds_inflow_ratio/1");
  EXPECT_THAT(us.origins(), IsEmpty());
  EXPECT_THAT(us.destinations(), IsEmpty());
}

// Published values cannot be filtered, but rounds can.
TEST_F(CapitalFlowsTest, AFilterIsNoObstacle) {
  facts_.filtered = true;
  EXPECT_THAT(Us().foreign_capital_share(), IsNumber(160.0 / 660));
}

// --- Properties, over worlds that are drawn ---

const std::vector<std::string>& Countries() {
  static const auto* const countries =
      new std::vector<std::string>{"AA", "BB", "CC", "DD", "EE", "FF", "GG"};
  return *countries;
}

// Amounts between countries, one of them "".
using Drawn = std::map<std::pair<std::string, std::string>, int64_t>;

Drawn DrawFlows(Draw& draw) {
  std::vector<std::string> all = Countries();
  all.emplace_back();
  Drawn drawn;
  for (const std::string& company : all) {
    for (const std::string& investor : all) {
      if (draw.Uniform() < 0.6) drawn[{company, investor}] = static_cast<int64_t>(draw.Amount());
    }
  }
  return drawn;
}

Facts FactsOf(const Drawn& drawn) {
  Facts facts;
  facts.totals.mutable_definition()->set_currency("USD");
  for (const auto& [pair, amount] : drawn) {
    AddFlow(facts, pair.first, pair.second, Usd(amount), 1, 1);
  }
  return facts;
}

// Regions that do not overlap and are the world together.
constexpr int kRegions = 3;
std::vector<std::vector<std::string>> Partition(const std::vector<std::string>& countries) {
  std::vector<std::vector<std::string>> regions(kRegions);
  for (size_t i = 0; i < countries.size(); ++i) regions[i % kRegions].push_back(countries[i]);
  return regions;
}

int64_t SumOf(const FlowList& flows) {
  int64_t sum = 0;
  for (const v1::CapitalFlow& flow : flows) sum += flow.amount().money().units();
  return sum;
}

TEST(CapitalFlowsPropertiesTest, WhatRegionsGiveTogetherTheyReceive) {
  Draw draw(33);
  for (int world = 0; world < 50; ++world) {
    const Drawn drawn = DrawFlows(draw);
    const Facts facts = FactsOf(drawn);
    int64_t known = 0;
    int64_t to_unknown = 0;  // to companies whose country is not known
    for (const auto& [pair, amount] : drawn) {
      if (!pair.second.empty()) (pair.first.empty() ? to_unknown : known) += amount;
    }
    int64_t received = 0;
    int64_t given = 0;
    for (const auto& members : Partition(Countries())) {
      const v1::RegionProfile profile = FlowsOf(facts, Region("R", members));
      received += SumOf(profile.origins());
      given += SumOf(profile.destinations());
      for (const v1::CapitalFlow& flow : profile.destinations()) EXPECT_NE(flow.country(), "");
    }
    EXPECT_EQ(received, known);
    EXPECT_EQ(given, known);
    const v1::RegionProfile all = FlowsOf(facts, World());
    EXPECT_EQ(SumOf(all.origins()), known);
    EXPECT_EQ(SumOf(all.destinations()), known);
    double share = 0;
    for (const v1::CapitalFlow& flow : all.destinations()) share += flow.share().number();
    EXPECT_NEAR(share, static_cast<double>(known) / static_cast<double>(known + to_unknown), 1e-9);
    EXPECT_THAT(all.rounds_inflow_ratio(), IsNumber(1.0));
  }
}

TEST(CapitalFlowsPropertiesTest, OriginsAreAllThatIsReceivedAndTheForeignOnesTheShare) {
  Draw draw(34);
  for (int world = 0; world < 50; ++world) {
    const Facts facts = FactsOf(DrawFlows(draw));
    for (const auto& members : Partition(Countries())) {
      const v1::RegionProfile profile = FlowsOf(facts, Region("R", members));
      double origins = 0;
      double foreign = 0;
      for (const v1::CapitalFlow& flow : profile.origins()) {
        origins += flow.share().number();
        const bool inside =
            std::find(members.begin(), members.end(), flow.country()) != members.end();
        if (!inside) foreign += flow.share().number();
      }
      EXPECT_NEAR(origins, 1, 1e-9);
      EXPECT_GE(profile.foreign_capital_share().number(), 0);
      EXPECT_LE(profile.foreign_capital_share().number(), 1);
      EXPECT_NEAR(profile.foreign_capital_share().number(), foreign, 1e-9);
    }
  }
}

// Figures follow the countries, and hang on no order.
TEST(CapitalFlowsPropertiesTest, PermutedCountriesPermuteTheFigures) {
  Draw draw(35);
  std::map<std::string, std::string> renamed = {{"", ""}};
  for (size_t i = 0; i < Countries().size(); ++i) {
    renamed[Countries()[i]] = Countries()[(i * 3 + 2) % Countries().size()];
  }
  for (int world = 0; world < 50; ++world) {
    const Drawn drawn = DrawFlows(draw);
    Drawn other;
    for (const auto& [pair, amount] : drawn) {
      other[{renamed[pair.first], renamed[pair.second]}] = amount;
    }
    Facts reversed = FactsOf(other);
    std::reverse(reversed.flows.mutable_rows()->begin(), reversed.flows.mutable_rows()->end());
    for (std::vector<std::string> members : Partition(Countries())) {
      const v1::RegionProfile before = FlowsOf(FactsOf(drawn), Region("R", members));
      for (std::string& member : members) member = renamed[member];
      const v1::RegionProfile after = FlowsOf(reversed, Region("R", members));
      EXPECT_THAT(after.foreign_capital_share(), EqualsProto(before.foreign_capital_share()));
      EXPECT_THAT(after.rounds_inflow_ratio(), EqualsProto(before.rounds_inflow_ratio()));
      EXPECT_EQ(SumOf(after.origins()), SumOf(before.origins()));
      EXPECT_EQ(SumOf(after.destinations()), SumOf(before.destinations()));
    }
  }
}

}  // namespace
}  // namespace steelyard::strategy
