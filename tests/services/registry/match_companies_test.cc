// MatchCompanies over a real server and a real store.

#include <limits>
#include <string>

#include "tests/services/registry/service_fixture.h"

namespace steelyard::registry::served {
namespace {

using testing::HasReason;
using ::testing::HasSubstr;

class MatchCompaniesTest : public ServiceTest {
 protected:
  void SetUp() override {
    ServiceTest::SetUp();
    ImportAll();
  }
  auto Match(const std::string& text) {
    return Call(&v1::RegistryService::Stub::MatchCompanies, Parse<v1::MatchCompaniesRequest>(text));
  }
};

TEST_F(MatchCompaniesTest, AnswersEachQueryByItself) {
  ASSERT_OK_AND_ASSIGN(const v1::MatchCompaniesResponse response, Match(R"pb(
                         queries { name: 'Laboratoires de la Forêt-Noire' }
                         queries { name: 'OnzeLabs' }
                         queries { name: 'Profond' }
                         queries { name: 'Nébius' }
                         queries { name: 'Nobody At All' }
                         options { max_candidates: 1 })pb"));
  ASSERT_EQ(response.results_size(), 5);
  const std::vector<std::string> companies = {"black-forest-labs", "elevenlabs", "deepl", "nebius"};
  for (int i = 0; i < 4; ++i) {
    ASSERT_EQ(response.results(i).candidates_size(), 1) << i;
    const v1::MatchCandidate& first = response.results(i).candidates(0);
    EXPECT_EQ(first.company(), "companies/" + companies[static_cast<size_t>(i)]);
    EXPECT_GT(first.score(), response.method().review_threshold());
    EXPECT_LT(first.score(), 1);
    EXPECT_FALSE(first.matched().text().empty());
    EXPECT_GT(first.features_size(), 0);
  }
  EXPECT_NE(response.results(4).decision(), v1::MATCH_DECISION_MATCH);
  EXPECT_FALSE(response.method().version().empty());
  EXPECT_GT(response.method().weights_size(), 20);
}

TEST_F(MatchCompaniesTest, TheScoreIsWhatItsFeaturesSay) {
  ASSERT_OK_AND_ASSIGN(const v1::MatchCompaniesResponse response,
                       Match("queries { name: 'Black Forrest Labs' country: 'DE' }"));
  ASSERT_GT(response.results(0).candidates_size(), 0);
  double odds = response.method().weights(0).weight();
  EXPECT_EQ(response.method().weights(0).feature(), "bias");
  const v1::MatchCandidate& first = response.results(0).candidates(0);
  for (const v1::MatchFeature& feature : first.features())
    odds += feature.value() * feature.weight();
  EXPECT_NEAR(first.score(), 1 / (1 + std::exp(-odds)), 1e-12);
}

TEST_F(MatchCompaniesTest, ATokenGivesTheSameBytes) {
  const std::string asked = "queries { name: 'Deep' } queries { name: 'forest labs' }";
  ASSERT_OK_AND_ASSIGN(const v1::MatchCompaniesResponse before, Match(asked));
  ASSERT_OK(Upsert("companies { name: 'companies/deep' display_name: 'Deep' }"));
  ASSERT_OK_AND_ASSIGN(const v1::MatchCompaniesResponse now, Match(asked));
  EXPECT_NE(now.results(0).candidates(0).company(), before.results(0).candidates(0).company());
  ASSERT_OK_AND_ASSIGN(const v1::MatchCompaniesResponse again,
                       Match(asked + " read { snapshot: '" + before.snapshot().token() + "' }"));
  EXPECT_EQ(again.SerializeAsString(), before.SerializeAsString());
}

TEST_F(MatchCompaniesTest, WeightsAndThresholdsCanBeSet) {
  ASSERT_OK_AND_ASSIGN(const v1::MatchCompaniesResponse strict, Match(R"pb(
                         queries { name: 'DeepL' }
                         options {
                           match_threshold: 0.999
                           weights { key: 'whole' value: -5 }
                         })pb"));
  EXPECT_NE(strict.results(0).decision(), v1::MATCH_DECISION_MATCH);
  EXPECT_EQ(strict.method().match_threshold(), 0.999);
  ASSERT_OK_AND_ASSIGN(const v1::MatchCompaniesResponse plain, Match("queries { name: 'DeepL' }"));
  EXPECT_EQ(plain.results(0).decision(), v1::MATCH_DECISION_MATCH);
}

TEST_F(MatchCompaniesTest, SaysWhenANameIsALegalForm) {
  ASSERT_OK_AND_ASSIGN(const v1::MatchCompaniesResponse response,
                       Match("queries { name: 'GmbH' }"));
  ASSERT_EQ(response.results(0).warnings_size(), 1);
  EXPECT_THAT(response.results(0).warnings(0), HasSubstr("legal form"));
}

TEST_F(MatchCompaniesTest, RefusesWhatIsWrongAndNamesThePlace) {
  struct Case {
    std::string request;
    std::string place;
  };
  std::string many;
  for (int i = 0; i < 101; ++i) many += "queries { name: 'x' } ";
  for (const Case& test : std::vector<Case>{
           {"", "queries"},
           {many, "queries"},
           {"queries { }", "queries[0]"},
           {"queries { name: 'a' } queries { name: '--' }", "queries[1].name"},
           {"queries { name: '" + std::string(10'000, 'x') + "' }", "queries[0].name"},
           {"queries { name: 'a\\001b' }", "queries[0].name"},
           {"queries { name: 'a' country: 'Germany' }", "queries[0].country"},
           {"queries { name: 'a' website: 'nothing' }", "queries[0].website"},
           {"queries { name: 'a' founded_year: -1 }", "queries[0].founded_year"},
           {"queries { identifiers { scheme: 'LEI!' value: 'x' } }",
            "queries[0].identifiers[0].scheme"},
           {"queries { name: 'a' } options { match_threshold: 1 }", "options.match_threshold"},
           {"queries { name: 'a' } options { match_threshold: nan }", "options.match_threshold"},
           {"queries { name: 'a' } options { review_threshold: 0.95 }", "options.review_threshold"},
           {"queries { name: 'a' } options { weights { key: 'shoe_size' value: 1 } }",
            "options.weights[\"shoe_size\"]"},
           {"queries { name: 'a' } options { weights { key: 'whole' value: 1000 } }",
            "options.weights[\"whole\"]"},
           {"queries { name: 'a' } options { max_candidates: 51 }", "options.max_candidates"},
       }) {
    SCOPED_TRACE(test.request.substr(0, 80));
    const auto refused = Match(test.request);
    EXPECT_THAT(refused, HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
    std::vector<std::string> places;
    for (const auto& [field, problem] : FieldsOf(refused.status())) places.push_back(field);
    EXPECT_THAT(places, ::testing::Contains(test.place));
  }
  EXPECT_THAT(Match("queries { name: 'a' } options { method_version: '1066' }"),
              HasReason(common::v1::ERROR_REASON_METHOD_UNKNOWN));
}

}  // namespace
}  // namespace steelyard::registry::served
