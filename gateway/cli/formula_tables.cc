#include "gateway/cli/formula_tables.h"

#include <algorithm>
#include <utility>

#include "gateway/cli/choice_words.h"
#include "gateway/cli/format.h"
#include "gateway/cli/table.h"
#include "services/common/text/strings.h"

namespace steelyard::cli {
namespace {

using strategy::v1::AxisChoice;
using strategy::v1::AxisEffect;
using strategy::v1::EvaluateFormulaResponse;
using strategy::v1::FormulaStep;
using strategy::v1::Reading;
using strategy::v1::SweepDefinitionsResponse;

constexpr size_t kReadingsShown = 50;

// An axis, and for regions the word that it is about.
struct Column {
  strategy::v1::Axis axis = strategy::v1::AXIS_UNSPECIFIED;
  std::string word;

  bool operator==(const Column&) const = default;
};

Column ColumnOf(const AxisChoice& choice) {
  if (choice.axis() != strategy::v1::AXIS_REGION) return {choice.axis(), ""};
  return {choice.axis(), choice.choice().substr(0, choice.choice().find('='))};
}

// What stands in the column: of a region's choice the region set alone.
std::string CellOf(const Reading& reading, const Column& column) {
  for (const AxisChoice& choice : reading.choices()) {
    if (ColumnOf(choice) != column) continue;
    return column.word.empty()
               ? choice.choice()
               : choice.choice().substr(std::min(column.word.size() + 1, choice.choice().size()));
  }
  return "";
}

// The axes on which there was a choice, in the order of the readings.
std::vector<Column> ColumnsOf(const std::vector<const Reading*>& readings) {
  std::vector<Column> columns;
  for (const Reading* reading : readings) {
    for (const AxisChoice& choice : reading->choices()) {
      const Column column = ColumnOf(choice);
      // The facet has a column of its own.
      if (column.axis == strategy::v1::AXIS_FACET && reading->has_facet()) continue;
      if (std::find(columns.begin(), columns.end(), column) == columns.end()) {
        columns.push_back(column);
      }
    }
  }
  return columns;
}

// How a reading is called beneath the table: by its choices, or its facet.
std::string NameOf(const Reading& reading) {
  std::vector<std::string> words;
  for (const AxisChoice& choice : reading.choices()) {
    const bool facet = choice.axis() == strategy::v1::AXIS_FACET && reading.has_facet();
    if (!facet) words.push_back(choice.choice());
  }
  if (reading.has_facet()) words.push_back(FacetText(reading.facet()));
  return words.empty() ? "the reading" : StrCat("reading ", StrJoin(words, ", "));
}

// What a step is called: by the step above, or by itself.
const std::string& TitleOf(const FormulaStep& step) {
  return step.name().empty() ? step.expression() : step.name();
}

// "leader_growth = exp(drift) - 1"; a number of the question has its name alone, and what stands
// without derivation its id.
std::string LabelOf(const FormulaStep& step) {
  if (step.name().empty() || step.name() == step.expression()) return step.expression();
  return StrCat(step.name(), " = ", step.expression());
}

void AddLines(const FormulaStep& step, int depth, FigureNotes& notes, std::string& text) {
  StrAppend(&text, std::string(static_cast<size_t>(2 * depth), ' '), LabelOf(step));
  if (step.truth() != strategy::v1::TRUTH_UNSPECIFIED) {
    StrAppend(&text, ": ", TruthText(step.truth()));
  }
  if (step.has_figure()) {
    StrAppend(&text, ": ", notes.WithInterval(TitleOf(step), step.figure()));
  }
  if (step.has_facet()) StrAppend(&text, "  [", FacetText(step.facet()), "]");
  // A literal number is its own id.
  const std::string& id = step.figure().id();
  if (step.inputs().empty() && !id.empty() && id != step.expression() && id != step.name()) {
    StrAppend(&text, "  ", id);
  }
  text += '\n';
  for (const FormulaStep& input : step.inputs()) AddLines(input, depth + 1, notes, text);
}

// The mean of each choice: "EU27 12.28 (3 readings), EU27_UK 6.55 (3 readings)".
std::string MeansOf(const AxisEffect& effect, const std::string& title, FigureNotes& notes) {
  std::vector<std::string> means;
  for (const strategy::v1::ChoiceMean& mean : effect.means()) {
    const std::string value =
        notes.Value(StrCat("mean of ", title, " ", mean.choice()), mean.mean());
    means.push_back(StrCat(ChoiceText(effect.axis(), mean.choice()), ": ", value, " in ",
                           mean.readings(), mean.readings() == 1 ? " reading" : " readings"));
  }
  return StrJoin(means, "; ");
}

std::string Effects(const SweepDefinitionsResponse& sweep, FigureNotes& notes) {
  Table table({"what drives it", "share of the variance", "mean by choice"},
              {Align::kLeft, Align::kRight, Align::kLeft});
  for (const AxisEffect& effect : sweep.effects()) {
    const std::string title = AxisTitle(effect.axis(), effect.word());
    table.AddRow({title, notes.Value(StrCat("effect of ", title), effect.main_effect()),
                  MeansOf(effect, title, notes)});
  }
  return table.Render();
}

// Why nothing is said of what drives the answer.
std::string WithoutEffects(const SweepDefinitionsResponse& response) {
  const bool apart =
      response.has_lowest() && response.lowest().status() != common::v1::VALUE_STATUS_OK;
  return apart ? StrCat(response.lowest().reason(), "\n") : "all readings are equal\n";
}

std::string Range(const SweepDefinitionsResponse& sweep, FigureNotes& notes) {
  if (!sweep.has_lowest() && !sweep.has_highest()) return "no reading has a value\n";
  return StrCat("lowest   ", notes.WithInterval("lowest", sweep.lowest()), "\nhighest  ",
                notes.WithInterval("highest", sweep.highest()), "\n");
}

template <typename Response>
std::vector<const Reading*> ReadingsOf(const Response& response) {
  std::vector<const Reading*> readings;
  for (const Reading& reading : response.readings()) readings.push_back(&reading);
  return readings;
}

template <typename Response>
std::string End(const Response& response, const FigureNotes& notes) {
  return StrCat(notes.Render(), RenderOrigin({.definition = &response.definition(),
                                              .regions = {},
                                              .sources = response.sources_size(),
                                              .snapshot = &response.snapshot(),
                                              .unreachable = &response.unreachable()}));
}

}  // namespace

std::string TruthText(strategy::v1::Truth truth) {
  switch (truth) {
    case strategy::v1::TRUTH_TRUE:
      return "yes";
    case strategy::v1::TRUTH_FALSE:
      return "no";
    case strategy::v1::TRUTH_OPEN:
      return "open: its bounds allow both";
    case strategy::v1::TRUTH_UNKNOWN:
      return "unknown: a figure has no value";
    default:
      return "";
  }
}

std::string FacetText(const funding::v1::Facet& facet) {
  std::vector<std::string> words;
  for (const std::string& word :
       {SourceId(facet.source()), facet.scope(), facet.unit(), facet.price_basis()}) {
    if (!word.empty()) words.push_back(word);
  }
  return StrJoin(words, ", ");
}

std::string RenderStep(const FormulaStep& step, FigureNotes& notes) {
  std::string text;
  AddLines(step, 0, notes, text);
  return text;
}

std::string RenderReadings(const std::vector<const Reading*>& readings, size_t most,
                           FigureNotes& notes) {
  const std::vector<Column> columns = ColumnsOf(readings);
  const bool facets = std::any_of(readings.begin(), readings.end(),
                                  [](const Reading* r) { return r->has_facet(); });
  const bool truths = std::any_of(readings.begin(), readings.end(), [](const Reading* r) {
    return r->truth() != strategy::v1::TRUTH_UNSPECIFIED;
  });
  std::vector<std::string> headings;
  for (const Column& column : columns) headings.push_back(AxisTitle(column.axis, column.word));
  if (facets) headings.emplace_back("facet");
  const size_t value = headings.size();
  headings.emplace_back(truths ? "margin" : "value");
  headings.emplace_back("");
  headings.emplace_back(truths ? "holds" : "");
  std::vector<Align> alignments(headings.size(), Align::kLeft);
  alignments[value] = Align::kRight;
  Table table(std::move(headings), std::move(alignments));
  for (size_t i = 0; i < std::min(most, readings.size()); ++i) {
    const Reading& reading = *readings[i];
    std::vector<std::string> cells;
    for (const Column& column : columns) cells.push_back(CellOf(reading, column));
    if (facets) cells.push_back(FacetText(reading.facet()));
    cells.push_back(notes.Value(NameOf(reading), reading.figure()));
    cells.push_back(notes.Interval(reading.figure()));
    cells.push_back(TruthText(reading.truth()));
    table.AddRow(std::move(cells));
  }
  std::string text = table.Render();
  if (readings.size() > most) {
    StrAppend(&text, "and ", readings.size() - most, " more in --json\n");
  }
  return text;
}

std::string RenderFormula(const EvaluateFormulaResponse& response) {
  FigureNotes notes;
  const FormulaStep& step = response.step();
  const std::string value = step.truth() == strategy::v1::TRUTH_UNSPECIFIED
                                ? notes.WithInterval(response.expression(), step.figure())
                                : TruthText(step.truth());
  std::string page = StrCat(response.expression(), "\n", value, "\n");
  AddPart(RenderStep(step, notes), page);
  if (response.readings_size() > 1) {
    AddPart(RenderReadings(ReadingsOf(response), kReadingsShown, notes), page);
  }
  AddPart(End(response, notes), page);
  return page;
}

std::string RenderSweep(const SweepDefinitionsResponse& response) {
  FigureNotes notes;
  std::string page = StrCat(response.expression(), "\n", Range(response, notes));
  AddPart(response.effects().empty() ? WithoutEffects(response) : Effects(response, notes), page);
  AddPart(RenderReadings(ReadingsOf(response), kReadingsShown, notes), page);
  AddPart(End(response, notes), page);
  return page;
}

}  // namespace steelyard::cli
