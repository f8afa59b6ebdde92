#include "services/registry/draft_entries.h"

#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace steelyard::registry {
namespace {

using ::testing::ElementsAre;
using testing::HasReason;

TEST(DraftEntriesTest, WhatIsOnDiskComesBack) {
  DraftEntries entries(/*at_once=*/2);
  DraftEntry one;
  one.values = {
      .id = "one", .display_name = "One", .names = {{"Uno", "es", NameKind::kAlias, "s"}}};
  one.kept.relations = {{RelationKind::kParent, "two", {}, "s"}};
  one.row_names = {{"One SA", "fr", NameKind::kLegal, "s"}};
  one.mentions = {{"1", "und", NameKind::kAlias, "s"}};
  one.fields = 5;
  one.has_row = true;
  entries.At(7) = one;
  for (uint32_t other = 0; other < 6; ++other) entries.At(other).fields = other;
  EXPECT_EQ(entries.At(7), one);
  EXPECT_EQ(entries.At(3).fields, 3U);
  EXPECT_TRUE(entries.Has(0));
  EXPECT_FALSE(entries.Has(6));
  EXPECT_EQ(entries.Find(6), nullptr);
  EXPECT_THAT(entries.Companies(), ElementsAre(0, 1, 2, 3, 4, 5, 7));
  EXPECT_THAT(entries.Take(7), testing::IsOkAndHolds(one));
  EXPECT_FALSE(entries.Has(7));
  EXPECT_OK(entries.status());
}

TEST(DraftEntriesTest, ManyChangesInAnyOrderAreKept) {
  std::mt19937 random(20261130);
  DraftEntries entries(/*at_once=*/10);
  std::vector<unsigned> expected(100, 0);
  for (unsigned step = 0; step < 5'000; ++step) {
    const uint32_t company = random() % 100;
    DraftEntry& entry = entries.At(company);
    EXPECT_EQ(entry.fields, expected[company]);
    entry.fields = expected[company] = step;
  }
  for (uint32_t company = 0; company < 100; ++company) {
    ASSERT_OK_AND_ASSIGN(const DraftEntry entry, entries.Take(company));
    EXPECT_EQ(entry.fields, expected[company]);
  }
  EXPECT_THAT(entries.Companies(), ElementsAre());
}

TEST(DraftEntriesTest, ADiskThatFailsIsAnError) {
  DraftEntries entries(/*at_once=*/1, "/no/such/directory");
  entries.At(0).fields = 1;
  EXPECT_OK(entries.status());
  entries.At(1).fields = 2;
  EXPECT_THAT(entries.status(), HasReason(common::v1::ERROR_REASON_STORE_UNAVAILABLE));
  EXPECT_THAT(std::string(entries.status().message()),
              ::testing::HasSubstr("cannot keep what the import says of companies"));
  entries.At(2).fields = 3;
  EXPECT_EQ(entries.At(2).fields, 0U) << "of no use";
  EXPECT_THAT(entries.Take(0), HasReason(common::v1::ERROR_REASON_STORE_UNAVAILABLE));
}

}  // namespace
}  // namespace steelyard::registry
