#include "services/common/ingest/scratch_file.h"

#include <filesystem>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace steelyard::ingest {
namespace {

using testing::HasReason;
using ::testing::HasSubstr;

TEST(ScratchFileTest, WhatWasAddedIsReadAgain) {
  const testing::TempDir directory;
  ASSERT_OK_AND_ASSIGN(ScratchFile made, ScratchFile::Create(directory.path(), "notes"));
  EXPECT_TRUE(std::filesystem::is_empty(directory.path())) << "it has no name";
  ScratchFile file = std::move(made);
  EXPECT_THAT(file.Append("one"), testing::IsOkAndHolds(0));
  EXPECT_THAT(file.Append("three"), testing::IsOkAndHolds(3));
  EXPECT_EQ(file.size(), 8);
  std::string bytes = "<";
  EXPECT_OK(file.Read(3, 5, bytes));
  EXPECT_OK(file.Read(0, 3, bytes));
  EXPECT_EQ(bytes, "<threeone");
}

TEST(ScratchFileTest, FailuresNameWhatItHolds) {
  const auto nowhere = ScratchFile::Create("/no/such/directory", "the notes");
  EXPECT_THAT(nowhere, HasReason(common::v1::ERROR_REASON_STORE_UNAVAILABLE));
  EXPECT_THAT(std::string(nowhere.status().message()), HasSubstr("cannot keep the notes"));
  ASSERT_OK_AND_ASSIGN(const ScratchFile file, ScratchFile::Create("", "the notes"));
  std::string bytes;
  const absl::Status missing = file.Read(0, 1, bytes);
  EXPECT_THAT(missing, HasReason(common::v1::ERROR_REASON_STORE_UNAVAILABLE));
  EXPECT_THAT(std::string(missing.message()), HasSubstr("cannot read the notes"));
}

}  // namespace
}  // namespace steelyard::ingest
