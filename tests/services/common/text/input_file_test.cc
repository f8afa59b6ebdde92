#include "services/common/text/input_file.h"

#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace steelyard::text {
namespace {

TEST(InputFile, ReadsInBlocks) {
  const testing::TempDir directory;
  auto opened = InputFile::Open(directory.Write("x", "abcdefg"));
  ASSERT_TRUE(opened.has_value());
  InputFile file = *std::move(opened);
  std::string block(3, '\0');
  EXPECT_EQ(file.Read(block.data(), block.size()), 3);
  EXPECT_EQ(block, "abc");
  EXPECT_EQ(file.Read(block.data(), block.size()), 3);
  EXPECT_EQ(file.Read(block.data(), block.size()), 1);
  EXPECT_EQ(block, "gef");
  EXPECT_EQ(file.Read(block.data(), block.size()), 0);
}

TEST(InputFile, SaysWhenItCannot) {
  EXPECT_FALSE(InputFile::Open("/nonexistent/x").has_value());
  const testing::TempDir directory;
  auto file = InputFile::Open(directory.path());
  ASSERT_TRUE(file.has_value());
  std::string block(3, '\0');
  EXPECT_EQ(file->Read(block.data(), block.size()), -1);
}

}  // namespace
}  // namespace steelyard::text
