#include "services/funding/lead_companies.h"

#include "gmock/gmock.h"
#include "services/funding/round_filter.h"
#include "tests/services/funding/funding_fixture.h"

namespace steelyard::funding {
namespace {

class LeadCompaniesTest : public FundingFixture {
 protected:
  void SetUp() override {
    FundingFixture::SetUp();
    Upsert({SomeRound("a", "acme"), SomeRound("b", "other", {2001, 1, 1}),
            SomeRound("c", "third", {2011, 1, 1})});
    CompanyFacts other;
    other.id = "other";
    other.merged = {"acme"};
    ASSERT_OK(rounds_->ApplyCompanies(Context::Background(), {other}, 1));
  }
  std::vector<std::string> Listed(int64_t revision, const std::string& text) {
    RoundQuery query;
    query.filter = *filter::Compile(text, RoundFilterFields());
    query.order = {{"id", false}};
    EXPECT_OK(LeadCompanies(Context::Background(), *rounds_, revision, query.filter));
    const auto page = rounds_->List(Context::Background(), revision, query);
    EXPECT_OK(page);
    std::vector<std::string> ids;
    for (const Round& round : page->rounds) ids.push_back(round.id);
    return ids;
  }
};

TEST_F(LeadCompaniesTest, AMergedIdMeansTheCompanyThatItIsPartOf) {
  using ::testing::ElementsAre;
  EXPECT_THAT(Listed(2, "company = 'acme'"), ElementsAre("a", "b"));
  EXPECT_THAT(Listed(2, "company = 'other'"), ElementsAre("a", "b"));
  EXPECT_THAT(Listed(2, "company != 'acme'"), ElementsAre("c"));
  EXPECT_THAT(Listed(2, "company = 'third' OR id = 'a'"), ElementsAre("a", "c"));
  EXPECT_THAT(Listed(2, "company = 'acm*'"), ElementsAre()) << "a pattern is of ids, not of one";
  EXPECT_THAT(Listed(1, "company = 'acme'"), ElementsAre("a")) << "before it was merged";
  EXPECT_THAT(Listed(2, ""), ElementsAre("a", "b", "c"));
}

TEST_F(LeadCompaniesTest, AnIdIsLedAndNoneStays) {
  std::string company = "acme";
  ASSERT_OK(LeadCompany(Context::Background(), *rounds_, 2, company));
  EXPECT_EQ(company, "other");
  company.clear();
  ASSERT_OK(LeadCompany(Context::Background(), *rounds_, 2, company));
  EXPECT_EQ(company, "");
}

}  // namespace
}  // namespace steelyard::funding
