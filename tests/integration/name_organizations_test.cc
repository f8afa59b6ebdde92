// The published promise: how well the organisations of the OpenSanctions name bench are told apart.
// The weights were not fitted on its synthetic rows.

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/common/text/csv.h"
#include "services/registry/match/method.h"
#include "services/registry/match/name_features.h"
#include "tests/support/status_matchers.h"

namespace steelyard::registry::match {
namespace {

struct Counts {
  int tp = 0;
  int wrong = 0;

  void Add(bool says, bool is) {
    tp += says && is ? 1 : 0;
    wrong += says != is ? 1 : 0;
  }
  double F1() const { return 2.0 * tp / (2.0 * tp + wrong); }
};

TEST(OrganizationsTest, F1AtThePublishedThresholdIsNineTenthsAtLeast) {
  const std::string path =
      std::string(STEELYARD_SOURCE_DIR) + "/tests/fixtures/names_os/organizations.csv";
  ASSERT_OK_AND_ASSIGN(const auto csv, text::CsvReader::Open(path, path, {}));
  Counts all;
  Counts synthetic;
  Counts frozen;
  int automatic_wrong = 0;
  int rows = 0;
  while (true) {
    ASSERT_OK_AND_ASSIGN(const bool more, csv->Next());
    if (!more) break;
    ++rows;
    const std::vector<std::string>& row = csv->fields();
    const auto compared = Compare(Parse(row[1]), Parse(row[2]), WeighByTable);
    const double score = ScoreOf(NewestMethod(), compared.features, {});
    const bool is = row[3] == "true";
    all.Add(score >= NewestMethod().review_threshold, is);
    if (row[0] == "synth_companies") synthetic.Add(score >= NewestMethod().review_threshold, is);
    if (!row[4].empty()) frozen.Add(row[4] == "true", is);
    automatic_wrong += score >= NewestMethod().match_threshold && !is ? 1 : 0;
  }
  EXPECT_EQ(rows, 266);
  EXPECT_GE(all.F1(), 0.90);
  EXPECT_GE(synthetic.F1(), 0.90);
  EXPECT_GT(all.F1(), frozen.F1());
  EXPECT_LE(automatic_wrong, 3);  // of 95 that are not one
}

}  // namespace
}  // namespace steelyard::registry::match
