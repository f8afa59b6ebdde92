#include "services/funding/columns/block.h"

#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace steelyard::funding::columns {
namespace {

using ::testing::ElementsAre;

Company Acme() {
  Company company;
  company.id = "acme";
  company.versions = {
      {{.from = 2, .to = 5, .country = 1, .layer = 2, .sector = 3, .category = 4}, "Acme"},
      {{.from = 5, .country = 7}, std::string("Acme \0 Ltd", 10)}};
  company.rows = {{.from = 1, .announced = Pack({2024, 5, 6}), .stage = 3, .kind = 1, .amount = 7},
                  {.from = 2,
                   .to = 4,
                   .announced = Pack({2021, 0, 0}),
                   .closed = Pack({2022, 3, 0}),
                   .currency = 2,
                   .sources = 9,
                   .whole = 5,
                   .compared = true,
                   .low = -1,
                   .high = 12}};
  return company;
}

TEST(BlockTest, DatesKeepTheirPrecisionAndOrder) {
  for (const PartialDate& date : {PartialDate{1900, 0, 0}, PartialDate{2024, 2, 0},
                                  PartialDate{2024, 2, 29}, PartialDate{9999, 12, 31}}) {
    EXPECT_EQ(Unpack(Pack(date)), date);
  }
  EXPECT_LT(Pack({2023, 12, 31}), Pack({2024, 0, 0}));
  EXPECT_LT(Pack({2024, 0, 0}), Pack({2024, 1, 0}));
  EXPECT_LT(Pack({2024, 1, 0}), Pack({2024, 1, 1}));
}

TEST(BlockTest, AFrozenBlockThawsToWhatItWasMadeOf) {
  Company empty;
  empty.id = "zeta";
  const std::vector<Company> companies = {Acme(), empty};
  const auto block = Freeze(companies, 0, 2);
  EXPECT_EQ(block->companies(), 2U);
  EXPECT_EQ(block->rows(), 2U);
  EXPECT_EQ(block->IdOf(0), "acme");
  EXPECT_EQ(block->first_year, 2021);
  EXPECT_EQ(block->last_year, 2024);
  EXPECT_GT(block->bytes(), 100);
  const std::vector<Company> thawed = block->Thaw();
  ASSERT_EQ(thawed.size(), 2U);
  EXPECT_EQ(thawed[0].rows, companies[0].rows);
  EXPECT_EQ(thawed[0].versions[1].name, companies[0].versions[1].name);
  EXPECT_EQ(thawed[1].id, "zeta");
  EXPECT_TRUE(thawed[1].rows.empty());
}

TEST(BlockTest, AVersionHoldsFromItsFirstRevisionToItsLast) {
  const auto block = Freeze({Acme()}, 0, 1);
  EXPECT_EQ(block->VersionAt(0, 1), nullptr);
  EXPECT_EQ(block->VersionAt(0, 2)->country, 1);
  EXPECT_EQ(block->VersionAt(0, 4)->country, 1);
  EXPECT_EQ(block->VersionAt(0, 5)->country, 7);
  EXPECT_EQ(block->VersionAt(0, kOpen - 1)->country, 7);
}

TEST(BlockTest, ClosingDatesTakeNoRoomWhenNoneIsKnown) {
  Company company = Acme();
  company.rows.pop_back();
  EXPECT_TRUE(Freeze({company}, 0, 1)->closed.empty());
}

TEST(WholesTest, ExistWhileAnyOfTheirLivesLasts) {
  Wholes wholes;
  wholes.ids.Number("w");
  wholes.lives = {{{.from = 2, .to = 3}, {.from = 5}}};
  std::vector<bool> exists;
  for (int32_t revision = 1; revision <= 6; ++revision) {
    exists.push_back(wholes.ExistsAt(0, revision));
  }
  EXPECT_THAT(exists, ElementsAre(false, true, false, false, true, true));
}

}  // namespace
}  // namespace steelyard::funding::columns
