#include "gateway/cli/profile_tables.h"

#include <algorithm>

#include "gateway/cli/chart.h"
#include "gateway/cli/figure_notes.h"
#include "gateway/cli/format.h"
#include "gateway/cli/table.h"
#include "services/common/text/strings.h"

namespace steelyard::cli {
namespace {

using common::v1::Figure;
using strategy::v1::Ambition;
using strategy::v1::CapitalFlow;
using strategy::v1::Indicator;
using strategy::v1::ProfileRegionResponse;
using strategy::v1::RegionProfile;
using strategy::v1::Slice;

constexpr int kBarColumns = 20;

template <typename Item>
using List = google::protobuf::RepeatedPtrField<Item>;

// Rows of a name, a value and its interval.
class FigureTable {
 public:
  FigureTable(const std::string& title, FigureNotes& notes)
      : notes_(notes), table_({title, "", ""}, {Align::kLeft, Align::kRight, Align::kLeft}) {}
  void Add(const std::string& name, const Figure& figure) {
    // The notes' name of an indented row has no indent.
    const std::string what = name.substr(name.find_first_not_of(' '));
    table_.AddRow({name, notes_.Value(what, figure), notes_.Interval(figure)});
  }
  void AddTitle(const std::string& title) { table_.AddRow({title, "", ""}); }
  std::string Render() const { return table_.Render(); }

