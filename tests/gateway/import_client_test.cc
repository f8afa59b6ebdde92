#include "gateway/import_client.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace steelyard::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ImportClientTest, WhatNoPlanReadsIsNamed) {
  const testing::TempDir directory;
  directory.Write("rounds.csv", "");
  directory.Write("zeta.csv", "");
  directory.Write("claims.csv", "");
  directory.Write("README.md", "");
  EXPECT_THAT(LeftOut(directory.path(), PlanDataset(directory.path())),
              ElementsAre("claims.csv", "zeta.csv"));
  EXPECT_THAT(LeftOut("/no/such/directory", {}), IsEmpty());
}

TEST(ImportClientTest, TheRegistryComesFirst) {
  const std::vector<ImportPlan> plans = PlanDataset("d");
  ASSERT_EQ(plans.size(), 2U);
  EXPECT_EQ(plans[0].into, ImportPlan::Into::kRegistry);
  EXPECT_EQ(plans[0].files.front().path, "d/sources.csv");
  EXPECT_EQ(plans[1].into, ImportPlan::Into::kFunding);
}

TEST(ImportClientTest, AFileThatIsNotThereIsNamedBeforeAnythingIsSent) {
  const absl::Status status = CheckReadable(PlanDataset("/no/such/directory"));
  EXPECT_THAT(status, testing::HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(std::string(status.message()),
              ::testing::HasSubstr("/no/such/directory/sources.csv"));
}

}  // namespace
}  // namespace steelyard::gateway
