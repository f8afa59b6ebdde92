#include "gateway/cli/mapped_import.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/mapping/mapping.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace steelyard::cli {
namespace {

using gateway::ImportPlan;
using ::testing::AllOf;
using ::testing::HasSubstr;

class MappedImportTest : public ::testing::Test {
 protected:
  std::string FaultOf(const std::string& kind, const std::string& mapping,
                      std::vector<std::string> constants = {}) const {
    const auto plans = PlanMapped({.kind = kind,
                                   .files = {"x.csv"},
                                   .mapping = mapping,
                                   .source = "s",
                                   .constants = std::move(constants)});
    EXPECT_FALSE(plans.ok());
    return std::string(plans.status().message());
  }
  testing::TempDir directory_;
};

TEST_F(MappedImportTest, RoundsGoToBothServices) {
  ASSERT_OK_AND_ASSIGN(const auto plans, PlanMapped({.kind = "rounds",
                                                     .files = {"x.csv"},
                                                     .mapping = "crunchbase-2015",
                                                     .source = "cb",
                                                     .dry_run = true}));
  ASSERT_EQ(plans.size(), 2U);
  EXPECT_EQ(plans[0].into, ImportPlan::Into::kRegistry);
  EXPECT_EQ(plans[1].into, ImportPlan::Into::kFunding);
  for (const ImportPlan& plan : plans) {
    EXPECT_EQ(plan.begin.source(), "cb");
    EXPECT_TRUE(plan.begin.dry_run());
    ASSERT_EQ(plan.files.size(), 1U);
    EXPECT_EQ(plan.files[0].format, "mapped");
    EXPECT_EQ(plan.files[0].mapping_preset, "crunchbase-2015");
  }
}

TEST_F(MappedImportTest, WhatIsFundingsOrTheRegistrysOnlyGoesThere) {
  ASSERT_OK_AND_ASSIGN(
      auto plans, PlanMapped({.kind = "statistics", .files = {"x.csv"}, .mapping = "world-bank"}));
  ASSERT_EQ(plans.size(), 1U);
  EXPECT_EQ(plans[0].into, ImportPlan::Into::kFunding);
  const std::string path = directory_.Write(
      "m.json", R"({"kind": "companies", "fields": [{"to": "company_name", "from": ["N"]}]})");
  ASSERT_OK_AND_ASSIGN(plans,
                       PlanMapped({.kind = "companies", .files = {"x.csv"}, .mapping = path}));
  ASSERT_EQ(plans.size(), 1U);
  EXPECT_EQ(plans[0].into, ImportPlan::Into::kRegistry);
  EXPECT_THAT(plans[0].files[0].mapping_json, HasSubstr("companies"));
}

TEST_F(MappedImportTest, PresetsWithImportersOfTheirOwn) {
  ASSERT_OK_AND_ASSIGN(
      auto plans, PlanMapped({.kind = "rounds", .files = {"x.csv"}, .mapping = "crunchbase-2013"}));
  ASSERT_EQ(plans.size(), 2U);
  EXPECT_EQ(plans[1].files[0].format, "crunchbase-2013-rounds");
  ASSERT_OK_AND_ASSIGN(plans,
                       PlanMapped({.kind = "rates", .files = {"x.csv"}, .mapping = "ecb-rates"}));
  ASSERT_EQ(plans.size(), 1U);
  EXPECT_EQ(plans[0].files[0].format, "ecb-rates");
  EXPECT_EQ(plans[0].files[0].mapping_preset, "");
  EXPECT_THAT(FaultOf("rates", "ecb-rates", {"rate=1"}), HasSubstr("--set: is not for ecb-rates"));
}

TEST_F(MappedImportTest, ListsOfCompaniesAreAnyNumberOfFiles) {
  ASSERT_OK_AND_ASSIGN(auto plans, PlanMapped({.kind = "companies",
                                               .files = {"a.csv", "b.csv"},
                                               .mapping = "gleif-lei2-csv",
                                               .source = "gleif"}));
  ASSERT_EQ(plans.size(), 1U);
  EXPECT_EQ(plans[0].into, ImportPlan::Into::kRegistry);
  ASSERT_EQ(plans[0].files.size(), 2U);
  EXPECT_EQ(plans[0].files[1].path, "b.csv");
  EXPECT_EQ(plans[0].files[1].format, "gleif-lei2-csv");

  const std::filesystem::path brands(directory_.path() + "/brands");
  for (const std::string folder : {"shop", "amenity"}) {
    std::filesystem::create_directories(brands / folder);
    std::ofstream(brands / folder / "books.json") << "{}";
    std::ofstream(brands / folder / "books.txt") << "no";
  }
  ASSERT_OK_AND_ASSIGN(plans, PlanMapped({.kind = "companies",
                                          .files = {brands.string()},
                                          .mapping = "name-suggestion-index"}));
  ASSERT_EQ(plans[0].files.size(), 2U);
  EXPECT_EQ(plans[0].files[0].name, "amenity/books.json");
  EXPECT_EQ(plans[0].files[1].path, (brands / "shop" / "books.json").string());

  const auto fault = [&](const std::string& file, const std::string& mapping) {
    const auto wrong = PlanMapped({.kind = "companies", .files = {file}, .mapping = mapping});
    EXPECT_FALSE(wrong.ok());
    return std::string(wrong.status().message());
  };
  EXPECT_THAT(fault(brands.string(), "sec-tickers"), HasSubstr("is a directory"));
  EXPECT_THAT(fault(brands.string(), "gleif-lei2-csv"), HasSubstr("no files that end in .csv"));
  EXPECT_THAT(fault("x", "ecb-rates"), HasSubstr("use `steelyard import rates`"));
  EXPECT_THAT(fault("x", "no-such"), HasSubstr("sec-tickers"));
}

TEST_F(MappedImportTest, ConstantsReplaceFields) {
  ASSERT_OK_AND_ASSIGN(const auto plans,
                       PlanMapped({.kind = "statistics",
                                   .files = {"x.csv"},
                                   .mapping = "owid",
                                   .constants = {"unit=USD", "vintage=2024-04-15"}}));
  EXPECT_EQ(plans[0].files[0].mapping_preset, "");
  ASSERT_OK_AND_ASSIGN(const auto loaded, mapping::Parse(plans[0].files[0].mapping_json));
  int units = 0;
  for (const auto& field : loaded->mapping.fields()) {
    if (field.to() == "unit") EXPECT_EQ(field.constant(), "USD") << ++units;
    if (field.to() == "vintage") EXPECT_EQ(field.constant(), "2024-04-15");
  }
  EXPECT_EQ(loaded->mapping.fields().rbegin()->to(), "vintage");
}

TEST_F(MappedImportTest, MistakesAreExplained) {
  EXPECT_THAT(FaultOf("rounds", "crunchbase"),
              AllOf(HasSubstr("no file and no preset \"crunchbase\""),
                    HasSubstr("presets for rounds: crunchbase-2013, crunchbase-2015, "
                              "crunchbase-bulk, rounds")));
  EXPECT_THAT(
      FaultOf("companies", "x"),
      HasSubstr("presets for companies: crunchbase-organizations, gleif-api-json, "
                "gleif-lei2-csv, gleif-rr-csv, name-suggestion-index, opensanctions-entities, "
                "sec-tickers, steelyard-companies, steelyard-headquarters, "
                "steelyard-identifiers, steelyard-names, steelyard-relations, "
                "steelyard-status-history"));
  EXPECT_THAT(FaultOf("rounds", "owid"),
              HasSubstr("owid reads statistics, not rounds: use `steelyard import statistics`"));
  EXPECT_THAT(FaultOf("statistics", "owid", {"unit"}), HasSubstr("must be FIELD=VALUE"));
  EXPECT_THAT(FaultOf("statistics", "owid", {"unit=dollars"}), HasSubstr("ISO 4217"));
  EXPECT_THAT(FaultOf("statistics", "owid", {"colour=red"}), HasSubstr("\"colour\" is no field"));
  const std::string path = directory_.Write("bad.json", R"({"kind": "rounds", "colums": []})");
  EXPECT_THAT(FaultOf("rounds", path), AllOf(HasSubstr("bad.json"), HasSubstr("colums")));
  EXPECT_THAT(FaultOf("rounds", directory_.path()), HasSubstr("no file and no preset"));
}

}  // namespace
}  // namespace steelyard::cli
