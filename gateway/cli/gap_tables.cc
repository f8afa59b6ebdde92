#include "gateway/cli/gap_tables.h"

#include <vector>

#include "gateway/cli/chart.h"
#include "gateway/cli/figure_notes.h"
#include "gateway/cli/format.h"
#include "gateway/cli/table.h"
#include "services/common/text/strings.h"

namespace steelyard::cli {
namespace {

using strategy::v1::CatchUp;
using strategy::v1::DecomposeGapResponse;
using strategy::v1::GapFactor;
using strategy::v1::GapIdentity;

std::string Totals(const DecomposeGapResponse& gap, FigureNotes& notes) {
  const std::string& leader = gap.leader().term();
  const std::string& follower = gap.follower().term();
  Table table({"", "", ""}, {Align::kLeft, Align::kRight, Align::kLeft});
  const auto add = [&](const std::string& what, const common::v1::Figure& figure) {
    table.AddRow({what, notes.Value(what, figure), notes.Interval(figure)});
  };
  add(StrCat("total of ", leader), gap.leader_total());
  add(StrCat("total of ", follower), gap.follower_total());
  add(StrCat(leader, " over ", follower), gap.ratio());
  add(StrCat(leader, " less ", follower), gap.gap());
  return table.Render();
}

std::string DerivedWithInterval(const std::string& what, const common::v1::Figure& figure,
                                FigureNotes& notes) {
  const std::string interval = notes.Interval(figure);
  const std::string value = notes.Derived(what, figure);
  return interval.empty() ? value : StrCat(value, " (", interval, ")");
}

std::string Identity(const GapIdentity& identity, const DecomposeGapResponse& gap,
                     FigureNotes& notes) {
  const std::string& leader = gap.leader().term();
  const std::string& follower = gap.follower().term();
  Table table(
      {"", leader, follower, "ratio", "ln", "share of the gap"},
      {Align::kLeft, Align::kRight, Align::kRight, Align::kRight, Align::kRight, Align::kRight});
  std::vector<Bar> bars;
  for (const GapFactor& factor : identity.factors()) {
    const std::string& title = factor.title();
    const std::string log_points = notes.Derived(StrCat("ln of ", title), factor.log_points());
    table.AddRow({title, notes.WithInterval(StrCat(title, " of ", leader), factor.leader()),
                  notes.WithInterval(StrCat(title, " of ", follower), factor.follower()),
                  DerivedWithInterval(StrCat("ratio of ", title), factor.ratio(), notes),
                  log_points,
                  notes.Derived(StrCat("contribution of ", title), factor.contribution())});
    bars.push_back({title, ValueOf(factor.log_points()), log_points});
  }
  table.AddRow({"product", "", "",
                DerivedWithInterval(StrCat("ratio of ", identity.id()), identity.ratio(), notes),
                notes.Derived(StrCat("ln of ", identity.id()), identity.log_points()), ""});
  return StrCat(identity.id(), ": ", identity.expression(), "\n", table.Render(), "\n",
                RenderBars(bars));
}

// How long closing takes at each quantile of the paths.
std::string Times(const CatchUp& catch_up, FigureNotes& notes) {
  Table table({"share of the paths that are there", "years"}, {Align::kRight, Align::kRight});
  for (const strategy::v1::Quantile& quantile : catch_up.quantiles()) {
    const std::string share = ShowProbability(quantile.probability());
    table.AddRow({share, notes.Value(StrCat("time of ", share), quantile.figure())});
  }
  return table.Render();
}

std::string Closing(const DecomposeGapResponse& gap, FigureNotes& notes) {
  const CatchUp& catch_up = gap.catch_up();
  const std::string& leader = gap.leader().term();
  const std::string& follower = gap.follower().term();
  Table table({"", "", ""}, {Align::kLeft, Align::kRight, Align::kLeft});
  const auto add = [&](const std::string& what, const common::v1::Figure& figure) {
    table.AddRow({what, notes.Value(what, figure), notes.Interval(figure)});
  };
  add(catch_up.start_year() == 0 ? std::string("ratio at the start")
                                 : StrCat("ratio of ", catch_up.start_year()),
      catch_up.start_ratio());
  const auto growth = [&](const std::string& region, const common::v1::Figure& figure, int points) {
    add(StrCat("growth of ", region, ", from ", points,
               points == 1 ? " difference" : " differences"),
        figure);
  };
  growth(leader, catch_up.leader_growth(), catch_up.leader_points());
  growth(follower, catch_up.follower_growth(), catch_up.follower_points());
  add("time if both go on like that", catch_up.years());
  add(StrCat("growth of ", follower, " needed by ", catch_up.target_year()),
      catch_up.required_growth());
  add(StrCat("probability by ", catch_up.target_year()), catch_up.by_target_year());
  add("probability of never, in 100 years", catch_up.never());
  return StrCat("when ", leader, " over ", follower, " would be ", Number(catch_up.target_ratio()),
                "\n", table.Render());
}

}  // namespace

std::string RenderGap(const DecomposeGapResponse& response) {
  FigureNotes notes;
  std::string page;
  AddPart(Totals(response, notes), page);
  for (const GapIdentity& identity : response.identities()) {
    AddPart(Identity(identity, response, notes), page);
  }
  if (response.has_catch_up()) {
    AddPart(Closing(response, notes), page);
    AddPart(Times(response.catch_up(), notes), page);
  }
  AddPart(
      StrCat(notes.Render(), RenderOrigin({.definition = &response.definition(),
                                           .regions = {&response.leader(), &response.follower()},
                                           .sources = response.sources_size(),
                                           .snapshot = &response.snapshot(),
                                           .unreachable = &response.unreachable()})),
      page);
  return page;
}

}  // namespace steelyard::cli
