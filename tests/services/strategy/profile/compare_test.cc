#include "services/strategy/profile/compare.h"

#include <cmath>
#include <optional>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/strategy/measures/intervals.h"
#include "services/strategy/measures/measure_catalog.h"
#include "tests/services/strategy/canned.h"
#include "tests/services/strategy/figure_matchers.h"
#include "tests/support/proto_matchers.h"

namespace steelyard::strategy {
namespace {

using ::steelyard::testing::EqualsProto;
using ::testing::ElementsAre;

class CompareTest : public ::testing::Test {
 protected:
  CompareTest() : answer_(MergeComparison(Question(), facts_)) {}

  const v1::RegionProfile& us() const { return answer_.profiles(0); }
  const v1::RegionProfile& europe() const { return answer_.profiles(1); }
  const v1::RegionProfile& china() const { return answer_.profiles(2); }

  Facts facts_ = SmallWorld();
  v1::CompareRegionsResponse answer_;
};

TEST_F(CompareTest, ProfilesComeInTheOrderAskedFor) {
  ASSERT_EQ(answer_.profiles_size(), 3);
  EXPECT_EQ(us().region().term(), "US");
  EXPECT_THAT(europe().region(), EqualsProto(facts_.totals.regions(1)));
  EXPECT_EQ(china().region().region(), "CHINA_MAINLAND");
}

TEST_F(CompareTest, TotalsAreFundingsUnderTheirOwnNames) {
  EXPECT_THAT(us().total(), EqualsProto(R"pb(
                id: "total/US/2020..2022"
                status: VALUE_STATUS_OK
                money { currency_code: "USD" units: 900 }
                unit: "USD"
                coverage { units_expected: 5 units_present: 4 share: 0.8 undisclosed: 1 }
                formula: "sum/1")pb"));
  EXPECT_EQ(us().rounds().count(), 5);
  EXPECT_EQ(us().companies().count(), 3);
  EXPECT_EQ(us().median_round().money().units(), 225);
  EXPECT_EQ(us().largest_round().money().units(), 400);
  EXPECT_EQ(us().mean_round().money().units(), 225);
  EXPECT_THAT(us().disclosed_share(), IsNumber(0.8));
  EXPECT_EQ(us().total_without_largest().money().units(), 0);
  EXPECT_EQ(us().total_without_largest().id(), "total_without_largest/US/2020..2022");
  EXPECT_EQ(us().imputed_total().money().units(), 1125);
  EXPECT_EQ(us().imputed_total().interval().upper(), 1400);
  EXPECT_THAT(us().company_concentration(), IsNumber(0.5));
  EXPECT_THAT(us().top5_share(), IsNumber(1.0));
  EXPECT_EQ(us().largest_companies(0).company(), "companies/big");
  EXPECT_EQ(answer_.world_total().id(), "total/WORLD/2020..2022");
  EXPECT_EQ(answer_.world_total().money().units(), 1500);
}

TEST_F(CompareTest, SharesAndMeansOfWhatFundingCounted) {
  EXPECT_THAT(us().mega_round_share(), IsNumber(0.5));
  EXPECT_EQ(us().mega_round_share().formula(), "share/1");
  EXPECT_THAT(europe().mega_round_share(), IsNumber(0.0));
  EXPECT_THAT(us().per_company(), IsNumber(300.0));
  EXPECT_EQ(us().per_company().unit(), "USD");
  EXPECT_THAT(us().infrastructure_and_model_share(), IsNumber(0.8));
  EXPECT_THAT(us().models_per_billion(), IsNumber(6 / (300 / 1e9)));
  EXPECT_THAT(us().net_inflow_ratio(), IsInsufficient("investors of US"));
  EXPECT_THAT(us().rounds_inflow_ratio(), IsNumber(660.0 / 760));
}

// Of few companies nothing is known of how far a sum could be off.
TEST_F(CompareTest, FewCompaniesHaveNoInterval) {
  EXPECT_FALSE(us().total().has_interval());
  EXPECT_FALSE(us().world_share().has_interval());
  EXPECT_FALSE(us().layers(0).share().has_interval());
  EXPECT_FALSE(answer_.ratios(0).ratio().has_interval());
}

TEST_F(CompareTest, RatesOverTheWorldTimePeopleAndProduct) {
  EXPECT_THAT(us().world_share(), IsNumber(0.6));
  EXPECT_THAT(us().growth(), IsNumber(std::sqrt(2) - 1));
  EXPECT_EQ(us().growth().unit(), "1/a");
  EXPECT_THAT(us().per_capita(), IsNumber(900.0 / 11));
  EXPECT_EQ(us().per_capita().id(), "per_capita/US/2020..2022/population=2021");
  EXPECT_EQ(us().per_capita().unit(), "USD/{person}");
  // Of 2021 the product is known and no amount is.
  EXPECT_THAT(us().per_gdp(), IsNumber(300.0 / 1000));
  EXPECT_THAT(us().per_gdp().coverage(),
              EqualsProto("units_expected: 3 units_present: 1 share: 0.33333333333333331 "
                          "missing: '2021' missing: '2022'"));
}

TEST_F(CompareTest, AYearWithoutEveryMemberDoesNotCount) {
  EXPECT_THAT(europe().per_gdp(), IsNumber(0.101));
  EXPECT_THAT(europe().per_gdp().coverage().missing(), ElementsAre("2021", "2022"));
  EXPECT_THAT(europe().per_capita(), IsInsufficient("population of every member of EUROPE"));
  EXPECT_THAT(europe().per_capita().coverage(),
              EqualsProto("units_expected: 3 units_present: 2 share: 0.66666666666666663 "
                          "missing: 'FR'"));
}

TEST_F(CompareTest, GdpThatIsIncompleteInEveryYearNamesTheMembers) {
  facts_.gdp.mutable_series(1)->mutable_points()->DeleteSubrange(0, 1);
  const auto answer = MergeComparison(Question(), facts_);
  EXPECT_THAT(answer.profiles(1).per_gdp(), IsInsufficient("missing: FR"));
}

TEST_F(CompareTest, GdpIsComparedInItsOwnCurrency) {
  facts_.totals.mutable_definition()->set_currency("EUR");
  AddRow(facts_.gdp_currency_years, {"US", "2020"}, {{funding::v1::MEASURE_SUM, Usd(210)}});
  const auto answer = MergeComparison(Question(), facts_);
  EXPECT_THAT(answer.profiles(0).per_gdp(), IsNumber(0.21));
  EXPECT_THAT(answer.profiles(1).per_gdp(), IsUndefined("no amount of EUROPE is known"));
  EXPECT_EQ(answer.profiles(0).per_capita().unit(), "EUR/{person}");
}

TEST_F(CompareTest, YearsAreAllThereAndMissingOnesAreNotZero) {
  ASSERT_EQ(us().years_size(), 3);
  EXPECT_EQ(us().years(0).total().id(), "total/US/2020");
  EXPECT_EQ(us().years(0).total().money().units(), 300);
  EXPECT_EQ(us().years(1).year(), 2021);
  EXPECT_THAT(us().years(1).total(), IsUndefined("no round of US is known in 2021"));
  EXPECT_EQ(us().years(1).total().coverage().units_expected(), 0);
  EXPECT_EQ(us().years(1).rounds().status(), common::v1::VALUE_STATUS_OK);
  EXPECT_EQ(us().years(1).rounds().count(), 0);
  EXPECT_EQ(us().years(2).total().coverage().undisclosed(), 1);
}

TEST_F(CompareTest, SlicesFollowTheCodelistWithUnclassifiedLast) {
  std::vector<std::string> codes;
  for (const v1::Slice& slice : us().layers()) codes.push_back(slice.code());
  EXPECT_THAT(codes, ElementsAre("CHIPS", "FOUNDATION_MODEL", "APPLICATION_VERTICAL", ""));
  codes.clear();
  for (const v1::Slice& slice : europe().sectors()) codes.push_back(slice.code());
  EXPECT_THAT(codes, ElementsAre("LANGUAGE", "HEALTH"));
}

TEST_F(CompareTest, WithoutACodelistSlicesAreByCode) {
  facts_.layer_codes.clear_codes();
  const auto answer = MergeComparison(Question(), facts_);
  std::vector<std::string> codes;
  for (const v1::Slice& slice : answer.profiles(0).layers()) codes.push_back(slice.code());
  EXPECT_THAT(codes, ElementsAre("APPLICATION_VERTICAL", "CHIPS", "FOUNDATION_MODEL", ""));
}

TEST_F(CompareTest, SlicesHaveSharesAndQuotients) {
  const v1::Slice& chips = us().layers(0);
  EXPECT_EQ(chips.total().id(), "total/US/2020..2022/layer=CHIPS");
  EXPECT_EQ(chips.share().id(), "share/US/2020..2022/layer=CHIPS");
  EXPECT_THAT(chips.share(), IsNumber(0.5));
  EXPECT_THAT(chips.share().coverage(), EqualsProto(us().total().coverage()));
  EXPECT_THAT(chips.location_quotient(), IsNumber(0.5 / (600.0 / 1500)));
  EXPECT_THAT(us().layers(2).total(), IsUndefined("no round of US is known there"));
  EXPECT_THAT(us().layers(2).share(), IsUndefined("no round"));
  EXPECT_THAT(us().layers(2).location_quotient(), IsUndefined("no round"));
  double sum = 0;
  for (const v1::Slice& slice : us().layers()) sum += slice.share().number();
  EXPECT_NEAR(sum, 1, kTolerance);
}

TEST_F(CompareTest, GroupsOfLayersShareInTheWholeTotal) {
  EXPECT_THAT(us().infrastructure_share(), IsNumber(0.5));
  EXPECT_THAT(us().model_share(), IsNumber(0.3));
  EXPECT_THAT(us().applied_share(), IsUndefined("no disclosed amount of US"));
  EXPECT_THAT(europe().applied_share(), IsNumber(50.5 / 150.5));
  EXPECT_THAT(us().sector_entropy(), IsNumber(std::log(2)));
  EXPECT_THAT(us().sector_entropy().coverage(),
              EqualsProto("units_expected: 5 units_present: 4 share: 0.8"));
  EXPECT_THAT(europe().sector_entropy(), IsNumber(0.0));
}

TEST_F(CompareTest, ARegionWithoutRoundsHasNoZeros) {
  EXPECT_THAT(china().total(), IsUndefined("no round of CN is known in 2020..2022"));
  EXPECT_EQ(china().rounds().count(), 0);
  EXPECT_EQ(china().companies().count(), 0);
  for (const Figure* figure :
       {&china().median_round(), &china().largest_round(), &china().world_share(),
        &china().growth(), &china().company_concentration(), &china().top5_share(),
        &china().infrastructure_share(), &china().model_share(), &china().applied_share(),
        &china().sector_entropy(), &china().mean_round(), &china().per_company(),
        &china().total_without_largest(), &china().imputed_total(), &china().disclosed_share(),
        &china().infrastructure_and_model_share(), &china().mega_round_share(),
        &china().foreign_capital_share(), &china().rounds_inflow_ratio()}) {
    EXPECT_THAT(*figure, IsUndefined(""));
    EXPECT_FALSE(figure->reason().empty()) << figure->id();
  }
  EXPECT_THAT(china().per_capita(), IsInsufficient("CN"));
  EXPECT_THAT(china().per_gdp(), IsInsufficient("CN"));
  EXPECT_THAT(china().models_per_billion(), IsInsufficient("CN"));
  EXPECT_THAT(china().net_inflow_ratio(), IsInsufficient("CN"));
}

TEST_F(CompareTest, TheFirstRegionIsHeldAgainstEachOther) {
  ASSERT_EQ(answer_.ratios_size(), 2);
  const v1::RegionRatio& ratio = answer_.ratios(0);
  EXPECT_EQ(ratio.numerator(), "US");
  EXPECT_EQ(ratio.denominator(), "EUROPE");
  EXPECT_EQ(ratio.ratio().id(), "ratio/US:EUROPE/2020..2022");
  EXPECT_THAT(ratio.ratio(), IsNumber(900 / 150.5));
  EXPECT_THAT(ratio.ratio().coverage(),
              EqualsProto("units_expected: 8 units_present: 7 share: 0.875 undisclosed: 1"));
  EXPECT_THAT(ratio.gap(), EqualsProto(R"pb(
                id: "gap/US:EUROPE/2020..2022"
                status: VALUE_STATUS_OK
                money { currency_code: "USD" units: 749 nanos: 500000000 }
                unit: "USD"
                coverage { units_expected: 8 units_present: 7 share: 0.875 undisclosed: 1 }
                formula: "gap/1")pb"));
  ASSERT_EQ(ratio.years_size(), 3);
  EXPECT_EQ(ratio.years(0).ratio().id(), "ratio/US:EUROPE/2020");
  EXPECT_THAT(ratio.years(0).ratio(), IsNumber(300 / 50.5));
  EXPECT_THAT(ratio.years(1).ratio(), IsUndefined("numerator is not known"));
  EXPECT_THAT(ratio.years(2).ratio(), IsUndefined("denominator is not known"));
  EXPECT_THAT(answer_.ratios(1).ratio(), IsUndefined("denominator is not known"));
  EXPECT_THAT(answer_.ratios(1).gap(), IsUndefined("not known"));
}

TEST_F(CompareTest, AGapMayBeNegative) {
  v1::CompareRegionsRequest request = Question();
  facts_.totals.mutable_regions()->SwapElements(0, 1);
  const auto answer = MergeComparison(request, facts_);
  EXPECT_THAT(answer.ratios(0).gap().money(),
              EqualsProto("currency_code: 'USD' units: -749 nanos: -500000000"));
}

TEST_F(CompareTest, ATotalOfZeroIsNoDenominator) {
  *facts_.totals.mutable_rows(1)->mutable_figures(0)->mutable_figure() = Usd(0);
  const auto answer = MergeComparison(Question(), facts_);
  EXPECT_THAT(answer.ratios(0).ratio(), IsUndefined("the denominator is zero"));
  EXPECT_THAT(answer.profiles(1).layers(1).share(), IsUndefined("total is zero"));
}

TEST_F(CompareTest, SimilarityIsOverWhatIsClassified) {
  EXPECT_THAT(answer_.ratios(0).layer_similarity(), IsNumber(270.0 / 720));
  EXPECT_THAT(answer_.ratios(0).sector_similarity(), IsNumber(0.5));
  EXPECT_EQ(answer_.ratios(0).layer_similarity().id(), "layer_similarity/US:EUROPE/2020..2022");
  EXPECT_THAT(answer_.ratios(1).layer_similarity(), IsUndefined("classified"));
}

TEST_F(CompareTest, EveryFigureHasAFormulaOfTheCatalog) {
  std::set<std::string> known;
  for (const v1::MeasureInfo& measure : answer_.measures()) known.insert(measure.id());
  std::set<std::string> used;
  const auto visit = [&](const auto& self, const google::protobuf::Message& message) -> void {
    if (message.GetDescriptor() == Figure::descriptor()) {
      const auto& figure = static_cast<const Figure&>(message);
      EXPECT_TRUE(known.contains(figure.formula())) << figure.DebugString();
      EXPECT_FALSE(figure.unit().empty()) << figure.id();
      EXPECT_EQ(figure.reason().empty(), figure.status() == common::v1::VALUE_STATUS_OK)
          << figure.DebugString();
      used.insert(figure.formula());
      return;
    }
    std::vector<const google::protobuf::FieldDescriptor*> fields;
    const google::protobuf::Reflection& reflection = *message.GetReflection();
    reflection.ListFields(message, &fields);
    for (const auto* field : fields) {
      if (field->message_type() == nullptr) continue;
      if (!field->is_repeated()) {
        self(self, reflection.GetMessage(message, field));
        continue;
      }
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        self(self, reflection.GetRepeatedMessage(message, field, i));
      }
    }
  };
  visit(visit, answer_);
  EXPECT_EQ(used, known);
}

TEST_F(CompareTest, FigureIdsAreUnique) {
  std::set<std::string> ids;
  for (const v1::RegionProfile& profile : answer_.profiles()) {
    for (const v1::YearFigures& year : profile.years()) {
      EXPECT_TRUE(ids.insert(year.total().id()).second) << year.total().id();
      EXPECT_TRUE(ids.insert(year.rounds().id()).second) << year.rounds().id();
    }
    for (const auto* slices : {&profile.layers(), &profile.sectors()}) {
      for (const v1::Slice& slice : *slices) {
        EXPECT_TRUE(ids.insert(slice.total().id()).second) << slice.total().id();
        EXPECT_TRUE(ids.insert(slice.share().id()).second) << slice.share().id();
      }
    }
    EXPECT_TRUE(ids.insert(profile.total().id()).second) << profile.total().id();
  }
}

TEST_F(CompareTest, SourcesKeepTheNamesThatTheRegistryDoesNotKnow) {
  facts_.source_names = {"sources/a", "sources/b"};
  facts_.source_count = 3;
  facts_.sources.emplace_back().set_name("sources/b");
  facts_.sources.back().set_title("B");
  auto answer = MergeComparison(Question(), facts_);
  ASSERT_EQ(answer.sources_size(), 2);
  EXPECT_THAT(answer.sources(0), EqualsProto("name: 'sources/a'"));
  EXPECT_EQ(answer.sources(1).title(), "B");
  EXPECT_EQ(answer.source_count(), 3);

  facts_.unreachable = {"services/registry"};
  answer = MergeComparison(Question(), facts_);
  EXPECT_EQ(answer.sources_size(), 0);
  EXPECT_EQ(answer.source_count(), 3);
  EXPECT_THAT(answer.unreachable(), ElementsAre("services/registry"));
}

TEST_F(CompareTest, TheSameFactsGiveTheSameBytes) {
  EXPECT_EQ(answer_.SerializeAsString(),
            MergeComparison(Question(), SmallWorld()).SerializeAsString());
  EXPECT_THAT(answer_.snapshot(), EqualsProto(facts_.snapshot));
  EXPECT_THAT(answer_.definition(), EqualsProto(facts_.totals.definition()));
}

}  // namespace
}  // namespace steelyard::strategy
