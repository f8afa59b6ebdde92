#include "gateway/cli/company_match.h"

#include <map>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/status/status.h"
#include "tests/support/mapping_files.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace steelyard::cli {
namespace {

using ::steelyard::testing::HasReason;
using ::testing::ElementsAre;

class CompanyMatchTest : public ::testing::Test {
 protected:
  absl::StatusOr<Matched> Match(const std::string& bytes, const std::string& json) {
    asked_.clear();
    return MatchCompanies(directory_.Write("x.csv", bytes), *testing::MappingOf(json),
                          [this](const std::string& name) {
                            asked_.push_back(name);
                            return bearers_[name];
                          });
  }
  testing::TempDir directory_;
  std::map<std::string, std::vector<std::string>> bearers_;
  std::vector<std::string> asked_;
};

TEST_F(CompanyMatchTest, NamesThatAreFoundGetTheirIds) {
  bearers_ = {{"Alpha AG", {"de-1"}}, {"Bolt", {"bolt-us", "bolt-ee"}}};
  ASSERT_OK_AND_ASSIGN(
      const Matched matched,
      Match("N,D\nAlpha AG,2020\n<b>Alpha AG</b>,2021\nalpha-ag,2021\nBolt,2020\nNew,2020\n,2020\n",
            R"({"kind": "rounds", "fields": [
                {"to": "company_name", "from": ["N"], "stripMarkup": true},
                {"to": "announced", "from": ["D"]}]})"));
  EXPECT_THAT(asked_, ElementsAre("Alpha AG", "Alpha AG", "Bolt", "New"));
  EXPECT_EQ(matched.names, 4);
  EXPECT_EQ(matched.found, 2);
  EXPECT_EQ(matched.several, 1);
  const auto loaded = testing::MappingOf(matched.json);
  const auto& field = loaded->mapping.fields(2);
  EXPECT_EQ(field.to(), "company_id");
  EXPECT_EQ(field.id_style(), "slug");
  EXPECT_EQ(field.values().size(), 2U);
  EXPECT_EQ(field.values().at("Alpha AG"), "de-1");
  EXPECT_EQ(field.values().at("<b>Alpha AG</b>"), "de-1");
}

TEST_F(CompanyMatchTest, IdsOfTheFileStayFirst) {
  bearers_ = {{"Alpha", {"de-1"}}};
  ASSERT_OK_AND_ASSIGN(const Matched matched, Match("I,N\nown,Alpha\n,Alpha\n",
                                                    R"({"kind": "companies", "fields": [
                                 {"to": "company_id", "from": ["I"], "prefix": "x-"},
                                 {"to": "company_name", "from": ["N"]}]})"));
  EXPECT_EQ(matched.found, 1);
  const auto loaded = testing::MappingOf(matched.json);
  const auto& field = loaded->mapping.fields(0);
  EXPECT_EQ(field.prefix(), "x-");
  EXPECT_EQ(field.otherwise().values().at("Alpha"), "de-1");
}

TEST_F(CompanyMatchTest, AFailureEndsIt) {
  const auto matched = MatchCompanies(
      directory_.Write("x.csv", "N\nA\n"),
      *testing::MappingOf(
          R"({"kind": "companies", "fields": [{"to": "company_name", "from": ["N"]}]})"),
      [](const std::string&) -> absl::StatusOr<std::vector<std::string>> {
        return MakeError(common::v1::ERROR_REASON_BACKEND_UNAVAILABLE, "gone");
      });
  EXPECT_THAT(matched, HasReason(common::v1::ERROR_REASON_BACKEND_UNAVAILABLE));
}

}  // namespace
}  // namespace steelyard::cli
