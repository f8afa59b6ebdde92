// steelyard company NAME --assertions.

#include "gateway/cli/session.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "services/common/status/status.h"
#include "tests/gateway/cli/command_line_fixture.h"

namespace steelyard::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class CompanyAssertionsTest : public CommandLineTest {
 protected:
  void SetUp() override {
    CommandLineTest::SetUp();
    gateway_.company = [](const auto&, gateway::v1::GetCompanyProfileResponse& reply) {
      reply.mutable_company()->set_name("companies/deepl");
      reply.mutable_company()->set_display_name("DeepL");
      reply.mutable_snapshot()->set_token("sy1.t");
      return absl::OkStatus();
    };
    registry_.GetCompanyAnswer = [](const auto& request, auto& reply) {
      EXPECT_EQ(request.read().snapshot(), "sy1.t");
      EXPECT_EQ(request.view(), registry::v1::COMPANY_VIEW_RESOLUTION);
      EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
          R"pb(company { name: "companies/deepl" display_name: "DeepL" }
               resolution {
                 field: "display_name"
                 policy: "source-kind/1"
                 winner { assertion: "companies/deepl/assertions/press" value: "DeepL" }
                 losers { assertion: "companies/cb/assertions/list" value: "DeepL SE" }
                 losers { assertion: "companies/deepl/assertions/-" value: "DeepL" }
                 distinct: 2
               }
               snapshot { token: "sy1.t" })pb",
          &reply));
      return absl::OkStatus();
    };
    registry_.ListCompanyAssertionsAnswer = [](const auto& request, auto& reply) {
      EXPECT_EQ(request.read().snapshot(), "sy1.t");
      EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
          R"pb(assertions {
                 name: "companies/deepl/assertions/press"
                 sources: "sources/press"
                 sources: "sources/wire"
                 company { name: "companies/deepl" display_name: "DeepL" country: "DE" }
               }
               assertions {
                 name: "companies/deepl/assertions/-"
                 company { name: "companies/deepl" display_name: "DeepL" }
               }
               assertions {
                 name: "companies/cb/assertions/list"
                 sources: "sources/list"
                 sources: "sources/l2"
                 sources: "sources/l3"
                 sources: "sources/l4"
                 company {
                   name: "companies/cb"
                   display_name: "DeepL SE"
                   names { text: "x" }
                 }
               })pb",
          &reply));
      return absl::OkStatus();
    };
    registry_.ListSourcesAnswer = [](const auto& request, auto& reply) {
      EXPECT_EQ(request.read().snapshot(), "sy1.t");
      EXPECT_EQ(request.names_size(), 6);
      auto& source = *reply.add_sources();
      source.set_name("sources/press");
      source.set_kind("article");
      return absl::OkStatus();
    };
  }
};

TEST_F(CompanyAssertionsTest, FieldsNameWhoIsBelievedAndWhoIsNot) {
  const Ran ran = Ask({"company", "DeepL", "--assertions"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("DeepL  (companies/deepl)"));
  EXPECT_THAT(ran.out, HasSubstr("press, wire          source-kind/1, 2 of 3 say so"));
  EXPECT_THAT(ran.out, HasSubstr("not DeepL SE  list, l2 and 2 more"));
  EXPECT_THAT(ran.out, HasSubstr("nobody in particular"));
  EXPECT_THAT(ran.out, HasSubstr("cb          list, l2 and 2 more"));
  EXPECT_THAT(ran.out, HasSubstr("press, wire           article, unknown"));
  EXPECT_THAT(ran.out, HasSubstr("snapshot"));
}

TEST_F(CompanyAssertionsTest, JsonIsTheCompanyWithItsResolution) {
  const Ran ran = Ask({"company", "DeepL", "--assertions", "--json"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("source-kind/1"));
  EXPECT_THAT(ran.out, Not(HasSubstr("nobody in particular")));
}

}  // namespace
}  // namespace steelyard::cli
