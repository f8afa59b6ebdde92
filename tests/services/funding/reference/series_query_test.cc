#include "services/funding/reference/series_query.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "tests/services/funding/reference/reference_fixture.h"

namespace steelyard::funding {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

// Over the built-in data: what a comparison of regions asks for.
class SeriesQueryTest : public ReferenceFixture {
 protected:
  void SetUp() override {
    ReferenceFixture::SetUp();
    ASSERT_OK(ParseBuiltIn(kStatisticsFormat, "statistics.csv"));
    ASSERT_OK(ParseBuiltIn(kRegionSetsFormat, "region_sets.csv"));
    Commit();
  }

  std::vector<SeriesRow> Read(const std::string& variable, const std::string& region, int year,
                              bool sum_members) {
    SeriesAsked asked;
    asked.query = {.variable = variable,
                   .period = {PartialDate{year, 1, 1}, PartialDate{year, 12, 31}},
                   .facet = {},
                   .sum_members = sum_members};
    asked.regions = {region};
    auto rows = ReadSeries(Context::Background(), *store_, ledger_->head().revision, asked);
    EXPECT_OK(rows);
    return rows.ok() ? std::move(rows->series.rows) : std::vector<SeriesRow>();
  }
};

TEST_F(SeriesQueryTest, EuropesProductIsTheSumOfTheCountriesThatHaveOne) {
  const std::vector<SeriesRow> rows = Read("gdp_current_usd", "EUROPE", 2023, true);
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].region, "EUROPE_BROAD@editorial-guess-1");
  ASSERT_THAT(rows[0].points, SizeIs(1));
  const common::v1::Figure& figure = rows[0].points[0].figure;
  EXPECT_EQ(figure.money().units(), 24'552'037'237'087);
  EXPECT_EQ(figure.coverage().units_expected(), 41);
  EXPECT_EQ(figure.coverage().units_present(), 40);
  EXPECT_THAT(figure.coverage().missing(), ElementsAre("LI"));
}

TEST_F(SeriesQueryTest, EuropesPeopleAreCounted) {
  const std::vector<SeriesRow> rows = Read("population", "EUROPE", 2024, true);
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].points[0].figure.count(), 676'410'287);
}

TEST_F(SeriesQueryTest, ASetThatTheSourcePrintsIsNotAddedUp) {
  const std::vector<SeriesRow> rows = Read("gdp_current_usd", "EU27", 2023, true);
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_FALSE(rows[0].sum_of_members);
  EXPECT_EQ(rows[0].region, "EU27");
}

TEST_F(SeriesQueryTest, ChinaIsWhatSourcesPrintAsCn) {
  const std::vector<SeriesRow> rows = Read("gdp_current_usd", "CN", 2023, true);
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].term, "CN");
  EXPECT_EQ(rows[0].region, "CN");
  const std::vector<SeriesRow> greater = Read("population", "CHINA_WITH_HK_MO", 2023, true);
  ASSERT_THAT(greater, SizeIs(1));
  EXPECT_EQ(greater[0].points[0].figure.coverage().units_present(), 3);
}

TEST_F(SeriesQueryTest, EuropesInvestmentComesFromEverySourceUnderItsOwnName) {
  std::vector<std::string> regions;
  for (const SeriesRow& row : Read("ai_investment", "EUROPE", 2025, false)) {
    regions.push_back(row.region + " " + row.facet.source);
  }
  EXPECT_THAT(regions, ::testing::Contains("EUROPE_ATOMICO_41 seed_article"));
  EXPECT_THAT(regions, ::testing::Contains("EUROPE_ATOMICO_41 ioplus_atomico"));
  EXPECT_THAT(regions, ::testing::Contains("EUROPE owid_cset_2026"));
}

}  // namespace
}  // namespace steelyard::funding
