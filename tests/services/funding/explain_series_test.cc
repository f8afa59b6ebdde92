// FundingService.ExplainFigure for figures of GetSeries, over a real server.

#include "services/funding/explain_series.h"

#include "tests/services/funding/service_fixture.h"

namespace steelyard::funding {
namespace {

using ::steelyard::testing::HasReason;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using v1::ExplanationNode;

constexpr char kStatistics[] =
    "id,variable,region,period,value,unit,price_basis,qualifier,scope,source_id,note,vintage\n"
    "de,ai_investment,DE,2024,30,USD,nominal,exact,vc,oecd,,2025-01-01\n"
    "fr,ai_investment,FR,2024,20,USD,nominal,approx,vc,oecd,,2025-01-01\n"
    "fr,ai_investment,FR,2024,25,USD,nominal,exact,vc,oecd,,2025-06-01\n"
    "fr2,ai_investment,FR,2024,40,USD,nominal,exact,vc,stanford,,\n";
constexpr char kSets[] =
    "set_id,version,country,valid_from,valid_to\nDACHFR,1,DE,2000-01-01,\nDACHFR,1,FR,2000-01-01,\n"
    "DACHFR,1,AT,2000-01-01,\n";

class ExplainSeriesTest : public ServiceFixture {
 protected:
  void SetUp() override {
    ServiceFixture::SetUp();
    ASSERT_OK(Import({{"steelyard-statistics", kStatistics}, {"steelyard-region-sets", kSets}}));
  }
  absl::StatusOr<v1::ExplainFigureResponse> Explain(const std::string& figure,
                                                    const std::string& question,
                                                    const std::string& rest = "") {
    return Call(&v1::FundingService::Stub::ExplainFigure,
                Parse<v1::ExplainFigureRequest>("figure: '" + figure +
                                                "' series { variable: 'ai_investment' " + question +
                                                " } " + rest));
  }
  static std::vector<std::string> Ids(const ExplanationNode& node) {
    std::vector<std::string> ids;
    for (const ExplanationNode& child : node.children()) ids.push_back(child.id());
    return ids;
  }
};

TEST_F(ExplainSeriesTest, APublishedValueComesWithItsOtherVintages) {
  ASSERT_OK_AND_ASSIGN(const auto reply, Explain("observations/fr@2025-06-01", "regions: 'FR'"));
  EXPECT_EQ(reply.root().kind(), v1::EXPLANATION_KIND_OBSERVATION);
  EXPECT_EQ(reply.root().text(), "25");
  EXPECT_EQ(reply.root().date().month(), 6);
  EXPECT_THAT(reply.root().sources(), ElementsAre("sources/oecd"));
  EXPECT_THAT(Ids(reply.root()), ElementsAre("observations/fr@2025-01-01"));
  EXPECT_EQ(reply.root().children(0).text(), "20");
  EXPECT_THAT(reply.root().children(0).title(), HasSubstr("another vintage"));
  EXPECT_EQ(reply.figure().money().units(), 25);
  EXPECT_FALSE(reply.has_definition());
  ASSERT_OK_AND_ASSIGN(
      const auto before,
      Explain("observations/fr@2025-01-01", "regions: 'FR' published_by { year: 2025 month: 2 }"));
  EXPECT_THAT(before.root().children(0).title(), HasSubstr("published later than asked"));
}

TEST_F(ExplainSeriesTest, AChoiceNamesItsRuleAndWhatWasPassedOver) {
  ASSERT_OK_AND_ASSIGN(const auto reply, Explain("observations/fr2",
                                                 "regions: 'FR' source_policy: 'priority/1' "
                                                 "source_priority: 'sources/stanford'"));
  EXPECT_EQ(reply.root().kind(), v1::EXPLANATION_KIND_RESOLUTION);
  EXPECT_EQ(reply.root().formula(), "priority/1");
  EXPECT_THAT(reply.root().title(), HasSubstr("first listed source"));
  EXPECT_EQ(reply.root().money().units(), 40);
  EXPECT_THAT(Ids(reply.root()), ElementsAre("observations/fr2", "observations/fr@2025-06-01"));
  EXPECT_THAT(reply.root().children(1).title(), HasSubstr("passed over"));
  EXPECT_THAT(reply.root().children(1).children(), SizeIs(1));
}

TEST_F(ExplainSeriesTest, ASumNamesItsMembersAndWhoIsMissing) {
  const std::string id =
      "sum_of_members/ai_investment/DACHFR@1/2024/source=oecd/scope=vc/price_basis=nominal";
  ASSERT_OK_AND_ASSIGN(const auto reply, Explain(id, "regions: 'DACHFR' sum_members: true"));
  EXPECT_EQ(reply.root().formula(), "sum_of_members/1");
  EXPECT_EQ(reply.root().formula(), reply.figure().formula());
  EXPECT_EQ(reply.root().text(), "55");
  EXPECT_EQ(reply.figure().money().units(), 55);
  EXPECT_THAT(reply.root().title(), HasSubstr("2 of 3 members"));
  EXPECT_THAT(reply.root().title(), HasSubstr("without AT"));
  EXPECT_THAT(Ids(reply.root()),
              ElementsAre("observations/de@2025-01-01", "observations/fr@2025-06-01"));
}

TEST_F(ExplainSeriesTest, AMedianNamesEveryCandidate) {
  const std::string id = "median_of_facets/ai_investment/FR/2024/unit=USD/price_basis=nominal";
  ASSERT_OK_AND_ASSIGN(const auto reply, Explain(id, "regions: 'FR' source_policy: 'median/1'"));
  EXPECT_EQ(reply.root().formula(), "median/1");
  EXPECT_EQ(reply.figure().money().units(), 32);
  EXPECT_THAT(Ids(reply.root()), ElementsAre("observations/fr@2025-06-01", "observations/fr2"));
  EXPECT_THAT(reply.root().children(0).title(), HasSubstr("in the middle"));
}

TEST_F(ExplainSeriesTest, WrongQuestionsAreNamed) {
  const auto unknown = Explain("observations/x", "regions: 'DE'");
  EXPECT_THAT(unknown.status(), HasReason(common::v1::ERROR_REASON_FIGURE_NOT_FOUND));
  EXPECT_EQ(MetadataOf(unknown.status(), "figures"), "observations/de@2025-01-01");
  constexpr auto kInvalid = common::v1::ERROR_REASON_INVALID_FIELD;
  EXPECT_THAT(Explain("x", "regions: 'DE' read {}").status(), HasReason(kInvalid));
  EXPECT_THAT(Explain("x", "regions: 'DE'", "page_size: 1").status(), HasReason(kInvalid));
  EXPECT_THAT(Explain("x", "").status(), HasReason(kInvalid));
}

}  // namespace
}  // namespace steelyard::funding
