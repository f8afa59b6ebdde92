// The verbs about who is who.

#include "gateway/cli/session.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "services/common/status/status.h"
#include "tests/gateway/cli/command_line_fixture.h"
#include "tests/support/proto_matchers.h"

namespace steelyard::cli {
namespace {

using ::steelyard::testing::EqualsProto;
using ::testing::HasSubstr;

using IdentityVerbsTest = CommandLineTest;

TEST_F(IdentityVerbsTest, MergeSplitAndDistinguishSayWhatIsAsked) {
  const auto nothing = [](const auto&, auto&) { return absl::OkStatus(); };
  registry_.MergeCompaniesAnswer = nothing;
  registry_.SplitCompanyAnswer = nothing;
  registry_.DistinguishCompaniesAnswer = nothing;
  const Ran merged = Ask({"merge", "deepl", "cb-deepl", "x", "--reason", "one"});
  ASSERT_EQ(merged.code, kOk) << merged.err;
  EXPECT_THAT(merged.out, HasSubstr("cb-deepl, x is part of deepl now"));
  EXPECT_THAT(registry_.MergeCompaniesAnswer.requests().at(0), EqualsProto(R"pb(
                into: "companies/deepl"
                from: "companies/cb-deepl"
                from: "companies/x"
                comment: "one")pb"));
  ASSERT_EQ(Ask({"split", "cb-deepl", "--source", "press"}).code, kOk);
  EXPECT_THAT(registry_.SplitCompanyAnswer.requests().at(0), EqualsProto(R"pb(
                name: "companies/cb-deepl"
                source: "sources/press")pb"));
  ASSERT_EQ(Ask({"distinguish", "a", "b", "--withdraw"}).code, kOk);
  EXPECT_THAT(registry_.DistinguishCompaniesAnswer.requests().at(0),
              EqualsProto(R"pb(
                company: "companies/a" other: "companies/b" withdraw: true)pb"));
}

TEST_F(IdentityVerbsTest, ReviewShowsPairsWithTheirReasons) {
  registry_.ListDuplicateCompaniesAnswer = [](const auto&, auto& reply) {
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
        R"pb(pairs {
               company { name: "companies/a" display_name: "Apollo" country: "US" }
               other { name: "companies/b" display_name: "APOLLO" }
               reasons { kind: DUPLICATE_REASON_KIND_DOMAIN value: "apollo.com" }
               reasons { kind: DUPLICATE_REASON_KIND_SIMILAR_NAME value: "Apolo" score: 0.875 }
             }
             next_page_token: "more")pb",
        &reply));
    return absl::OkStatus();
  };
  const Ran ran = Ask({"review", "--limit", "1"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("same domain apollo.com"));
  EXPECT_THAT(ran.out, HasSubstr("similar to Apolo (0.88)"));
  EXPECT_THAT(ran.out, HasSubstr("there are more"));
  EXPECT_EQ(registry_.ListDuplicateCompaniesAnswer.requests().at(0).page_size(), 1);
  registry_.ListDuplicateCompaniesAnswer = [](const auto&, auto&) { return absl::OkStatus(); };
  const Ran none = Ask({"review", "apollo"});
  ASSERT_EQ(none.code, kOk);
  EXPECT_THAT(none.out, HasSubstr("no company looks like apollo"));
  EXPECT_EQ(registry_.ListDuplicateCompaniesAnswer.requests().at(1).company(), "companies/apollo");
}

TEST_F(IdentityVerbsTest, ARefusalIsShown) {
  registry_.MergeCompaniesAnswer = [](const auto&, auto&) {
    return MakeError(common::v1::ERROR_REASON_COMPANY_NOT_FOUND, "no such company");
  };
  const Ran ran = Ask({"merge", "a", "b"});
  EXPECT_EQ(ran.code, kRefused);
  EXPECT_THAT(ran.err, HasSubstr("no such company"));
}

}  // namespace
}  // namespace steelyard::cli
