#include "gateway/cli/figure_notes.h"

#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace steelyard::cli {
namespace {

using common::v1::Figure;
using ::testing::HasSubstr;
using ::testing::Not;

Figure Parse(const std::string& text) {
  Figure figure;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &figure)) << text;
  return figure;
}

TEST(ShowFigureTest, HasSignAndUnit) {
  const struct {
    const char* figure;
    const char* shown;
  } cases[] = {
      {R"pb(status: VALUE_STATUS_OK
            money { currency_code: "USD" units: 119000000000 })pb",
       "119.0 bn USD"},
      {R"pb(status: VALUE_STATUS_OK
            money { currency_code: "USD" units: 1000 }
            qualifier: QUALIFIER_AT_LEAST)pb",
       ">=1.000 k USD"},
      {R"pb(status: VALUE_STATUS_OK count: 1234 unit: "1")pb", "1,234"},
      {R"pb(status: VALUE_STATUS_OK number: 8.7164 unit: "1" formula: "ratio/1")pb", "8.72"},
      {R"pb(status: VALUE_STATUS_OK number: 0.847 unit: "1" formula: "share/1")pb", "84.7 %"},
      {R"pb(status: VALUE_STATUS_OK number: 0.000179 unit: "1" formula: "per_gdp/1")pb",
       "0.0179 %"},
      {R"pb(status: VALUE_STATUS_OK number: 0 unit: "1" formula: "share/1")pb", "0.0 %"},
      {R"pb(status: VALUE_STATUS_OK number: 0.241 unit: "1/a" formula: "cagr/1")pb",
       "24.1 % a year"},
      {R"pb(status: VALUE_STATUS_OK number: 36.72 unit: "USD/{person}")pb", "36.72 USD/person"},
      {R"pb(status: VALUE_STATUS_OK number: 5e9 unit: "USD" qualifier: QUALIFIER_APPROX)pb",
       "~5.000 bn USD"},
      {R"pb(status: VALUE_STATUS_OK number: 19.62 unit: "a")pb", "19.62 years"},
      {R"pb(status: VALUE_STATUS_OK number: 4.614e11 unit: "USD@constant_2021")pb",
       "461.4 bn USD of 2021"},
      {R"pb(status: VALUE_STATUS_OK number: 331290121.4 unit: "{person}")pb", "331,290,121 person"},
      {R"pb(status: VALUE_STATUS_OK number: -12345.6 unit: "1")pb", "-12,346"},
      {R"pb(status: VALUE_STATUS_OK number: 1e30 unit: "1")pb", "1000000000000000019884624838656"},
      {R"pb(status: VALUE_STATUS_UNDEFINED reason: "why" unit: "USD")pb", "-"},
      {"", "-"},
  };
  for (const auto& c : cases) EXPECT_EQ(ShowFigure(Parse(c.figure)), c.shown) << c.figure;
}

TEST(ShowIntervalTest, IsInTheFiguresKind) {
  const struct {
    const char* figure;
    const char* shown;
  } cases[] = {
      {R"pb(money { currency_code: "USD" units: 1 }
            interval { lower: 5.1e9 upper: 3.02e10 })pb",
       "5.100 bn to 30.20 bn"},
      {R"pb(number: 0.5
            formula: "share/1"
            interval { lower: 0.25 upper: 0.75 })pb",
       "25.0 % to 75.0 %"},
      {R"pb(number: 8
            interval { lower: 6 upper: inf })pb",
       "6.00 or more"},
      {R"pb(number: 8
            interval { lower: -inf upper: 9 })pb",
       "9.00 or less"},
      {R"pb(number: 8
            interval { lower: -inf upper: inf })pb",
       "anything"},
      {R"pb(number: 8)pb", ""},
  };
  for (const auto& c : cases) EXPECT_EQ(ShowInterval(Parse(c.figure)), c.shown) << c.figure;
}

