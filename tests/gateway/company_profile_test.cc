#include "gateway/company_profile.h"

#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "tests/gateway/gateway_fixture.h"
#include "tests/support/status_matchers.h"

namespace steelyard::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

registry::v1::SearchHit Hit(const std::string& id, const std::string& name,
                            registry::v1::MatchRank rank) {
  registry::v1::SearchHit hit;
  hit.set_company("companies/" + id);
  hit.mutable_matched()->set_text(name);
  hit.set_rank(rank);
  return hit;
}

class CompanyProfileTest : public GatewayTest {
 protected:
  CompanyProfileTest() {
    fakes.registry.SearchCompaniesAnswer = [this](const registry::v1::SearchCompaniesRequest&,
                                                  registry::v1::SearchCompaniesResponse& reply) {
      for (const registry::v1::SearchHit& hit : hits) *reply.add_hits() = hit;
      reply.mutable_snapshot()->set_token("sy1.registry");
      return absl::OkStatus();
    };
    fakes.registry.GetCompanyAnswer = [](const registry::v1::GetCompanyRequest& asked,
                                         registry::v1::GetCompanyResponse& reply) {
      if (asked.name() != "companies/bfl" && asked.name() != "companies/other") {
        return MakeError(common::v1::ERROR_REASON_COMPANY_NOT_FOUND, "no " + asked.name());
      }
      reply.mutable_company()->set_name(asked.name());
      reply.mutable_snapshot()->set_token("sy1.registry");
      return absl::OkStatus();
    };
    fakes.registry.LookupCompanyAnswer = [](const registry::v1::LookupCompanyRequest& asked,
                                            registry::v1::LookupCompanyResponse& reply) {
      if (asked.scheme() != "domain" || asked.value() != "bfl.ai") {
        return MakeError(common::v1::ERROR_REASON_COMPANY_NOT_FOUND, "nobody bears it");
      }
      reply.mutable_company()->set_name("companies/bfl");
      return absl::OkStatus();
    };
    fakes.funding.ListRoundsAnswer = [](const funding::v1::ListRoundsRequest&,
                                        funding::v1::ListRoundsResponse& reply) {
      reply.add_rounds()->set_name("rounds/a");
      return absl::OkStatus();
    };
    fakes.funding.AggregateRoundsAnswer = [](const funding::v1::AggregateRoundsRequest& asked,
                                             funding::v1::AggregateRoundsResponse& reply) {
      funding::v1::AggregateRow& row = *reply.add_rows();
      row.add_figures()->mutable_figure()->mutable_money()->set_units(31);
      row.add_figures()->mutable_figure()->set_count(1);
      reply.mutable_definition()->set_currency(
          asked.definition().currency().empty() ? "USD" : asked.definition().currency());
      return absl::OkStatus();
    };
  }

  absl::Status Ask(const std::string& query) {
    request.set_query(query);
    return GetCompanyProfile(Call(), Connected(), request, response);
  }

  std::vector<registry::v1::SearchHit> hits;
  v1::GetCompanyProfileRequest request;
  v1::GetCompanyProfileResponse response;
};

TEST_F(CompanyProfileTest, AnExactNameFindsTheCompanyWithItsRounds) {
  hits = {Hit("bfl", "Laboratoires de la Forêt-Noire", registry::v1::MATCH_RANK_EXACT),
          Hit("other", "Forêt", registry::v1::MATCH_RANK_SUBSTRING)};
  ASSERT_THAT(Ask("  laboratoires de la foret noire "), testing::IsOk());
  EXPECT_EQ(response.company().name(), "companies/bfl");
  EXPECT_EQ(response.matched().text(), "Laboratoires de la Forêt-Noire");
  EXPECT_THAT(response.alternatives(), IsEmpty());
  ASSERT_THAT(response.rounds(), SizeIs(1));
  EXPECT_EQ(response.total().money().units(), 31);
  EXPECT_EQ(response.round_count().count(), 1);
  EXPECT_EQ(response.definition().currency(), "USD");
  EXPECT_EQ(response.snapshot().token(), kToken);
  EXPECT_EQ(fakes.funding.ListRoundsAnswer.requests().at(0).filter(), "company = \"bfl\"");
  EXPECT_EQ(fakes.funding.ListRoundsAnswer.requests().at(0).read().snapshot(), kToken);
}

