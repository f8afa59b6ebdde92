#pragma once

// The choices that a definition is made of, and all combinations of some.

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/repeated_field.h"
#include "services/common/status/status.h"
#include "services/strategy/formula/ast.h"
#include "steelyard/common/v1/definition.pb.h"
#include "steelyard/strategy/v1/formula.pb.h"

namespace steelyard::strategy::formula {

inline constexpr int kMostVariants = 128;
inline constexpr int kMostChoices = 16;  // on one axis
using Axes = google::protobuf::RepeatedPtrField<v1::AxisChoices>;

// Checks the axes of a request below `field`, one error for each bad axis or choice.
void CheckAxes(const Axes& axes, std::string_view field, FieldErrors& errors);

// One definition, and the choices that make it differ from the others.
struct Variant {
  common::v1::Definition definition;
  std::vector<v1::AxisChoice> choices;
};

// All combinations of the axes' choices, the last axis fastest; of no axes the definition alone.
// The axes are ones that CheckAxes has accepted.
std::vector<Variant> MakeVariants(const common::v1::Definition& definition, const Axes& axes);

// The region words of a formula, each once, in the order in which they stand.
std::vector<std::string> RegionWords(const Node& node);

// Those of the axes that are about the formula: all but regions that it has no word for.
Axes AxesOfFormula(const Axes& axes, const Node& node);

// The region word of a choice on AXIS_REGION, "EUROPE" of "EUROPE=EU27"; "" for other axes.
std::string WordOf(const v1::AxisChoice& choice);

}  // namespace steelyard::strategy::formula