TEST(FigureNotesTest, SaysOnceWhyFiguresHaveNoValue) {
  FigureNotes notes;
  const Figure none = Parse(R"pb(status: VALUE_STATUS_UNDEFINED reason: "no total in 2015")pb");
  EXPECT_EQ(notes.Value("growth of US", none), "-");
  EXPECT_EQ(notes.Value("growth of CN", none), "-");
  EXPECT_EQ(notes.Value("growth of US", none), "-");
  notes.Value("a", Parse(R"pb(status: VALUE_STATUS_SUPPRESSED reason: "secret")pb"));
  notes.Value("b", Parse(R"pb(status: VALUE_STATUS_INSUFFICIENT_COVERAGE reason: "too few")pb"));
  notes.Value("c", Parse("status: VALUE_STATUS_UNDEFINED"));
  EXPECT_EQ(notes.Render(),
            "no value    growth of US, growth of CN: no total in 2015\n"
            "withheld    a: secret\n"
            "coverage    b: too few\n"
            "no value    c: no reason was given\n");
}

TEST(FigureNotesTest, SaysWhatFiguresLeaveOut) {
  FigureNotes notes;
  Figure gaps = Parse("status: VALUE_STATUS_OK number: 1");
  for (int i = 0; i < 14; ++i) gaps.mutable_coverage()->add_missing("c" + std::to_string(i));
  EXPECT_EQ(notes.Value("per GDP", gaps), "1.00");
  EXPECT_EQ(notes.Render(), "coverage    per GDP without c0, c1, c2, c3, c4, c5 and 8 more\n");
}

TEST(FigureNotesTest, OfWhatIsDerivedSaysOnlyWhyThereIsNone) {
  FigureNotes notes;
  EXPECT_EQ(notes.Derived("x", Parse(R"pb(status: VALUE_STATUS_OK
                                          number: 1
                                          coverage { missing: "FR" })pb")),
            "1.00");
  EXPECT_EQ(notes.Render(), "");
  EXPECT_EQ(notes.Derived("y", Parse(R"pb(status: VALUE_STATUS_UNDEFINED reason: "why")pb")), "-");
  EXPECT_EQ(notes.Render(), "no value    y: why\n");
}

TEST(FigureNotesTest, SaysWhatIntervalsAre) {
  FigureNotes notes;
  const Figure figure = Parse(
      R"pb(status: VALUE_STATUS_OK
           number: 8.72
           interval { lower: 6.1 upper: 12.9 level: 0.9 method: "m/1" })pb");
  EXPECT_EQ(notes.WithInterval("ratio", figure), "8.72 (6.10 to 12.90)");
  EXPECT_EQ(notes.Interval(figure), "6.10 to 12.90");
  notes.Interval(
      Parse("status: VALUE_STATUS_OK number: 1 interval { lower: 1 upper: 2 level: 1 }"));
  EXPECT_EQ(notes.Render(), "intervals   probability 90 % by m/1; certain bounds\n");
  // Nothing is said of a field that was not sent, and no interval stands around nothing.
  FigureNotes silent;
  EXPECT_EQ(silent.Value("x", {}), "-");
  EXPECT_EQ(silent.WithInterval("x", Parse("interval { lower: 1 upper: 2 level: 1 }")), "-");
  EXPECT_EQ(silent.Render(), "");
}

TEST(RenderOriginTest, NamesWhatIsKnownAndWhatDidNotAnswer) {
  EXPECT_EQ(RenderOrigin({}), "");
  common::v1::Snapshot snapshot;
  snapshot.set_token("sy1.t");
  snapshot.mutable_taken_at()->set_seconds(0);
  funding::v1::ResolvedRegion europe;
  europe.set_term("EUROPE");
  europe.set_region("EU27");
  europe.set_version("2020");
  europe.add_members("DE");
  funding::v1::ResolvedRegion us;
  us.set_term("US");
  google::protobuf::RepeatedPtrField<std::string> unreachable;
  *unreachable.Add() = "services/registry";
  const std::string text = RenderOrigin({.definition = nullptr,
                                         .regions = {&europe, &us},
                                         .sources = 1000,
                                         .snapshot = &snapshot,
                                         .unreachable = &unreachable});
  EXPECT_EQ(text,
            "region      EUROPE is EU27@2020, 1 country\n"
            "sources     1,000 or more, listed in --json\n"
            "snapshot    sy1.t, taken 1970-01-01T00:00:00Z\n"
            "incomplete  services/registry did not answer\n");
  common::v1::Definition definition;
  definition.set_currency("EUR");
  EXPECT_THAT(RenderOrigin({.definition = &definition}), HasSubstr("definition  "));
  EXPECT_THAT(RenderOrigin({.regions = {}, .sources = 3}), Not(HasSubstr("or more")));
}

}  // namespace
}  // namespace steelyard::cli
