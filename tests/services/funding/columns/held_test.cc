// Prices and cubes beside a copy: finding them, and what goes when there is no room.

#include "services/funding/columns/held.h"

#include "gtest/gtest.h"
#include "services/common/text/strings.h"
#include "tests/support/status_matchers.h"

namespace steelyard::funding::columns {
namespace {

Valuation In(const std::string& currency, std::shared_ptr<const RateTable> rates) {
  return {.currency = currency, .fx = {}, .deflator = {}, .rates = std::move(rates)};
}

class HeldTest : public ::testing::Test {
 protected:
  HeldTest() {
    auto codes = std::make_shared<Codes>();
    codes->currencies.Number("USD");
    codes->currencies.Number("JPY");
    auto copy = std::make_shared<Copy>();
    copy->revision = 3;
    copy->codes = codes;
    copy->blocks = {BlockOf("a", 1), BlockOf("b", 1), BlockOf("c", 2)};
    copy->Measure();
    held_.copy = std::move(copy);
  }

  // A company with one round of 700 minor units.
  static std::shared_ptr<const Block> BlockOf(const std::string& id, uint16_t currency) {
    Company company;
    company.id = id;
    Row row{.from = 1, .announced = Pack({2024, 5, 6}), .currency = currency, .amount = 700};
    row.kind = static_cast<uint8_t>(common::v1::AMOUNT_KIND_EQUITY);
    company.rows = {row, row};
    company.rows[1].amount = kUndisclosed;
    return Freeze({company}, 0, 1);
  }
  std::shared_ptr<const Prices> PricesOf(const Copy& copy, const Prices* before = nullptr) {
    auto made = Prices::Make(Context::Background(), copy, dollars_, before, 2);
    EXPECT_OK(made);
    return *made;
  }
  HeldCube CubeOf(int64_t revision) {
    const auto prices = PricesOf(*held_.copy);
    auto cube = Cube::Build(Context::Background(), {*held_.copy, dollars_, *prices}, revision, 1);
    EXPECT_OK(cube);
    return {.valuation = dollars_, .cube = *cube, .from = revision, .to = revision};
  }

  std::shared_ptr<const RateTable> rates_ = std::make_shared<const RateTable>();
  Valuation dollars_ = In("USD", rates_);
  Held held_;
};

TEST_F(HeldTest, PricesSayWhatIsUndisclosedAndWhatCannotBeConverted) {
  const auto prices = PricesOf(*held_.copy);
  EXPECT_EQ(prices->Of(*held_.copy, 0)[0], 700);
  EXPECT_EQ(prices->Of(*held_.copy, 0)[1], kUndisclosed);
  // There is no rate of the yen.
  EXPECT_EQ(prices->Of(*held_.copy, 2)[0], kUnconverted);
}

TEST_F(HeldTest, PricesOfSharedBlocksAreTakenOver) {
  const auto before = PricesOf(*held_.copy);
  Copy next = *held_.copy;
  next.blocks = {next.blocks[0], BlockOf("aa", 1), BlockOf("b", 1), next.blocks[2]};
  // Of blocks that came later they know nothing.
  EXPECT_EQ(before->Of(next, 0), before->Of(*held_.copy, 0));
  EXPECT_EQ(before->Of(next, 1), nullptr);
  EXPECT_EQ(before->Of(next, 2), nullptr);
  EXPECT_EQ(before->Of(next, 3), before->Of(*held_.copy, 2));
  const auto after = PricesOf(next, before.get());
  EXPECT_EQ(after->Of(next, 0), before->Of(*held_.copy, 0));
  EXPECT_NE(after->Of(next, 2), before->Of(*held_.copy, 1));
  EXPECT_EQ(after->Of(next, 2)[0], 700);
  EXPECT_EQ(after->Of(next, 3), before->Of(*held_.copy, 2));
}

TEST_F(HeldTest, ACubeIsFoundByValuationAndRevision) {
  HeldCube cube = CubeOf(1);
  cube.to = 2;
  held_.Add(cube);
  EXPECT_EQ(held_.FindCube(dollars_, 1), cube.cube);
  EXPECT_EQ(held_.FindCube(dollars_, 2), cube.cube);
  EXPECT_EQ(held_.FindCube(dollars_, 3), nullptr);
  EXPECT_EQ(held_.FindCube(In("EUR", rates_), 1), nullptr);
}

TEST_F(HeldTest, NewRatesReplaceThePricesOfTheOldOnes) {
  held_.Add(dollars_, PricesOf(*held_.copy));
  held_.Add(In("EUR", rates_), PricesOf(*held_.copy));
  const Valuation newer = In("USD", std::make_shared<const RateTable>());
  held_.Add(newer, PricesOf(*held_.copy));
  EXPECT_EQ(held_.prices.size(), 2U);
  EXPECT_EQ(held_.FindPrices(dollars_), nullptr);
  EXPECT_NE(held_.FindPrices(newer), nullptr);
  EXPECT_NE(held_.FindPrices(In("EUR", rates_)), nullptr);
}

TEST_F(HeldTest, WhatWasUsedLongAgoGoesWhenThereIsNoRoom) {
  held_.Add(dollars_, PricesOf(*held_.copy));
  for (const int64_t revision : {1, 2, 3}) held_.Add(CubeOf(revision));
  held_.FindCube(dollars_, 1);
  const int64_t all = held_.bytes();
  held_.Trim(all);
  EXPECT_EQ(held_.cubes.size(), 3U);
  held_.Trim(all - 1);
  EXPECT_EQ(held_.cubes.size(), 2U);
  EXPECT_NE(held_.FindCube(dollars_, 1), nullptr);
  EXPECT_EQ(held_.FindCube(dollars_, 2), nullptr);
  EXPECT_LE(held_.bytes(), all - 1);
  held_.Trim(held_.copy->bytes);
  EXPECT_TRUE(held_.cubes.empty());
  EXPECT_TRUE(held_.prices.empty());
}

}  // namespace
}  // namespace steelyard::funding::columns
