#pragma once

// How far the weights of a composite would have to move for two regions to change places.

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "services/strategy/measures/composite.h"

namespace steelyard::strategy {

// Weights at which two regions are level.
struct WeightSwap {
  // Euclidean length of the change, 0 or more; nullopt when there is none.
  std::optional<double> distance;
  // The weights there, in the order of the columns; empty when there is none.
  std::vector<double> weights;
  // Why there is none; empty when there is.
  std::string_view reason;
};

// The smallest change of the weights, as a Euclidean distance and with their sum kept, at which the
// arithmetic means of two regions are level. With d_i = z_ai - z_bi over the n columns that take
// part and D_i = d_i - mean(d):
//
//   change = -(w . d) / (D . D) D,   distance = |w . d| / |D|
//
// the projection of w onto the plane on which the weighted difference is nil and the sum is kept.
// Weights of columns that are excluded stay as they are.
//
// There is none when either region lacks a column that takes part, for then its mean has other
// weights than the other one's and is not linear in them; when all d_i are equal and not nil, for
// then no weights help; and when a weight there is below 0 or above 1. `weights` has one for each
// column, in [0, 1]. Source: orthogonal projection; as the robustness of a ranking to its weights
// Wolters and Mareschal, Novel types of sensitivity analysis for additive MCDM methods, 1995.
WeightSwap SmallestSwap(const ScaledTable& table, std::span<const double> weights, size_t first,
                        size_t second);

}  // namespace steelyard::strategy
