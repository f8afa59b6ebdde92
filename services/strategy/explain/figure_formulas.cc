#include "services/strategy/explain/figure_formulas.h"

#include <algorithm>
#include <array>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "services/common/status/status.h"
#include "services/common/text/country.h"
#include "services/common/text/strings.h"
#include "services/strategy/explain/spelling.h"
#include "services/strategy/formula/ast.h"
#include "services/strategy/formula/origins.h"
#include "services/strategy/formula/readings.h"
#include "services/strategy/formula/requests.h"

namespace steelyard::strategy {
namespace {

// The parts of a template: {funding}, {rounds}, ... are figures of the region and period, {world}
// the sum of all rounds, {left} and {right} the sums of a pair, {in_dollars} is {funding} as paid,
// in the currency of GDP, {gdp} that and {models} the counted models; {slice} is what the id says.
// Of flows, {received}
// is what the region's companies got, {from_known} the part from investors of a known country and
// {from_country} that from the country of the id; {given_at_all} is what the region's investors
// gave, {given} the part to companies of a known country and {to_country} that to the country.
struct Row {
  std::string_view measure;
  std::string_view expression;
  std::string_view of_slice = {};  // for an id with a slice; empty: has none
  bool filtered = true;            // whether it has a value of filtered rounds
  bool flow = false;               // between headquarters and investors
};

// A figure whose id names the other country of a flow.
struct FlowRow {
  std::string_view measure;
  std::string_view side;
  std::string_view expression;
};
constexpr std::array kFlowRows = {
    FlowRow{"share", "destination=", "{to_country} / {given_at_all}"},
    FlowRow{"share", "origin=", "{from_country} / {from_known}"},
    FlowRow{"total", "destination=", "{to_country}"},
    FlowRow{"total", "origin=", "{from_country}"},
};

// By measure.
constexpr std::array kRows = {
    Row{"applied_share", "share({funding}, layer=APPLIED)"},
    Row{"companies", "{companies}"},
    Row{"company_concentration", "hhi({funding})"},
    Row{"disclosed_share", "{disclosed_share}"},
    Row{"foreign_capital_share", "foreign_capital_share({received})", {}, true, true},
    Row{"gap", "{left} - {right}"},
    Row{"growth", "growth({funding})"},
    Row{"imputed_total", "{imputed_funding}"},
    Row{"infrastructure_and_model_share", "share({funding}, layer=INFRASTRUCTURE;MODEL)"},
    Row{"infrastructure_and_model_total", "{infrastructure_and_model}"},
    Row{"infrastructure_share", "share({funding}, layer=INFRASTRUCTURE)"},
    Row{"largest_round", "{largest_round}"},
    Row{"layer_similarity", "finger_kreinin({left}, {right}, by=layer)"},
    Row{"location_quotient", "", "location_quotient({funding}, {slice})"},
    Row{"mean_round", "{mean_round}"},
    Row{"median_round", "{median_round}"},
    Row{"mega_round_share", "{mega_round_funding} / {funding}"},
    Row{"model_share", "share({funding}, layer=MODEL)"},
    // Models for a billion dollars, as a number.
    Row{"models_per_billion",
        "ratio_of_sums({models}, {in_dollars}, per=1000000000) * 1 USD",
        {},
        false},
    Row{"per_capita", "", "{funding} / {population}"},
    Row{"per_company", "{funding} / {companies}"},
    Row{"per_gdp", "ratio_of_sums({in_dollars}, {gdp})"},
    Row{"ratio", "{left} / {right}"},
    Row{"rounds", "{rounds}"},
    Row{"rounds_inflow_ratio", "{from_known} / {given}", {}, true, true},
    Row{"sector_entropy", "entropy({funding}, by=sector)"},
    Row{"sector_similarity", "finger_kreinin({left}, {right}, by=sector)"},
    Row{"share", "", "share({funding}, {slice})"},
    Row{"top5_share", "concentration_ratio({funding}, k=5)"},
    Row{"total", "{funding}", "{slice_funding}"},
    Row{"total_without_largest", "{funding_without_largest}"},
    Row{"world_share", "{funding} / {world}"},
};

constexpr std::string_view kWorld = "WORLD";
constexpr std::string_view kOfKnownCountry = "country != \"\"";

constexpr std::array<std::string_view, 10> kFigures = {
    "companies",          "disclosed_share", "funding",    "funding_without_largest",
    "imputed_funding",    "largest_round",   "mean_round", "median_round",
    "mega_round_funding", "rounds"};

class Writer {
 public:
  Writer(const FigureId& id, std::string_view filter, const common::v1::Definition& definition)
      : id_(id), filter_(filter), definition_(definition) {}

