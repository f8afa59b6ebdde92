#pragma once

// The axes that a formula is swept over when none are given.

#include <functional>
#include <string>
#include <vector>

#include "google/protobuf/repeated_field.h"
#include "services/strategy/formula/ast.h"
#include "services/strategy/formula/axes.h"
#include "steelyard/funding/v1/statistics.pb.h"

namespace steelyard::strategy::formula {

// What is known of the region words of a formula.
struct RegionWord {
  std::string word;
  funding::v1::Region meaning;
};

// What there is to choose from.
struct DefaultChoices {
  std::vector<RegionWord> words;
  google::protobuf::RepeatedPtrField<funding::v1::Region> sets;
  // Only regions and, for rounds, the scope.
  bool brief = false;
  // Whether axes can be asked about; null: any can.
  std::function<bool(const Axes&)> fits;
};

// The axes that make a difference to the formula, in the order of SweepDefinitionsRequest.axes. One
// that would make more than kMostVariants combinations with those before it, or axes that do not
// fit, is left out.
Axes DefaultAxes(const Node& node, const DefaultChoices& choices);

}  // namespace steelyard::strategy::formula
