#include "services/strategy/explain_answer.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/rpc/call.h"
#include "tests/services/strategy/formula_world.h"
#include "tests/support/fake_backends.h"
#include "tests/support/status_matchers.h"

namespace steelyard::strategy {
namespace {

using ::steelyard::testing::HasReason;

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
  request.set_figure("sector_entropy/US/2025");
  request.set_rounds(201);
  EXPECT_THAT(Validate(request), HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(ExplainFigure(call_, backends_, request).status(),
              HasReason(common::v1::ERROR_REASON_FIGURE_NOT_FOUND));
}

}  // namespace
}  // namespace steelyard::strategy
