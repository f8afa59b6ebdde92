#include "gateway/cli/chart.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "gateway/cli/format.h"
#include "gateway/cli/table.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace steelyard::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Plain(double value) { return Number(value); }

int WidestLine(const std::string& text) {
  int widest = 0;
  const std::vector<std::string> lines = absl::StrSplit(text, '\n');
  for (const std::string& line : lines) {
    widest = std::max(widest, DisplayWidth(line));
  }
  return widest;
}

TEST(DrawBarTest, CountsEighthsOfColumns) {
  const struct {
    double value;
    const char* bar;
  } cases[] = {
      {8, "████████"},
      {4, "████"},
      {1, "█"},
      {0.5, "▌"},
      {0.25, "▎"},
      {0.125, "▏"},
      {1.875, "█▉"},
      {1e-9, "▏"},
      {0, ""},
      {-1, ""},
      {9, ""},
      {std::nan(""), ""},
      {std::numeric_limits<double>::infinity(), ""},
  };
  for (const auto& c : cases) EXPECT_EQ(DrawBar(c.value, 8, 8), c.bar) << c.value;
  EXPECT_EQ(DrawBar(0, 0, 8), "");
}

TEST(RenderBarsTest, TheLargestFillsTheRoomAndNoneHasNoBar) {
  EXPECT_EQ(RenderBars({}), "");
  const std::string text = RenderBars({{"US", 4, "4"}, {"EUROPE", 1, "1"}, {"CN", {}, "-"}}, 40);
  EXPECT_EQ(text, "US      " + std::string("█████████████████████████████") +
                      "  4\n"
                      "EUROPE  ███████▎                       1\n"
                      "CN                                     -\n");
  EXPECT_EQ(WidestLine(text), 40);
}

TEST(RenderBarsTest, NegativeValuesGoToTheLeftOfALine) {
  const std::string text =
      RenderBars({{"a", 2, ""}, {"b", -1, ""}, {"c", 0, ""}, {"d", -0.1, ""}}, 40);
  EXPECT_EQ(text,
            "a              │██████████████████████\n"
            "b  ▐███████████│\n"
            "c              │\n"
            "d             █│\n");
}

TEST(RenderBarsTest, AllNegativeFitsTheWidth) {
  const std::string text = RenderBars({{"a", -3, "-3"}, {"b", -1, "-1"}}, 40);
  EXPECT_LE(WidestLine(text), 40);
  EXPECT_THAT(text, HasSubstr("│"));
}

TEST(RenderFanTest, DrawsBandsMedianAndKnownValues) {
  const std::string text =
      RenderFan({{.label = "2025", .quantiles = {20}, .text = "20.0"},
                 {.label = "2026", .quantiles = {10, 15, 20, 25, 30}, .text = "x"},
                 {.label = "2027", .quantiles = {}, .text = "-"}},
                Plain, 41);
  EXPECT_EQ(text,
            "2025                ●                20.0\n"
            "2026  ·······━━━━━━━┃━━━━━━━·······  x\n"
            "2027                                 -\n"
            "      10.00                   30.00\n");
}

TEST(RenderFanTest, QuantilesKeepTheirPlacesWhenOthersAreNotKnown) {
  const double none = std::nan("");
  const std::string text =
      RenderFan({{.label = "a", .quantiles = {10, 12, 15, 18, 20}, .text = ""},
                 {.label = "b", .quantiles = {10, 12, 15, 18, none}, .text = ""},
                 {.label = "c", .quantiles = {10, 12, none, none, none}, .text = ""}},
                Plain, 40);
  const std::vector<std::string> lines = absl::StrSplit(text, '\n');
  // The upper band's outer half is not known, the median is; then neither is the median.
  EXPECT_THAT(lines.at(1), HasSubstr("━┃━"));
  EXPECT_EQ(lines.at(1).find("━┃"), lines.at(0).find("━┃"));
  EXPECT_LT(lines.at(1).size(), lines.at(0).size());
  EXPECT_THAT(lines.at(2), Not(HasSubstr("┃")));
}

