#include "gateway/cli/rank_tables.h"

#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "gateway/cli/chart.h"
#include "gateway/cli/enum_words.h"
#include "gateway/cli/figure_notes.h"
#include "gateway/cli/format.h"
#include "gateway/cli/table.h"
#include "services/common/text/strings.h"

namespace steelyard::cli {
namespace {

using strategy::v1::IndicatorImportance;
using strategy::v1::IndicatorScore;
using strategy::v1::PairShare;
using strategy::v1::RankedRegion;
using strategy::v1::RankRegionsResponse;

int RanksOf(const RankRegionsResponse& ranking) {
  int ranks = 0;
  for (const RankedRegion& region : ranking.regions()) ranks += region.rank() > 0 ? 1 : 0;
  return ranks;
}

std::string Ranks(const RankRegionsResponse& ranking, FigureNotes& notes) {
  Table table({"rank", "region", "score", "", "median rank", "90 % of draws", "first in"},
              {Align::kRight, Align::kLeft, Align::kRight, Align::kLeft, Align::kRight,
               Align::kRight, Align::kRight});
  for (const RankedRegion& region : ranking.regions()) {
    const bool ranked = region.rank() > 0;
    const bool drawn = ranked && ranking.draws() > 0;
    table.AddRow({ranked ? std::to_string(region.rank()) : "-", region.term(),
                  notes.Value(StrCat("score of ", region.term()), region.score()),
                  notes.Interval(region.score()),
                  drawn ? absl::StrFormat("%.4g", region.median_rank()) : "-",
                  drawn ? StrCat(region.low_rank(), " to ", region.high_rank()) : "-",
                  drawn ? Percent(region.first_share()) : "-"});
  }
  return table.Render();
}

std::string Intervals(const RankRegionsResponse& ranking) {
  if (ranking.draws() == 0) return "";
  std::vector<RankRow> rows;
  for (const RankedRegion& region : ranking.regions()) {
    if (region.rank() == 0) continue;
    rows.push_back({.label = region.term(),
                    .low = region.low_rank(),
                    .middle = region.median_rank(),
                    .high = region.high_rank(),
                    .text = ""});
  }
  return RenderRanks(rows, RanksOf(ranking));
}

// A row for each indicator and region.
std::string Indicators(const RankRegionsResponse& ranking, FigureNotes& notes) {
  Table table({"indicator", "region", "value", "", "normalised"},
              {Align::kLeft, Align::kLeft, Align::kRight, Align::kLeft, Align::kRight});
  for (int i = 0; i < ranking.importances_size(); ++i) {
    const std::string& id = ranking.importances(i).indicator();
    bool first = true;
    for (const RankedRegion& region : ranking.regions()) {
      if (i >= region.indicators_size()) continue;
      const IndicatorScore& score = region.indicators(i);
      const std::string of = StrCat(id, " of ", region.term());
      table.AddRow({std::exchange(first, false) ? id : "", region.term(),
                    notes.Value(of, score.figure()), notes.Interval(score.figure()),
                    notes.Derived(StrCat("normalised ", of), score.normalised())});
    }
  }
  return table.Render();
}

std::string Importances(const RankRegionsResponse& ranking, FigureNotes& notes) {
  Table table({"indicator", "weight", "importance", ""},
              {Align::kLeft, Align::kRight, Align::kRight, Align::kLeft});
  for (const IndicatorImportance& importance : ranking.importances()) {
    const std::string& id = importance.indicator();
    table.AddRow({id, Percent(importance.weight()),
                  notes.Value(StrCat("importance of ", id), importance.importance()),
                  importance.excluded().empty() ? std::string()
                                                : StrCat("left out: ", importance.excluded())});
  }
  return table.Render();
}

// The weights at which two regions are level, with the indicators' names.
std::string Weights(const RankRegionsResponse& ranking, const PairShare& pair) {
  std::vector<std::string> weights;
  for (int i = 0; i < pair.swap_weights_size() && i < ranking.importances_size(); ++i) {
    weights.push_back(
        StrCat(ranking.importances(i).indicator(), " ", Percent(pair.swap_weights(i))));
  }
  return StrJoin(weights, ", ");
}

// Regions that follow each other; the other pairs are in --json.
std::string Neighbours(const RankRegionsResponse& ranking, FigureNotes& notes) {
  Table table({"ahead", "behind", "ahead in", "level after a change of", "level at the weights"},
              {Align::kLeft, Align::kLeft, Align::kRight, Align::kRight, Align::kLeft});
  int shown = 0;
  for (int i = 0; i + 1 < RanksOf(ranking); ++i) {
    for (const PairShare& pair : ranking.pairs()) {
      if (pair.ahead() != ranking.regions(i).term()) continue;
      if (pair.behind() != ranking.regions(i + 1).term()) continue;
      const std::string of = StrCat(pair.ahead(), " over ", pair.behind());
      table.AddRow({pair.ahead(), pair.behind(), notes.Value(of, pair.probability()),
                    notes.Value(StrCat("swap of ", of), pair.swap_distance()),
                    Weights(ranking, pair)});
      ++shown;
    }
  }
  std::string text = table.Render();
  const int more = ranking.pairs_size() - shown;
  if (more > 0) {
    StrAppend(&text, "and ", more, more == 1 ? " more pair" : " more pairs", " in --json\n");
  }
  return text;
}

std::string Method(const RankRegionsResponse& ranking) {
  const EnumWords normalisations{*strategy::v1::Normalisation_descriptor(), "NORMALISATION_"};
  const EnumWords aggregations{*strategy::v1::Aggregation_descriptor(), "AGGREGATION_"};
  return StrCat("method      normalised by ", normalisations.WordOf(ranking.normalisation()),
                ", aggregated by ", aggregations.WordOf(ranking.aggregation()), "\ndraws       ",
                Grouped(ranking.draws()), ", seed ", ranking.seed(), "\n");
}

}  // namespace

std::string RenderRanking(const RankRegionsResponse& response) {
  FigureNotes notes;
  std::string page;
  AddPart(Ranks(response, notes), page);
  AddPart(Intervals(response), page);
  AddPart(Indicators(response, notes), page);
  AddPart(Importances(response, notes), page);
  AddPart(Neighbours(response, notes), page);
  AddPart(StrCat(Method(response), notes.Render(),
                 RenderOrigin({.definition = &response.definition(),
                               .regions = {},
                               .sources = response.sources_size(),
                               .snapshot = &response.snapshot(),
                               .unreachable = &response.unreachable()})),
          page);
  return page;
}

}  // namespace steelyard::cli