  std::string Write(std::string_view expression) const {
    std::vector<std::pair<std::string, std::string>> parts;
    for (const std::string_view name : kFigures) {
      parts.emplace_back(StrCat("{", name, "}"), Figure(name, id_.region));
    }
    const size_t colon = id_.region.find(':');
    const std::string left = id_.region.substr(0, colon);
    const std::string right = colon == std::string::npos ? "" : id_.region.substr(colon + 1);
    parts.emplace_back("{left}", Figure("funding", left));
    parts.emplace_back("{right}", Figure("funding", right));
    parts.emplace_back("{world}", Figure("funding", "WORLD"));
    const size_t equals = id_.slice.find('=');
    if (equals != std::string::npos) {
      const formula::Option slice = {
          id_.slice.substr(0, equals), {id_.slice.substr(equals + 1)}, 0};
      parts.emplace_back("{slice}", formula::Spell(slice));
    }
    parts.emplace_back("{infrastructure_and_model}",
                       Figure("funding", id_.region, {"layer=INFRASTRUCTURE;MODEL"}));
    if (!id_.slice.empty()) {
      parts.emplace_back("{slice_funding}", Figure("funding", id_.region, {id_.slice}));
    }
    parts.emplace_back("{in_dollars}",
                       Figure("funding", id_.region, {"unit=USD", "prices=nominal"}));
    parts.emplace_back("{gdp}", SpellFigure("gdp_current_usd", id_.region, id_.period, "",
                                            {"unit=USD", "members=all"}));
    parts.emplace_back("{models}", SpellFigure("notable_ai_models", id_.region, id_.period, "",
                                               {"policy=most-complete/1"}));
    // Of the year that the id names: "population=2024".
    const std::string year = id_.slice.substr(id_.slice.find('=') + 1);
    parts.emplace_back("{population}", SpellFigure("population", id_.region, year, ""));
    AddFlows(parts);
    return absl::StrReplaceAll(ToAbsl(expression), parts);
  }

 private:
  void AddFlows(std::vector<std::pair<std::string, std::string>>& parts) const {
    const std::string country = id_.slice.substr(id_.slice.find('=') + 1);
    const std::string any = StrCat("origin=", formula::kAnyOrigin);
    const std::string own = StrCat("origin=", formula::OriginOf(id_.region, definition_));
    const std::string world(kWorld);
    const std::string filter = filter_.empty() ? std::string(kOfKnownCountry)
                                               : StrCat("(", filter_, ") AND ", kOfKnownCountry);
    const Writer known(id_, filter, definition_);
    // Of all regions only the world has companies of unknown country.
    const bool of_world = absl::EqualsIgnoreCase(id_.region, ToAbsl(kWorld));
    const Writer& received = of_world ? known : *this;
    parts.emplace_back("{received}", received.Figure("funding", id_.region));
    parts.emplace_back("{from_known}", received.Figure("funding", id_.region, {any}));
    parts.emplace_back("{from_country}",
                       received.Figure("funding", id_.region, {StrCat("origin=", country)}));
    parts.emplace_back("{given_at_all}", Figure("funding", world, {own}));
    parts.emplace_back("{given}", known.Figure("funding", world, {own}));
    parts.emplace_back("{to_country}", Figure("funding", RegionOf(country), {own}));
  }

  // The region that is the country, even where the definition lets its code mean more.
  std::string RegionOf(const std::string& country) const {
    const text::Country* found = text::FindCountry(country);
    const bool bound = !formula::MeaningOf(country, definition_).empty();
    return bound && found != nullptr ? std::string(found->alpha3) : country;
  }

  std::string Figure(std::string_view name, const std::string& region,
                     const std::vector<std::string>& options = {}) const {
    return SpellFigure(name, region, id_.period, filter_, options);
  }

