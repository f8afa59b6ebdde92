#include "gateway/cli/chart.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include "gateway/cli/table.h"
#include "services/common/text/strings.h"
#include "unicode/utf8.h"

namespace steelyard::cli {
namespace {

constexpr int kLeastWidth = 40;
constexpr int kGap = 2;
constexpr int kEighths = 8;
// From this quotient of the ends on, a linear scale would press the smaller half into nothing.
constexpr double kLogarithmicFrom = 20;
constexpr int kWidestRank = 4;
constexpr std::string_view kLogarithmic = "logarithmic";
constexpr std::array<std::string_view, kEighths> kParts = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
constexpr std::string_view kFull = "█";
constexpr std::string_view kLeftHalf = "▌";
constexpr std::string_view kRightHalf = "▐";
constexpr std::string_view kZero = "│";
constexpr std::string_view kOuter = "·";
constexpr std::string_view kInner = "━";
constexpr std::string_view kMedian = "┃";
constexpr std::string_view kKnown = "●";

std::string Repeat(std::string_view piece, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += piece;
  return text;
}

// At most so many columns, an ellipsis for what is left out.
std::string Cut(const std::string& text, int columns) {
  if (DisplayWidth(text) <= columns) return text;
  const int length = static_cast<int>(text.size());
  int end = 0;
  while (end < length) {
    int next = end;
    U8_FWD_1(text.data(), next, length);
    if (DisplayWidth(std::string_view(text).substr(0, static_cast<size_t>(next))) > columns - 1) {
      break;
    }
    end = next;
  }
  return text.substr(0, static_cast<size_t>(end)) + "…";
}

std::string PadTo(std::string text, int columns) {
  return text.append(static_cast<size_t>(std::max(0, columns - DisplayWidth(text))), ' ');
}

// Where labels, drawings and texts stand.
class Layout {
 public:
  template <typename Row>
  Layout(const std::vector<Row>& rows, int width, std::string_view note = "")
      : width_(std::max(width, kLeastWidth)), text_(DisplayWidth(note)) {
    for (const Row& row : rows) {
      label_ = std::max(label_, DisplayWidth(row.label));
      text_ = std::max(text_, DisplayWidth(row.text));
    }
    label_ = std::min(label_, width_ / 3);
    text_ = std::min(text_, width_ / 2);
  }
  // Columns of the drawing.
  int area() const { return width_ - label_ - text_ - 2 * kGap; }
  std::string Line(const std::string& label, const std::string& drawing,
                   const std::string& text) const {
    std::string line = StrCat(PadTo(Cut(label, label_), label_), Repeat(" ", kGap),
                              PadTo(drawing, area()), Repeat(" ", kGap), Cut(text, text_));
    line.erase(line.find_last_not_of(' ') + 1);
    return line + '\n';
  }
  // The line under the drawings, with the two ends of their scale.
  std::string Ends(const std::string& left, const std::string& right, int columns,
                   std::string_view note) const {
    const int between = columns - DisplayWidth(left) - DisplayWidth(right);
    if (between < 1) return Line("", StrCat(left, " ", right), std::string(note));
    return Line("", StrCat(left, Repeat(" ", between), right), std::string(note));
  }

 private:
  int width_;
  int label_ = 0;
  int text_ = 0;
};

// A row of columns that are drawn over each other.
class Cells {
 public:
  explicit Cells(int columns) : cells_(static_cast<size_t>(columns), " ") {}
  void Set(int column, std::string_view piece) { cells_.at(static_cast<size_t>(column)) = piece; }
  void Fill(int first, int last, std::string_view piece) {
    for (int column = first; column <= last; ++column) Set(column, piece);
  }
  std::string Render() const { return StrJoin(cells_, ""); }

 private:
  std::vector<std::string_view> cells_;
};

int Nearest(double number) { return static_cast<int>(std::lround(number)); }

// `left` columns lie before the line that bars start at, and `right` behind it.
std::string SignedBar(double value, double per_unit, int left, int right) {
  const int halves =
      std::min(Nearest(std::abs(value) * per_unit * 2), 2 * (value < 0 ? left : right));
  const int whole = halves / 2;
  const bool half = halves % 2 == 1;
  if (value >= 0) {
    return StrCat(Repeat(" ", left), kZero, Repeat(kFull, whole), half ? kLeftHalf : "");
  }
  return StrCat(Repeat(" ", left - whole - (half ? 1 : 0)), half ? kRightHalf : "",
                Repeat(kFull, whole), kZero);
}

// From values to columns of an area.
class Scale {
 public:
  Scale(double least, double greatest, int area)
      : logarithmic_(least > 0 && greatest / least > kLogarithmicFrom),
        least_(Of(least)),
        greatest_(Of(greatest)),
        area_(area) {}
  bool logarithmic() const { return logarithmic_; }
  int ColumnOf(double value) const {
    if (greatest_ <= least_) return area_ / 2;
    return Nearest((Of(value) - least_) / (greatest_ - least_) * (area_ - 1));
  }

