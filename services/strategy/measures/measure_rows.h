#pragma once

// The rows of the catalogue of measures, by subject, and how their worked examples are computed.
// Only measure_catalog.cc and the files of rows need this.

#include <string_view>
#include <vector>

#include "services/strategy/measures/measures.h"

namespace steelyard::strategy {

// What an example is computed from: lists of amounts, numbers as a list of their own.
using ExampleInputs = std::vector<std::vector<double>>;

// A worked example: inputs, and the measure itself, adapted to take them.
struct Example {
  ExampleInputs inputs;
  Value (*compute)(const ExampleInputs& inputs) = nullptr;  // none: other code computes the measure
};

struct MeasureRow {
  std::string_view id, title, expression, unit, range, edges, reference;
  Example example = {};
};

// Sums and counts of rounds, published statistics, and what is divided by what.
std::vector<MeasureRow> AmountRows();
// Concentration, inequality and diversity of one whole.
std::vector<MeasureRow> StructureRows();
// Two wholes over the same units.
std::vector<MeasureRow> DistanceRows();
// Growth, decomposition, catching up, projections.
std::vector<MeasureRow> DynamicsRows();
// Composites, and formulas under many definitions.
std::vector<MeasureRow> CompositeRows();

// --- Adapters of measures to ExampleInputs ---

// One list of amounts.
template <Value (*kMeasure)(Amounts)>
Value OfAmounts(const ExampleInputs& inputs) {
  return kMeasure(inputs[0]);
}
// Two lists of amounts.
template <Value (*kMeasure)(Amounts, Amounts)>
Value OfAmounts(const ExampleInputs& inputs) {
  return kMeasure(inputs[0], inputs[1]);
}
// A list of amounts and a parameter.
template <Value (*kMeasure)(Amounts, double)>
Value WithParameter(const ExampleInputs& inputs) {
  return kMeasure(inputs[0], inputs[1][0]);
}
// One list of one to four numbers.
template <Value (*kMeasure)(double)>
Value OfNumbers(const ExampleInputs& inputs) {
  return kMeasure(inputs[0][0]);
}
template <Value (*kMeasure)(double, double)>
Value OfNumbers(const ExampleInputs& inputs) {
  return kMeasure(inputs[0][0], inputs[0][1]);
}
template <Value (*kMeasure)(double, double, double)>
Value OfNumbers(const ExampleInputs& inputs) {
  return kMeasure(inputs[0][0], inputs[0][1], inputs[0][2]);
}
template <Value (*kMeasure)(double, double, double, double)>
Value OfNumbers(const ExampleInputs& inputs) {
  return kMeasure(inputs[0][0], inputs[0][1], inputs[0][2], inputs[0][3]);
}

}  // namespace steelyard::strategy
