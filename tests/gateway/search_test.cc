#include "gateway/search.h"

#include "gmock/gmock.h"
#include "tests/gateway/gateway_fixture.h"
#include "tests/support/status_matchers.h"

namespace steelyard::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SearchTest : public GatewayTest {
 protected:
  SearchTest() {
    fakes.registry.SearchCompaniesAnswer = [](const registry::v1::SearchCompaniesRequest& asked,
                                              registry::v1::SearchCompaniesResponse& reply) {
      if (asked.query().empty()) {
        FieldErrors errors;
        errors.Add("query", "1 to 200 characters");
        return errors.ToStatus();
      }
      reply.add_hits()->set_company("companies/x");
      reply.set_more(true);
      reply.mutable_snapshot()->set_token("sy1.registry");
      return absl::OkStatus();
    };
    fakes.statistics.ListRegionsAnswer = [](const funding::v1::ListRegionsRequest&,
                                            funding::v1::ListRegionsResponse& reply) {
      for (const char* id : {"EU27", "EU28", "EUROPE_BROAD", "US"})
        reply.add_regions()->set_region(id);
      return absl::OkStatus();
    };
    fakes.statistics.GetRegionAnswer = [](const funding::v1::GetRegionRequest& asked,
                                          funding::v1::GetRegionResponse& reply) {
      if (asked.name() != "regions/FR") {
        return MakeError(common::v1::ERROR_REASON_UNKNOWN_REGION, "no region " + asked.name());
      }
      reply.mutable_region()->set_region("FR");
      return absl::OkStatus();
    };
  }

  absl::Status Ask(const std::string& query) {
    request.set_query(query);
    return Search(Call(), Connected(), request, response);
  }
  std::vector<std::string> Regions() const {
    std::vector<std::string> ids;
    for (const auto& region : response.regions()) ids.push_back(region.region());
    return ids;
  }

  v1::SearchRequest request;
  v1::SearchResponse response;
};

TEST_F(SearchTest, FindsCompaniesAndRegionSets) {
  ASSERT_THAT(Ask("eu"), testing::IsOk());
  EXPECT_THAT(response.companies(), SizeIs(1));
  EXPECT_TRUE(response.more_companies());
  EXPECT_THAT(Regions(), ElementsAre("EU27", "EU28", "EUROPE_BROAD"));
  EXPECT_EQ(response.snapshot().token(), kToken);
}

TEST_F(SearchTest, ACountryCodeFindsItsCountry) {
  ASSERT_THAT(Ask("fr"), testing::IsOk());
  EXPECT_THAT(Regions(), ElementsAre("FR"));
}

TEST_F(SearchTest, LettersThatAreNoCountryAreNoError) {
  ASSERT_THAT(Ask("zz"), testing::IsOk());
  EXPECT_THAT(Regions(), IsEmpty());
  EXPECT_THAT(response.unreachable(), IsEmpty());
}

TEST_F(SearchTest, GoesWithoutFundingAndSaysSo) {
  fakes.LoseFunding();
  ASSERT_THAT(Ask("eu"), testing::IsOk());
  EXPECT_THAT(response.companies(), SizeIs(1));
  EXPECT_THAT(Regions(), IsEmpty());
  EXPECT_THAT(response.unreachable(), ElementsAre("services/funding"));
  EXPECT_EQ(response.snapshot().token(), "sy1.registry");
}

TEST_F(SearchTest, FailsWithoutTheRegistry) {
  fakes.LoseRegistry();
  EXPECT_EQ(ReasonOf(Ask("eu")), common::v1::ERROR_REASON_BACKEND_UNAVAILABLE);
}

TEST_F(SearchTest, TheRegistryChecksTheQuery) {
  EXPECT_EQ(ReasonOf(Ask("")), common::v1::ERROR_REASON_INVALID_FIELD);
}

}  // namespace
}  // namespace steelyard::gateway
