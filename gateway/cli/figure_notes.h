#pragma once

// Figures with their units in running text and tables, and what has to stand beneath a table about
// those without a value, with bounds or with gaps. Pure; a FigureNotes belongs to one answer.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "google/protobuf/repeated_field.h"
#include "steelyard/common/v1/definition.pb.h"
#include "steelyard/common/v1/figure.pb.h"
#include "steelyard/common/v1/snapshot.pb.h"
#include "steelyard/common/v1/source.pb.h"
#include "steelyard/funding/v1/aggregate.pb.h"

namespace steelyard::cli {

// The value as a number: money in major units. nullopt without a value.
std::optional<double> ValueOf(const common::v1::Figure& figure);
// The value with its sign and unit: "119.0 bn USD", "36.72 USD/person", "8.72", "12.3 %", "24.1 % a
// year". Numbers of formulas that give shares, probabilities or rates are percentages. "-" without
// a value.
std::string ShowFigure(const common::v1::Figure& figure);
// Another number of the figure's kind, without its unit: "5.100 bn", "12.3 %", "8.72".
std::string ShowLike(const common::v1::Figure& figure, double value);
// The bounds: "5.100 bn to 30.20 bn", "8.72 or more", "12.3 % or less"; "" when none are known.
std::string ShowInterval(const common::v1::Figure& figure);
// A probability that was chosen, without needless decimals: "90 %", "2.5 %".
std::string ShowProbability(double probability);
// "EUROPE is EUROPE_BROAD@1, 41 countries"; "" for a country.
std::string Describe(const funding::v1::ResolvedRegion& region);
// "sources/oecd" as "oecd".
std::string SourceId(std::string_view name);

// Shows figures and remembers what has to be said of them. What is shown twice is said once.
class FigureNotes {
 public:
  // ShowFigure, of a figure that people know as `what`, such as "growth of US".
  std::string Value(std::string_view what, const common::v1::Figure& figure);
  // Likewise of a figure whose inputs are shown too: what they leave out is not said again.
  std::string Derived(std::string_view what, const common::v1::Figure& figure);
  // ShowInterval.
  std::string Interval(const common::v1::Figure& figure);
  // Both: "8.72 (6.10 to 12.9)".
  std::string WithInterval(std::string_view what, const common::v1::Figure& figure);

  // A line for each reason for which figures have no value, for each figure that leaves something
  // out, and one for what the intervals are; "" when there is nothing to say.
  std::string Render() const;

 private:
  // A line's beginning and end, and the figures that stand between.
  struct Reason {
    std::string label;
    std::string text;
    std::vector<std::string> figures;
  };
  void Remember(std::string label, std::string text, std::string_view what);

  std::vector<Reason> reasons_;         // as they first came
  std::vector<std::string> intervals_;  // likewise: "90 % by compound_poisson_log/1"
};

// "86 amounts of 145 rounds, for want of ...": what a sum of money leaves out because it could not
// be converted; "" when nothing is.
std::string Unconverted(const common::v1::Figure& figure);

// What an answer rests on.
struct Origin {
  const common::v1::Definition* definition = nullptr;  // may be null
  std::vector<const funding::v1::ResolvedRegion*> regions;
  std::optional<int64_t> sources;  // how many
  const common::v1::Snapshot* snapshot = nullptr;
  const google::protobuf::RepeatedPtrField<std::string>* unreachable = nullptr;
};
// The lines beneath every table: definition, regions, sources, snapshot, and what did not answer.
std::string RenderOrigin(const Origin& origin);

// Adds a part of a page, a blank line before it; nothing for an empty part.
void AddPart(std::string_view part, std::string& page);

}  // namespace steelyard::cli
