// FundingService.ExplainFigure over a real server: the tree of each measure, and that it adds up.

#include "services/funding/explain.h"

#include <random>

#include "tests/services/funding/service_fixture.h"

namespace steelyard::funding {
namespace {

using ::steelyard::testing::HasReason;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using v1::ExplanationNode;

constexpr char kRates[] =
    "Date,USD,GBP,JPY,\n2024-05-06,2.0,0.8,160,\n2024-02-01,1.5,0.9,150,\n"
    "2023-01-02,1.25,0.85,140,\n";

class ExplainTest : public ServiceFixture {
 protected:
  absl::StatusOr<v1::ExplainFigureResponse> Explain(const std::string& figure,
                                                    const std::string& question,
                                                    const std::string& rest = "") {
    return Call(&v1::FundingService::Stub::ExplainFigure,
                Parse<v1::ExplainFigureRequest>("figure: '" + figure + "' aggregate { " + question +
                                                " } " + rest));
  }
  // The first child of that kind; an empty node when there is none.
  static ExplanationNode Child(const ExplanationNode& node, v1::ExplanationKind kind) {
    for (const ExplanationNode& child : node.children()) {
      if (child.kind() == kind) return child;
    }
    return {};
  }
  static ExplanationNode Named(const ExplanationNode& node, const std::string& id) {
    for (const ExplanationNode& child : node.children()) {
      if (child.id() == id) return child;
    }
    ADD_FAILURE() << "no node " << id << " in " << node.DebugString();
    return {};
  }
  static ExplanationNode RoundsOf(const v1::ExplainFigureResponse& reply) {
    return Child(reply.root(), v1::EXPLANATION_KIND_ROUNDS);
  }
  static int64_t MinorUnits(const google::type::Money& money) {
    const auto amount = FromProto(money);
    EXPECT_OK(amount);
    return amount.ok() ? amount->minor_units : 0;
  }
  // "a 10000.00" for each round, "-" when it adds nothing.
  static std::vector<std::string> Contributions(const ExplanationNode& rounds) {
    std::vector<std::string> lines;
    for (const ExplanationNode& round : rounds.children()) {
      lines.push_back(StrCat(round.id().substr(7), " ",
                             round.has_money() ? StrCat(MinorUnits(round.money())) : "-"));
    }
    return lines;
  }
};

TEST_F(ExplainTest, ASumComesDownToRatesAndAssertions) {
  ASSERT_OK(Import({{"ecb-rates", kRates}}));
  AddRounds();  // a, b: acme FR 1 m USD; c: beta US 1 EUR in 2024-02; d: zeta, undisclosed
  ASSERT_OK_AND_ASSIGN(const auto reply, Explain("sum/WORLD/..", "measures: MEASURE_SUM"));
  EXPECT_EQ(MinorUnits(reply.figure().money()), 200'000'150);
  EXPECT_EQ(MinorUnits(reply.root().money()), 200'000'150);
  EXPECT_EQ(reply.root().formula(), "sum/1");
  const ExplanationNode rounds = RoundsOf(reply);
  EXPECT_THAT(Contributions(rounds), ElementsAre("a 100000000", "b 100000000", "c 150", "d -"));
  EXPECT_EQ(rounds.count(), 4);
  EXPECT_EQ(rounds.children(2).company(), "companies/beta");
  EXPECT_EQ(rounds.total_children(), 0);
  const ExplanationNode conversion = Child(rounds.children(2), v1::EXPLANATION_KIND_CONVERSION);
  EXPECT_EQ(conversion.factor(), "1.5000000000");
  EXPECT_EQ(conversion.date().month(), 2);
  EXPECT_EQ(MinorUnits(conversion.money()), 150);
  EXPECT_THAT(conversion.sources(), ElementsAre("sources/ecb_eurofxref"));
  const ExplanationNode& amount = conversion.children(0);
  EXPECT_EQ(amount.kind(), v1::EXPLANATION_KIND_RESOLUTION);
  EXPECT_EQ(amount.formula(), "listed-order/1");
  EXPECT_EQ(MinorUnits(amount.money()), 100);
  EXPECT_EQ(amount.children(0).id(), "rounds/c/assertions/press");
  EXPECT_EQ(amount.children(0).text(), "1.00 EUR");
  EXPECT_THAT(rounds.children(3).title(), HasSubstr("not disclosed"));
  EXPECT_EQ(Named(reply.root(), "undisclosed").count(), 1);
  EXPECT_EQ(reply.definition().currency(), "USD");
}

TEST_F(ExplainTest, SourcesThatDisagreeAreAllShown) {
  Round press = SomeRound("a");
  Round filing = SomeRound("a");
  filing.sources = {"filing"};
  filing.amount = Money{.minor_units = 90'000'000, .currency = "USD"};
  Upsert({press});
  Upsert({filing});
  const std::string policy =
      "definition { source_policy: 'priority/1' source_priority: 'sources/filing' }";
  ASSERT_OK_AND_ASSIGN(const auto reply,
                       Explain("sum/WORLD/..", "measures: MEASURE_SUM " + policy));
  EXPECT_EQ(MinorUnits(reply.figure().money()), 90'000'000);
  const ExplanationNode amount = Named(RoundsOf(reply).children(0), "rounds/a/amount");
  EXPECT_EQ(amount.formula(), "priority/1");
  EXPECT_DOUBLE_EQ(amount.spread(), 0.1);
  ASSERT_THAT(amount.children(), SizeIs(2));
  EXPECT_EQ(amount.children(0).title(), "filing says 900000.00 USD");
  EXPECT_EQ(amount.children(1).title(), "press says 1000000.00 USD, passed over");
}

TEST_F(ExplainTest, AmountsWithoutARateSayWhich) {
  AddRounds();
  ASSERT_OK_AND_ASSIGN(const auto reply,
                       Explain("sum/WORLD/..", "measures: MEASURE_SUM filter: 'id = \"c\"'"));
  EXPECT_EQ(reply.figure().status(), common::v1::VALUE_STATUS_UNDEFINED);
  EXPECT_THAT(reply.root().title(), HasSubstr("no value"));
  const ExplanationNode round = RoundsOf(reply).children(0);
  EXPECT_FALSE(round.has_money());
  const ExplanationNode conversion = Child(round, v1::EXPLANATION_KIND_CONVERSION);
  EXPECT_EQ(conversion.title(), "no rate from EUR to USD in 2024-02");
  EXPECT_FALSE(conversion.has_money());
}

TEST_F(ExplainTest, ConstantPricesAreAStepOfTheirOwn) {
  ASSERT_OK(
      Import({{"ecb-rates", kRates},
              {"steelyard-statistics",
               "id,variable,region,period,value,unit,price_basis,qualifier,scope,source_id,note\n"
               "p1,cpi_index,US,2023,80,index,,exact,,bls,\n"
               "p2,cpi_index,US,2024,100,index,,exact,,bls,\n"}}));
  AddRounds();
  ASSERT_OK_AND_ASSIGN(
      const auto reply,
      Explain("sum/WORLD/..",
              "measures: MEASURE_SUM "
              "definition { price_basis { base_year: 2023 deflator: 'cpi_index' } }"));
  const ExplanationNode rounds = RoundsOf(reply);
  EXPECT_THAT(Contributions(rounds), ElementsAre("a 100000000", "b 80000000", "c 120", "d -"));
  const ExplanationNode deflation = Child(rounds.children(2), v1::EXPLANATION_KIND_DEFLATION);
  EXPECT_EQ(deflation.factor(), "0.8");
  EXPECT_THAT(deflation.sources(), ElementsAre("sources/bls"));
  EXPECT_EQ(MinorUnits(deflation.children(0).money()), 150);
  EXPECT_EQ(deflation.children(0).kind(), v1::EXPLANATION_KIND_CONVERSION);
  EXPECT_THAT(Named(reply.root(), "price_basis").title(), HasSubstr("prices of 2023"));
}

TEST_F(ExplainTest, NamesWhatWasLeftOutAndWhy) {
  Round part = SomeRound("part");
  part.included_in = "whole";
  Round debt = SomeRound("debt");
  debt.kind = common::v1::AMOUNT_KIND_DEBT;
  Upsert({SomeRound("whole"), part, debt, SomeRound("other", "beta")});
  ASSERT_OK_AND_ASSIGN(const auto reply,
                       Explain("sum/WORLD/../company=companies/acme",
                               "measures: MEASURE_SUM group_by: DIMENSION_COMPANY"));
  EXPECT_THAT(Contributions(RoundsOf(reply)), ElementsAre("whole 100000000"));
  const ExplanationNode left_out = Child(reply.root(), v1::EXPLANATION_KIND_LEFT_OUT);
  EXPECT_EQ(left_out.count(), 2);
  ASSERT_THAT(left_out.children(), SizeIs(2));
  EXPECT_THAT(left_out.children(0).title(), HasSubstr("DEBT is not among the kinds"));
  EXPECT_THAT(left_out.children(1).title(), HasSubstr("part of rounds/whole"));
  EXPECT_EQ(left_out.children(1).company(), "companies/acme");
  EXPECT_FALSE(left_out.children(1).has_money());
}

TEST_F(ExplainTest, RegionsAreNamedWithTheirMembers) {
  ASSERT_OK(Import({{"steelyard-region-sets",
                     "set_id,version,country,valid_from,valid_to\n"
                     "EUROPE_BROAD,v1,FR,2000-01-01,\nEUROPE_BROAD,v1,DE,2000-01-01,\n"}}));
  AddRounds();
  ASSERT_OK_AND_ASSIGN(
      const auto reply,
      Explain("sum/EUROPE/..",
              "measures: MEASURE_SUM group_by: DIMENSION_REGION regions: 'US' regions: 'EUROPE'"));
  const ExplanationNode region = Child(reply.root(), v1::EXPLANATION_KIND_REGION);
  EXPECT_EQ(region.id(), "regions/EUROPE_BROAD@v1");
  EXPECT_EQ(region.text(), "DE FR");
  EXPECT_THAT(region.title(), HasSubstr("2 countries"));
  EXPECT_THAT(Contributions(RoundsOf(reply)), ElementsAre("a 100000000", "b 100000000"));
}

TEST_F(ExplainTest, WrongQuestionsAreNamed) {
  AddRounds();
  const auto unknown = Explain("sum/US/..", "measures: MEASURE_SUM group_by: DIMENSION_COUNTRY");
  EXPECT_THAT(unknown.status(), HasReason(common::v1::ERROR_REASON_FIGURE_NOT_FOUND));
  EXPECT_EQ(MetadataOf(unknown.status(), "figures"),
            "sum/WORLD/../country= sum/WORLD/../country=FR sum/WORLD/../country=US");
  constexpr auto kInvalid = common::v1::ERROR_REASON_INVALID_FIELD;
  EXPECT_THAT(Explain("", "measures: MEASURE_SUM").status(), HasReason(kInvalid));
  EXPECT_THAT(Explain("x", "measures: MEASURE_SUM page_size: 3").status(), HasReason(kInvalid));
  EXPECT_THAT(Explain("x", "measures: MEASURE_SUM read { snapshot: 't' }").status(),
              HasReason(kInvalid));
  EXPECT_THAT(Explain("x", "measures: MEASURE_SUM", "page_size: -1").status(), HasReason(kInvalid));
  EXPECT_THAT(
      Call(&v1::FundingService::Stub::ExplainFigure, Parse<v1::ExplainFigureRequest>("figure: 'x'"))
          .status(),
      HasReason(kInvalid));
}

TEST_F(ExplainTest, PagesAndLaterReadsOfATokenAreTheSame) {
  AddRounds();
  const std::string question = "measures: MEASURE_SUM";
  ASSERT_OK_AND_ASSIGN(const auto first, Explain("sum/WORLD/..", question, "page_size: 3"));
  EXPECT_THAT(RoundsOf(first).children(), SizeIs(3));
  EXPECT_EQ(RoundsOf(first).total_children(), 4);
  ASSERT_FALSE(first.next_page_token().empty());
  Upsert({SomeRound("later")});
  ASSERT_OK_AND_ASSIGN(const auto second,
                       Explain("sum/WORLD/..", question,
                               "page_size: 3 page_token: '" + first.next_page_token() + "'"));
  EXPECT_THAT(RoundsOf(second).children(), SizeIs(1));
  EXPECT_THAT(second.next_page_token(), IsEmpty());
  EXPECT_EQ(second.snapshot().token(), first.snapshot().token());
  ASSERT_OK_AND_ASSIGN(const auto again, Explain("sum/WORLD/..", question,
                                                 "page_size: 3 read { snapshot: '" +
                                                     first.snapshot().token() + "' }"));
  EXPECT_EQ(again.root().SerializeAsString(), first.root().SerializeAsString());
}

// What each step says must lead to what the round adds, and all rounds together to the figure.
class ExplainProperty : public ExplainTest {
 protected:
  // Rounds of six companies in four currencies; of about half of them a second source gives
  // another amount or date, and some tell no amount or count elsewhere.
  void Generate(uint32_t seed) {
    std::mt19937 random(seed);
    const auto draw = [&random](uint32_t below) { return random() % below; };
    const std::vector<std::string> currencies{"USD", "EUR", "GBP", "JPY"};
    const std::vector<PartialDate> dates{{2024, 5, 6}, {2024, 2, 0}, {2023, 1, 2}, {2023, 0, 0}};
    std::vector<Round> first;
    std::vector<Round> second;
    for (int i = 0; i < 60; ++i) {
      Round round = SomeRound(StrCat("r", i), StrCat("company", draw(6)), dates[draw(4)]);
      round.amount = Money{.minor_units = static_cast<int64_t>(draw(2'000'000'000)),
                           .currency = currencies[draw(4)]};
      if (draw(5) == 0) round.amount.reset();
      if (draw(8) == 0) round.included_in = StrCat("r", (i + 1) % 60);
      if (draw(8) == 0) round.kind = common::v1::AMOUNT_KIND_DEBT;
      first.push_back(round);
      if (draw(2) == 0) continue;
      round.sources = {"aaa"};
      round.included_in.clear();
      round.amount = Money{.minor_units = static_cast<int64_t>(draw(2'000'000'000)),
                           .currency = currencies[draw(4)]};
      round.announced = dates[draw(4)];
      second.push_back(round);
    }
    Upsert(first);
    Upsert(second);
  }

  void CheckRound(const ExplanationNode& round) {
    if (!round.has_money()) return;
    ExplanationNode node;
    for (const ExplanationNode& child : round.children()) {
      if (child.kind() == v1::EXPLANATION_KIND_CONVERSION ||
          child.id() == StrCat(round.id(), "/amount")) {
        node = child;
      }
    }
    EXPECT_EQ(node.money().SerializeAsString(), round.money().SerializeAsString());
    if (node.kind() == v1::EXPLANATION_KIND_CONVERSION) node = ExplanationNode(node.children(0));
    const auto amount = FromProto(node.money());
    ASSERT_OK(amount);
    EXPECT_EQ(node.children(0).text(), StrCat(ToDecimal(*amount), " ", amount->currency));
  }

  void CheckFigure(const common::v1::Figure& figure, const std::string& question) {
    int64_t sum = 0;
    int64_t rounds = 0;
    std::string page;
    do {
      const auto reply = Explain(figure.id(), question, "page_size: 7 page_token: '" + page + "'");
      ASSERT_OK(reply);
      EXPECT_EQ(reply->figure().SerializeAsString(), figure.SerializeAsString());
      const ExplanationNode list = RoundsOf(*reply);
      for (const ExplanationNode& round : list.children()) {
        ++rounds;
        if (round.has_money()) sum += MinorUnits(round.money());
        CheckRound(round);
      }
      page = reply->next_page_token();
    } while (!page.empty());
    EXPECT_EQ(rounds, figure.coverage().units_expected());
    if (figure.has_money()) EXPECT_EQ(sum, MinorUnits(figure.money())) << figure.id();
  }
};

TEST_F(ExplainProperty, WhatRoundsAddIsTheSumUnderEveryPolicy) {
  ASSERT_OK(Import({{"ecb-rates", kRates}}));
  Generate(20261123);
  for (const std::string policy :
       {"'listed-order/1'", "'median/1'", "'freshest/1'", "'most-complete/1'",
        "'priority/1' source_priority: 'sources/aaa'"}) {
    for (const std::string currency : {"USD", "EUR", "JPY"}) {
      const std::string question =
          "measures: MEASURE_SUM group_by: DIMENSION_COMPANY definition { currency: '" + currency +
          "' source_policy: " + policy + " }";
      ASSERT_OK_AND_ASSIGN(const auto answer, Aggregate(question));
      EXPECT_THAT(answer.rows(), SizeIs(6));
      for (const v1::AggregateRow& row : answer.rows()) {
        CheckFigure(row.figures(0).figure(), question);
      }
    }
  }
}

TEST_F(ExplainTest, DividedRoundsSayWhichOfTheirPartsCount) {
  Round round = SomeRound("a");
  for (const std::string investor : {"One", "Two", "Three"}) {
    round.participations.push_back({.investor = investor,
                                    .role = v1::PARTICIPATION_ROLE_PARTICIPANT,
                                    .country = "",
                                    .investor_kind = ""});
  }
  Upsert({round, SomeRound("b")});
  ASSERT_OK(Import({{"steelyard-investors", "name,country,kind\nOne,DE,VC\nThree,DE,VC\n"}}));
  ASSERT_OK_AND_ASSIGN(
      const auto reply,
      Explain("sum/WORLD/../country=DE",
              "measures: MEASURE_SUM group_by: DIMENSION_COUNTRY definition { attribution: "
              "ATTRIBUTION_INVESTOR_ORIGIN }"));
  EXPECT_EQ(MinorUnits(reply.figure().money()), 66'666'667);
  const ExplanationNode rounds = RoundsOf(reply);
  EXPECT_THAT(Contributions(rounds), ElementsAre("a 66666667"));
  EXPECT_THAT(rounds.children(0).title(), HasSubstr("2 of 3 parts"));
  EXPECT_THAT(Named(rounds.children(0), "rounds/a/participations").title(), HasSubstr("Three"));
  EXPECT_THAT(Named(reply.root(), "attribution").title(), HasSubstr("where its investors are"));
  EXPECT_THAT(Named(reply.root(), "investors").title(), HasSubstr("divided equally"));
}

}  // namespace
}  // namespace steelyard::funding
