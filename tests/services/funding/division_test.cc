#include "services/funding/division.h"

#include <numeric>
#include <vector>

#include "gtest/gtest.h"
#include "services/common/random/philox.h"
#include "services/funding/round_filter.h"
#include "tests/support/status_matchers.h"

namespace steelyard::funding {
namespace {

using common::v1::ATTRIBUTION_INVESTOR_ORIGIN;
using common::v1::ATTRIBUTION_LEGAL_DOMICILE;
using common::v1::ATTRIBUTION_RECIPIENT_HEADQUARTERS;
using common::v1::LAYER_ATTRIBUTION_EQUAL_SPLIT;
using common::v1::LAYER_ATTRIBUTION_FULL;
using common::v1::LAYER_ATTRIBUTION_PRIMARY;

TEST(DivisionTest, NothingIsToldApartThatTheQuestionDoesNotTellApart) {
  const struct {
    common::v1::Attribution attribution;
    common::v1::LayerAttribution layers;
    std::vector<v1::Dimension> group_by;
    std::string filter;
    bool by_investor, by_layer, by_sector;
  } cases[] = {
      {ATTRIBUTION_RECIPIENT_HEADQUARTERS,
       LAYER_ATTRIBUTION_PRIMARY,
       {v1::DIMENSION_LAYER},
       "",
       false,
       false,
       false},
      {ATTRIBUTION_INVESTOR_ORIGIN, LAYER_ATTRIBUTION_PRIMARY, {}, "", true, false, false},
      {ATTRIBUTION_LEGAL_DOMICILE,
       LAYER_ATTRIBUTION_PRIMARY,
       {v1::DIMENSION_COUNTRY},
       "",
       false,
       false,
       false},
      {ATTRIBUTION_RECIPIENT_HEADQUARTERS,
       LAYER_ATTRIBUTION_PRIMARY,
       {v1::DIMENSION_INVESTOR},
       "",
       true,
       false,
       false},
      {ATTRIBUTION_RECIPIENT_HEADQUARTERS,
       LAYER_ATTRIBUTION_PRIMARY,
       {v1::DIMENSION_INVESTOR_KIND},
       "",
       true,
       false,
       false},
      {ATTRIBUTION_RECIPIENT_HEADQUARTERS,
       LAYER_ATTRIBUTION_EQUAL_SPLIT,
       {v1::DIMENSION_YEAR},
       "stage = SEED",
       false,
       false,
       false},
      {ATTRIBUTION_RECIPIENT_HEADQUARTERS,
       LAYER_ATTRIBUTION_EQUAL_SPLIT,
       {v1::DIMENSION_LAYER},
       "",
       false,
       true,
       false},
      {ATTRIBUTION_RECIPIENT_HEADQUARTERS,
       LAYER_ATTRIBUTION_FULL,
       {},
       "NOT (stage = SEED OR sector = \"H*\")",
       false,
       false,
       true},
  };
  for (const auto& test : cases) {
    ASSERT_OK_AND_ASSIGN(const auto filter, filter::Compile(test.filter, RoundFilterFields()));
    const Division division = DivisionOf(test.attribution, test.layers, test.group_by, filter);
    EXPECT_EQ(division.by_investor, test.by_investor);
    EXPECT_EQ(division.by_layer, test.by_layer);
    EXPECT_EQ(division.by_sector, test.by_sector);
    EXPECT_EQ(division.full, test.layers == LAYER_ATTRIBUTION_FULL);
    EXPECT_EQ(division.divides(), test.by_investor || test.by_layer || test.by_sector);
  }
  EXPECT_TRUE(Division().plain());
  EXPECT_FALSE((Division{.attribution = ATTRIBUTION_LEGAL_DOMICILE}.plain()));
}

TEST(DivisionTest, TheFirstPartsTakeWhatIsLeftOver) {
  const auto share = [](int64_t amount, int32_t slots, std::vector<int32_t> taken) {
    return ShareOf(amount, slots, taken);
  };
  EXPECT_EQ(share(100, 1, {0}), 100);
  EXPECT_EQ(share(100, 3, {0}), 34);
  EXPECT_EQ(share(100, 3, {1}), 33);
  EXPECT_EQ(share(100, 3, {0, 2}), 67);
  EXPECT_EQ(share(2, 3, {2}), 0);
  EXPECT_EQ(share(0, 3, {0, 1, 2}), 0);
  EXPECT_EQ(share(INT64_MAX, 7, {0, 1, 2, 3, 4, 5, 6}), INT64_MAX);
}

// Whatever the parts, they differ by one at most and add up to the amount.
TEST(DivisionTest, PartsAddUp) {
  random::Sequence draws({7, 0}, 0, 0, 0);
  for (int i = 0; i < 1000; ++i) {
    const auto amount = static_cast<int64_t>(draws.Uniform() * 1e12);
    const auto slots = static_cast<int32_t>(1 + draws.Uniform() * 60);
    int64_t sum = 0;
    for (int32_t slot = 0; slot < slots; ++slot) {
      const int64_t part = ShareOf(amount, slots, std::vector{slot});
      EXPECT_GE(part, amount / slots);
      EXPECT_LE(part, amount / slots + 1);
      sum += part;
    }
    EXPECT_EQ(sum, amount);
    std::vector<int32_t> all(static_cast<size_t>(slots));
    std::iota(all.begin(), all.end(), 0);
    EXPECT_EQ(ShareOf(amount, slots, all), amount);
  }
}

}  // namespace
}  // namespace steelyard::funding
