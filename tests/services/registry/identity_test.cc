#include "services/registry/identity.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace steelyard::registry {
namespace {

using ::testing::ElementsAre;
using testing::HasReason;

Company Named(std::string id, std::string name) {
  Company company{.id = std::move(id), .display_name = std::move(name)};
  Normalize(company);
  return company;
}

Decision Merged(const std::string& company, const std::string& into) {
  return AboutMerge(DecisionKind::kMerged, company, into, "", "");
}

TEST(IdentityTest, OneRecordIsItsCompany) {
  Company company = Named("a", "A");
  company.city = "Paris";
  company.names.push_back({"B", "und", NameKind::kPreferred, "s"});
  Normalize(company);
  EXPECT_EQ(Join(std::vector{company}), company);
}

TEST(IdentityTest, WhatTheFirstRecordLeavesEmptyIsThatOfTheNext) {
  Company first = Named("z", "Z");
  first.status = CompanyStatus::kPublic;
  Company second = Named("a", "A");
  second.status = CompanyStatus::kClosed;
  second.website = "https://a.example";
  second.sectors = {"HEALTH"};
  Company third = Named("b", "B");
  third.website = "https://b.example";
  third.sectors = {"ENERGY"};
  third.source_category = "energy";
  const Company joined = Join(std::vector{first, second, third});
  EXPECT_EQ(joined.id, "z");
  EXPECT_EQ(joined.display_name, "Z");
  EXPECT_EQ(joined.status, CompanyStatus::kPublic);
  EXPECT_EQ(joined.website, "https://a.example");
  EXPECT_THAT(joined.sectors, ElementsAre("HEALTH"));
  EXPECT_EQ(joined.source_category, "energy");
  EXPECT_THAT(joined.merged, ElementsAre("a", "b"));
}

TEST(IdentityTest, CountryAndCityGoTogether) {
  const auto at = [](std::string id, std::string country, std::string city) {
    Company company = Named(std::move(id), "X");
    company.country = std::move(country);
    company.city = std::move(city);
    return company;
  };
  const Company one = Join(std::vector{at("a", "", "Paris"), at("b", "US", "Austin")});
  EXPECT_EQ(one.country + " " + one.city, "US Austin");
  const Company two =
      Join(std::vector{at("a", "FR", ""), at("b", "US", "Austin"), at("c", "FR", "Lyon")});
  EXPECT_EQ(two.country + " " + two.city, "FR Lyon");
  const Company three = Join(std::vector{at("a", "", ""), at("b", "", "Lyon")});
  EXPECT_EQ(three.country + " " + three.city, " Lyon");
}

TEST(IdentityTest, PreferredNamesOfOthersAreAliases) {
  Company first = Named("a", "Acme");
  Company second = Named("b", "Acme Inc");
  second.names.push_back({"Acme", "en", NameKind::kPreferred, ""});
  Normalize(second);
  EXPECT_THAT(Join(std::vector{first, second}).names,
              ElementsAre(CompanyName{"Acme", "und", NameKind::kPreferred, ""},
                          CompanyName{"Acme Inc", "und", NameKind::kAlias, ""}));
}

TEST(IdentityTest, IdsLeadToTheEndOfTheirChain) {
  const Redirects redirects(std::vector{Merged("a", "b"), Merged("b", "c"), Merged("d", "c"),
                                        AboutMerge(DecisionKind::kSplit, "e", "c", "", ""),
                                        AboutPair(DecisionKind::kDistinct, "x", "a", "", "")});
  EXPECT_EQ(redirects.SurvivorOf("a"), "c");
  EXPECT_EQ(redirects.SurvivorOf("c"), "c");
  EXPECT_EQ(redirects.SurvivorOf("e"), "e");
  EXPECT_EQ(*redirects.IntoOf("a"), "b");
  EXPECT_EQ(redirects.IntoOf("c"), nullptr);
  EXPECT_THAT(redirects.MembersOf("c"), ElementsAre("c", "a", "b", "d"));
  EXPECT_THAT(redirects.MembersOf("x"), ElementsAre("x"));
}

TEST(IdentityTest, PairsAreOneDecisionInEitherOrder) {
  const Decision one = AboutPair(DecisionKind::kDistinct, "b", "a", "s", "c");
  EXPECT_EQ(one, AboutPair(DecisionKind::kDistinct, "a", "b", "s", "c"));
  EXPECT_NE(one.id, AboutPair(DecisionKind::kDistinct, "a", "c", "s", "c").id);
  EXPECT_NE(Canonical(one), Canonical(AboutPair(DecisionKind::kWithdrawn, "a", "b", "s", "c")));
  EXPECT_THAT(After({one, Merged("a", "z")}, std::vector{Merged("a", "y")}),
              ElementsAre(one, Merged("a", "y")));
}

TEST(IdentityTest, DifferentCompaniesStayDifferentWhereverTheyLead) {
  const std::vector<Decision> decisions = {Merged("a", "x"), Merged("b", "y"),
                                           AboutPair(DecisionKind::kDistinct, "a", "b", "", "no")};
  EXPECT_THAT(CheckMerge(decisions, "x", std::vector<std::string>{"y"}),
              HasReason(common::v1::ERROR_REASON_COMPANIES_DISTINCT));
  // Neither are two others that are merged into a third.
  EXPECT_THAT(CheckMerge(decisions, "z", std::vector<std::string>{"x", "y"}),
              HasReason(common::v1::ERROR_REASON_COMPANIES_DISTINCT));
  EXPECT_OK(CheckMerge(decisions, "z", std::vector<std::string>{"x"}));
  EXPECT_OK(CheckMerge(decisions, "x", std::vector<std::string>{"a"}));
  EXPECT_THAT(CheckMerge(decisions, "y", std::vector<std::string>{"a"}),
              HasReason(common::v1::ERROR_REASON_COMPANY_MERGED));
}

}  // namespace
}  // namespace steelyard::registry
