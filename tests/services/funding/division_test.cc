#include "services/funding/division.h"

#include <numeric>
#include <vector>

#include "gtest/gtest.h"
#include "services/common/random/philox.h"
#include "services/funding/round_filter.h"
#include "tests/support/status_matchers.h"

namespace steelyard::funding {
namespace {

constexpr auto kHeadquarters = common::v1::ATTRIBUTION_RECIPIENT_HEADQUARTERS;
constexpr auto kOrigin = common::v1::ATTRIBUTION_INVESTOR_ORIGIN;
constexpr auto kDomicile = common::v1::ATTRIBUTION_LEGAL_DOMICILE;
constexpr auto kPrimary = common::v1::LAYER_ATTRIBUTION_PRIMARY;
constexpr auto kEqual = common::v1::LAYER_ATTRIBUTION_EQUAL_SPLIT;
constexpr auto kFull = common::v1::LAYER_ATTRIBUTION_FULL;

TEST(DivisionTest, NothingIsToldApartThatTheQuestionDoesNotTellApart) {
  const struct {
    common::v1::Attribution attribution;
    common::v1::LayerAttribution layers;
    std::vector<v1::Dimension> group_by;
    bool has_regions;
    std::string filter;
    bool by_country, by_investor, by_layer, by_sector;
  } cases[] = {
      {kHeadquarters, kPrimary, {v1::DIMENSION_LAYER}, true, "", false, false, false, false},
      {kOrigin, kPrimary, {}, false, "country = FR", false, false, false, false},
      {kOrigin, kPrimary, {}, true, "", true, true, false, false},
      {kOrigin, kPrimary, {v1::DIMENSION_COUNTRY}, false, "", true, true, false, false},
      {kDomicile, kPrimary, {v1::DIMENSION_COUNTRY}, false, "", true, false, false, false},
      {kDomicile, kPrimary, {v1::DIMENSION_YEAR}, false, "", false, false, false, false},
      {kHeadquarters, kPrimary, {v1::DIMENSION_INVESTOR}, false, "", false, true, false, false},
      {kHeadquarters,
       kPrimary,
       {v1::DIMENSION_INVESTOR_KIND},
       false,
       "",
       false,
       true,
       false,
       false},
      {kHeadquarters,
       kEqual,
       {v1::DIMENSION_YEAR},
       false,
       "stage = SEED",
       false,
       false,
       false,
       false},
      {kHeadquarters, kEqual, {v1::DIMENSION_LAYER}, false, "", false, false, true, false},
      {kHeadquarters,
       kFull,
       {},
       false,
       "NOT (stage = SEED OR sector = \"H*\")",
       false,
       false,
       false,
       true},
  };
  for (const auto& test : cases) {
    ASSERT_OK_AND_ASSIGN(const auto filter, filter::Compile(test.filter, RoundFilterFields()));
    const Division division =
        DivisionOf(test.attribution, test.layers, test.group_by, test.has_regions, filter);
    EXPECT_EQ(division.attribution, test.by_country ? test.attribution : kHeadquarters);
    EXPECT_EQ(division.by_investor, test.by_investor);
    EXPECT_EQ(division.by_layer, test.by_layer);
    EXPECT_EQ(division.by_sector, test.by_sector);
    EXPECT_EQ(division.full, test.layers == kFull);
    EXPECT_EQ(division.divides(), test.by_investor || test.by_layer || test.by_sector);
  }
  EXPECT_TRUE(Division().plain());
  EXPECT_FALSE((Division{.attribution = kDomicile}.plain()));
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
