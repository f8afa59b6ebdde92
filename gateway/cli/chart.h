#pragma once

// Charts for a terminal, in UTF-8 block and line characters: horizontal bars, fans of quantiles by
// year, and intervals of ranks. Pure functions; equal input gives equal text. No line is wider than
// `width` columns (at least 40): labels are cut at a third of it and texts at a half, with "…".
// Numbers that are not finite are drawn as nothing.

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace steelyard::cli {

inline constexpr int kChartWidth = 80;

// One bar for a cell of a table: `largest` takes `columns`, in eighths of a column; a positive
// value is never invisible. "" for what is not positive or larger than the largest.
std::string DrawBar(double value, double largest, int columns);

struct Bar {
  std::string label;
  std::optional<double> value;  // none: no bar
  std::string text;             // stands after it
};
// A line for each bar. The largest takes all the room, in eighths of a column; a positive value is
// never invisible. When a value is negative, bars start at a line in the middle, in halves of a
// column. Empty for no bars.
std::string RenderBars(const std::vector<Bar>& bars, int width = kChartWidth);

struct FanRow {
  std::string label;
  // In ascending order: of five, the inner band lies between the second and the fourth. One that is
  // not known is NaN and keeps its place. One alone stands for a value that is known; none for
  // nothing known.
  std::vector<double> quantiles;
  std::string text;
};
// A line for each row on one common scale, and a line with its ends as `show` writes them. The
// scale is logarithmic, and says so, when all is positive and the largest is more than 20 times the
// smallest. Empty when nothing is known.
//
//   2030  ····━━━━━┃━━━━━━━━·······  12.30 bn (5.100 bn to 30.20 bn)
std::string RenderFan(const std::vector<FanRow>& rows,
                      const std::function<std::string(double)>& show, int width = kChartWidth);
// What the characters of a fan of five quantiles stand for, in one line.
std::string FanLegend(const std::string& outer, const std::string& inner);

struct RankRow {
  std::string label;
  int low = 0;  // the better end, from 1
  double middle = 0;
  int high = 0;
  std::string text;
};
// A line for each row on the scale from 1 to `ranks`, and a line with its ends. A row whose ends
// are not 1 <= low <= high <= ranks has an empty line. Empty for no rows.
//
//   US      ●
//   EUROPE   ├─●──┤
std::string RenderRanks(const std::vector<RankRow>& rows, int ranks, int width = kChartWidth);

}  // namespace steelyard::cli