 private:
  FigureNotes& notes_;
  Table table_;
};

std::string Figures(const RegionProfile& p, const Figure& world, FigureNotes& notes) {
  FigureTable table(p.region().term(), notes);
  table.Add("disclosed total", p.total());
  table.Add("  without the five largest rounds", p.total_without_largest());
  table.Add("  with an estimate of what is not disclosed", p.imputed_total());
  table.Add("rounds", p.rounds());
  table.Add("  share of them disclosed", p.disclosed_share());
  table.Add("companies", p.companies());
  table.Add("median round", p.median_round());
  table.Add("mean round", p.mean_round());
  table.Add("largest round", p.largest_round());
  table.Add("per company", p.per_company());
  table.Add("total of the world", world);
  table.Add("share of the world", p.world_share());
  table.Add("growth", p.growth());
  table.Add("per person", p.per_capita());
  table.Add("per GDP", p.per_gdp());
  table.Add("HHI of companies", p.company_concentration());
  table.Add("share of the top five companies", p.top5_share());
  const std::string& currency = p.total().unit();
  table.Add(StrCat("share of rounds of 100 m ", currency, currency.empty() ? "" : " ", "and more"),
            p.mega_round_share());
  table.Add("infrastructure share", p.infrastructure_share());
  table.Add("foundation-model share", p.model_share());
  table.Add("  both together", p.infrastructure_and_model_share());
  table.Add("applied share", p.applied_share());
  table.Add("entropy over sectors, nats", p.sector_entropy());
  table.Add("notable models per billion", p.models_per_billion());
  table.Add("capital received over capital given", p.net_inflow_ratio());
  table.Add("capital received over given, of the rounds", p.rounds_inflow_ratio());
  table.Add("share of capital from outside", p.foreign_capital_share());
  return table.Render();
}

std::string Indicators(const std::string& title, const List<Indicator>& indicators,
                       FigureNotes& notes) {
  FigureTable table(title, notes);
  for (const Indicator& indicator : indicators) table.Add(indicator.title(), indicator.figure());
  return table.Render();
}

std::string Ambitions(const List<Ambition>& ambitions, FigureNotes& notes) {
  if (ambitions.empty()) return "";
  FigureTable table("European ambitions", notes);
  for (const Ambition& ambition : ambitions) {
    table.AddTitle(ambition.title());
    for (const Indicator& indicator : ambition.indicators()) {
      table.Add(StrCat("  ", indicator.title()), indicator.figure());
    }
  }
  return table.Render();
}

// The largest value that is known; 0 when none is.
template <typename Items, typename Of>
double LargestOf(const Items& items, const Of& of) {
  double largest = 0;
  for (const auto& item : items) largest = std::max(largest, ValueOf(of(item)).value_or(0));
  return largest;
}

std::string BarOf(const Figure& figure, double largest) {
  return DrawBar(ValueOf(figure).value_or(0), largest, kBarColumns);
}

std::string Years(const RegionProfile& profile, FigureNotes& notes) {
  const auto total = [](const auto& year) -> const Figure& { return year.total(); };
  const double largest = LargestOf(profile.years(), total);
  Table table({"by year", "total", "", "rounds", ""},
              {Align::kLeft, Align::kRight, Align::kLeft, Align::kRight, Align::kLeft});
  for (const strategy::v1::YearFigures& year : profile.years()) {
    const std::string name = std::to_string(year.year());
    table.AddRow(
        {name, notes.Value(StrCat("total of ", name), year.total()), notes.Interval(year.total()),
         notes.Value(StrCat("rounds of ", name), year.rounds()), BarOf(year.total(), largest)});
  }
  return table.Render();
}

// Shares, and how they compare with those of the world.
std::string Slices(const std::string& title, const List<Slice>& slices, FigureNotes& notes) {
  const auto share = [](const auto& slice) -> const Figure& { return slice.share(); };
  const double largest = LargestOf(slices, share);
  Table table({title, "share", "", "LQ", "", ""}, {Align::kLeft, Align::kRight, Align::kLeft,
                                                   Align::kRight, Align::kLeft, Align::kLeft});
  for (const Slice& slice : slices) {
    const std::string name = Words(slice.code());
    const Figure& quotient = slice.location_quotient();
    table.AddRow({name, notes.Value(StrCat("share of ", name), slice.share()),
                  notes.Interval(slice.share()), notes.Value(StrCat("LQ of ", name), quotient),
                  notes.Interval(quotient), BarOf(slice.share(), largest)});
  }
  return table.Render();
}

// What flows to or from other countries and the region itself.
std::string Flows(const std::string& title, const List<CapitalFlow>& flows, FigureNotes& notes) {
  const auto share = [](const auto& flow) -> const Figure& { return flow.share(); };
  const double largest = LargestOf(flows, share);
  Table table({title, "total", "share", ""},
              {Align::kLeft, Align::kRight, Align::kRight, Align::kLeft});
  for (const CapitalFlow& flow : flows) {
    const std::string what = StrCat(title, " ", flow.country());
    table.AddRow({flow.country(), notes.Value(what, flow.amount()), notes.Value(what, flow.share()),
                  BarOf(flow.share(), largest)});
  }
  return table.Render();
}

std::string Largest(const RegionProfile& profile) {
  Table table({"", "largest companies", "", "rounds"},
              {Align::kRight, Align::kLeft, Align::kRight, Align::kRight});
  for (const auto& company : profile.largest_companies()) {
    table.AddRow({std::to_string(company.rank()), company.display_name(),
                  ShortMoney(company.amount()), Grouped(company.rounds())});
  }
  return table.Render();
}

}  // namespace

std::string RenderProfile(const ProfileRegionResponse& response) {
  const RegionProfile& profile = response.profile();
  FigureNotes notes;
  std::string page;
  AddPart(Figures(profile, response.world_total(), notes), page);
  AddPart(Indicators("speaks of scale", profile.scale(), notes), page);
  AddPart(Indicators("speaks of efficiency", profile.efficiency(), notes), page);
  AddPart(Ambitions(profile.ambitions(), notes), page);
  AddPart(Years(profile, notes), page);
  AddPart(Slices("by layer", profile.layers(), notes), page);
  AddPart(Slices("by sector", profile.sectors(), notes), page);
  if (!profile.layers().empty() || !profile.sectors().empty()) {
    page += "LQ: location quotient, the share over that of the world\n";
  }
  AddPart(Flows("capital comes from", profile.origins(), notes), page);
  AddPart(Flows("capital goes to", profile.destinations(), notes), page);
  AddPart(Largest(profile), page);
  AddPart(StrCat(notes.Render(), RenderOrigin({.definition = &response.definition(),
                                               .regions = {&profile.region()},
                                               .sources = response.source_count(),
                                               .snapshot = &response.snapshot(),
                                               .unreachable = &response.unreachable()})),
          page);
  return page;
}

}  // namespace steelyard::cli
