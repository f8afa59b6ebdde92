#include "services/funding/columns/cube.h"

#include "gtest/gtest.h"

namespace steelyard::funding::columns {
namespace {

constexpr GroupNeeds kSums{.companies = false,
                           .median = false,
                           .without_largest = false,
                           .mega_rounds = false,
                           .hhi = false,
                           .top = false};

int32_t Day(int year, int month, int day) { return PartialDate{year, month, day}.ToDays(); }

ResolvedRegion Joins(int32_t day) {
  return {.term = "CLUB",
          .region = "CLUB",
          .version = "1",
          .members = {{.country = "FR"}, {.country = "GB", .until = day}}};
}

bool Fits(const AggregateQuery& query, const SelectionQuery& selection = {},
          const GroupNeeds& needs = kSums) {
  const auto rates = std::make_shared<const RateTable>();
  return Cube::Fits(
      {.query = query, .selection = selection, .needs = needs, .rates = rates, .revision = 1});
}

TEST(CubeTest, FitsWhatAddsUpOverMonths) {
  EXPECT_TRUE(Fits({.group_by = {v1::DIMENSION_COUNTRY, v1::DIMENSION_MONTH}, .currency = "USD"}));
  EXPECT_TRUE(
      Fits({}, {.period = {.from = PartialDate{2020, 2, 1}, .to = PartialDate{2024, 2, 29}}}));
}

TEST(CubeTest, DoesNotFitWhatNeedsSingleAmountsOrCompanies) {
  for (bool GroupNeeds::*need :
       {&GroupNeeds::companies, &GroupNeeds::median, &GroupNeeds::without_largest,
        &GroupNeeds::mega_rounds, &GroupNeeds::hhi, &GroupNeeds::top}) {
    GroupNeeds needs = kSums;
    needs.*need = true;
    EXPECT_FALSE(Fits({}, {}, needs));
  }
  EXPECT_FALSE(Fits({.group_by = {v1::DIMENSION_COMPANY}}));
  EXPECT_FALSE(Fits({.group_by = {v1::DIMENSION_SOURCE_CATEGORY}}));
  EXPECT_FALSE(Fits({.impute = true}));
}

TEST(CubeTest, DoesNotFitWhatCutsAMonth) {
  EXPECT_FALSE(Fits({}, {.period = {.from = PartialDate{2020, 2, 2}}}));
  EXPECT_FALSE(Fits({}, {.period = {.to = PartialDate{2024, 2, 28}}}));
  EXPECT_TRUE(Fits({.regions = {Joins(Day(2020, 2, 1))}}));
  EXPECT_FALSE(Fits({.regions = {Joins(Day(2020, 2, 2))}}));
}

TEST(CellTableTest, RemovesWhatItHas) {
  CellTable<RoundCount> table;
  table.At(7).Add({1});
  table.At(9).Add({2});
  table.At(7).Add({3});
  table.Remove(7);
  table.Remove(8);
  ASSERT_EQ(table.keys.size(), 1U);
  EXPECT_EQ(table.At(9).rounds, 2);
  EXPECT_EQ(table.At(7).rounds, 0);
}

}  // namespace
}  // namespace steelyard::funding::columns
