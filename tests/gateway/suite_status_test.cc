#include "gateway/suite_status.h"

#include "gmock/gmock.h"
#include "tests/gateway/gateway_fixture.h"
#include "tests/support/status_matchers.h"

namespace steelyard::gateway {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class SuiteStatusTest : public GatewayTest {
 protected:
  SuiteStatusTest() {
    fakes.registry.GetStatusAnswer = [](const registry::v1::GetStatusRequest&,
                                        registry::v1::GetStatusResponse& reply) {
      reply.set_companies(191);
      return absl::OkStatus();
    };
    fakes.funding.GetStatusAnswer = [](const funding::v1::GetStatusRequest&,
                                       funding::v1::GetStatusResponse& reply) {
      reply.set_rounds(474);
      return absl::OkStatus();
    };
    fakes.strategy.ListMeasuresAnswer = [](const strategy::v1::ListMeasuresRequest&,
                                           strategy::v1::ListMeasuresResponse&) {
      return absl::OkStatus();
    };
  }
  v1::GetStatusResponse response;
};

TEST_F(SuiteStatusTest, SaysWhatEachServiceHolds) {
  ASSERT_THAT(GetSuiteStatus(Call(), Connected(), response), testing::IsOk());
  ASSERT_THAT(response.services(), SizeIs(3));
  for (const auto& service : response.services())
    EXPECT_TRUE(service.reachable()) << service.name();
  EXPECT_EQ(response.registry().companies(), 191);
  EXPECT_EQ(response.funding().rounds(), 474);
  EXPECT_EQ(response.version(), kVersion);
}

TEST_F(SuiteStatusTest, SaysWhichServiceIsSilentAndWhy) {
  fakes.LoseFunding();
  ASSERT_THAT(GetSuiteStatus(Call(), Connected(), response), testing::IsOk());
  ASSERT_THAT(response.services(), SizeIs(3));
  EXPECT_EQ(response.services(0).name(), "services/funding");
  EXPECT_FALSE(response.services(0).reachable());
  EXPECT_THAT(response.services(0).reason(), Not(IsEmpty()));
  EXPECT_TRUE(response.services(1).reachable());
  EXPECT_FALSE(response.has_funding());
  EXPECT_TRUE(response.has_registry());
}

}  // namespace
}  // namespace steelyard::gateway
