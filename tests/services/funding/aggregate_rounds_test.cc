// Sums by groups over a real server: figures, definitions, pages, errors, and that answers can be
// replayed.

#include "services/funding/aggregate_rounds.h"

#include "tests/services/funding/service_fixture.h"

namespace steelyard::funding {
namespace {

using ::steelyard::testing::HasReason;
using ::steelyard::testing::MakeCompany;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

class AggregateRoundsTest : public ServiceFixture {};

TEST_F(AggregateRoundsTest, AggregatesUnderAnEffectiveDefinition) {
  AddRounds();
  ASSERT_OK_AND_ASSIGN(const auto reply, Aggregate(R"pb(
                         regions: "WORLD"
                         regions: "FR"
                         group_by: DIMENSION_REGION
                         measures: MEASURE_SUM
                         measures: MEASURE_COUNT
                         top_k: 1
                       )pb"));
  ASSERT_EQ(reply.rows_size(), 2);
  const common::v1::Figure& world = reply.rows(0).figures(0).figure();
  EXPECT_EQ(world.id(), "sum/WORLD/..");
  EXPECT_EQ(world.money().units(), 2'000'000);
  EXPECT_EQ(world.coverage().units_expected(), 4);
  EXPECT_EQ(world.coverage().units_present(), 2);
  EXPECT_EQ(world.coverage().undisclosed(), 1);
  EXPECT_EQ(world.coverage().unconverted(), 1);
  EXPECT_EQ(reply.rows(0).figures(1).figure().count(), 4);
  EXPECT_EQ(reply.rows(1).keys(0).value(), "FR");
  EXPECT_EQ(reply.rows(1).top(0).company(), "companies/acme");
  EXPECT_EQ(reply.rows(1).top(0).display_name(), "The acme");
  EXPECT_EQ(reply.rows(1).top(0).rounds(), 2);
  EXPECT_THAT(reply.sources(), ElementsAre("sources/press"));
  EXPECT_EQ(reply.source_count(), 1);
  const common::v1::Definition& definition = reply.definition();
  EXPECT_EQ(definition.currency(), "USD");
  EXPECT_EQ(definition.attribution(), common::v1::ATTRIBUTION_RECIPIENT_HEADQUARTERS);
  EXPECT_THAT(definition.scope(), ElementsAre(common::v1::AMOUNT_KIND_EQUITY));
  EXPECT_EQ(definition.fx_policy().max_staleness_days(), 7);
  EXPECT_TRUE(definition.has_price_basis());
  EXPECT_EQ(definition.source_policy(), "listed-order/1");
  EXPECT_THAT(reply.regions(1).members(), ElementsAre("FR"));
  EXPECT_EQ(reply.snapshot().registry_revision(), 1);
}

TEST_F(AggregateRoundsTest, AnEmptyGroupHasOneRowAndNoSum) {
  ASSERT_OK_AND_ASSIGN(const auto reply,
                       Aggregate("measures: MEASURE_SUM measures: MEASURE_COUNT"));
  ASSERT_EQ(reply.rows_size(), 1);
  EXPECT_EQ(reply.rows(0).figures(0).figure().status(), common::v1::VALUE_STATUS_UNDEFINED);
  EXPECT_EQ(reply.rows(0).figures(0).figure().reason(), "no rounds");
  EXPECT_EQ(reply.rows(0).figures(1).figure().count(), 0);
}

TEST_F(AggregateRoundsTest, AggregatesPageByPage) {
  AddRounds();
  auto request = Parse<v1::AggregateRoundsRequest>(
      "group_by: DIMENSION_COMPANY measures: MEASURE_COUNT page_size: 2");
  ASSERT_OK_AND_ASSIGN(const auto first, Aggregate(request));
  ASSERT_EQ(first.rows_size(), 2);
  Upsert({SomeRound("0", "aaa")});
  request.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto second, Aggregate(request));
  ASSERT_EQ(second.rows_size(), 1);
  EXPECT_EQ(second.rows(0).keys(0).value(), "companies/zeta");
  EXPECT_EQ(second.next_page_token(), "");
}

TEST_F(AggregateRoundsTest, AggregateErrorsHaveTheirReasons) {
  struct Case {
    std::string request;
    ErrorReason reason;
    std::string says;
  };
  const std::string sum = "measures: MEASURE_SUM ";
  const std::vector<Case> cases = {
      {"", common::v1::ERROR_REASON_INVALID_FIELD, "measures"},
      {"measures: MEASURE_SUM measures: MEASURE_SUM", common::v1::ERROR_REASON_INVALID_FIELD,
       "measures[1]"},
      {sum + "group_by: DIMENSION_REGION", common::v1::ERROR_REASON_INVALID_FIELD, "regions"},
      {sum + "group_by: DIMENSION_UNSPECIFIED", common::v1::ERROR_REASON_INVALID_FIELD,
       "group_by[0]"},
      {sum + "top_k: 101", common::v1::ERROR_REASON_INVALID_FIELD, "top_k"},
      {sum + "regions: 'ATLANTIS'", common::v1::ERROR_REASON_UNKNOWN_REGION, "ATLANTIS"},
      {sum + "filter: 'x'", common::v1::ERROR_REASON_INVALID_FILTER, ""},
      {sum + "definition { currency: 'QQQ' }", common::v1::ERROR_REASON_UNKNOWN_CURRENCY, "QQQ"},
      {sum + "definition { scope: AMOUNT_KIND_UNSPECIFIED }",
       common::v1::ERROR_REASON_INVALID_FIELD, "definition.scope[0]"},
      {sum + "definition { attribution: 9 }", common::v1::ERROR_REASON_INVALID_FIELD,
       "definition.attribution"},
      {sum + "definition { layer_attribution: 9 }", common::v1::ERROR_REASON_INVALID_FIELD,
       "definition.layer_attribution"},
      {sum + "definition { price_basis { base_year: 2021 } }",
       common::v1::ERROR_REASON_INVALID_FIELD, "definition.price_basis.deflator"},
      {sum + "definition { price_basis { deflator: 'cpi_index' } }",
       common::v1::ERROR_REASON_INVALID_FIELD, "definition.price_basis.base_year"},
      {sum + "definition { price_basis { base_year: 1 deflator: 'cpi_index' } }",
       common::v1::ERROR_REASON_INVALID_FIELD, "[1900, 2100]"},
      {sum + "definition { price_basis { base_year: 2021 deflator: 'cpi_index' } }",
       common::v1::ERROR_REASON_DEFINITION_UNSUPPORTED, "definition.price_basis.deflator"},
      {sum + "definition { source_policy: 'mine/1' }", common::v1::ERROR_REASON_INVALID_FIELD,
       "definition.source_policy"},
      {sum + "definition { source_policy: 'priority/1' }", common::v1::ERROR_REASON_INVALID_FIELD,
       "definition.source_priority"},
      {sum + "definition { source_priority: 'sources/a' }", common::v1::ERROR_REASON_INVALID_FIELD,
       "is for priority/1 only"},
      {sum +
           "definition { source_policy: 'priority/1' source_priority: ['sources/a', 'sources/a'] }",
       common::v1::ERROR_REASON_INVALID_FIELD, "source_priority[1]"},
      {sum + "definition { source_rules { field: 'size' policy: 'median/1' } }",
       common::v1::ERROR_REASON_INVALID_FIELD, "definition.source_rules[0].field"},
      {sum + "definition { source_rules { field: 'amount' policy: 'mean/1' } }",
       common::v1::ERROR_REASON_INVALID_FIELD, "definition.source_rules[0].policy"},
      {sum + "definition { date_basis: 9 }", common::v1::ERROR_REASON_INVALID_FIELD,
       "definition.date_basis"},
      {sum + "definition { fx_policy { max_staleness_days: 367 } }",
       common::v1::ERROR_REASON_INVALID_FIELD, "max_staleness_days"},
      {sum + "page_token: 'x'", common::v1::ERROR_REASON_INVALID_PAGE_TOKEN, ""},
  };
  for (const Case& test : cases) {
    const auto reply = Aggregate(test.request);
    EXPECT_THAT(reply, HasReason(test.reason)) << test.request;
    EXPECT_THAT(reply.status().ToString(absl::StatusToStringMode::kWithEverything),
                HasSubstr(test.says));
  }
  const auto unsupported =
      Aggregate(sum + "definition { price_basis { base_year: 2021 deflator: 'cpi_index' } }");
  EXPECT_EQ(MetadataOf(unsupported.status(), "field"), "definition.price_basis.deflator");
}

TEST_F(AggregateRoundsTest, SourcePoliciesChangeWhatIsAddedUp) {
  Round other = SomeRound("b");
  other.sources = {"wire"};
  other.amount->minor_units = 300'000'000;
  Upsert({SomeRound("a"), SomeRound("b", "acme", {2024, 9, 1})});
  other.announced = {2024, 9, 1};
  Upsert({other});
  const std::string ask = "measures: [MEASURE_SUM, MEASURE_DISAGREEMENT] ";
  const auto sum_of = [&](const std::string& definition) {
    const auto reply = Aggregate(ask + definition);
    EXPECT_OK(reply);
    return reply.ok() ? reply->rows(0).figures(0).figure().money().units() : 0;
  };
  EXPECT_EQ(sum_of(""), 2'000'000);
  EXPECT_EQ(sum_of("definition { source_policy: 'priority/1' source_priority: 'sources/wire' }"),
            4'000'000);
  EXPECT_EQ(sum_of("definition { source_rules { field: 'amount' policy: 'median/1' } }"),
            2'000'000);
  ASSERT_OK_AND_ASSIGN(
      const auto reply,
      Aggregate(ask + "definition { source_policy: 'priority/1' source_priority: 'sources/wire' "
                      "source_rules { field: 'stage' policy: 'freshest/1' } }"));
  EXPECT_EQ(reply.definition().source_policy(), "priority/1");
  EXPECT_EQ(reply.definition().source_priority(0), "sources/wire");
  EXPECT_EQ(reply.definition().source_rules(0).field(), "stage");
  const common::v1::Figure& disagreement = reply.rows(0).figures(1).figure();
  EXPECT_NEAR(disagreement.number(), 2.0 / 3, 1e-12);
  EXPECT_EQ(disagreement.coverage().units_expected(), 2);
  EXPECT_EQ(disagreement.coverage().units_present(), 1);
  EXPECT_EQ(disagreement.formula(), "disagreement/1");
  // The same token, the same bytes.
  auto again = Parse<v1::AggregateRoundsRequest>(
      ask +
      "definition { source_policy: 'priority/1' source_priority: 'sources/wire' "
      "source_rules { field: 'stage' policy: 'freshest/1' } }");
  again.mutable_read()->set_snapshot(reply.snapshot().token());
  Upsert({SomeRound("later")});
  ASSERT_OK_AND_ASSIGN(const auto replay, Aggregate(again));
  EXPECT_EQ(replay.SerializeAsString(), reply.SerializeAsString());
}

TEST_F(AggregateRoundsTest, TheSameTokenGetsTheSameBytes) {
  AddRounds();
  const std::string token = [&] {
    const auto now = Call(&v1::FundingService::Stub::ResolveSnapshot, v1::ResolveSnapshotRequest());
    EXPECT_OK(now);
    return now.ok() ? now->snapshot().token() : "";
  }();
  auto aggregate = Parse<v1::AggregateRoundsRequest>(R"pb(
    regions: "WORLD"
    regions: "US"
    group_by: DIMENSION_REGION
    group_by: DIMENSION_YEAR
    measures: MEASURE_SUM
    measures: MEASURE_MEDIAN
    measures: MEASURE_HHI
    top_k: 10
  )pb");
  aggregate.mutable_read()->set_snapshot(token);
  auto list = Parse<v1::ListRoundsRequest>("order_by: 'amount desc'");
  list.mutable_read()->set_snapshot(token);
  ASSERT_OK_AND_ASSIGN(const auto sums, Aggregate(aggregate));
  ASSERT_OK_AND_ASSIGN(const auto rounds, List(list));

  // Rounds change, companies move, investors and exchange rates come.
  ASSERT_OK(Import({{"steelyard-rounds",
                     "id,company_id,announced_on,stage,amount,currency\n"
                     "a,acme,2024,SEED,7,USD\nnew,acme,2024,SEED,9,USD\n"},
                    {"steelyard-investors", "name,country,kind\nFund,DE,VC\n"},
                    {"ecb-rates", "Date,USD,\n2024-02-29,1.1,\n2024-02-28,1.2,\n"}}));
  FollowRegistry({MakeCompany("acme", "US", "CLOUD"), MakeCompany("zeta", "US")});

  ASSERT_OK_AND_ASSIGN(const auto sums_again, Aggregate(aggregate));
  ASSERT_OK_AND_ASSIGN(const auto rounds_again, List(list));
  EXPECT_EQ(sums_again.SerializeAsString(), sums.SerializeAsString());
  EXPECT_EQ(rounds_again.SerializeAsString(), rounds.SerializeAsString());
  aggregate.clear_read();
  ASSERT_OK_AND_ASSIGN(const auto newest, Aggregate(aggregate));
  EXPECT_NE(newest.SerializeAsString(), sums.SerializeAsString());
}

// Acme's million of 2023 and the million of 2024, in prices of 2024; the undisclosed round of 2025
// needs no index, and the euros have no rate.
TEST_F(AggregateRoundsTest, ConstantPricesNameTheirIndexAndItsSource) {
  AddRounds();
  ASSERT_OK(Import({{"steelyard-statistics",
                     "id,variable,region,period,value,unit,price_basis,qualifier,scope,source_id,"
                     "note\n"
                     "i23,cpi_index,US,2023,100,index,,exact,,bls,\n"
                     "i24,cpi_index,US,2024,150,index,,exact,,bls,\n"}}));
  const std::string by_year = "group_by: DIMENSION_YEAR measures: MEASURE_SUM ";
  const std::string prices =
      "definition { price_basis { base_year: 2024 deflator: 'cpi_index' source: 'ignored' } }";
  ASSERT_OK_AND_ASSIGN(const auto reply, Aggregate(by_year + prices));
  ASSERT_EQ(reply.rows_size(), 3);
  EXPECT_EQ(reply.rows(0).figures(0).figure().money().units(), 1'500'000);
  EXPECT_EQ(reply.rows(1).figures(0).figure().money().units(), 1'000'000);
  EXPECT_EQ(reply.rows(1).figures(0).figure().coverage().unconverted(), 1);
  EXPECT_EQ(reply.definition().price_basis().base_year(), 2024);
  EXPECT_EQ(reply.definition().price_basis().deflator(), "cpi_index");
  EXPECT_EQ(reply.definition().price_basis().source(), "sources/bls");

  const auto missing =
      Aggregate(by_year + "definition { price_basis { base_year: 2010 deflator: 'cpi_index' } }");
  EXPECT_THAT(missing, HasReason(common::v1::ERROR_REASON_DEFINITION_UNSUPPORTED));
  EXPECT_THAT(missing.status().message(), HasSubstr("it has 2023 to 2024"));
  EXPECT_THAT(Aggregate(by_year + "definition { currency: 'EUR' "
                                  "price_basis { base_year: 2024 deflator: 'cpi_index' } }"),
              HasReason(common::v1::ERROR_REASON_DEFINITION_UNSUPPORTED));
}

// The line is drawn in the currency and the prices of the answer, not in those of the round.
TEST_F(AggregateRoundsTest, MegaRoundsAreToldApartAfterConversionAndDeflation) {
  ASSERT_OK(Import({{"ecb-rates", "Date,USD,\n2023-03-01,1.25,\n"},
                    {"steelyard-statistics",
                     "id,variable,region,period,value,unit,price_basis,qualifier,scope,source_id,"
                     "note\n"
                     "i23,cpi_index,US,2023,100,index,,exact,,bls,\n"
                     "i24,cpi_index,US,2024,50,index,,exact,,bls,\n"}}));
  Round euros = SomeRound("euros", "a", {2023, 3, 1});
  euros.amount = Money{.minor_units = 8'000'000'000, .currency = "EUR"};
  Round below = SomeRound("below", "b", {2023, 3, 1});
  below.amount = Money{.minor_units = 9'999'999'999, .currency = "USD"};
  Upsert({euros, below});
  struct Case {
    std::string definition;
    int64_t units;
  };
  for (const Case& test :
       {Case{"", 100'000'000}, Case{"definition { currency: 'EUR' }", 0},
        Case{"definition { price_basis { base_year: 2024 deflator: 'cpi_index' } }", 0}}) {
    ASSERT_OK_AND_ASSIGN(const auto reply,
                         Aggregate("measures: MEASURE_MEGA_ROUND_SUM " + test.definition));
    const common::v1::Figure& sum = reply.rows(0).figures(0).figure();
    EXPECT_EQ(sum.status(), common::v1::VALUE_STATUS_OK);
    EXPECT_EQ(sum.money().units(), test.units) << test.definition;
    EXPECT_EQ(sum.coverage().units_present(), 2) << test.definition;
    EXPECT_EQ(sum.formula(), "mega_round_sum/1");
  }
}

TEST_F(AggregateRoundsTest, UndisclosedAmountsAreEstimatedFromTheirPeers) {
  std::vector<Round> rounds;
  for (int i = 0; i < 5; ++i) {
    rounds.push_back(SomeRound("known" + std::to_string(i), "c" + std::to_string(i)));
  }
  rounds.push_back(SomeRound("hidden", "x"));
  rounds.back().amount.reset();
  Upsert(rounds);
  ASSERT_OK_AND_ASSIGN(const auto reply,
                       Aggregate("measures: MEASURE_SUM measures: MEASURE_IMPUTED_SUM "
                                 "measures: MEASURE_DISCLOSED_SHARE "
                                 "measures: MEASURE_SUM_WITHOUT_LARGEST top_k: 2"));
  const v1::AggregateRow& row = reply.rows(0);
  EXPECT_EQ(row.figures(0).figure().money().units(), 5'000'000);
  EXPECT_EQ(row.figures(1).figure().money().units(), 6'000'000);
  EXPECT_EQ(row.figures(1).figure().interval().lower(), 5e6);
  EXPECT_NEAR(row.figures(1).figure().interval().upper(), 6e6, 0.01);
  ASSERT_EQ(row.figures(1).imputed_size(), 1);
  EXPECT_EQ(row.figures(1).imputed(0).peers(), "stage+region+year");
  EXPECT_EQ(row.figures(1).imputed(0).rounds(), 1);
  EXPECT_DOUBLE_EQ(row.figures(2).figure().number(), 5 / 6.0);
  EXPECT_EQ(row.figures(3).figure().money().units(), 3'000'000);
}

// What one round of 1,000,000.01 USD counts as: of Acme in FR, incorporated in US, of two layers,
// with One of DE, Two of FR and Nobody-knows as investors.
class DividedRoundsTest : public ServiceFixture {
 protected:
  void SetUp() override {
    ServiceFixture::SetUp();
    Round round = SomeRound("a");
    round.amount->minor_units = 100'000'001;
    for (const std::string investor : {"One", "Two", "Nobody-knows"}) {
      round.participations.push_back({.investor = investor,
                                      .role = v1::PARTICIPATION_ROLE_PARTICIPANT,
                                      .country = "",
                                      .investor_kind = ""});
    }
    Upsert({round});
    ASSERT_OK(
        Import({{"steelyard-investors", "name,country,kind\nOne,DE,VC\nTwo,FR,CORPORATE\n"}}));
    registry::v1::Company acme = MakeCompany("acme", "FR", "CHIPS");
    acme.add_layers("CLOUD");
    acme.set_legal_country("US");
    FollowRegistry({acme});
  }

  // "DE 33333333.67" for each group of the answer.
  std::vector<std::string> Sums(const std::string& question) {
    const auto reply = Aggregate("measures: MEASURE_SUM " + question);
    EXPECT_OK(reply);
    std::vector<std::string> sums;
    if (!reply.ok()) return sums;
    for (const v1::AggregateRow& row : reply->rows()) {
      std::string text;
      for (const v1::DimensionValue& key : row.keys()) StrAppend(&text, key.value(), " ");
      const google::type::Money& money = row.figures(0).figure().money();
      sums.push_back(StrCat(text, money.units(), ".", money.nanos() / 10'000'000));
    }
    return sums;
  }
};

TEST_F(DividedRoundsTest, AmountsAreDividedWhereTheQuestionTellsPartsApart) {
  const std::string origin = "definition { attribution: ATTRIBUTION_INVESTOR_ORIGIN } ";
  const std::string equal = "definition { layer_attribution: LAYER_ATTRIBUTION_EQUAL_SPLIT } ";
  const std::string full = "definition { layer_attribution: LAYER_ATTRIBUTION_FULL } ";
  const struct {
    std::string question;
    std::vector<std::string> sums;
  } cases[] = {
      {"", {"1000000.1"}},
      {origin, {"1000000.1"}},
      {origin + "group_by: DIMENSION_COUNTRY", {" 333333.33", "DE 333333.34", "FR 333333.34"}},
      {origin + "regions: 'DE' regions: 'FR' regions: 'US' group_by: DIMENSION_REGION",
       {"DE 333333.34", "FR 333333.34"}},
      {origin + "regions: 'DE' regions: 'FR'", {"666666.68"}},
      // The filter is about companies.
      {origin + "filter: 'country = FR' group_by: DIMENSION_COUNTRY",
       {" 333333.33", "DE 333333.34", "FR 333333.34"}},
      {"group_by: DIMENSION_COUNTRY group_by: DIMENSION_INVESTOR_COUNTRY",
       {"FR  333333.33", "FR DE 333333.34", "FR FR 333333.34"}},
      {"group_by: DIMENSION_INVESTOR",
       {"Nobody-knows 333333.33", "One 333333.34", "Two 333333.34"}},
      {"group_by: DIMENSION_INVESTOR_KIND", {" 333333.33", "CORPORATE 333333.34", "VC 333333.34"}},
      {"definition { attribution: ATTRIBUTION_LEGAL_DOMICILE } group_by: DIMENSION_COUNTRY",
       {"US 1000000.1"}},
      {"definition { attribution: ATTRIBUTION_FOUNDING_COUNTRY } group_by: DIMENSION_COUNTRY",
       {"FR 1000000.1"}},
      {"group_by: DIMENSION_LAYER", {"CHIPS 1000000.1"}},
      {equal + "group_by: DIMENSION_LAYER", {"CHIPS 500000.1", "CLOUD 500000.0"}},
      {equal + "filter: 'layer = CLOUD'", {"500000.0"}},
      {equal + "filter: 'NOT layer = CHIPS'", {"500000.0"}},
      {equal + "filter: 'layer = CHIPS OR layer = CLOUD'", {"1000000.1"}},
      {full + "group_by: DIMENSION_LAYER", {"CHIPS 1000000.1", "CLOUD 1000000.1"}},
      {full + "filter: 'layer = CLOUD'", {"1000000.1"}},
      {full + "filter: 'layer = CHIPS OR layer = CLOUD'", {"1000000.1"}},
      {full + "group_by: DIMENSION_LAYER group_by: DIMENSION_INVESTOR_COUNTRY",
       {"CHIPS  333333.33", "CHIPS DE 333333.34", "CHIPS FR 333333.34", "CLOUD  333333.33",
        "CLOUD DE 333333.34", "CLOUD FR 333333.34"}},
  };
  for (const auto& test : cases) {
    EXPECT_THAT(Sums(test.question), ElementsAreArray(test.sums)) << test.question;
  }
}

TEST_F(DividedRoundsTest, TheDefinitionSaysHow) {
  ASSERT_OK_AND_ASSIGN(const auto reply,
                       Aggregate("measures: MEASURE_SUM definition { attribution: "
                                 "ATTRIBUTION_INVESTOR_ORIGIN layer_attribution: "
                                 "LAYER_ATTRIBUTION_FULL }"));
  EXPECT_EQ(reply.definition().attribution(), common::v1::ATTRIBUTION_INVESTOR_ORIGIN);
  EXPECT_EQ(reply.definition().layer_attribution(), common::v1::LAYER_ATTRIBUTION_FULL);
}

}  // namespace
}  // namespace steelyard::funding
