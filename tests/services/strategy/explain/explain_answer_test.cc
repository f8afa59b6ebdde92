#include "services/strategy/explain/explain_answer.h"

#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/rpc/call.h"
#include "services/common/status/status.h"
#include "services/strategy/facts/evidence.h"
#include "services/strategy/formula/formula_answer.h"
#include "services/strategy/profile/capital_flows.h"
#include "services/strategy/profile/compare.h"
#include "tests/services/strategy/canned.h"
#include "tests/services/strategy/canned_backends.h"
#include "tests/services/strategy/formula/canned_flows.h"
#include "tests/services/strategy/formula_world.h"
#include "tests/support/fake_backends.h"
#include "tests/support/proto_matchers.h"
#include "tests/support/status_matchers.h"

namespace steelyard::strategy {
namespace {

using ::steelyard::testing::EqualsProto;
using ::steelyard::testing::HasReason;
using ::testing::_;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Pair;

class ExplainAnswerTest : public ::testing::Test {
 protected:
  ExplainAnswerTest() { AnswerAboutFormulas(fakes_); }
  testing::FakeBackends fakes_;
  Backends backends_{fakes_.channels().funding, fakes_.channels().registry};
  rpc::Call call_ = rpc::BackgroundCall(Context::Background(), "test");
};

TEST_F(ExplainAnswerTest, DerivesAFigureDownToFundingsTrees) {
  v1::ExplainFigureRequest request;
  request.set_figure("infrastructure_share/US/2025");
  request.set_rounds(7);
  const auto response = ExplainFigure(call_, backends_, request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->expression(), "share(funding[US, 2025], layer=INFRASTRUCTURE)");
  EXPECT_EQ(response->step().figure().number(), 1);
  // The layers that funding added up, and the whole.
  ASSERT_EQ(response->explanations_size(), 3);
  EXPECT_EQ(response->explanations(0).root().id(), "of/US/CHIPS");
  EXPECT_EQ(response->explanations(1).root().id(), "of/US/CLOUD");
  EXPECT_EQ(response->explanations(2).expression(), "funding[US, 2025]");
  const auto asked = fakes_.funding.ExplainFigureAnswer.requests();
  ASSERT_EQ(asked.size(), 3U);
  EXPECT_EQ(asked[0].page_size(), 7);
  EXPECT_EQ(asked[0].read().snapshot(), "token");
  EXPECT_FALSE(asked[0].aggregate().has_read());
}

TEST_F(ExplainAnswerTest, RefusesWhatItCannotDerive) {
  v1::ExplainFigureRequest request;
  EXPECT_THAT(Validate(request), HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  request.set_figure("net_inflow_ratio/US/2025");
  request.set_rounds(201);
  EXPECT_THAT(Validate(request), HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(ExplainFigure(call_, backends_, request).status(),
              HasReason(common::v1::ERROR_REASON_FIGURE_NOT_FOUND));
}

TEST_F(ExplainAnswerTest, ChecksTheQuestionAsItsOwnCallDoes) {
  v1::ExplainFigureRequest request;
  request.set_figure("never/US:EUROPE/2015..2025");
  request.mutable_gap()->set_leader("US");
  EXPECT_THAT(FieldsOf(Validate(request)), Contains(Pair("gap.follower", _)));
  request.mutable_gap()->set_follower("EUROPE");
  request.mutable_gap()->mutable_period()->mutable_from()->set_year(2015);
  request.mutable_gap()->mutable_period()->mutable_to()->set_year(2025);
  EXPECT_TRUE(Validate(request).ok()) << Validate(request);
  request.mutable_gap()->mutable_read()->set_snapshot("t");
  EXPECT_THAT(FieldsOf(Validate(request)), ElementsAre(Pair("gap.read", _)));
  request.mutable_gap()->clear_read();
  request.set_filter("a = 1");
  request.mutable_definition()->set_currency("EUR");
  EXPECT_THAT(FieldsOf(Validate(request)), ElementsAre(Pair("filter", _), Pair("definition", _)));
  // A formula has a whole, other answers have not.
  v1::ExplainFigureRequest formula;
  formula.mutable_formula()->set_expression("funding[US, 2025]");
  EXPECT_TRUE(Validate(formula).ok()) << Validate(formula);
  v1::ExplainFigureRequest scenario;
  scenario.mutable_scenario()->add_regions("US");
  EXPECT_THAT(FieldsOf(Validate(scenario)), ElementsAre(Pair("figure", _)));
}

TEST_F(ExplainAnswerTest, DerivesAFormulaAsAWhole) {
  v1::ExplainFigureRequest request;
  request.mutable_formula()->set_expression("funding[US,2025]/x[US, 2025]");
  const auto response = ExplainFigure(call_, backends_, request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->figure(), "funding[US, 2025] / x[US, 2025]");
  EXPECT_EQ(response->expression(), response->figure());
  ASSERT_EQ(response->explanations_size(), 2);
  EXPECT_EQ(response->explanations(1).expression(), "x[US, 2025]");
  const auto asked = fakes_.funding.ExplainFigureAnswer.requests();
  ASSERT_EQ(asked.size(), 2U);
  // Trees of series are not cut in pages.
  const auto series =
      std::find_if(asked.begin(), asked.end(), [](const auto& one) { return one.has_series(); });
  ASSERT_NE(series, asked.end());
  EXPECT_EQ(series->page_size(), 0);
  EXPECT_EQ(series->read().snapshot(), "token");
}

// Two rounds of two companies, one of which the registry does not know.
void AnswerWithRounds(testing::FakeBackends& fakes) {
  fakes.funding.ExplainFigureAnswer = [](const auto& request, auto& reply) {
    reply.mutable_root()->set_id(request.figure());
    funding::v1::ExplanationNode& rounds = *reply.mutable_root()->add_children();
    for (const char* company : {"companies/a", "companies/new", "companies/a"}) {
      rounds.add_children()->set_company(company);
    }
    return absl::OkStatus();
  };
}

TEST_F(ExplainAnswerTest, SaysWhyCompaniesAreWhatTheyAre) {
  AnswerWithRounds(fakes_);
  fakes_.registry.GetCompanyAnswer = [](const auto& request, auto& reply) {
    if (request.name() != "companies/a") {
      return MakeError(common::v1::ERROR_REASON_COMPANY_NOT_FOUND, "there is no such company");
    }
    reply.mutable_company()->set_name("companies/a");
    reply.mutable_company()->set_display_name("A");
    reply.add_resolution()->set_field("country");
    return absl::OkStatus();
  };
  v1::ExplainFigureRequest request;
  request.set_figure("total/US/2025");
  const auto response = ExplainFigure(call_, backends_, request);
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->companies_size(), 1);
  EXPECT_EQ(response->companies(0).company(), "companies/a");
  EXPECT_EQ(response->companies(0).display_name(), "A");
  EXPECT_EQ(response->companies(0).resolution(0).field(), "country");
  EXPECT_EQ(response->unreachable_size(), 0);
  const auto asked = fakes_.registry.GetCompanyAnswer.requests();
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_EQ(asked[0].view(), registry::v1::COMPANY_VIEW_RESOLUTION);
  EXPECT_EQ(asked[0].read().snapshot(), "token");
}

TEST_F(ExplainAnswerTest, DoesWithoutARegistryThatIsSilent) {
  AnswerWithRounds(fakes_);
  fakes_.registry.GetCompanyAnswer = [](const auto&, auto&) {
    return MakeError(common::v1::ERROR_REASON_BACKEND_UNAVAILABLE, "down");
  };
  v1::ExplainFigureRequest request;
  request.set_figure("total/US/2025");
  const auto response = ExplainFigure(call_, backends_, request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->companies_size(), 0);
  EXPECT_THAT(response->unreachable(), ElementsAre("services/registry"));
  EXPECT_EQ(response->explanations_size(), 1);
}

// Amounts of sectors whose sum, in another order, rounds otherwise; the codelist's is not theirs.
void AddSectors(Facts& facts) {
  int cents = 33;
  for (const char* code : {"ROBOTICS", "BIOTECH", "MOBILITY", "ENERGY_CLIMATE", "AGRICULTURE"}) {
    facts.sector_codes.add_codes()->set_code(code);
    for (const char* region : {"US", "EUROPE"}) {
      cents = cents * 37 % 9973;
      AddRow(facts.sectors, {region, code},
             {{funding::v1::MEASURE_SUM, Over(Usd(cents, cents % 100), 1, 1)}});
    }
  }
}

// What ExplainFigure derives is what CompareRegions and ProfileRegion say, to the last bit.
class ExplainedValuesTest : public ::testing::Test {
 protected:
  ExplainedValuesTest() {
    AddSectors(facts_);
    AnswerAbout(facts_, fakes_);
    // Only the regions that are asked for, as funding does.
    fakes_.funding.AggregateRoundsAnswer = [this](const auto& request, auto& reply) {
      reply = AnswerTo(facts_, request);
      *reply.mutable_definition() = request.definition();
      reply.mutable_definition()->set_currency("USD");
      reply.clear_rows();
      for (const funding::v1::AggregateRow& row : AnswerTo(facts_, request).rows()) {
        const auto& asked = request.regions();
        if (asked.empty() ||
            std::find(asked.begin(), asked.end(), row.keys(0).value()) != asked.end()) {
          *reply.add_rows() = row;
        }
      }
      return absl::OkStatus();
    };
    fakes_.funding.ExplainFigureAnswer = [](const auto& request, auto& reply) {
      reply.mutable_root()->set_id(request.figure());
      return absl::OkStatus();
    };
  }

  common::v1::Figure Explained(const std::string& id) {
    v1::ExplainFigureRequest request;
    request.set_figure(id);
    const auto response = ExplainFigure(call_, backends_, request);
    EXPECT_TRUE(response.ok()) << id << ": " << response.status();
    return response.ok() ? response->step().figure() : common::v1::Figure();
  }
  void ExpectExplained(const common::v1::Figure& figure) {
    const common::v1::Figure explained = Explained(figure.id());
    EXPECT_EQ(explained.status() == common::v1::VALUE_STATUS_OK,
              figure.status() == common::v1::VALUE_STATUS_OK)
        << figure.id() << explained.DebugString();
    EXPECT_EQ(explained.number(), figure.number()) << figure.id();
    if (figure.has_number()) {
      EXPECT_EQ(explained.unit(), figure.unit()) << figure.id();
    }
  }

  Facts facts_ = SmallWorld();
  testing::FakeBackends fakes_;
  Backends backends_{fakes_.channels().funding, fakes_.channels().registry};
  rpc::Call call_ = rpc::BackgroundCall(Context::Background(), "test");
};

TEST_F(ExplainedValuesTest, AreThoseOfTheAnswer) {
  const v1::CompareRegionsResponse answer = MergeComparison(Question(), facts_);
  ASSERT_EQ(answer.profiles_size(), 3);
  for (const v1::RegionProfile& profile : answer.profiles()) {
    for (const common::v1::Figure* figure :
         {&profile.per_gdp(), &profile.models_per_billion(), &profile.sector_entropy()}) {
      ExpectExplained(*figure);
    }
    if (profile.per_capita().has_number()) ExpectExplained(profile.per_capita());
  }
  for (const v1::RegionRatio& ratio : answer.ratios()) {
    ExpectExplained(ratio.layer_similarity());
    ExpectExplained(ratio.sector_similarity());
  }
  // So that the comparison is not of nothing.
  EXPECT_TRUE(answer.profiles(0).per_gdp().has_number());
  EXPECT_TRUE(answer.profiles(1).per_gdp().has_number());
  EXPECT_TRUE(answer.profiles(1).models_per_billion().has_number());
  EXPECT_EQ(answer.profiles(0).per_capita().unit(), "USD/{person}");
  EXPECT_GT(answer.profiles(0).sector_entropy().number(), 1);
  EXPECT_GT(answer.ratios(0).sector_similarity().number(), 0);
}

// Of EUROPE 2021 lacks FR, and nothing is known of 2022.
TEST_F(ExplainedValuesTest, LeaveTheSameYearsOut) {
  const common::v1::Figure per_gdp = Explained("per_gdp/EUROPE/2020..2022");
  EXPECT_EQ(per_gdp.number(), 50.5 / 500);
  EXPECT_THAT(per_gdp.coverage().missing(), ElementsAre("2021", "2022"));
  const common::v1::Figure models = Explained("models_per_billion/EUROPE/2020..2022");
  EXPECT_THAT(models.coverage().missing(), ElementsAre("2021", "2022"));
}

TEST_F(ExplainedValuesTest, HaveNoModelsOfSomeRounds) {
  v1::ExplainFigureRequest request;
  request.set_figure("models_per_billion/US/2020..2022");
  request.set_filter("stage = \"SEED\"");
  EXPECT_THAT(ExplainFigure(call_, backends_, request).status(),
              HasReason(common::v1::ERROR_REASON_FIGURE_NOT_FOUND));
}

TEST_F(ExplainedValuesTest, AreDerivedDownToEachSector) {
  v1::ExplainFigureRequest request;
  request.set_figure("sector_entropy/US/2020..2022");
  const auto response = ExplainFigure(call_, backends_, request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->expression(), "entropy(funding[US, 2020..2022], by=sector)");
  ASSERT_EQ(response->step().inputs_size(), 7);
  // In the order of the codelist.
  EXPECT_EQ(response->step().inputs(0).expression(), "funding[US, 2020..2022, sector=LANGUAGE]");
  EXPECT_EQ(response->step().inputs(1).expression(), "funding[US, 2020..2022, sector=HEALTH]");
  EXPECT_EQ(response->step().figure().formula(), "entropy/1");
}

// Flows of capital, of the regions of the small world and of all.
class ExplainedFlowsTest : public ExplainedValuesTest {
 protected:
  ExplainedFlowsTest() { AnswerAboutFlows(facts_, fakes_); }

  std::vector<v1::RegionProfile> Profiles() const {
    std::vector<v1::RegionProfile> profiles;
    for (const std::string term : {"US", "EUROPE", "CN", "WORLD"}) {
      v1::RegionProfile& profile = profiles.emplace_back();
      *profile.mutable_region() = RegionOf(facts_, term, {}).value();
      AddCapitalFlows(Evidence(facts_, 2020, 2022), profile);
    }
    return profiles;
  }
  void ExpectAllExplained(const v1::RegionProfile& profile) {
    ExpectExplained(profile.foreign_capital_share());
    ExpectExplained(profile.rounds_inflow_ratio());
    for (const auto* flows : {&profile.origins(), &profile.destinations()}) {
      for (const v1::CapitalFlow& flow : *flows) {
        ExpectExplained(flow.share());
        EXPECT_THAT(Explained(flow.amount().id()).money(), EqualsProto(flow.amount().money()));
      }
    }
  }
};

TEST_F(ExplainedFlowsTest, AreThoseOfTheProfile) {
  for (const v1::RegionProfile& profile : Profiles()) {
    ExpectAllExplained(profile);
    EXPECT_THAT(Explained(profile.foreign_capital_share().id()).coverage(),
                EqualsProto(profile.foreign_capital_share().coverage()));
  }
}

// Amounts of which quotients of rounded numbers would differ in the last digit.
TEST_F(ExplainedFlowsTest, AreExactToTheLastDigit) {
  facts_.flows.Clear();
  int64_t amount = 7;
  for (const char* company : {"", "DE", "FR", "GB", "JP", "US"}) {
    for (const char* investor : {"", "DE", "FR", "JP", "US"}) {
      amount = amount * 7919 % 999'983;
      AddFlow(facts_, company, investor, Usd(amount * 1'000, static_cast<int>(amount % 100)), 1, 1);
    }
  }
  for (const v1::RegionProfile& profile : Profiles()) ExpectAllExplained(profile);
}

TEST_F(ExplainedFlowsTest, LieBetweenHeadquartersAndInvestorsWhateverTheDefinition) {
  v1::ExplainFigureRequest request;
  request.set_figure("total/EUROPE/2020..2022/origin=US");
  request.mutable_definition()->set_attribution(common::v1::ATTRIBUTION_INVESTOR_ORIGIN);
  const auto response = ExplainFigure(call_, backends_, request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->step().figure().money().units(), 60);
  EXPECT_EQ(response->definition().attribution(), common::v1::ATTRIBUTION_RECIPIENT_HEADQUARTERS);
  for (const auto& asked : fakes_.funding.AggregateRoundsAnswer.requests()) {
    EXPECT_EQ(asked.definition().attribution(), common::v1::ATTRIBUTION_RECIPIENT_HEADQUARTERS);
  }
}

// Four of five rounds of the US tell their amount, all of EUROPE's do.
TEST_F(ExplainedValuesTest, GiveARankTheLeastCoverage) {
  v1::EvaluateFormulaRequest request;
  request.set_expression("rank(funding[*, 2020..2022], of=EUROPE, among=US;EUROPE)");
  const auto response = EvaluateFormula(call_, backends_, request);
  ASSERT_TRUE(response.ok()) << response.status();
  const common::v1::Figure& figure = response->readings(0).figure();
  EXPECT_EQ(figure.number(), 2);
  EXPECT_EQ(figure.coverage().units_expected(), 5);
  EXPECT_EQ(figure.coverage().units_present(), 4);
}

}  // namespace
}  // namespace steelyard::strategy
