#include "services/funding/reference/resolve_series.h"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/proto_matchers.h"

namespace steelyard::funding {
namespace {

using ::steelyard::testing::EqualsProto;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct Cell {
  std::string region;
  std::string period;
  std::string value;
  std::string source;
  std::optional<PartialDate> vintage = std::nullopt;
  common::v1::Qualifier qualifier = common::v1::QUALIFIER_EXACT;
  std::string unit = "USD";
};

// The series that the values make, for the countries of `terms`.
std::vector<SeriesRow> Rows(const std::vector<std::string>& terms, const std::vector<Cell>& cells) {
  std::vector<PublishedValue> values;
  for (const Cell& cell : cells) {
    values.push_back({.id = cell.source + "-" + cell.region + "-" + cell.period + "-" + cell.unit,
                      .variable = "ai",
                      .region = cell.region,
                      .period = cell.period,
                      .value = cell.value,
                      .facet = {cell.source, cell.unit, "all", ""},
                      .qualifier = cell.qualifier,
                      .vintage = cell.vintage});
  }
  std::vector<SeriesTerm> asked;
  for (const std::string& term : terms) {
    asked.push_back({term, ResolvedRegion{.term = term, .region = term, .members = {{term}}}});
  }
  return AssembleSeries({.variable = "ai"}, asked, values);
}

// "term source unit: period=value source, ..." for each series.
std::vector<std::string> Shape(const ResolvedSeries& series) {
  std::vector<std::string> shape;
  for (const SeriesRow& row : series.rows) {
    EXPECT_TRUE(row.resolved);
    std::string line = row.term + " " + row.facet.source + " " + row.facet.unit + ":";
    for (const SeriesPointRow& point : row.points) {
      line += " " + point.period + "=" + FormatValue(point.exact) + "/" +
              (point.facet.has_value() ? point.facet->source : "?");
    }
    shape.push_back(line);
  }
  return shape;
}

const std::vector<Cell> kTable = {
    {"US", "2023", "10", "imf"},
    {"US", "2024", "11", "imf", PartialDate{2025, 1, 1}},
    {"US", "2024", "21", "wb", PartialDate{2024, 1, 1}},
    {"US", "2025", "22", "wb"},
    {"FR", "2024", "3", "wb"},
};

TEST(ResolveSeriesTest, ChoosesValueByValueAndFillsGaps) {
  const std::vector<std::string> terms = {"US", "FR"};
  const auto resolve = [&](FacetPolicy policy, std::vector<std::string> priority = {}) {
    return Shape(
        ResolveSeries({.rule = {policy, std::move(priority)}}, "ai", terms, Rows(terms, kTable)));
  };
  EXPECT_THAT(resolve(FacetPolicy::kListedOrder),
              ElementsAre("US  USD: 2023=10/imf 2024=11/imf 2025=22/wb", "FR wb USD: 2024=3/wb"));
  EXPECT_THAT(resolve(FacetPolicy::kPriority, {"wb"}),
              ElementsAre("US  USD: 2023=10/imf 2024=21/wb 2025=22/wb", "FR wb USD: 2024=3/wb"));
  EXPECT_THAT(resolve(FacetPolicy::kFreshest),
              ElementsAre("US  USD: 2023=10/imf 2024=11/imf 2025=22/wb", "FR wb USD: 2024=3/wb"));
  EXPECT_THAT(resolve(FacetPolicy::kMostComplete),
              ElementsAre("US  USD: 2023=10/imf 2024=21/wb 2025=22/wb", "FR wb USD: 2024=3/wb"));
  EXPECT_THAT(resolve(FacetPolicy::kMedian),
              ElementsAre("US  USD: 2023=10/imf 2024=16/? 2025=22/wb", "FR wb USD: 2024=3/wb"));
}

TEST(ResolveSeriesTest, OneSourceLeavesGapsAndNamesThem) {
  const std::vector<std::string> terms = {"US", "FR"};
  const auto resolve = [&](FacetRule rule) {
    return ResolveSeries({.rule = std::move(rule), .one_source = true}, "ai", terms,
                         Rows(terms, kTable));
  };
  const ResolvedSeries listed = resolve({});
  EXPECT_THAT(Shape(listed), ElementsAre("US imf USD: 2023=10/imf 2024=11/imf"));
  EXPECT_THAT(listed.missing, ElementsAre(MissingCell{"US", "2025"}, MissingCell{"FR", "2023"},
                                          MissingCell{"FR", "2024"}, MissingCell{"FR", "2025"}));
  const ResolvedSeries complete = resolve({.policy = FacetPolicy::kMostComplete});
  EXPECT_THAT(Shape(complete),
              ElementsAre("US wb USD: 2024=21/wb 2025=22/wb", "FR wb USD: 2024=3/wb"));
  EXPECT_THAT(complete.missing, ElementsAre(MissingCell{"US", "2023"}, MissingCell{"FR", "2023"},
                                            MissingCell{"FR", "2025"}));
  EXPECT_EQ(complete.rows[0].points[0].choice->rule,
            "most-complete/1: covers most, for the whole table");
  EXPECT_THAT(Shape(resolve({.policy = FacetPolicy::kFreshest})),
              ElementsAre("US imf USD: 2023=10/imf 2024=11/imf"));
  EXPECT_THAT(Shape(resolve({FacetPolicy::kPriority, {"wb", "imf"}})),
              ElementsAre("US wb USD: 2024=21/wb 2025=22/wb", "FR wb USD: 2024=3/wb"));
}

TEST(ResolveSeriesTest, AFacetOfYearsLacksNoQuarters) {
  const std::vector<std::string> terms = {"US"};
  const ResolvedSeries series = ResolveSeries({.rule = {}, .one_source = true}, "ai", terms,
                                              Rows(terms, {{"US", "2023", "1", "imf"},
                                                           {"US", "2024", "1", "wb"},
                                                           {"US", "2024-Q1", "1", "wb"},
                                                           {"US", "2024-01", "1", "wb"}}));
  EXPECT_THAT(series.missing, ElementsAre(MissingCell{"US", "2024"}));
}

TEST(ResolveSeriesTest, UnitsDoNotCompete) {
  const ResolvedSeries series = ResolveSeries(
      {}, "ai", {"US"},
      Rows({"US"}, {{"US", "2024", "1", "imf"},
                    {"US", "2024", "50", "wb", {}, common::v1::QUALIFIER_EXACT, "percent"}}));
  EXPECT_THAT(Shape(series), ElementsAre("US imf USD: 2024=1/imf", "US wb percent: 2024=50/wb"));
  EXPECT_THAT(series.missing, IsEmpty());
}

TEST(ResolveSeriesTest, KeepsWinnersAndLosers) {
  const ResolvedSeries series =
      ResolveSeries({.rule = {FacetPolicy::kFreshest, {}}}, "ai", {"US"}, Rows({"US"}, kTable));
  ASSERT_THAT(series.rows, SizeIs(1));
  const PointChoice& choice = *series.rows[0].points[1].choice;
  EXPECT_EQ(choice.rule, "freshest/1: latest vintage");
  ASSERT_THAT(choice.winners, SizeIs(1));
  EXPECT_EQ(choice.winners[0].figure, "observations/imf-US-2024-USD@2025-01-01");
  ASSERT_THAT(choice.losers, SizeIs(1));
  EXPECT_EQ(choice.losers[0].facet.source, "wb");
  EXPECT_EQ(choice.losers[0].vintage, (PartialDate{2024, 1, 1}));
  EXPECT_EQ(FormatValue(choice.losers[0].exact), "21");
  EXPECT_EQ(series.rows[0].points[0].choice->rule, "freshest/1: only candidate");
}

TEST(ResolveSeriesTest, TheMedianIsExactAndBounded) {
  const auto median = [](const std::vector<Cell>& cells) {
    return ResolveSeries({.rule = {FacetPolicy::kMedian, {}}}, "ai", {"US"}, Rows({"US"}, cells))
        .rows[0]
        .points[0];
  };
  // Exact where doubles are not.
  EXPECT_EQ(FormatValue(median({{"US", "2024", "90071992547409.93", "a"},
                                {"US", "2024", "90071992547409.91", "b"}})
                            .exact),
            "90071992547409.92");
  const SeriesPointRow bounded =
      median({{"US", "2024", "1", "a", {}, common::v1::QUALIFIER_AT_LEAST},
              {"US", "2024", "5", "b"},
              {"US", "2024", "9", "c"}});
  EXPECT_THAT(bounded.figure, EqualsProto(R"pb(
                id: "median_of_facets/ai/US/2024/unit=USD/price_basis="
                status: VALUE_STATUS_OK
                money { currency_code: "USD" units: 5 }
                unit: "USD"
                interval { lower: 5 upper: 9 level: 1 method: "median_of_bounds/1" }
                formula: "median_of_facets/1"
                sources: "sources/a"
                sources: "sources/b"
                sources: "sources/c"
              )pb"));
  EXPECT_EQ(median({{"US", "2024", "1", "a", {}, common::v1::QUALIFIER_AT_LEAST},
                    {"US", "2024", "5", "b"}})
                .figure.interval()
                .upper(),
            std::numeric_limits<double>::infinity());
}

TEST(ResolveSeriesTest, TheOrderOfRowsChangesNothing) {
  const std::vector<std::string> terms = {"US", "FR"};
  std::vector<SeriesRow> rows = Rows(terms, kTable);
  const Resolution resolution{.rule = {FacetPolicy::kMedian, {}}};
  const std::vector<std::string> expected = Shape(ResolveSeries(resolution, "ai", terms, rows));
  std::reverse(rows.begin(), rows.end());
  EXPECT_EQ(Shape(ResolveSeries(resolution, "ai", terms, rows)), expected);
}

}  // namespace
}  // namespace steelyard::funding
