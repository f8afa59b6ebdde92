#include "services/strategy/claims/claims.h"

#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/strategy/formula/readings.h"

namespace steelyard::strategy {
namespace {

using ::testing::HasSubstr;

TEST(ClaimsTest, ShipsEveryClaimOfTheArticleInTheGrammar) {
  const absl::StatusOr<std::vector<v1::Claim>> claims = ParseClaims(ShippedClaimFiles());
  ASSERT_TRUE(claims.ok()) << claims.status();
  EXPECT_EQ(claims->size(), 22U);
  EXPECT_EQ(ShippedClaims().size(), claims->size());
  for (const v1::Claim& claim : *claims) {
    EXPECT_FALSE(claim.text().empty()) << claim.id();
    EXPECT_EQ(claim.source(), "sources/seed_article") << claim.id();
    if (claim.expression().empty()) continue;
    EXPECT_TRUE(formula::MakeFormula(claim.expression())->IsCondition()) << claim.id();
  }
}

struct Mistake {
  std::string_view json;
  const char* says;
};

TEST(ClaimsTest, RefusesWhatIsNoClaim) {
  for (const Mistake& mistake : std::vector<Mistake>{
           {"{", "no list of claims in JSON"},
           {R"({"claims":[{"id":"A","expression":"1<2"}]})", "lower-case letters"},
           {R"({"claims":[{"id":"a","expression":"1<"}]})", "the formula ends"},
           {R"({"claims":[{"id":"a","expression":"1"}]})", "a claim is a condition"},
           {R"({"claims":[{"id":"a"}]})", "either an expression or a reason"},
           {R"({"claims":[{"id":"a","expression":"1<2","reason":"x"}]})", "either an expression"},
           {R"({"claims":[{"id":"a","reason":"x","source":"y"}]})", "a source is"},
           {R"({"claims":[{"id":"a","reason":"x"},{"id":"a","reason":"x"}]})",
            "stands there twice"}}) {
    const std::string_view files[] = {mistake.json};
    const auto claims = ParseClaims(files);
    ASSERT_FALSE(claims.ok()) << mistake.json;
    EXPECT_THAT(std::string(ToStd(claims.status().message())), HasSubstr(mistake.says));
  }
}

}  // namespace
}  // namespace steelyard::strategy
