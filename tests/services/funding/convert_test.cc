#include "services/funding/convert.h"

#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace steelyard::funding {
namespace {

CompanyFacts Facts(const std::string& text) {
  registry::v1::Company company;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &company)) << text;
  return FactsOf(company);
}

TEST(ConvertTest, FactsOfACompany) {
  const CompanyFacts expected{.id = "acme",
                              .display_name = "Acme",
                              .country = "US",
                              .legal_country = "KY",
                              .founding_country = "FR",
                              .layers = {"CHIPS", "CLOUD"},
                              .sectors = {"HEALTH"},
                              .source_category = "ai",
                              .merged = {"cb-acme"}};
  EXPECT_EQ(Facts("name: 'companies/acme' display_name: 'Acme' country: 'US' legal_country: 'KY'"
                  " layers: 'CHIPS' layers: 'CLOUD' sectors: 'HEALTH' source_category: 'ai'"
                  " headquarters { country: 'FR' } merged: 'companies/cb-acme'"),
            expected);
  EXPECT_EQ(Facts("name: 'companies/a'"), CompanyFacts{.id = "a"});
}

TEST(ConvertTest, ACompanyWasFoundedWhereItsOldestHeadquartersWere) {
  struct Case {
    std::string company;
    std::string founding_country;
  };
  for (const Case& test : {
           Case{"", ""},
           Case{"country: 'US'", "US"},
           Case{"headquarters { country: 'FR' }", "FR"},
           Case{"country: 'US' headquarters { country: 'FR' } headquarters { country: 'US' }",
                "FR"},
           // A place without a country tells nothing.
           Case{"country: 'US' headquarters { city: 'Lyon' } headquarters { country: 'CH' }", "CH"},
           Case{"country: 'US' headquarters { city: 'Lyon' }", "US"},
           // Where it is incorporated says nothing of where it was founded.
           Case{"legal_country: 'KY'", ""},
       }) {
    EXPECT_EQ(Facts(test.company).founding_country, test.founding_country) << test.company;
  }
}

}  // namespace
}  // namespace steelyard::funding
