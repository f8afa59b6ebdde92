// Names in other scripts, transliterated, translated and short find their company among all others
// of the table; names that look alike and are not the same do not match by themselves.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/text/csv.h"
#include "services/registry/match/matcher.h"
#include "tests/services/registry/match/fixture.h"
#include "tests/support/status_matchers.h"

namespace steelyard::registry::match {
namespace {

using Row = std::vector<std::string>;

std::vector<Row> Read(const std::string& name) {
  const std::string path = std::string(STEELYARD_SOURCE_DIR) + "/tests/fixtures/names/" + name;
  const auto csv = text::CsvReader::Open(path, name, {});
  EXPECT_OK(csv);
  std::vector<Row> rows;
  while (csv.ok()) {
    const auto more = (*csv)->Next();
    EXPECT_OK(more);
    if (!more.ok() || !*more) break;
    rows.push_back((*csv)->fields());
  }
  return rows;
}

// Which names belong together: those that are a pair, or that a third one is a pair with.
class Companies {
 public:
  void Join(const std::string& a, const std::string& b) { leader_[Leader(a)] = Leader(b); }
  std::string Leader(const std::string& name) {
    std::string leader = name;
    while (leader_.contains(leader) && leader_[leader] != leader) leader = leader_[leader];
    return leader;
  }

 private:
  std::map<std::string, std::string> leader_;
};

TEST(PairsTest, EachFindsItsCompanyFirst) {
  const std::vector<Row> pairs = Read("pairs.csv");
  ASSERT_GE(pairs.size(), 150U);
  Companies companies;
  for (const Row& pair : pairs) companies.Join(pair[0], pair[1]);
  // All names of the table, those that look like them among them, each under its company.
  std::map<std::string, std::set<std::string>> names;
  for (const Row& pair : pairs) names[companies.Leader(pair[1])].insert(pair[1]);
  for (const Row& pair : Read("non_pairs.csv")) names[companies.Leader(pair[1])].insert(pair[1]);
  std::vector<NamedState> states;
  for (const auto& [leader, of_it] : names) {
    std::vector<CompanyName> others;
    for (const std::string& name : of_it) others.push_back({name, "und", NameKind::kAlias, ""});
    states.push_back(Since(1, Named("c" + std::to_string(states.size()), *of_it.begin(), others)));
  }
  const Index index = IndexOf(states);
  for (const Row& pair : pairs) {
    SCOPED_TRACE(pair[3] + ": " + pair[0] + " is " + pair[1]);
    ASSERT_OK_AND_ASSIGN(const Answer answer, Match(Context::Background(), index, 1,
                                                    {.name = pair[0]}, NewestMethod(), 3));
    ASSERT_FALSE(answer.candidates.empty());
    const Candidate& first = answer.candidates[0];
    EXPECT_EQ(companies.Leader(first.matched->text), companies.Leader(pair[1]))
        << first.matched->text;
    EXPECT_NE(first.decision, Decision::kNoMatch) << first.score;
  }
}

TEST(PairsTest, LookAlikesDoNotMatchByThemselves) {
  for (const Row& pair : Read("non_pairs.csv")) {
    SCOPED_TRACE(pair[0] + " is not " + pair[1] + ": " + pair[2]);
    const Index index = IndexOf({Since(1, Named("other", pair[1]))});
    ASSERT_OK_AND_ASSIGN(const Answer answer, Match(Context::Background(), index, 1,
                                                    {.name = pair[0]}, NewestMethod(), 3));
    EXPECT_NE(answer.decision, Decision::kMatch)
        << (answer.candidates.empty() ? 0 : answer.candidates[0].score);
  }
}

}  // namespace
}  // namespace steelyard::registry::match