TEST(RenderFanTest, IsLogarithmicAndSaysSoWhenValuesAreFarApart) {
  const std::string far = RenderFan({{.label = "a", .quantiles = {1}, .text = ""},
                                     {.label = "b", .quantiles = {10}, .text = ""},
                                     {.label = "c", .quantiles = {100}, .text = ""}},
                                    Plain, 40);
  EXPECT_EQ(far,
            "a  ●\n"
            "b              ●\n"
            "c                         ●\n"
            "   1.00               100.0  logarithmic\n");
  const std::string crossing = RenderFan({{.label = "a", .quantiles = {-1}, .text = ""},
                                          {.label = "b", .quantiles = {100}, .text = ""}},
                                         Plain, 40);
  EXPECT_THAT(crossing, Not(HasSubstr("logarithmic")));
}

TEST(RenderFanTest, OneValueIsInTheMiddleAndNothingKnownIsNothing) {
  EXPECT_EQ(RenderFan({}, Plain), "");
  EXPECT_EQ(RenderFan({{.label = "2025", .quantiles = {}, .text = "-"}}, Plain), "");
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(RenderFan({{.label = "2025", .quantiles = {infinity}, .text = "-"}}, Plain), "");
  EXPECT_THAT(RenderFan({{.label = "2025", .quantiles = {5}, .text = ""}}, Plain, 40),
              AllOf(HasSubstr("2025 "), HasSubstr("●")));
}

TEST(RenderFanTest, QuantilesThatFallTogetherStayVisible) {
  const std::string text = RenderFan({{.label = "a", .quantiles = {5, 5, 5, 5, 5}, .text = ""},
                                      {.label = "b", .quantiles = {0, 1, 2, 3, 9}, .text = ""}},
                                     Plain, 40);
  EXPECT_THAT(text, HasSubstr("┃"));
}

TEST(FanLegendTest, NamesEveryCharacter) {
  EXPECT_EQ(FanLegend("5 to 95 %", "25 to 75 %"),
            "● one value   ┃ median   ━ 25 to 75 %   · 5 to 95 %\n");
}

TEST(RenderRanksTest, DrawsIntervalsOfRanks) {
  const std::string text =
      RenderRanks({{"US", 1, 1, 1, ""}, {"EUROPE", 2, 2.5, 4, "x"}, {"CN", 2, 4, 4, ""}}, 4, 40);
  EXPECT_EQ(text,
            "US      ●\n"
            "EUROPE      ├─●─────┤                  x\n"
            "CN          ├───────●\n"
            "        1           4\n");
}

TEST(RenderRanksTest, LeavesOutWhatIsNoIntervalOfRanks) {
  EXPECT_EQ(RenderRanks({}, 3), "");
  EXPECT_EQ(RenderRanks({{"a", 0, 1, 2, ""}, {"b", 2, 1, 1, ""}, {"c", 1, 1, 9, ""}}, 3, 40),
            "a\nb\nc\n   1       3\n");
  EXPECT_EQ(RenderRanks({{"a", 1, 1, 1, ""}}, 1, 40), "a  ●\n");
}

TEST(ChartTest, NoLineIsWiderThanAsked) {
  const std::string label(100, 'l');
  const std::string text(100, 't');
  for (const int width : {0, 40, 57, 80, 200}) {
    const int most = std::max(40, width);
    EXPECT_LE(WidestLine(RenderBars({{label, 3, text}, {"b", -2, ""}}, width)), most);
    EXPECT_LE(WidestLine(RenderBars({{label, 3, text}, {"b", 2, ""}}, width)), most);
    EXPECT_LE(WidestLine(RenderFan({{label, {1, 2, 3, 4, 500}, text}}, Plain, width)), most);
    EXPECT_LE(WidestLine(RenderRanks({{label, 1, 30, 60, text}}, 60, width)), most);
  }
  EXPECT_THAT(RenderBars({{"Föö" + label, 3, ""}}, 40), HasSubstr("Föölllll"));
  EXPECT_THAT(RenderBars({{label, 3, ""}}, 40), HasSubstr("…"));
}

}  // namespace
}  // namespace steelyard::cli
