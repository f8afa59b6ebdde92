#pragma once

// A formula's value and how it came about; how it depends on the definition.

#include <string>
#include <vector>

#include "gateway/cli/figure_notes.h"
#include "google/protobuf/repeated_field.h"
#include "steelyard/strategy/v1/formula.pb.h"

namespace steelyard::cli {

// "yes", "no", "open: its bounds allow both", "unknown: a figure has no value"; "" for a number.
std::string TruthText(strategy::v1::Truth truth);
// "oecd, ai_vc_all_stages, USD, nominal"; "" for none.
std::string FacetText(const funding::v1::Facet& facet);

// A step and its parts, each a line two columns further in than the whole: expression, value or
// truth, the facet and the id of figures that `steelyard explain` derives further.
std::string RenderStep(const strategy::v1::FormulaStep& step, FigureNotes& notes);

// A row for each reading: what was chosen on each axis, the facet, the value and whether it holds.
// Shows the first `most` and counts the others.
std::string RenderReadings(const std::vector<const strategy::v1::Reading*>& readings, size_t most,
                           FigureNotes& notes);

// The value, its steps as a tree, the readings by facet when there are several; beneath them what
// figures leave out, definition, sources and snapshot.
std::string RenderFormula(const strategy::v1::EvaluateFormulaResponse& response);

// Lowest and highest reading, what drives the answer, and the readings; the same beneath them.
std::string RenderSweep(const strategy::v1::SweepDefinitionsResponse& response);

}  // namespace steelyard::cli
