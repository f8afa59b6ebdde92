// What steelyard company shows of a company.

#include "gateway/cli/session.h"
#include "gmock/gmock.h"
#include "tests/gateway/cli/command_line_fixture.h"

namespace steelyard::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class CompanyVerbTest : public CommandLineTest {
 protected:
  // What is shown of a company in Austin that is incorporated in a country.
  std::string Shown(const std::string& legal_country) {
    gateway_.company = [legal_country](const auto&, auto& reply) {
      registry::v1::Company& company = *reply.mutable_company();
      company.set_name("companies/acme");
      company.set_display_name("Acme");
      company.set_city("Austin");
      company.set_country("US");
      company.set_legal_country(legal_country);
      company.set_website("https://acme.example");
      return absl::OkStatus();
    };
    const Ran ran = Ask({"company", "Acme"});
    EXPECT_EQ(ran.code, kOk) << ran.err;
    return ran.out;
  }
};

TEST_F(CompanyVerbTest, WhereACompanyIsIncorporatedStandsBesideWhereItIsBased) {
  EXPECT_THAT(Shown("KY"), HasSubstr("based in    Austin, US\n"
                                     "legally     incorporated in KY\n"
                                     "website     https://acme.example\n"));
}

TEST_F(CompanyVerbTest, WhatIsNotKnownOfItIsNotShown) {
  EXPECT_THAT(Shown(""), HasSubstr("based in    Austin, US\n"
                                   "website     https://acme.example\n"));
  EXPECT_THAT(Shown(""), Not(HasSubstr("incorporated")));
}

}  // namespace
}  // namespace steelyard::cli
