#include "gateway/cli/compare_tables.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "gateway/cli/definition_options.h"
#include "gateway/cli/figure_notes.h"
#include "gateway/cli/format.h"
#include "gateway/cli/table.h"
#include "gateway/cli/verbs.h"
#include "services/common/text/strings.h"

namespace steelyard::cli {
namespace {

using common::v1::Figure;
using strategy::v1::CompareRegionsResponse;
using strategy::v1::RegionProfile;
using strategy::v1::Slice;

constexpr int kPublishedShown = 12;

// A table whose first column says what a row is and whose others are the regions.
Table RegionTable(const CompareRegionsResponse& comparison, const std::string& title) {
  std::vector<std::string> headings = {title};
  std::vector<Align> alignments = {Align::kLeft};
  for (const RegionProfile& profile : comparison.profiles()) {
    headings.push_back(profile.region().term());
    alignments.push_back(Align::kRight);
  }
  return {std::move(headings), std::move(alignments)};
}

using Cell = std::function<std::string(const RegionProfile&)>;
using RatioCell = std::function<std::string(const strategy::v1::RegionRatio&)>;

void AddRow(Table& table, const CompareRegionsResponse& comparison, const std::string& label,
            const Cell& cell) {
  std::vector<std::string> cells = {label};
  for (const RegionProfile& profile : comparison.profiles()) cells.push_back(cell(profile));
  table.AddRow(std::move(cells));
}

std::string Figures(const CompareRegionsResponse& comparison, const std::string& currency) {
  Table table = RegionTable(comparison, "");
  const auto add = [&](const std::string& label, const Cell& cell) {
    AddRow(table, comparison, label, cell);
  };
  const std::string in = StrCat(", ", currency);
  add("disclosed total" + in, [](const auto& p) { return Show(p.total()); });
  add("rounds", [](const auto& p) { return Show(p.rounds()); });
  add("  of them disclosed", [](const auto& p) { return ShowShare(p.disclosed_share()); });
  add("companies", [](const auto& p) { return Show(p.companies()); });
  add("median round" + in, [](const auto& p) { return Show(p.median_round()); });
  add("largest round" + in, [](const auto& p) { return Show(p.largest_round()); });
  add("share of the world", [](const auto& p) { return ShowShare(p.world_share()); });
  add("growth a year", [](const auto& p) { return ShowShare(p.growth()); });
  add("per person" + in, [](const auto& p) { return Show(p.per_capita()); });
  add("per GDP", [](const auto& p) {
    return p.per_gdp().has_number() ? StrCat(Number(p.per_gdp().number() * 100), " %")
                                    : std::string("-");
  });
  add("HHI of companies", [](const auto& p) { return Show(p.company_concentration()); });
  add("share of the top five", [](const auto& p) { return ShowShare(p.top5_share()); });
  add("infrastructure share", [](const auto& p) { return ShowShare(p.infrastructure_share()); });
  add("foundation-model share", [](const auto& p) { return ShowShare(p.model_share()); });
  add("applied share", [](const auto& p) { return ShowShare(p.applied_share()); });
  add("entropy over sectors, nats", [](const auto& p) { return Show(p.sector_entropy()); });
  if (comparison.ratios().empty()) return table.Render();
  const std::string& first = comparison.ratios(0).numerator();
  const auto against = [&](const std::string& label, const RatioCell& cell) {
    add(label, [&](const RegionProfile& profile) {
      for (const strategy::v1::RegionRatio& ratio : comparison.ratios()) {
        if (ratio.denominator() == profile.region().term()) return cell(ratio);
      }
      return std::string();
    });
  };
  against(StrCat(first, " over it"), [](const auto& r) { return Show(r.ratio()); });
  against(StrCat("alike ", first, " by layer"),
          [](const auto& r) { return ShowShare(r.layer_similarity()); });
  against(StrCat("alike ", first, " by sector"),
          [](const auto& r) { return ShowShare(r.sector_similarity()); });
  return table.Render();
}

std::string Years(const CompareRegionsResponse& comparison, const std::string& currency) {
  Table table = RegionTable(comparison, StrCat("by year, ", currency));
  if (comparison.profiles().empty()) return "";
  for (int i = 0; i < comparison.profiles(0).years_size(); ++i) {
    AddRow(table, comparison, std::to_string(comparison.profiles(0).years(i).year()),
           [i](const RegionProfile& profile) {
             return i < profile.years_size() ? Show(profile.years(i).total()) : std::string("-");
           });
  }
  return table.Render();
}

// With two decimals, so that quotients of one column compare at a glance.
std::string ShowQuotient(const Figure& figure) {
  return figure.has_number() ? absl::StrFormat("%.2f", figure.number()) : "-";
}

// Shares with location quotients, for the codes that any region has, in their order.
std::string Slices(
    const CompareRegionsResponse& comparison, const std::string& title,
    const std::function<const google::protobuf::RepeatedPtrField<Slice>&(const RegionProfile&)>&
        of) {
  std::vector<std::string> codes;
  std::vector<std::string> headings = {title};
  for (const RegionProfile& profile : comparison.profiles()) {
    headings.insert(headings.end(), {profile.region().term(), "LQ"});
    for (const Slice& slice : of(profile)) {
      if (std::find(codes.begin(), codes.end(), slice.code()) == codes.end()) {
        codes.push_back(slice.code());
      }
    }
  }
  std::vector<Align> alignments(headings.size(), Align::kRight);
  alignments[0] = Align::kLeft;
  Table table(std::move(headings), std::move(alignments));
  for (const std::string& code : codes) {
    std::vector<std::string> cells = {Words(code)};
    for (const RegionProfile& profile : comparison.profiles()) {
      std::string share = "-";
      std::string quotient = "-";
      for (const Slice& slice : of(profile)) {
        if (slice.code() != code) continue;
        share = ShowShare(slice.share());
        quotient = ShowQuotient(slice.location_quotient());
      }
      cells.insert(cells.end(), {share, quotient});
    }
    table.AddRow(std::move(cells));
  }
  return table.Render();
}

std::string Largest(const CompareRegionsResponse& comparison) {
  Table table = RegionTable(comparison, "largest companies");
  int most = 0;
  for (const RegionProfile& profile : comparison.profiles()) {
    most = std::max(most, profile.largest_companies_size());
  }
  for (int i = 0; i < most; ++i) {
    AddRow(table, comparison, std::to_string(i + 1), [i](const RegionProfile& profile) {
      if (i >= profile.largest_companies_size()) return std::string();
      const auto& company = profile.largest_companies(i);
      return StrCat(company.display_name(), " ", ShortAmount(company.amount()));
    });
  }
  return table.Render();
}

// "USD", or "USD of 2021" for the price basis "constant_2021".
std::string UnitOf(const funding::v1::Facet& facet) {
  constexpr std::string_view kConstant = "constant_";
  if (!facet.price_basis().starts_with(kConstant)) return facet.unit();
  return StrCat(facet.unit(), " of ", facet.price_basis().substr(kConstant.size()));
}

std::string Published(const CompareRegionsResponse& comparison) {
  std::vector<std::string> headings = {"published by others", "year", "scope"};
  std::vector<Align> alignments = {Align::kLeft, Align::kRight, Align::kLeft};
  for (const RegionProfile& profile : comparison.profiles()) {
    headings.push_back(profile.region().term());
    alignments.push_back(Align::kRight);
  }
  Table table(std::move(headings), std::move(alignments));
  for (int i = 0; i < std::min(comparison.published_size(), kPublishedShown); ++i) {
    const strategy::v1::PublishedComparison& published = comparison.published(i);
    std::vector<std::string> cells = {
        published.facet().source().substr(sizeof("sources/") - 1), std::to_string(published.year()),
        StrCat(Words(published.facet().scope()), ", ", UnitOf(published.facet()))};
    for (const RegionProfile& profile : comparison.profiles()) {
      std::string cell;
      for (const auto& value : published.values()) {
        if (value.term() == profile.region().term() && cell.empty()) cell = Show(value.figure());
      }
      cells.push_back(cell.empty() ? "-" : cell);
    }
    table.AddRow(std::move(cells));
  }
  std::string text = table.Render();
  if (comparison.published_size() > kPublishedShown) {
    StrAppend(&text, "and ", comparison.published_size() - kPublishedShown, " more in --json\n");
  }
  return text;
}

// What a figure leaves out of what it should cover, or why there is none.
void AddCoverage(std::string& notes, const std::string& what, const common::v1::Figure& figure) {
  if (!figure.reason().empty()) {
    StrAppend(&notes, "coverage    ", what, ": ", figure.reason(), "\n");
  } else if (figure.coverage().missing_size() > 0) {
    StrAppend(&notes, "coverage    ", what, " is without ",
              StrJoin(figure.coverage().missing(), ", "), "\n");
  }
  if (const std::string lost = Unconverted(figure); !lost.empty()) {
    StrAppend(&notes, "coverage    ", what, " is without ", lost, "\n");
  }
}

}  // namespace

std::string RenderComparison(const gateway::v1::CompareResponse& response) {
  const CompareRegionsResponse& comparison = response.comparison();
  const std::string& currency = comparison.definition().currency();
  std::string text;
  AddPart(Figures(comparison, currency), text);
  AddPart(Years(comparison, currency), text);
  AddPart(Slices(
              comparison, "by layer: share, location quotient (LQ)",
              [](const RegionProfile& p) -> const auto& { return p.layers(); }),
          text);
  AddPart(Slices(
              comparison, "by sector: share, location quotient (LQ)",
              [](const RegionProfile& p) -> const auto& { return p.sectors(); }),
          text);
  AddPart(Largest(comparison), text);
  AddPart(Published(comparison), text);
  std::string notes = StrCat("definition  ", Describe(comparison.definition()), "\n");
  for (const RegionProfile& profile : comparison.profiles()) {
    if (profile.region().version().empty()) continue;
    StrAppend(&notes, "region      ", profile.region().term(), " is ", profile.region().region(),
              "@", profile.region().version(), ", ", profile.region().members_size(),
              profile.region().members_size() == 1 ? " country\n" : " countries\n");
  }
  for (const RegionProfile& profile : comparison.profiles()) {
    AddCoverage(notes, StrCat("total of ", profile.region().term()), profile.total());
    AddCoverage(notes, StrCat("growth of ", profile.region().term()), profile.growth());
    AddCoverage(notes, StrCat("per GDP of ", profile.region().term()), profile.per_gdp());
    AddCoverage(notes, StrCat("per person of ", profile.region().term()), profile.per_capita());
  }
  StrAppend(&notes, "sources     ", comparison.source_count(), ", listed in --json\n");
  StrAppend(&notes, "snapshot    ", Describe(response.snapshot()), "\n");
  for (const std::string& service : response.unreachable()) {
    StrAppend(&notes, "incomplete  ", service, " did not answer\n");
  }
  AddPart(notes, text);
  return text;
}

}  // namespace steelyard::cli
