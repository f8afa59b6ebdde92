#include "gateway/cli/scenario_tables.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "gateway/cli/chart.h"
#include "gateway/cli/figure_notes.h"
#include "gateway/cli/format.h"
#include "gateway/cli/table.h"
#include "services/common/text/strings.h"

namespace steelyard::cli {
namespace {

using common::v1::Figure;
using strategy::v1::FanYear;
using strategy::v1::Projection;
using strategy::v1::RegionProjection;

using Fan = google::protobuf::RepeatedPtrField<FanYear>;

// Whether all quantiles are one value: a year of history.
bool IsOneValue(const FanYear& year) {
  const auto first = ValueOf(year.quantiles(0).figure());
  return std::all_of(year.quantiles().begin(), year.quantiles().end(),
                     [&](const auto& q) { return ValueOf(q.figure()) == first; });
}

// "12.30 bn (5.100 bn to 30.20 bn)": the median and the outermost quantiles.
std::string Text(const FanYear& year, const std::string& what, FigureNotes& notes) {
  if (year.quantiles().empty()) return "-";
  const int last = year.quantiles_size() - 1;
  const auto show = [&](int i) { return notes.Value(what, year.quantiles(i).figure()); };
  if (IsOneValue(year)) return show(0);
  const auto bound = [&](int i) {
    const Figure& figure = year.quantiles(i).figure();
    const std::optional<double> value = ValueOf(figure);
    return value ? ShowLike(figure, *value) : show(i);
  };
  return StrCat(show(last / 2), " (", bound(0), " to ", bound(last), ")");
}

// A heading and the fan beneath it; "" for no years.
std::string Chart(const std::string& title, const Fan& fan, FigureNotes& notes) {
  if (fan.empty()) return "";
  std::vector<FanRow> rows;
  Figure like;
  for (const FanYear& year : fan) {
    FanRow row{.label = std::to_string(year.year()), .quantiles = {}, .text = ""};
    for (const strategy::v1::Quantile& quantile : year.quantiles()) {
      const std::optional<double> value = ValueOf(quantile.figure());
      row.quantiles.push_back(value.value_or(std::numeric_limits<double>::quiet_NaN()));
      if (value) like = quantile.figure();
    }
    if (!year.quantiles().empty() && IsOneValue(year)) row.quantiles.resize(1);
    row.text = Text(year, StrCat(title, " in ", row.label), notes);
    rows.push_back(std::move(row));
  }
  const auto show = [&](double value) { return ShowLike(like, value); };
  const std::string drawing = RenderFan(rows, show);
  return StrCat(title, "\n", drawing.empty() ? "nothing is known\n" : drawing);
}

std::string Region(const RegionProjection& region, FigureNotes& notes) {
  const std::string& term = region.region().term();
  const std::string basis =
      region.points() == 0
          ? std::string("as given")
          : StrCat("from ", region.points(), region.points() == 1 ? " difference" : " differences",
                   " of history");
  std::string text = StrCat(
      term, ": drift ", notes.WithInterval(StrCat("drift of ", term), region.drift()),
      ", volatility ", notes.WithInterval(StrCat("volatility of ", term), region.volatility()),
      ", ", basis, "\n");
  AddPart(Chart(StrCat(term, ", total"), region.totals(), notes), text);
  AddPart(Chart(StrCat(term, ", infrastructure"), region.infrastructure(), notes), text);
  return text;
}

std::string Targets(const Projection& projection, FigureNotes& notes) {
  Table table({"target", "probability", ""}, {Align::kLeft, Align::kRight, Align::kLeft});
  for (const strategy::v1::TargetOutcome& outcome : projection.targets()) {
    const strategy::v1::RatioTarget& target = outcome.target();
    const std::string what = StrCat(target.numerator(), "/", target.denominator(),
                                    " <= ", Number(target.ratio()), " by ", target.by_year());
    table.AddRow({what, notes.Value(StrCat("probability of ", what), outcome.probability()),
                  notes.Interval(outcome.probability())});
  }
  return table.Render();
}

}  // namespace

std::string RenderProjection(const Projection& projection) {
  FigureNotes notes;
  std::string page;
  Origin origin{.definition = &projection.definition(),
                .regions = {},
                .sources = projection.sources_size(),
                .snapshot = &projection.snapshot(),
                .unreachable = &projection.unreachable()};
  for (const RegionProjection& region : projection.regions()) {
    AddPart(Region(region, notes), page);
    origin.regions.push_back(&region.region());
  }
  for (const strategy::v1::RatioProjection& ratio : projection.ratios()) {
    AddPart(Chart(StrCat(ratio.numerator(), " over ", ratio.denominator()), ratio.ratios(), notes),
            page);
  }
  AddPart(FanLegend("5 to 95 % of the paths", "25 to 75 %"), page);
  AddPart(Targets(projection, notes), page);
  const std::string paths = StrCat("paths       ", Grouped(projection.paths()), ", seed ",
                                   projection.seed(), ", ", projection.generator(), "\n");
  AddPart(StrCat(paths, notes.Render(), RenderOrigin(origin)), page);
  return page;
}

}  // namespace steelyard::cli