TEST_F(CompanyProfileTest, CompaniesOfTheSameNameAreAlternatives) {
  hits = {Hit("bfl", "Forest", registry::v1::MATCH_RANK_EXACT),
          Hit("other", "Forest", registry::v1::MATCH_RANK_EXACT)};
  ASSERT_THAT(Ask("Forest"), testing::IsOk());
  EXPECT_EQ(response.company().name(), "companies/bfl");
  ASSERT_THAT(response.alternatives(), SizeIs(1));
  EXPECT_EQ(response.alternatives(0).company(), "companies/other");
}

TEST_F(CompanyProfileTest, ANameWinsOverAnId) {
  hits = {Hit("other", "bfl", registry::v1::MATCH_RANK_EXACT)};
  ASSERT_THAT(Ask("bfl"), testing::IsOk());
  EXPECT_EQ(response.company().name(), "companies/other");
}

TEST_F(CompanyProfileTest, IdsAndIdentifiersFindIt) {
  for (const char* query : {"bfl", "companies/bfl", "domain:bfl.ai"}) {
    response.Clear();
    ASSERT_THAT(Ask(query), testing::IsOk()) << query;
    EXPECT_EQ(response.company().name(), "companies/bfl") << query;
    EXPECT_FALSE(response.has_matched()) << query;
  }
}

TEST_F(CompanyProfileTest, NotFoundNamesTheNearest) {
  hits = {Hit("bfl", "Black Forest Labs", registry::v1::MATCH_RANK_PREFIX)};
  const absl::Status status = Ask("Black For");
  EXPECT_EQ(ReasonOf(status), common::v1::ERROR_REASON_COMPANY_NOT_FOUND);
  EXPECT_THAT(std::string(status.message()), HasSubstr("Black Forest Labs (companies/bfl)"));
}

TEST_F(CompanyProfileTest, TheDefinitionReachesTheTotal) {
  request.mutable_definition()->set_currency("EUR");
  ASSERT_THAT(Ask("bfl"), testing::IsOk());
  EXPECT_EQ(response.definition().currency(), "EUR");
}

TEST_F(CompanyProfileTest, GoesWithoutFundingAndSaysSo) {
  fakes.LoseFunding();
  ASSERT_THAT(Ask("bfl"), testing::IsOk());
  EXPECT_EQ(response.company().name(), "companies/bfl");
  EXPECT_THAT(response.rounds(), IsEmpty());
  EXPECT_FALSE(response.has_total());
  EXPECT_THAT(response.unreachable(), ElementsAre("services/funding"));
  EXPECT_EQ(response.snapshot().token(), "sy1.registry");
}

TEST_F(CompanyProfileTest, ARefusalOfFundingIsAnError) {
  fakes.funding.AggregateRoundsAnswer = [](const funding::v1::AggregateRoundsRequest&,
                                           funding::v1::AggregateRoundsResponse&) {
    return MakeError(common::v1::ERROR_REASON_UNKNOWN_CURRENCY, "no currency 'XXX'");
  };
  EXPECT_EQ(ReasonOf(Ask("bfl")), common::v1::ERROR_REASON_UNKNOWN_CURRENCY);
}

TEST_F(CompanyProfileTest, FailsWithoutTheRegistry) {
  fakes.LoseRegistry();
  const absl::Status status = Ask("Black Forest Labs");
  EXPECT_EQ(ReasonOf(status), common::v1::ERROR_REASON_BACKEND_UNAVAILABLE);
  EXPECT_EQ(MetadataOf(status, "service"), "services/registry");
}

}  // namespace
}  // namespace steelyard::gateway
