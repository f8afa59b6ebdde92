#include "services/funding/reference/vintages.h"

#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace steelyard::funding {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Vintage = std::optional<PartialDate>;

PublishedValue Value(std::string id, Vintage vintage, std::string value = "1",
                     std::string retraction = "") {
  return {.id = std::move(id),
          .variable = "gdp",
          .region = "US",
          .period = "2024",
          .value = std::move(value),
          .facet = {"wb", "USD", "all", "nominal"},
          .vintage = vintage,
          .retraction = std::move(retraction)};
}

std::vector<std::string> Names(const std::vector<PublishedValue>& values) {
  std::vector<std::string> names;
  for (const PublishedValue& value : values) {
    names.push_back(NameOf(value));
  }
  return names;
}

TEST(VintageLessTest, OrdersFromUnknownToLatest) {
  const std::vector<Vintage> ordered = {
      std::nullopt,
      PartialDate{2024, 12, 31},
      PartialDate{2025, 5, 12},
      PartialDate{2025, 5, 0},
      PartialDate{2025, 5, 31},
      PartialDate{2025, 6, 1},
      PartialDate{2025, 0, 0},
      PartialDate{2025, 12, 0},
      PartialDate{2025, 12, 31},
  };
  for (size_t i = 0; i < ordered.size(); ++i) {
    for (size_t j = 0; j < ordered.size(); ++j) {
      EXPECT_EQ(VintageLess(ordered[i], ordered[j]), i < j) << i << " " << j;
    }
  }
}

TEST(NameOfTest, HasTheVintageWhereItIsKnown) {
  EXPECT_EQ(NameOf(Value("x", std::nullopt)), "x");
  EXPECT_EQ(NameOf(Value("x", PartialDate{2025, 5, 0})), "x@2025-05");
}

TEST(PresentOfTest, TheLatestVintageStandsInWhateverOrderItCame) {
  std::vector<PublishedValue> values = {
      Value("x", std::nullopt), Value("x", PartialDate{2024, 5, 1}), Value("a", PartialDate{2023}),
      Value("x", PartialDate{2025})};
  std::sort(values.begin(), values.end(),
            [](const auto& a, const auto& b) { return NameOf(a) < NameOf(b); });
  do {
    EXPECT_THAT(Names(PresentOf(values)), ElementsAre("x@2025"));
    EXPECT_THAT(Names(PresentOf(values, PartialDate{2024, 5, 1})), ElementsAre("x@2024-05-01"));
    EXPECT_THAT(Names(PresentOf(values, PartialDate{2024, 4})), ElementsAre("a@2023"));
    EXPECT_THAT(Names(PresentOf(values, PartialDate{2023, 12, 30})), ElementsAre("x"));
  } while (std::next_permutation(values.begin(), values.end(), [](const auto& a, const auto& b) {
    return NameOf(a) < NameOf(b);
  }));
}

TEST(PresentOfTest, WithinAVintageTheIdThatComesFirstStands) {
  const Vintage vintage = PartialDate{2025, 5, 12};
  EXPECT_THAT(Names(PresentOf(std::vector{Value("x-10", vintage), Value("x-2", vintage)})),
              ElementsAre("x-2@2025-05-12"));
  // Numbers that are equal are told apart by their digits.
  EXPECT_THAT(Names(PresentOf(std::vector{Value("x-2", vintage), Value("x-02", vintage)})),
              ElementsAre("x-02@2025-05-12"));
  EXPECT_THAT(Names(PresentOf(std::vector{Value("x-02", vintage), Value("x-2", vintage)})),
              ElementsAre("x-02@2025-05-12"));
}

TEST(PresentOfTest, WhatIsWithdrawnLeavesTheVintageBefore) {
  const std::vector<PublishedValue> values = {Value("x", PartialDate{2024}),
                                              Value("x", PartialDate{2025}, "2", "a slip")};
  EXPECT_THAT(Names(PresentOf(values)), ElementsAre("x@2024"));
  EXPECT_THAT(PresentOf(std::vector{values[1]}), IsEmpty());
}

TEST(PresentOfTest, RegionsPeriodsAndFacetsAreApart) {
  std::vector<PublishedValue> values(6, Value("x", PartialDate{2024}));
  values[1].region = "FR";
  values[2].period = "2023";
  values[3].facet.source = "imf";
  values[4].facet.price_basis = "constant_2021";
  values[5].qualifier = common::v1::QUALIFIER_APPROX;  // no part of the facet
  for (size_t i = 0; i < values.size(); ++i) {
    values[i].id = "x-" + std::to_string(i);
  }
  EXPECT_THAT(Names(PresentOf(values)),
              ElementsAre("x-0@2024", "x-1@2024", "x-2@2024", "x-3@2024", "x-4@2024"));
}

}  // namespace
}  // namespace steelyard::funding
