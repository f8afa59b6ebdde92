// Two releases of one source: whatever order they are imported in, the present is the same, and the
// first is still to be had.

#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "services/common/text/csv.h"
#include "services/common/text/strings.h"
#include "services/funding/reference/convert.h"
#include "services/funding/reference/rules.h"
#include "services/funding/reference/series_query.h"
#include "tests/services/funding/reference/reference_fixture.h"

namespace steelyard::funding {
namespace {

using ::testing::IsEmpty;

// Made by hand: the second release revises 2021 and 2022, adds 2023, leaves out China's 2021, and
// prints in millions.
constexpr char kFirst[] =
    "id,variable,region,period,value,unit,scope,source_id,vintage,scale\n"
    "ai-us-2021,ai_investment,US,2021,150497000000,USD,cset,owid,2025-05-12,\n"
    "ai-us-2022,ai_investment,US,2022,88410520000,USD,cset,owid,2025-05-12,\n"
    "ai-cn-2021,ai_investment,CN,2021,21300000000,USD,cset,owid,2025-05-12,\n"
    "ai-cn-2022,ai_investment,CN,2022,13180000000,USD,cset,owid,2025-05-12,\n";
constexpr char kSecond[] =
    "id,variable,region,period,value,unit,scope,source_id,vintage,scale\n"
    "ai-us-2021,ai_investment,US,2021,150512.25,USD,cset,owid,2025-11,millions\n"
    "ai-us-2022,ai_investment,US,2022,88390,USD,cset,owid,2025-11,millions\n"
    "ai-us-2023,ai_investment,US,2023,80610.3,USD,cset,owid,2025-11,millions\n"
    "ai-cn-2022,ai_investment,CN,2022,13180,USD,cset,owid,2025-11,millions\n";

class ReleasesTest : public ReferenceFixture {
 protected:
  // Empties the store.
  void Restart() {
    store_.reset();
    pool_.reset();
    ledger_.reset();
    database_.reset();
    ReferenceFixture::SetUp();
  }
  // Imports a release as one commit, at a time of its own; returns that time.
  absl::Time Import(std::vector<PublishedValue> release) {
    clock_.Advance(absl::Hours(24));
    staged_ = {};
    staged_.observations = std::move(release);
    EXPECT_GT(Commit().subjects(), 0);
    return clock_.Now();
  }
  std::vector<PublishedValue> Read(std::string_view csv) {
    staged_ = {};
    EXPECT_OK(Parse(kStatisticsFormat, csv));
    EXPECT_THAT(Findings(), IsEmpty());
    return std::move(staged_.observations);
  }
  // Everything that a question about the regions is answered with, byte by byte, at that time.
  std::string Answer(const SeriesAsked& asked, absl::Time as_of) {
    common::v1::ReadOptions read;
    read.mutable_as_of()->set_seconds(absl::ToUnixSeconds(as_of));
    const auto at = ledger_->Resolve(Context::Background(), read);
    EXPECT_OK(at);
    const auto series = ReadSeries(Context::Background(), *store_, at->revision, asked);
    EXPECT_OK(series);
    v1::GetSeriesResponse response;
    for (const SeriesRow& row : series->series.rows) *response.add_series() = MessageOf(row, true);
    return response.SerializeAsString();
  }
  static SeriesAsked Ask(std::string variable, std::vector<std::string> regions) {
    SeriesAsked asked;
    asked.query.variable = std::move(variable);
    asked.regions = std::move(regions);
    return asked;
  }

  // Imports both in either order and compares what there is to see.
  void CheckBothOrders(const std::vector<PublishedValue>& first,
                       const std::vector<PublishedValue>& second, const SeriesAsked& asked) {
    SeriesAsked triangle = asked;
    triangle.query.all_vintages = true;
    SeriesAsked resolved = asked;
    resolved.resolution = Resolution{.rule = {.policy = FacetPolicy::kFreshest}};

    const absl::Time one = Import(first);
    const std::string first_alone = Answer(asked, one);
    const absl::Time two = Import(second);
    const std::string present = Answer(asked, two);
    const std::string history = Answer(triangle, two);
    const std::string chosen = Answer(resolved, two);
    EXPECT_NE(present, first_alone);
    EXPECT_EQ(Answer(asked, one), first_alone) << "as_of brings back the first release";
    SeriesAsked then = asked;
    then.query.published_by = second.front().vintage->FirstDay();
    then.query.published_by->day = 0;
    --then.query.published_by->month;
    EXPECT_EQ(Answer(then, two), first_alone) << "so does the time before the second came out";

    Restart();
    const absl::Time other_one = Import(second);
    const std::string second_alone = Answer(asked, other_one);
    const absl::Time other_two = Import(first);
    EXPECT_EQ(Answer(asked, other_two), present);
    EXPECT_EQ(Answer(triangle, other_two), history);
    EXPECT_EQ(Answer(resolved, other_two), chosen);
    EXPECT_EQ(Answer(asked, other_one), second_alone);
    // Once more changes nothing.
    staged_.observations = first;
    EXPECT_EQ(Commit().subjects(), 0);
  }

