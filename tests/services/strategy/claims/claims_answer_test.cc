#include "services/strategy/claims/claims_answer.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/rpc/call.h"
#include "services/common/status/status.h"
#include "tests/services/strategy/formula_world.h"
#include "tests/support/fake_backends.h"
#include "tests/support/status_matchers.h"

namespace steelyard::strategy {
namespace {

using ::steelyard::testing::HasReason;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

class ClaimsAnswerTest : public ::testing::Test {
 protected:
  ClaimsAnswerTest() { AnswerAboutFormulas(fakes_); }

  absl::StatusOr<v1::CheckClaimsResponse> Check(const v1::CheckClaimsRequest& request) {
    return CheckClaims(call_, backends_, request);
  }
  v1::ClaimCheck CheckOne(const std::string& expression, const std::string& source = "") {
    v1::CheckClaimsRequest request;
    v1::Claim& claim = *request.add_claims();
    claim.set_id("mine");
    claim.set_expression(expression);
    claim.set_source(source);
    const auto response = Check(request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->checks(0) : v1::ClaimCheck();
  }

  testing::FakeBackends fakes_;
  Backends backends_{fakes_.channels().funding, fakes_.channels().registry};
  rpc::Call call_ = rpc::BackgroundCall(Context::Background(), "test");
};

TEST_F(ClaimsAnswerTest, FindsTheDefinitionAtWhichAClaimTurns) {
  const v1::ClaimCheck check = CheckOne("x[US, 2025] > 10 * x[EUROPE, 2025]");
  EXPECT_EQ(check.verdict(), v1::VERDICT_DEPENDS_ON_DEFINITION);
  ASSERT_GT(check.flips_size(), 0);
  EXPECT_EQ(check.flips(0).axis(), v1::AXIS_REGION);
  EXPECT_THAT(check.flips(0).supporting(), ElementsAre("EUROPE=EU27@1"));
  EXPECT_THAT(check.flips(0).contradicting(), ElementsAre("EUROPE=EU27_UK@1"));
  EXPECT_EQ(check.reading_count(), 4);
  EXPECT_EQ(check.evidence(0).step().expression(), "x[US, 2025] > 10 * x[EUROPE, 2025]");
  EXPECT_GT(check.sources_size(), 0);
}

TEST_F(ClaimsAnswerTest, DoesNotTakeAClaimsOwnSourceAsEvidence) {
  EXPECT_EQ(CheckOne("x[US, 2025] ~= 119 USD").verdict(), v1::VERDICT_SCOPE_CONFLICT);
  const v1::ClaimCheck check = CheckOne("x[US, 2025] ~= 119 USD", "sources/article");
  EXPECT_EQ(check.verdict(), v1::VERDICT_CONTRADICTED);
  for (const auto& source : check.sources()) EXPECT_NE(source.name(), "sources/article");
}

TEST_F(ClaimsAnswerTest, ReadsRoundsUnderEachScope) {
  const v1::ClaimCheck check = CheckOne("funding[US, 2025] > 10 * funding[EUROPE, 2025]");
  // Two sets and two scopes.
  EXPECT_EQ(check.reading_count(), 4);
  EXPECT_EQ(check.verdict(), v1::VERDICT_DEPENDS_ON_DEFINITION);
}

TEST_F(ClaimsAnswerTest, SaysWhenNothingIsStoredOrNothingCouldBe) {
  EXPECT_EQ(CheckOne("y[US, 2025] > 1").verdict(), v1::VERDICT_INSUFFICIENT_DATA);
  const v1::ClaimCheck check = CheckOne("");
  EXPECT_EQ(check.verdict(), v1::VERDICT_NOT_CHECKABLE);
  EXPECT_EQ(check.explanation(), "numbers cannot decide it");
}

TEST_F(ClaimsAnswerTest, ChecksTheShippedClaimsUnlessToldOtherwise) {
  const auto all = Check({});
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_EQ(all->checks_size(), 22);
  v1::CheckClaimsRequest request;
  request.add_ids("seed-c08");
  const auto one = Check(request);
  ASSERT_TRUE(one.ok()) << one.status();
  ASSERT_EQ(one->checks_size(), 1);
  EXPECT_EQ(one->checks(0).verdict(), v1::VERDICT_NOT_CHECKABLE);
  EXPECT_EQ(one->snapshot().token(), "token");
}

TEST_F(ClaimsAnswerTest, RefusesWhatIsNoClaim) {
  v1::CheckClaimsRequest request;
  request.add_ids("nobody");
  EXPECT_THAT(Check(request).status(), HasReason(common::v1::ERROR_REASON_CLAIM_NOT_FOUND));
  request.add_ids("nobody");
  request.add_claims()->set_id("Mine");
  request.mutable_claims(0)->set_expression("1 + ");
  request.mutable_claims(0)->set_text(std::string(2001, 'x'));
  request.mutable_claims(0)->set_source("me");
  const auto fields = FieldsOf(Validate(request));
  EXPECT_THAT(fields, Contains(Pair("ids[1]", HasSubstr("stands there twice"))));
  EXPECT_THAT(fields, Contains(Pair("claims[0].id", HasSubstr("lower-case letters"))));
  EXPECT_THAT(fields, Contains(Pair("claims[0].text", HasSubstr("at most 2000 bytes"))));
  EXPECT_THAT(fields, Contains(Pair("claims[0].source", HasSubstr("sources/{source}"))));
  EXPECT_THAT(fields, Contains(Pair("claims[0].expression", HasSubstr("byte 4"))));
  v1::CheckClaimsRequest many;
  for (int i = 0; i < 51; ++i) many.add_claims()->set_id("a");
  EXPECT_THAT(FieldsOf(Validate(many)), Contains(Pair("claims", HasSubstr("at most 50 claims"))));
}

}  // namespace
}  // namespace steelyard::strategy
