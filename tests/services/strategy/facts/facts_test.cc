#include "services/strategy/facts/facts.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/rpc/call.h"
#include "tests/services/strategy/canned.h"
#include "tests/services/strategy/canned_backends.h"
#include "tests/support/proto_matchers.h"
#include "tests/support/status_matchers.h"

namespace steelyard::strategy {
namespace {

using ::steelyard::testing::EqualsProto;
using ::steelyard::testing::HasReason;
using ::steelyard::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

bool IsAboutFlows(const funding::v1::AggregateRoundsRequest& request) {
  return request.group_by_size() == 2 &&
         request.group_by(1) == funding::v1::DIMENSION_INVESTOR_COUNTRY;
}

class FactsTest : public ::testing::Test {
 protected:
  FactsTest() { AnswerAbout(world_, fakes_); }

  absl::StatusOr<Facts> Gather(const v1::CompareRegionsRequest& request, CapitalFlows flows) {
    const Backends backends(fakes_.channels().funding, fakes_.channels().registry);
    return GatherFacts(rpc::BackgroundCall(Context::Background(), "test"), backends, request,
                       flows);
  }
  // The questions about flows, as they were asked.
  std::vector<funding::v1::AggregateRoundsRequest> AboutFlows() const {
    std::vector<funding::v1::AggregateRoundsRequest> asked;
    for (const auto& request : fakes_.funding.AggregateRoundsAnswer.requests()) {
      if (IsAboutFlows(request)) asked.push_back(request);
    }
    return asked;
  }
  // From here on one row of the flows is a page.
  void OneFlowAPage() {
    fakes_.funding.AggregateRoundsAnswer = [this](const auto& request, auto& reply) {
      reply = AnswerTo(world_, request);
      if (!IsAboutFlows(request)) return absl::OkStatus();
      const int page = request.page_token().empty() ? 0 : std::stoi(request.page_token());
      reply.clear_rows();
      *reply.add_rows() = world_.flows.rows(page);
      if (page + 1 < world_.flows.rows_size()) {
        reply.set_next_page_token(std::to_string(page + 1));
      }
      return absl::OkStatus();
    };
  }

  Facts world_ = SmallWorld();
  testing::FakeBackends fakes_;  // after the world: what answers a cancelled call may still read it
};

TEST_F(FactsTest, FlowsAreOneQuestionMore) {
  const auto without = Gather(Question(), CapitalFlows::kSkip);
  ASSERT_THAT(without, IsOk());
  EXPECT_THAT(without->flows.rows(), IsEmpty());
  EXPECT_THAT(AboutFlows(), IsEmpty());
  const size_t fewer = fakes_.funding.AggregateRoundsAnswer.requests().size();
  const auto with = Gather(Question(), CapitalFlows::kAsk);
  ASSERT_THAT(with, IsOk());
  EXPECT_THAT(with->flows, EqualsProto(world_.flows));
  EXPECT_EQ(fakes_.funding.AggregateRoundsAnswer.requests().size(), 2 * fewer + 1);
}

TEST_F(FactsTest, FlowsAreOfTheSamePeriodFilterAndDefinition) {
  v1::CompareRegionsRequest request = Question();
  request.set_filter("stage = SEED");
  request.mutable_definition()->set_currency("EUR");
  ASSERT_THAT(Gather(request, CapitalFlows::kAsk), IsOk());
  ASSERT_THAT(AboutFlows(), SizeIs(1));
  EXPECT_THAT(AboutFlows()[0], EqualsProto(R"pb(
                period {
                  from { year: 2020 }
                  to { year: 2022 }
                }
                filter: "stage = SEED"
                group_by: DIMENSION_COUNTRY
                group_by: DIMENSION_INVESTOR_COUNTRY
                measures: MEASURE_SUM
                page_size: 10000
                definition { currency: "EUR" attribution: ATTRIBUTION_RECIPIENT_HEADQUARTERS }
                read { snapshot: "sy1.test" })pb"));
}

// They are between headquarters and investors, whatever side the other figures count by.
TEST_F(FactsTest, FlowsKeepTheirSidesUnderEachAttribution) {
  v1::CompareRegionsRequest request = Question();
  request.mutable_definition()->set_attribution(common::v1::ATTRIBUTION_INVESTOR_ORIGIN);
  ASSERT_THAT(Gather(request, CapitalFlows::kAsk), IsOk());
  for (const auto& asked : fakes_.funding.AggregateRoundsAnswer.requests()) {
    EXPECT_EQ(asked.definition().attribution(), IsAboutFlows(asked)
                                                    ? common::v1::ATTRIBUTION_RECIPIENT_HEADQUARTERS
                                                    : common::v1::ATTRIBUTION_INVESTOR_ORIGIN);
  }
}

TEST_F(FactsTest, FourMorePagesOfFlowsAreRead) {
  world_.flows.mutable_rows()->DeleteSubrange(5, world_.flows.rows_size() - 5);
  OneFlowAPage();
  const auto facts = Gather(Question(), CapitalFlows::kAsk);
  ASSERT_THAT(facts, IsOk());
  EXPECT_EQ(facts->flows.rows_size(), 5);
  EXPECT_EQ(facts->flows.next_page_token(), "");
}

TEST_F(FactsTest, AFifthMoreIsNotAndTheTokenSaysSo) {
  OneFlowAPage();
  const auto facts = Gather(Question(), CapitalFlows::kAsk);
  ASSERT_THAT(facts, IsOk());
  EXPECT_EQ(facts->flows.rows_size(), 5);
  EXPECT_EQ(facts->flows.next_page_token(), "5");
  std::vector<std::string> tokens;
  for (const auto& asked : AboutFlows()) tokens.push_back(asked.page_token());
  EXPECT_THAT(tokens, ElementsAre("", "1", "2", "3", "4"));
}

TEST_F(FactsTest, CannotGoWithoutTheFlowsThatItAsksFor) {
  fakes_.funding.AggregateRoundsAnswer = [this](const auto& request, auto& reply) -> absl::Status {
    reply = AnswerTo(world_, request);
    if (!IsAboutFlows(request)) return absl::OkStatus();
    return MakeError(common::v1::ERROR_REASON_INVALID_FIELD, "no such dimension");
  };
  EXPECT_THAT(Gather(Question(), CapitalFlows::kAsk),
              HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(Gather(Question(), CapitalFlows::kSkip), IsOk());
}

}  // namespace
}  // namespace steelyard::strategy