  int64_t UnitsOf(const SeriesAsked& asked, size_t point, int64_t revision) {
    const auto series = ReadSeries(Context::Background(), *store_, revision, asked);
    EXPECT_OK(series);
    return series->series.rows.at(0).points.at(point).figure.money().units();
  }
};

TEST_F(ReleasesTest, EitherOrderGivesTheSamePresent) {
  CheckBothOrders(Read(kFirst), Read(kSecond), Ask("ai_investment", {"US", "CN"}));
}

TEST_F(ReleasesTest, WhatALaterReleaseLeavesOutStandsAsItWas) {
  Import(Read(kFirst));
  Import(Read(kSecond));
  const SeriesAsked china = Ask("ai_investment", {"CN"});
  EXPECT_EQ(UnitsOf(china, 0, 2), 21'300'000'000);
  const SeriesAsked us = Ask("ai_investment", {"US"});
  EXPECT_EQ(UnitsOf(us, 0, 1), 150'497'000'000);
  EXPECT_EQ(UnitsOf(us, 0, 2), 150'512'250'000);
}

// A file of Our World in Data: entity, code, year, value, under whatever names.
struct ChartFile {
  std::string path;
  text::Encoding encoding = text::Encoding::kUtf8;
  std::string variable;
  std::string unit;
  PartialDate vintage;
};

// "1.02122E+11" is 102122000000: a spreadsheet rounded it.
std::string Plain(const std::string& value) {
  const size_t e = value.find('E');
  int exponent = 0;
  if (e == std::string::npos || !absl::SimpleAtoi(value.substr(e + 1), &exponent)) return value;
  return ScaleUp(value.substr(0, e), exponent);
}

std::vector<PublishedValue> ReadChart(const ChartFile& file) {
  std::vector<PublishedValue> values;
  auto csv = text::CsvReader::Open(file.path, file.path, {.encoding = file.encoding});
  EXPECT_OK(csv);
  while (csv.ok() && *(*csv)->Next()) {
    const std::vector<std::string>& fields = (*csv)->fields();
    PublishedValue value{.variable = file.variable,
                         .region = NormalRegion(fields.at(1)),
                         .period = fields.at(2),
                         .value = Plain(fields.at(3)),
                         .facet = {"owid", file.unit, "cset", ""},
                         .vintage = file.vintage};
    if (fields[1].empty()) value.region = "EU_AND_UK";
    if (fields[1] == "OWID_WRL") value.region = "WORLD";
    value.id = StrCat(value.variable, "-", value.region, "-", value.period);
    EXPECT_THAT(ProblemsOf(value), IsEmpty()) << value.id << " " << value.value;
    values.push_back(std::move(value));
  }
  return values;
}

SeriesAsked AskForAll(const std::vector<PublishedValue>& values) {
  SeriesAsked asked;
  asked.query.variable = values.front().variable;
  std::set<std::string> regions;
  for (const PublishedValue& value : values) regions.insert(value.region);
  asked.regions.assign(regions.begin(), regions.end());
  return asked;
}

TEST_F(ReleasesTest, TheReleasesOfCsetGiveTheSamePresentInEitherOrder) {
  const char* data = std::getenv("STEELYARD_TEST_DATA");
  const std::string folder = StrCat(data == nullptr ? "" : data, "/owid_ai/");
  if (!std::filesystem::exists(folder + "private-investment-cset_2025.csv")) {
    GTEST_SKIP()
        << "needs owid_ai/private-investment-cset_2025.csv and _2025b.csv in the directory "
           "STEELYARD_TEST_DATA";
  }
  const std::vector<PublishedValue> first =
      ReadChart({.path = folder + "private-investment-cset_2025.csv",
                 .variable = "ai_investment",
                 .unit = "USD",
                 .vintage = {2025, 5, 12}});
  const std::vector<PublishedValue> second =
      ReadChart({.path = folder + "private-investment-cset_2025b.csv",
                 .encoding = text::Encoding::kWindows1252,
                 .variable = "ai_investment",
                 .unit = "USD",
                 .vintage = {2025, 11, 15}});
  EXPECT_EQ(first.size(), 793);
  EXPECT_EQ(second.size(), 793);
  CheckBothOrders(first, second, AskForAll(first));
  SeriesAsked us = Ask("ai_investment", {"US"});
  us.query.period = {PartialDate{2019, 1, 1}, PartialDate{2019, 12, 31}};
  EXPECT_EQ(UnitsOf(us, 0, 2), 102'122'000'000);
  us.query.published_by = PartialDate{2025, 5, 12};
  EXPECT_EQ(UnitsOf(us, 0, 2), 102'122'104'321);
}

TEST_F(ReleasesTest, TheReleasesOfNewlyFundedCompaniesToo) {
  const char* data = std::getenv("STEELYARD_TEST_DATA");
  const std::string folder = StrCat(data == nullptr ? "" : data, "/owid_ai/");
  if (!std::filesystem::exists(folder + "newly-funded_2023.csv")) {
    GTEST_SKIP() << "needs owid_ai/newly-funded_2023.csv and _2024.csv in the directory "
                    "STEELYARD_TEST_DATA";
  }
  const std::vector<PublishedValue> first = ReadChart({.path = folder + "newly-funded_2023.csv",
                                                       .variable = "newly_funded",
                                                       .unit = "count",
                                                       .vintage = {2024, 3, 8}});
  const std::vector<PublishedValue> second = ReadChart({.path = folder + "newly-funded_2024.csv",
                                                        .variable = "newly_funded",
                                                        .unit = "count",
                                                        .vintage = {2024, 11, 29}});
  EXPECT_EQ(first.size(), 40);
  EXPECT_EQ(second.size(), 44);
  CheckBothOrders(first, second, AskForAll(second));
  SeriesAsked world = Ask("newly_funded", {"WORLD"});
  world.query.period = {PartialDate{2022, 1, 1}, PartialDate{2022, 12, 31}};
  const auto count = [&](const SeriesAsked& asked) {
    return ReadSeries(Context::Background(), *store_, 2, asked)
        ->series.rows[0]
        .points[0]
        .figure.count();
  };
  EXPECT_EQ(count(world), 1289);
  world.query.published_by = PartialDate{2024, 10, 0};
  EXPECT_EQ(count(world), 1392);
}

}  // namespace
}  // namespace steelyard::funding