  const FigureId& id_;
  std::string filter_;
  const common::v1::Definition& definition_;
};

// Whether the measure has such a slice: people of a year, or a layer or sector.
bool HasSlice(const Row& row, const std::string& slice) {
  if (slice.empty()) return true;
  const bool of_people = row.of_slice.find("{population}") != std::string_view::npos;
  if (of_people) {
    constexpr std::string_view kPeople = "population=";
    return slice.starts_with(kPeople) &&
           slice.find_first_not_of("0123456789", kPeople.size()) == std::string::npos;
  }
  return slice.starts_with("layer=") || slice.starts_with("sector=");
}

// Of flows that name a country; nullptr for other ids.
const FlowRow* FindFlow(const FigureId& id) {
  for (const FlowRow& row : kFlowRows) {
    if (row.measure != id.measure || !id.slice.starts_with(row.side)) continue;
    return text::IsCountry(id.slice.substr(row.side.size())) ? &row : nullptr;
  }
  return nullptr;
}

absl::Status NotFound(std::string_view figure, std::string_view why) {
  return MakeError(common::v1::ERROR_REASON_FIGURE_NOT_FOUND,
                   StrCat("'", figure, "' is no figure that a formula gives: ", why),
                   {{"figure", std::string(figure)}});
}

std::string WhatMeasuresThereAre() {
  return StrCat("the measures are ", StrJoin(ExplainedMeasures(), ", "),
                "; those of gaps, scenarios and rankings are explained with their question");
}

// The template of the id's formula, or why there is none.
absl::StatusOr<FigureFormula> TemplateOf(std::string_view figure, const FigureId& id,
                                         std::string_view filter) {
  const bool pair = id.region.find(':') != std::string::npos;
  if (const FlowRow* flow = FindFlow(id)) {
    if (pair) return NotFound(figure, "a flow is of one region");
    return FigureFormula{std::string(flow->expression), true};
  }
  const auto* const row = std::find_if(kRows.begin(), kRows.end(),
                                       [&](const Row& one) { return one.measure == id.measure; });
  if (row == kRows.end()) return NotFound(figure, WhatMeasuresThereAre());
  const std::string_view expression = id.slice.empty() ? row->expression : row->of_slice;
  if (expression.empty() || !HasSlice(*row, id.slice)) {
    return NotFound(figure, id.slice.empty() ? StrCat(id.measure,
                                                      " is of a part, such as /layer=CHIPS, or of "
                                                      "/population=2024, behind the period")
                                             : StrCat(id.measure, " has no part '", id.slice, "'"));
  }
  if (!filter.empty() && !row->filtered) {
    return NotFound(figure, "it is made of published values, which no filter restricts");
  }
  if (pair != (expression.find("{left}") != std::string_view::npos)) {
    return NotFound(figure, pair ? StrCat(id.measure, " is of one region")
                                 : StrCat(id.measure, " is of two, such as US:EUROPE"));
  }
  return FigureFormula{std::string(expression), row->flow};
}

}  // namespace

std::optional<FigureId> SplitFigureId(std::string_view figure) {
  const std::vector<std::string> parts = absl::StrSplit(ToAbsl(figure), '/');
  if (parts.size() < 3 || parts.size() > 4) return std::nullopt;
  for (const std::string& part : parts) {
    if (part.empty()) return std::nullopt;
  }
  if (parts[2].find_first_not_of("0123456789.") != std::string::npos) return std::nullopt;
  return FigureId{parts[0], parts[1], parts[2], parts.size() == 4 ? parts[3] : ""};
}

absl::StatusOr<FigureFormula> FormulaOf(std::string_view figure, std::string_view filter,
                                        const common::v1::Definition& definition) {
  const std::optional<FigureId> id = SplitFigureId(figure);
  if (!id) {
    return NotFound(figure, StrCat("an id is measure/region/period, such as "
                                   "world_share/EUROPE/2015..2025, with /layer=CODE behind it for "
                                   "a part, and ",
                                   WhatMeasuresThereAre()));
  }
  absl::StatusOr<FigureFormula> found = TemplateOf(figure, *id, filter);
  if (!found.ok()) return found;
  found->expression = Writer(*id, filter, definition).Write(found->expression);
  // A region or period that makes no formula is none of a figure.
  if (const auto formula = formula::MakeFormula(found->expression, formula::kOwnLimits);
      !formula.ok()) {
    return NotFound(figure, ToStd(formula.status().message()));
  }
  return found;
}

std::vector<std::string_view> ExplainedMeasures() {
  std::vector<std::string_view> measures;
  measures.reserve(kRows.size() + 1);
  for (const Row& row : kRows) measures.push_back(row.measure);
  measures.emplace_back("net_inflow_ratio");
  std::sort(measures.begin(), measures.end());
  return measures;
}

}  // namespace steelyard::strategy