 private:
  double Of(double value) const { return logarithmic_ ? std::log(value) : value; }

  bool logarithmic_;
  double least_;
  double greatest_;
  int area_;
};

std::vector<double> Finite(std::vector<double> values) {
  std::erase_if(values, [](double value) { return !std::isfinite(value); });
  std::sort(values.begin(), values.end());
  return values;
}

// Each quantile is drawn as the one that it is, whichever others are not known.
std::string Fan(const std::vector<double>& quantiles, const Scale& scale, int area) {
  Cells cells(area);
  const auto column = [&](size_t i) { return scale.ColumnOf(quantiles[i]); };
  const auto fill = [&](size_t from, size_t to, std::string_view mark) {
    while (from < to && !std::isfinite(quantiles[from])) ++from;
    while (from < to && !std::isfinite(quantiles[to])) --to;
    if (std::isfinite(quantiles[from])) cells.Fill(column(from), column(to), mark);
  };
  if (Finite(quantiles).empty()) return "";
  const size_t last = quantiles.size() - 1;
  fill(0, last, kOuter);
  if (last >= 3) fill(1, last - 1, kInner);
  if (last % 2 == 0 && std::isfinite(quantiles[last / 2])) {
    cells.Set(column(last / 2), last == 0 ? kKnown : kMedian);
  }
  return cells.Render();
}

}  // namespace

std::string DrawBar(double value, double largest, int columns) {
  if (!std::isfinite(value) || value <= 0 || value > largest) return "";
  const int eighths = std::max(1, Nearest(value / largest * columns * kEighths));
  return StrCat(Repeat(kFull, eighths / kEighths),
                kParts.at(static_cast<size_t>(eighths % kEighths)));
}

std::string RenderBars(const std::vector<Bar>& bars, int width) {
  const Layout layout(bars, width);
  const auto known = [](const Bar& bar) { return bar.value && std::isfinite(*bar.value); };
  double least = 0;
  double largest = 0;
  for (const Bar& bar : bars) {
    if (!known(bar)) continue;
    least = std::min(least, *bar.value);
    largest = std::max(largest, *bar.value);
  }
  const int room = layout.area() - 1;
  const double per_unit = largest > least ? room / (largest - least) : 0;
  // Rounded up, so that the longest bar to the left has its place.
  const int zero = std::min(room, static_cast<int>(std::ceil(-least * per_unit)));
  std::string text;
  for (const Bar& bar : bars) {
    std::string drawing;
    if (known(bar)) {
      drawing = least < 0 ? SignedBar(*bar.value, per_unit, zero, room - zero)
                          : DrawBar(*bar.value, largest, layout.area());
    }
    text += layout.Line(bar.label, drawing, bar.text);
  }
  return text;
}

std::string RenderFan(const std::vector<FanRow>& rows,
                      const std::function<std::string(double)>& show, int width) {
  std::vector<double> all;
  for (const FanRow& row : rows) {
    all.insert(all.end(), row.quantiles.begin(), row.quantiles.end());
  }
  all = Finite(std::move(all));
  if (all.empty()) return "";
  const std::string_view note =
      Scale(all.front(), all.back(), 1).logarithmic() ? kLogarithmic : std::string_view();
  const Layout layout(rows, width, note);
  const Scale scale(all.front(), all.back(), layout.area());
  std::string text;
  for (const FanRow& row : rows) {
    text += layout.Line(row.label, Fan(row.quantiles, scale, layout.area()), row.text);
  }
  if (all.front() == all.back()) return text;
  return text + layout.Ends(show(all.front()), show(all.back()), layout.area(), note);
}

std::string FanLegend(const std::string& outer, const std::string& inner) {
  return StrCat(kKnown, " one value   ", kMedian, " median   ", kInner, " ", inner, "   ", kOuter,
                " ", outer, "\n");
}

std::string RenderRanks(const std::vector<RankRow>& rows, int ranks, int width) {
  if (rows.empty()) return "";
  const Layout layout(rows, width);
  const int columns = std::max(1, std::min(layout.area(), (ranks - 1) * kWidestRank + 1));
  const auto column = [&](double rank) {
    return ranks <= 1 ? 0 : Nearest((rank - 1) / (ranks - 1) * (columns - 1));
  };
  std::string text;
  for (const RankRow& row : rows) {
    std::string drawing;
    if (row.low >= 1 && row.low <= row.high && row.high <= ranks) {
      Cells cells(columns);
      const double middle = std::clamp<double>(row.middle, row.low, row.high);
      cells.Fill(column(row.low), column(row.high), "─");
      cells.Set(column(row.low), "├");
      cells.Set(column(row.high), "┤");
      cells.Set(column(middle), kKnown);
      drawing = cells.Render();
    }
    text += layout.Line(row.label, drawing, row.text);
  }
  if (ranks <= 1) return text;
  return text + layout.Ends("1", std::to_string(ranks), columns, "");
}

}  // namespace steelyard::cli
