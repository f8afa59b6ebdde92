#include "services/funding/reference/statistics.h"

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/funding/reference/rules.h"
#include "tests/support/proto_matchers.h"
#include "tests/support/status_matchers.h"

namespace steelyard::funding {
namespace {

using ::steelyard::testing::EqualsProto;
using ::steelyard::testing::HasReason;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

PublishedValue Value(std::string id, std::string region, std::string period, std::string value,
                     SeriesFacet facet = {"wb_gdp", "USD", "gdp", "nominal"}) {
  return {.id = std::move(id),
          .variable = "gdp_current_usd",
          .region = std::move(region),
          .period = std::move(period),
          .value = std::move(value),
          .facet = std::move(facet),
          .qualifier = common::v1::QUALIFIER_EXACT,
          .note = ""};
}

ResolvedRegion Set(std::string term, std::string id, std::vector<Membership> members) {
  return {.term = std::move(term),
          .region = std::move(id),
          .version = "1",
          .members = std::move(members)};
}

ResolvedRegion CountryRegion(const std::string& code) {
  return {.term = code, .region = code, .version = "", .members = {{code}}};
}

SeriesQuery Query(bool sum_members = false) {
  return {.variable = "gdp_current_usd", .period = {}, .facet = {}, .sum_members = sum_members};
}

// "region: period=value, ..." for each series.
std::vector<std::string> Shape(const std::vector<SeriesRow>& rows) {
  std::vector<std::string> shape;
  for (const SeriesRow& row : rows) {
    std::string line = row.region + "/" + row.facet.source + ":";
    for (const SeriesPointRow& point : row.points) {
      line += " " + point.period + "=" + std::to_string(point.figure.money().units());
    }
    shape.push_back(line);
  }
  return shape;
}

TEST(ParsePeriodTest, KnowsYearsQuartersAndMonths) {
  struct PeriodCase {
    const char* period;
    const char* first;
    const char* last;
  };
  for (const PeriodCase& c : {PeriodCase{"2024", "2024-01-01", "2024-12-31"},
                              PeriodCase{"2024-Q1", "2024-01-01", "2024-03-31"},
                              PeriodCase{"2024-Q4", "2024-10-01", "2024-12-31"},
                              PeriodCase{"2024-02", "2024-02-01", "2024-02-29"}}) {
    ASSERT_OK_AND_ASSIGN(const PeriodDays days, ParsePeriod(c.period));
    EXPECT_EQ(days.first.ToString(), c.first);
    EXPECT_EQ(days.last.ToString(), c.last);
  }
  for (const char* text : {"", "24", "2024-Q0", "2024-Q5", "2024-q1", "2024-13", "2024-02-03",
                           "2024Q1", "abcd-Q1", "2024-Q11"}) {
    EXPECT_THAT(ParsePeriod(text), HasReason(common::v1::ERROR_REASON_INVALID_DATE)) << text;
  }
}

TEST(ParseValueTest, ReadsExactDecimals) {
  const Int128 kOne = 1'000'000'000'000;
  EXPECT_TRUE(*ParseValue("1") == kOne);
  EXPECT_TRUE(*ParseValue("-35.5") == -kOne * 71 / 2);
  EXPECT_TRUE(*ParseValue("0.000000000001") == 1);
  EXPECT_TRUE(*ParseValue("999999999999999999") == 999'999'999'999'999'999 * kOne);
  for (const char* text : {"", "-", ".5", "5.", "1,5", "1e3", "+1", " 1", "1.2.3", "NaN",
                           "1000000000000000000", "0.0000000000001"}) {
    EXPECT_THAT(ParseValue(text), HasReason(common::v1::ERROR_REASON_INVALID_FIELD)) << text;
  }
}

struct FigureCase {
  std::string value;
  std::string unit;
  std::string expected;
};

TEST(ToFigureTest, UnitDecidesTheKindOfValue) {
  const FigureCase kCases[] = {
      {"21.25", "USD", "money { currency_code: 'USD' units: 21 nanos: 250000000 } unit: 'USD'"},
      {"21.255", "USD", "number: 21.255 unit: 'USD'"},
      {"300", "KRW", "money { currency_code: 'KRW' units: 300 } unit: 'KRW'"},
      {"999999999999999999", "USD", "number: 1e18 unit: 'USD'"},
      {"42", "count", "count: 42 unit: '1'"},
      {"42.5", "count", "number: 42.5 unit: '1'"},
      {"-35.5", "percent", "number: -35.5 unit: '%'"},
      {"12.4", "1", "number: 12.4 unit: '1'"},
      {"104.004", "index", "number: 104.004 unit: '1'"},
  };
  for (const FigureCase& c : kCases) {
    SCOPED_TRACE(c.value + " " + c.unit);
    EXPECT_THAT(ToFigure(Value("x", "US", "2024", c.value, {"wb", c.unit, "", ""})),
                EqualsProto("id: 'observations/x' status: VALUE_STATUS_OK " + c.expected +
                            " qualifier: QUALIFIER_EXACT sources: 'sources/wb'"));
  }
}

TEST(ToFigureTest, QualifierBoundsTheValue) {
  struct QualifierCase {
    common::v1::Qualifier qualifier;
    bool bounded;
    double lower;
    double upper;
  };
  for (const QualifierCase& c :
       {QualifierCase{common::v1::QUALIFIER_EXACT, false, 0, 0},
        QualifierCase{common::v1::QUALIFIER_APPROX, false, 0, 0},
        QualifierCase{common::v1::QUALIFIER_AT_LEAST, true, 7, kInfinity},
        QualifierCase{common::v1::QUALIFIER_GREATER_THAN, true, 7, kInfinity},
        QualifierCase{common::v1::QUALIFIER_AT_MOST, true, -kInfinity, 7},
        QualifierCase{common::v1::QUALIFIER_LESS_THAN, true, -kInfinity, 7}}) {
    PublishedValue value = Value("x", "US", "2024", "7");
    value.qualifier = c.qualifier;
    const common::v1::Figure figure = ToFigure(value);
    EXPECT_EQ(figure.qualifier(), c.qualifier);
    ASSERT_EQ(figure.has_interval(), c.bounded);
    if (c.bounded) {
      EXPECT_EQ(figure.interval().lower(), c.lower);
      EXPECT_EQ(figure.interval().upper(), c.upper);
      EXPECT_EQ(figure.interval().level(), 1);
      EXPECT_EQ(figure.interval().method(), "qualifier/1");
    }
  }
}

TEST(AssembleSeriesTest, AnswersTermsInTheirOrderAndFacetsInTheirs) {
  const SeriesFacet kOther = {"aa", "USD", "gdp", "nominal"};
  const SeriesFacet kEditorial = {"editorial", "USD", "gdp", "nominal"};
  const std::vector<PublishedValue> values = {
      Value("1", "US", "2024", "5"),
      Value("2", "US", "2023", "4"),
      Value("3", "FR", "2024", "3"),
      Value("4", "US", "2024", "6", kOther),
      Value("5", "US", "2024", "7", kEditorial),
      Value("6", "DE", "2024", "9"),
  };
  const std::vector<SeriesTerm> terms = {{"FR", CountryRegion("FR")}, {"US", CountryRegion("US")}};
  EXPECT_THAT(Shape(AssembleSeries(Query(), terms, values)),
              ElementsAre("FR/wb_gdp: 2024=3", "US/aa: 2024=6", "US/wb_gdp: 2023=4 2024=5",
                          "US/editorial: 2024=7"));
}

TEST(AssembleSeriesTest, TheFirstOfRepeatedValuesStands) {
  const std::vector<PublishedValue> values = {Value("x-10", "US", "2024", "3"),
                                              Value("x-2", "US", "2024", "2"),
                                              Value("x", "US", "2024", "1")};
  const std::vector<SeriesTerm> terms = {{"US", CountryRegion("US")}};
  EXPECT_THAT(Shape(AssembleSeries(Query(), terms, values)), ElementsAre("US/wb_gdp: 2024=1"));
}

TEST(AssembleSeriesTest, PointsLieWhollyInThePeriodAndInOrder) {
  const std::vector<PublishedValue> values = {
      Value("1", "US", "2024-Q1", "1"), Value("2", "US", "2024", "2"),
      Value("3", "US", "2024-01", "3"), Value("4", "US", "2023", "4"),
      Value("5", "US", "2024-Q2", "5"),
  };
  const std::vector<SeriesTerm> terms = {{"US", CountryRegion("US")}};
  EXPECT_THAT(Shape(AssembleSeries(Query(), terms, values)),
              ElementsAre("US/wb_gdp: 2023=4 2024=2 2024-Q1=1 2024-01=3 2024-Q2=5"));
  SeriesQuery query = Query();
  query.period = {PartialDate{2024, 1, 1}, PartialDate{2024, 6, 29}};
  EXPECT_THAT(Shape(AssembleSeries(query, terms, values)),
              ElementsAre("US/wb_gdp: 2024-Q1=1 2024-01=3"));
  query.period = {PartialDate{2030, 1, 1}, {}};
  EXPECT_THAT(AssembleSeries(query, terms, values), IsEmpty());
}

TEST(AssembleSeriesTest, ARegionAnswersToTheCodesOfItsSources) {
  const std::vector<PublishedValue> values = {
      Value("1", "EUROPE", "2024", "1"),       Value("2", "EUROPE_ATOMICO_41", "2024", "2"),
      Value("3", "EUROPE_BROAD", "2024", "3"), Value("4", "EU27", "2024", "4"),
      Value("5", "ASIA", "2024", "5"),         Value("6", "CN", "2024", "6"),
      Value("7", "WORLD", "2024", "7"),
  };
  const auto regions = [&](const SeriesTerm& term) {
    return Shape(AssembleSeries(Query(), std::vector{term}, values));
  };
  EXPECT_THAT(regions({"EUROPE", Set("EUROPE", "EUROPE_BROAD", {{"FR"}})}),
              ElementsAre("EUROPE/wb_gdp: 2024=1", "EUROPE_ATOMICO_41/wb_gdp: 2024=2",
                          "EUROPE_BROAD/wb_gdp: 2024=3"));
  // Bound to another set, the word no longer means what sources print as Europe.
  EXPECT_THAT(regions({"EUROPE", Set("EUROPE", "EU27", {{"FR"}})}),
              ElementsAre("EU27/wb_gdp: 2024=4"));
  EXPECT_THAT(regions({"CN", Set("CN", "CHINA_MAINLAND", {{"CN"}})}),
              ElementsAre("CN/wb_gdp: 2024=6"));
  EXPECT_THAT(regions({"asia", std::nullopt}), ElementsAre("ASIA/wb_gdp: 2024=5"));
  EXPECT_THAT(regions({"WORLD", ResolvedRegion{"WORLD", "WORLD", "", {}}}),
              ElementsAre("WORLD/wb_gdp: 2024=7"));
}

TEST(AssembleSeriesTest, FacetFieldsSelect) {
  const std::vector<PublishedValue> values = {
      Value("1", "US", "2024", "1", {"a", "USD", "s", "nominal"}),
      Value("2", "US", "2024", "2", {"b", "USD", "s", "nominal"}),
      Value("3", "US", "2024", "3", {"a", "EUR", "s", "nominal"}),
      Value("4", "US", "2024", "4", {"a", "USD", "t", "nominal"}),
      Value("5", "US", "2024", "5", {"a", "USD", "s", "constant_2021"}),
  };
  const std::vector<SeriesTerm> terms = {{"US", CountryRegion("US")}};
  SeriesQuery query = Query();
  query.facet = {"a", "USD", "s", "nominal"};
  EXPECT_THAT(Shape(AssembleSeries(query, terms, values)), ElementsAre("US/a: 2024=1"));
  query.facet = {"", "", "t", ""};
  EXPECT_THAT(Shape(AssembleSeries(query, terms, values)), ElementsAre("US/a: 2024=4"));
}

TEST(SumMembersTest, AddsUpTheMembersOfThePeriodAndNamesTheMissing) {
  const ResolvedRegion region =
      Set("UNION", "UNION",
          {{"CH"},
           {"FR"},
           {"GB", std::numeric_limits<int32_t>::min(), PartialDate{2020, 2, 1}.ToDays()}});
  const std::vector<PublishedValue> values = {
      Value("1", "FR", "2019", "10"), Value("2", "GB", "2019", "20.5"),
      Value("3", "FR", "2020", "11"), Value("4", "GB", "2020", "21"),
      Value("5", "GB", "2021", "22"), Value("6", "US", "2019", "99"),
  };
  const std::vector<SeriesTerm> terms = {{"UNION", region}};
  const std::vector<SeriesRow> rows = AssembleSeries(Query(true), terms, values);
  ASSERT_EQ(rows.size(), 1);
  EXPECT_TRUE(rows[0].sum_of_members);
  EXPECT_EQ(rows[0].region, "UNION@1");
  ASSERT_EQ(rows[0].points.size(), 2);  // nobody who belongs has a value for 2021
  EXPECT_EQ(rows[0].points[0].period, "2019");
  EXPECT_THAT(
      rows[0].points[0].figure, EqualsProto(R"pb(
        id: "sum_of_members/gdp_current_usd/UNION@1/2019/source=wb_gdp/scope=gdp/price_basis=nominal"
        status: VALUE_STATUS_OK
        money { currency_code: "USD" units: 30 nanos: 500000000 }
        unit: "USD"
        coverage { units_expected: 3 units_present: 2 share: 0.66666666666666663 missing: "CH" }
        formula: "sum_of_members/1"
        sources: "sources/wb_gdp")pb"));
  EXPECT_EQ(rows[0].points[1].figure.money().units(), 11);
  EXPECT_EQ(rows[0].points[1].figure.coverage().units_expected(), 2);
  EXPECT_THAT(AssembleSeries(Query(false), terms, values), IsEmpty());
}

TEST(SumMembersTest, IsNotMadeOfWhatTheSourcePrintedNorOfRatios) {
  const ResolvedRegion region = Set("UNION", "UNION", {{"FR"}});
  const std::vector<SeriesTerm> terms = {{"UNION", region}, {"FR", CountryRegion("FR")}};
  const std::vector<PublishedValue> values = {
      Value("1", "FR", "2024", "10"),
      Value("2", "UNION", "2010", "9"),
      Value("3", "FR", "2024", "10", {"wb_gdp", "percent", "share", ""}),
  };
  EXPECT_THAT(Shape(AssembleSeries(Query(true), terms, values)),
              ElementsAre("UNION/wb_gdp: 2010=9", "FR/wb_gdp: 2024=10", "FR/wb_gdp: 2024=0"));
}

TEST(SumMembersTest, BoundsOfMembersBoundTheSum) {
  const std::vector<SeriesTerm> terms = {{"UNION", Set("UNION", "UNION", {{"CH"}, {"FR"}})}};
  std::vector<PublishedValue> values = {Value("1", "CH", "2024", "10"),
                                        Value("2", "FR", "2024", "5")};
  values[0].qualifier = common::v1::QUALIFIER_GREATER_THAN;
  auto figure = AssembleSeries(Query(true), terms, values)[0].points[0].figure;
  EXPECT_EQ(figure.interval().lower(), 15);
  EXPECT_EQ(figure.interval().upper(), kInfinity);
  EXPECT_EQ(figure.qualifier(), common::v1::QUALIFIER_UNSPECIFIED);
  values[1].qualifier = common::v1::QUALIFIER_LESS_THAN;
  figure = AssembleSeries(Query(true), terms, values)[0].points[0].figure;
  EXPECT_EQ(figure.interval().lower(), -kInfinity);
  EXPECT_EQ(figure.interval().upper(), kInfinity);
}

TEST(RulesTest, NameEveryProblem) {
  EXPECT_THAT(ProblemsOf(Value("gdp-us-2024", "US", "2024", "1")), IsEmpty());
  struct ProblemCase {
    const char* field;
    std::function<void(PublishedValue&)> spoil;
  };
  const ProblemCase kCases[] = {
      {"id", [](PublishedValue& v) { v.id = "a/b"; }},
      {"id", [](PublishedValue& v) { v.id = std::string(201, 'a'); }},
      {"variable", [](PublishedValue& v) { v.variable = "GDP"; }},
      {"region", [](PublishedValue& v) { v.region = "XX"; }},
      {"region", [](PublishedValue& v) { v.region = ""; }},
      {"period", [](PublishedValue& v) { v.period = "2024-13"; }},
      {"value", [](PublishedValue& v) { v.value = "1,5"; }},
      {"unit", [](PublishedValue& v) { v.facet.unit = "US$"; }},
      {"price_basis", [](PublishedValue& v) { v.facet.price_basis = "constant"; }},
      {"qualifier",
       [](PublishedValue& v) { v.qualifier = static_cast<common::v1::Qualifier>(99); }},
      {"scope", [](PublishedValue& v) { v.facet.scope = "two\nlines"; }},
      {"source", [](PublishedValue& v) { v.facet.source = ""; }},
      {"note", [](PublishedValue& v) { v.note = "\xff"; }},
  };
  for (const ProblemCase& c : kCases) {
    PublishedValue value = Value("gdp-us-2024", "US", "2024", "1");
    c.spoil(value);
    const std::vector<Problem> problems = ProblemsOf(value);
    ASSERT_EQ(problems.size(), 1) << c.field;
    EXPECT_EQ(problems[0].field, c.field);
  }
}

}  // namespace
}  // namespace steelyard::funding
