#include "services/strategy/measures/weight_swap.h"

#include <algorithm>
#include <cmath>

namespace steelyard::strategy {
namespace {

constexpr std::string_view kLacks =
    "one of the two lacks an indicator, so that their means have different weights";
constexpr std::string_view kAllEqual =
    "one of the two is ahead by the same in every indicator, whatever the weights";
constexpr std::string_view kOutside =
    "the smallest change of the weights that makes the two level leaves [0, 1]";

// Weights a hair outside for rounding alone are put back.
constexpr double kHair = 1e-12;

}  // namespace

WeightSwap SmallestSwap(const ScaledTable& table, std::span<const double> weights, size_t first,
                        size_t second) {
  std::vector<size_t> columns;
  std::vector<double> difference;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    const ScaledColumn& column = table.columns[i];
    if (!column.excluded.empty()) continue;
    if (!column.values[first] || !column.values[second]) return {std::nullopt, {}, kLacks};
    columns.push_back(i);
    difference.push_back(*column.values[first] - *column.values[second]);
  }
  double lead = 0;
  double mean = 0;
  for (size_t k = 0; k < columns.size(); ++k) {
    lead += weights[columns[k]] * difference[k];
    mean += difference[k] / static_cast<double>(columns.size());
  }
  WeightSwap swap;
  swap.weights.assign(weights.begin(), weights.end());
  swap.distance = 0;
  if (CompareScores(lead, 0) == 0) return swap;  // level as it is
  double square = 0;
  for (double& d : difference) {
    d -= mean;
    square += d * d;
  }
  if (CompareScores(std::sqrt(square), 0) == 0) return {std::nullopt, {}, kAllEqual};
  for (size_t k = 0; k < columns.size(); ++k) {
    double& weight = swap.weights[columns[k]];
    weight -= lead / square * difference[k];
    if (weight < -kHair || weight > 1 + kHair) return {std::nullopt, {}, kOutside};
    weight = std::clamp(weight, 0.0, 1.0);
  }
  swap.distance = std::abs(lead) / std::sqrt(square);
  return swap;
}

}  // namespace steelyard::strategy
