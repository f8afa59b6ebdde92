// Names in other scripts, transliterated, translated and short find their company among all others
// of the table; names that look alike and are not the same do not match by themselves.

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
  const std::string path =
      std::string(STEELYARD_SOURCE_DIR) + "/tests/services/registry/match/" + name;
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

// Every name of both tables, each a company's.
Index All() {
  std::vector<NamedState> states;
  std::set<std::string> known;
  for (const std::string file : {"pairs.csv", "non_pairs.csv"}) {
    for (const Row& row : Read(file)) {
      if (known.insert(row[1]).second) {
        states.push_back(Since(1, Named("c" + std::to_string(states.size()), row[1])));
      }
    }
  }
  return IndexOf(states);
}

TEST(PairsTest, EachFindsItsCompanyFirst) {
  const Index index = All();
  const std::vector<Row> pairs = Read("pairs.csv");
  EXPECT_GE(pairs.size(), 150U);
  for (const Row& pair : pairs) {
    SCOPED_TRACE(pair[3] + ": " + pair[0] + " is " + pair[1]);
    ASSERT_OK_AND_ASSIGN(
        const Answer answer,
        Match(Context::Background(), index, 1, {.name = pair[0]}, NewestMethod(), 3));
    ASSERT_FALSE(answer.candidates.empty());
    EXPECT_EQ(answer.candidates[0].display_name, pair[1]);
    EXPECT_NE(answer.candidates[0].decision, Decision::kNoMatch) << answer.candidates[0].score;
  }
}

TEST(PairsTest, LookAlikesDoNotMatchByThemselves) {
  for (const Row& pair : Read("non_pairs.csv")) {
    SCOPED_TRACE(pair[0] + " is not " + pair[1] + ": " + pair[2]);
    const Index index = IndexOf({Since(1, Named("other", pair[1]))});
    ASSERT_OK_AND_ASSIGN(
        const Answer answer,
        Match(Context::Background(), index, 1, {.name = pair[0]}, NewestMethod(), 3));
    EXPECT_NE(answer.decision, Decision::kMatch)
        << (answer.candidates.empty() ? 0 : answer.candidates[0].score);
  }
}

}  // namespace
}  // namespace steelyard::registry::match
