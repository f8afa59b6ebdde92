#include "services/registry/room.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/registry/rules.h"
#include "tests/support/status_matchers.h"

namespace steelyard::registry {
namespace {

using testing::HasReason;

// What a source says: names from `first` on, so many.
Company Said(const std::string& source, size_t first, size_t count) {
  Company record{.id = "a", .display_name = "A", .sources = {source}};
  for (size_t i = first; i < first + count; ++i) {
    record.names.push_back({"Name " + std::to_string(i), "und", NameKind::kAlias, source});
  }
  Normalize(record);
  return record;
}

TEST(RoomTest, SourcesShareTheRoomOfTheirCompany) {
  const std::vector stored = {Said("press", 0, kMostNames - 10)};
  EXPECT_OK(CheckRoom({Said("web", kMostNames - 10, 10)}, stored));
  // The display name has a place of its own.
  const absl::Status full = CheckRoom({Said("web", kMostNames - 10, 11)}, stored);
  EXPECT_THAT(full, HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(std::string(full.message()),
              ::testing::HasSubstr("companies/a would have 1002 names; at most 1001"));
}

TEST(RoomTest, WhatTheySayAlikeTakesRoomOnce) {
  EXPECT_OK(CheckRoom({Said("web", 0, kMostNames)}, {Said("press", 0, kMostNames)}));
}

TEST(RoomTest, WhatASourceSaidBeforeMakesRoom) {
  EXPECT_OK(CheckRoom({Said("press", 5000, kMostNames)}, {Said("press", 0, kMostNames)}));
}

TEST(RoomTest, WhatEachSaysByItselfIsLimitedToo) {
  std::vector<Company> stored;
  for (int i = 0; i < 19; ++i) stored.push_back(Said("s" + std::to_string(i), 0, kMostNames));
  EXPECT_OK(CheckRoom({Said("last", 0, 900)}, stored));
  EXPECT_THAT(CheckRoom({Said("last", 0, kMostNames)}, stored),
              HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
}

TEST(RoomTest, WhatIsTooLargeMayShrink) {
  EXPECT_OK(CheckRoom({Said("press", 0, kMostNames + 5)}, {Said("press", 0, kMostNames + 9)}));
}

}  // namespace
}  // namespace steelyard::registry
